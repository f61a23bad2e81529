/**
 * Encoder: frames of a camera or screen, and of a microphone, as fragmented MP4 in two layers (docs/spec/live.md CA163,
 * CA237). Each piece (fragment) begins with a key frame, and needs only the head (initialization segment) of its layer
 * to play. It runs in a worker of its own, or on the page where the browser cannot hand frames to a worker.
 */
import {
  AudioSample,
  AudioSampleSource,
  getFirstEncodableAudioCodec,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  NullTarget,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
} from "mediabunny";
import type { Encoded, Frames } from "./encode-messages.ts";
import { fittedPlanes, planeFormats, type Size } from "./planes.ts";

/** Length of a piece in seconds. */
const pieceSeconds = 0.6;
const layers = [
  { layer: 0, height: 270, bitrate: 180_000, voice: 32_000 },
  { layer: 1, height: 720, bitrate: 1_100_000, voice: 64_000 },
] as const;

type Layer = {
  readonly size: Size;
  readonly pictures: VideoSampleSource;
  readonly voices: AudioSampleSource | undefined;
  hasBegun: boolean;
};

/**
 * Encodes until `signal` aborts, or both streams of frames end, which they do with their tracks.
 *
 * @returns whether the browser has a codec that others play. @throws Error where encoding cannot begin.
 */
export async function encodeFrames({ pictures, voices }: Frames, out: Encoded, signal: AbortSignal): Promise<boolean> {
  const reader = pictures.getReader();
  const voice = voices?.getReader();
  const outputs: Output[] = [];
  const stop = () => {
    for (const one of [reader, voice]) one?.cancel().catch(() => undefined);
    for (const output of outputs) output.cancel().catch(() => undefined);
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const first = await reader.read();
  if (first.done) return true; // Its track ended meanwhile.
  const beginMs = performance.now();
  const begun = await upright(new VideoSample(first.value));
  const { displayWidth: width, displayHeight: height } = begun;
  const video = await getFirstEncodableVideoCodec(["avc", "vp9", "av1"], { width: even(width), height: even(height) });
  const audio = voices === undefined ? null : await getFirstEncodableAudioCodec(["opus", "aac"]);
  if (signal.aborted || video === null) {
    begun.close();
    stop();
    return video !== null;
  }
  const all = layers.map((one): Layer => {
    const scale = Math.min(1, one.height / Math.min(width, height));
    const output = outputOf(one.layer, out);
    outputs.push(output);
    const source = new VideoSampleSource({
      codec: video,
      quality: new Quality({ bitrate: one.bitrate }),
      keyFrameInterval: pieceSeconds,
      latencyMode: "realtime",
      sizeChangeBehavior: "passThrough",
    });
    output.addVideoTrack(source);
    const quality = new Quality({ bitrate: one.voice });
    const sound = audio === null ? undefined : new AudioSampleSource({ codec: audio, quality });
    if (sound !== undefined) output.addAudioTrack(sound);
    const size = { width: even(width * scale), height: even(height * scale) };
    return { size, pictures: source, voices: sound, hasBegun: false };
  });
  await Promise.all(outputs.map((output) => output.start()));
  const clock = new Clock(beginMs);
  const picturing = async () => {
    for (let sample: VideoSample | undefined = begun; sample !== undefined; ) {
      sample.setTimestamp(clock.at("picture", sample.timestamp));
      await Promise.all(all.map((layer) => show(layer, sample as VideoSample))).finally(() => sample?.close());
      const { value } = await reader.read();
      sample = value && (await upright(new VideoSample(value)));
    }
  };
  const voicing = async () => {
    for (;;) {
      const value = (await voice?.read())?.value;
      if (value === undefined) return;
      const sample = new AudioSample(value);
      sample.setTimestamp(clock.at("voice", sample.timestamp));
      await Promise.all(all.map(async (layer) => layer.voices?.add(sample))).finally(() => sample.close());
    }
  };
  Promise.all([picturing(), voicing()]).catch((error) => {
    // What was under way when it was stopped fails.
    if (!signal.aborted) out.failed(error);
  });
  return true;
}

function outputOf(layer: number, out: Encoded): Output {
  let ftyp = new Uint8Array();
  let moof = new Uint8Array();
  // Keeps the order of head and pieces: the head waits for its MIME type, which is known a little later.
  let order = Promise.resolve();
  const next = (work: () => unknown) => {
    order = order.then(work).then(() => undefined, out.failed);
  };
  const output = new Output({
    target: new NullTarget(),
    format: new Mp4OutputFormat({
      fastStart: "fragmented",
      minimumFragmentDuration: pieceSeconds * 0.9,
      onFtyp: (bytes) => (ftyp = bytes.slice()),
      onMoov: (bytes) => {
        const head = joined(ftyp, bytes);
        next(async () => out.head(layer, await output.getMimeType(), head));
      },
      onMoof: (bytes) => (moof = bytes.slice()),
      onMdat: (bytes) => {
        const piece = joined(moof, bytes);
        next(() => out.piece(layer, piece));
      },
    }),
  });
  return output;
}

/**
 * The first sample sets the size of the layer. Later ones are scaled by the encoder, without a canvas (WebCodecs,
 * `VideoEncoderConfig.width`), unless their shape is another, as where a phone was turned.
 */
async function show(layer: Layer, sample: VideoSample): Promise<void> {
  const { size, pictures } = layer;
  if (layer.hasBegun && isAlike(sample, size)) return await pictures.add(sample);
  layer.hasBegun = true;
  const fitted = await inSize(sample, size);
  try {
    await pictures.add(fitted);
  } finally {
    fitted.close();
  }
}

/** By a canvas only where it has the colours of a canvas already, as a screen may have (CA260). */
async function inSize(sample: VideoSample, size: Size): Promise<VideoSample> {
  const { format, visibleRect, timestamp, duration } = sample;
  if (format === null || !planeFormats.includes(format))
    return await sample.transform({ ...size, fit: "contain", alpha: "discard" });
  const data = new Uint8Array(sample.allocationSize());
  const layout = await sample.copyTo(data);
  const colorSpace = sample.colorSpace.toJSON();
  const { width, height } = visibleRect;
  const planes = fittedPlanes({ format, width, height, data, layout }, size, colorSpace.fullRange === true);
  const { width: codedWidth, height: codedHeight } = size;
  return new VideoSample(planes, { format: "I420", codedWidth, codedHeight, timestamp, duration, colorSpace });
}

/** Of the same shape, by less than a hundredth: sizes are even numbers of pixels. */
const isAlike = ({ displayWidth, displayHeight }: VideoSample, { width, height }: Size) =>
  Math.abs((displayWidth * height) / (displayHeight * width) - 1) < 0.01;

/** The sample, or what it shows turned upright in its place. */
async function upright(sample: VideoSample): Promise<VideoSample> {
  if (sample.rotation === 0 && !sample.flip) return sample;
  try {
    return await sample.transform({ alpha: "discard" });
  } finally {
    sample.close();
  }
}

/** Camera and microphone count from different moments: of each the first frame is laid where it arrived. */
class Clock {
  private readonly beginMs: number;
  private readonly offsets = new Map<"picture" | "voice", number>();

  constructor(beginMs: number) {
    this.beginMs = beginMs;
  }

  /** @param seconds by the track's own clock. @returns seconds since the beginning. */
  at(of: "picture" | "voice", seconds: number): number {
    const known = this.offsets.get(of);
    const offset = known ?? (performance.now() - this.beginMs) / 1_000 - seconds;
    this.offsets.set(of, offset);
    return Math.max(0, seconds + offset);
  }
}

const even = (pixels: number) => Math.max(2, Math.round(pixels / 2) * 2);

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
