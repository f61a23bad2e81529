/** Recorder: records the microphone as Opus, with its loudness; at most a minute. */
import type { VoiceType } from "@yanshu/client";

export const voiceMsMax = 60_000;
const bitsPerSecond = 24_000;
const levelEveryMs = 80;
const barsMax = 48;

export type Recorded = {
  readonly source: Blob;
  readonly type: VoiceType;
  readonly ms: number;
  /** Loudness of each bar, 0 to 255. */
  readonly waveform: Uint8Array;
};
export type Recording = {
  /** Ends it; undefined when it was too short to hold anything. */
  readonly finish: () => Promise<Recorded | undefined>;
  readonly cancel: () => void;
};

/** @param tell called with the length so far in ms and the loudness, 0 to 1. Rejects without a microphone. */
export async function record(tell: (ms: number, level: number) => void): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  const mimeType = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"].find((type) =>
    MediaRecorder.isTypeSupported(type),
  );
  const recorder = new MediaRecorder(stream, {
    audioBitsPerSecond: bitsPerSecond,
    ...(mimeType === undefined ? {} : { mimeType }),
  });
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const levels: number[] = [];
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const startMs = performance.now();
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const level = Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length) * 4);
    levels.push(level);
    tell(performance.now() - startMs, level);
  }, levelEveryMs);
  recorder.start(1_000);

  const end = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    void context.close();
  };
  return {
    async finish() {
      const ms = Math.round(Math.min(voiceMsMax, performance.now() - startMs));
      const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
      recorder.stop();
      await stopped;
      end();
      const type = recorder.mimeType.split(";")[0] as VoiceType;
      const source = new Blob(parts, { type });
      return ms < 500 || source.size === 0 ? undefined : { source, type, ms, waveform: barsOf(levels) };
    },
    cancel() {
      if (recorder.state !== "inactive") recorder.stop();
      end();
    },
  };
}

function barsOf(levels: readonly number[]): Uint8Array {
  const count = Math.min(barsMax, Math.max(1, levels.length));
  const loudest = Math.max(0.05, ...levels);
  return Uint8Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * levels.length) / count);
    const some = levels.slice(from, Math.max(from + 1, Math.floor(((bar + 1) * levels.length) / count)));
    return Math.round((255 * Math.max(0, ...some)) / loudest);
  });
}
