/**
 * Films to send: packed anew on this device without encoding, so that the place and the telephone that a camera notes
 * stay here, and so that playing can begin before the end is there (features/photos/README.md ME12).
 */
import {
  ALL_FORMATS,
  BlobSource,
  BufferTarget,
  Conversion,
  Input,
  Mp4OutputFormat,
  Output,
  QUALITY_MEDIUM,
  WebMOutputFormat,
} from "mediabunny";
import { placeholderOf, posterOf } from "./shrink.ts";

const msMax = 5 * 60_000;
/** Packing happens in memory. */
const bytesMax = 400 << 20;
const posterMsMax = 10_000;

export type Film = {
  readonly source: Blob;
  readonly type: "video/mp4" | "video/webm";
  readonly ms: number;
  readonly width: number;
  readonly height: number;
  readonly placeholder: Uint8Array;
  readonly poster: Uint8Array;
};

/** Made smaller: it is told how far it is, from 0 to 1, and can be stopped. */
type Smaller = { readonly told: (share: number) => void; readonly signal: AbortSignal };
/** Enough for a telephone, lying or standing. */
const smallSide = 720;

/**
 * Undefined when it is too long, or nothing that this browser plays: then it goes as a file. What the browser cannot
 * encode, or what would not be smaller, goes as it is.
 */
export async function filmFrom(file: File, smaller?: Smaller): Promise<Film | undefined> {
  if (file.size > bytesMax) return undefined;
  try {
    const small = smaller && (await packedAnew(file, smaller).catch(() => undefined));
    if (smaller?.signal.aborted === true) return undefined;
    const packed = small !== undefined && small.size < file.size ? small : await packedAnew(file);
    return packed && (await looked(packed));
  } catch {
    return undefined;
  }
}

async function packedAnew(file: File, smaller?: Smaller): Promise<Blob | undefined> {
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  const isWebm = /webm|matroska/.test(await input.getMimeType());
  const target = new BufferTarget();
  const format = isWebm ? new WebMOutputFormat() : new Mp4OutputFormat({ fastStart: "in-memory" });
  const output = new Output({ format, target });
  const size = smaller === undefined ? {} : await smallSizeOf(input);
  // One picture, one sound: telephones keep the place in tracks of its own.
  const conversion = await Conversion.init({
    input,
    output,
    tags: {},
    video: (_track, n) => (n > 1 ? { discard: true } : size),
    audio: (_track, n) => (n > 1 ? { discard: true } : {}),
  });
  if (!conversion.isValid) return undefined;
  if (smaller !== undefined) {
    conversion.onProgress = smaller.told;
    smaller.signal.addEventListener("abort", () => void conversion.cancel());
  }
  await conversion.execute();
  return target.buffer === null ? undefined : new Blob([target.buffer], { type: isWebm ? "video/webm" : "video/mp4" });
}

/** Its shorter side at most 720 points. */
async function smallSizeOf(
  input: Input,
): Promise<{ width?: number; height?: number; bitrate?: typeof QUALITY_MEDIUM }> {
  const track = await input.getPrimaryVideoTrack();
  if (track === null) return {};
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  if (Math.min(width, height) <= smallSide) return { bitrate: QUALITY_MEDIUM };
  return width < height
    ? { width: smallSide, bitrate: QUALITY_MEDIUM }
    : { height: smallSide, bitrate: QUALITY_MEDIUM };
}

async function looked(source: Blob): Promise<Film | undefined> {
  const url = URL.createObjectURL(source);
  const video = document.createElement("video");
  try {
    video.muted = true;
    video.preload = "auto";
    video.src = url;
    await heard(video, "loadeddata");
    const ms = Math.round(video.duration * 1_000);
    if (!Number.isFinite(ms) || ms > msMax || video.videoWidth === 0) return undefined;
    video.currentTime = Math.min(0.5, video.duration / 3);
    await heard(video, "seeked");
    const size = { width: video.videoWidth, height: video.videoHeight };
    return {
      source,
      type: source.type as Film["type"],
      ms,
      ...size,
      placeholder: placeholderOf(video, size),
      poster: await posterOf(video, size),
    };
  } finally {
    video.removeAttribute("src");
    URL.revokeObjectURL(url);
  }
}

function heard(video: HTMLVideoElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the film does not open")), posterMsMax);
    const end = (work: () => void) => () => {
      clearTimeout(timer);
      work();
    };
    video.addEventListener(event, end(resolve), { once: true });
    video.addEventListener(
      "error",
      end(() => reject(new Error("no film"))),
      { once: true },
    );
  });
}
