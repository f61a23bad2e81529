/**
 * Studio: makes the film that is published, in the browser of who publishes it, so that home never opens what somebody
 * sent and what is signed is what is shown (README.md). A camera's own H.264 of less than 2 Mbit/s is only packed anew;
 * all else is encoded for a phone's screen. The index comes first, and the camera's place and name are left out.
 */
import {
  ALL_FORMATS,
  AudioSampleSink,
  BlobSource,
  BufferTarget,
  CanvasSink,
  Conversion,
  getFirstEncodableAudioCodec,
  getFirstEncodableVideoCodec,
  Input,
  type InputVideoTrack,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import { placeholderOf, posterOf } from "../../kit/pictures/shrink.ts";
import { filmMsMin } from "./limits.ts";
import { Loudness, silentLufs } from "./loudness.ts";

const copyBitsMax = 2_000_000;
const sidePxMax = 960;
const shortSidePxMax = 540;
const videoBits = 800_000;
const audioBits = 64_000;
/** A packet more or less does not tell how many bits a second has. */
const packetsLooked = 200;
/** Seconds between key frames: a film is sought at these. */
const keySeconds = 2;

export type Opened = {
  readonly file: Blob;
  readonly durationMs: number;
  readonly width: number;
  readonly height: number;
  /** Pictures along the film, as blob URLs; the caller revokes them. */
  readonly frames: (count: number, heightPx: number) => Promise<readonly string[]>;
  readonly close: () => void;
};
export type Cut = { readonly fromMs: number; readonly toMs: number; readonly coverMs: number };
export type Made = {
  readonly source: Blob;
  readonly mime: "video/mp4";
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  /** In LUFS; left out where it has no sound that could be measured. */
  readonly loudness?: number;
  readonly poster: {
    readonly source: Blob;
    readonly mime: "image/webp" | "image/jpeg";
    readonly width: number;
    readonly height: number;
  };
  readonly thumbhash: Uint8Array;
};

/** Undefined: this browser cannot read it. One that is longer than a film may be is cut. */
export async function openFilm(file: Blob): Promise<Opened | "too-short" | undefined> {
  try {
    const input = inputOf(file);
    const track = await input.getPrimaryVideoTrack();
    if (track === null || !(await track.canDecode())) return undefined;
    const durationMs = Math.round((await input.computeDuration()) * 1_000);
    if (durationMs < filmMsMin) return "too-short";
    const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
    return {
      file,
      durationMs,
      width,
      height,
      frames: (count, heightPx) => framesOf(track, durationMs, count, heightPx),
      close: () => input.dispose(),
    };
  } catch {
    return undefined;
  }
}

/**
 * The film from `fromMs` to `toMs`. @param told the progress, 0 to 1. @throws when it was given up, or the browser
 * cannot encode it.
 */
export async function makeFilm(
  file: Blob,
  cut: Cut,
  told: (share: number) => void,
  signal: AbortSignal,
): Promise<Made> {
  const source = await packed(file, cut, told, signal);
  signal.throwIfAborted();
  const input = inputOf(source);
  try {
    const track = await input.getPrimaryVideoTrack();
    if (track === null) throw new Error("no film");
    const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
    const durationMs = Math.round((await input.computeDuration()) * 1_000);
    const cover = await coverOf(track, Math.min(cut.coverMs - cut.fromMs, durationMs - 1) / 1_000, width, height);
    const loudness = await loudnessOf(input);
    const heard = loudness === undefined || loudness <= silentLufs ? {} : { loudness };
    return { source, mime: "video/mp4", width, height, durationMs, ...heard, ...cover };
  } finally {
    input.dispose();
  }
}

const inputOf = (file: Blob) => new Input({ source: new BlobSource(file), formats: ALL_FORMATS });

async function packed(file: Blob, cut: Cut, told: (share: number) => void, signal: AbortSignal): Promise<Blob> {
  const input = inputOf(file);
  try {
    const target = new BufferTarget();
    const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
    const track = await input.getPrimaryVideoTrack();
    if (track === null) throw new Error("no film");
    const video = (await isSmallEnough(track)) ? {} : await encodingOf(track);
    const audioCodec = await getFirstEncodableAudioCodec(["aac", "opus"]);
    const conversion = await Conversion.init({
      input,
      output,
      tags: {},
      trim: { start: cut.fromMs / 1_000, end: cut.toMs / 1_000 },
      // Only the first tracks: phones store the place in further ones.
      video: (_track, n) => (n > 1 ? { discard: true } : video),
      audio: async (sound, n) => {
        if (n > 1 || audioCodec === null) return { discard: true };
        const codec = await sound.getCodec();
        return codec === "aac" || codec === "opus" ? {} : { codec: audioCodec, bitrate: audioBits };
      },
    });
    if (!conversion.isValid) throw new Error("this browser cannot make a film of it");
    conversion.onProgress = told;
    signal.addEventListener("abort", () => void conversion.cancel(), { once: true });
    await conversion.execute();
    if (target.buffer === null) throw new Error("no film was made");
    return new Blob([target.buffer], { type: "video/mp4" });
  } finally {
    input.dispose();
  }
}

/** Whether it can be packed as it is: no phone or browser fails at it, and it is small. */
async function isSmallEnough(track: InputVideoTrack): Promise<boolean> {
  if ((await track.getCodec()) !== "avc") return false;
  const { averageBitrate } = await track.computePacketStats(packetsLooked);
  return averageBitrate < copyBitsMax;
}

async function encodingOf(track: InputVideoTrack) {
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  const scale = Math.min(1, shortSidePxMax / Math.min(width, height), sidePxMax / Math.max(width, height));
  const size = { width: even(width * scale), height: even(height * scale) };
  const codec = await getFirstEncodableVideoCodec(["avc", "vp9", "av1"], size);
  if (codec === null) throw new Error("this browser encodes no film");
  return {
    ...size,
    fit: "contain",
    codec,
    bitrate: videoBits,
    keyFrameInterval: keySeconds,
    forceTranscode: true,
  } as const;
}

const even = (pixels: number) => Math.max(2, Math.round(pixels / 2) * 2);

async function framesOf(track: InputVideoTrack, durationMs: number, count: number, height: number): Promise<string[]> {
  const urls: string[] = [];
  const times = Array.from({ length: count }, (_, n) => ((n + 0.5) * durationMs) / count / 1_000);
  const canvases = new CanvasSink(track, { height }).canvasesAtTimestamps(times);
  for await (const found of canvases) if (found !== null) urls.push(URL.createObjectURL(await blobOf(found.canvas)));
  return urls;
}

async function blobOf(canvas: HTMLCanvasElement | OffscreenCanvas): Promise<Blob> {
  if (canvas instanceof OffscreenCanvas) return canvas.convertToBlob({ type: "image/jpeg", quality: 0.7 });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error("no picture")) : resolve(blob)), "image/jpeg", 0.7);
  });
}

async function coverOf(track: InputVideoTrack, seconds: number, width: number, height: number) {
  const sink = new CanvasSink(track);
  const at = (await track.getFirstTimestamp()) + Math.max(0, seconds);
  const found = (await sink.getCanvas(at)) ?? (await sink.getCanvas(await track.getFirstTimestamp()));
  if (found === null) throw new Error("the film shows nothing");
  const bitmap = await createImageBitmap(found.canvas);
  try {
    const bytes = await posterOf(bitmap, bitmap);
    const mime = bytes[0] === 0x52 ? "image/webp" : "image/jpeg"; // "RIFF"
    const poster = { source: new Blob([bytes], { type: mime }), mime, width, height } as const;
    return { poster, thumbhash: placeholderOf(bitmap) };
  } finally {
    bitmap.close();
  }
}

/** In LUFS; undefined: there is no sound, or it cannot be decoded. */
async function loudnessOf(input: Input): Promise<number | undefined> {
  const track = await input.getPrimaryAudioTrack();
  if (track === null || !(await track.canDecode())) return undefined;
  let loudness: Loudness | undefined;
  for await (const sample of new AudioSampleSink(track).samples()) {
    loudness ??= new Loudness(sample.sampleRate);
    const channels = Array.from({ length: Math.min(2, sample.numberOfChannels) }, (_, planeIndex) => {
      const plane = new Float32Array(sample.numberOfFrames);
      sample.copyTo(plane, { planeIndex, format: "f32-planar" });
      return plane;
    });
    loudness.add(channels);
    sample.close();
  }
  return loudness?.integrated();
}
