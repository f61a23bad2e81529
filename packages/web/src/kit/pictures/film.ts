/**
 * Videos to send: remuxed on this device, which drops the camera's metadata (place, phone) and lets playback begin
 * before all of the file has arrived (features/photos/README.md ME12). A smaller version is encoded anew.
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
/** Remuxing happens in memory. */
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

/** Asks for a smaller version. `told` is called with the progress, 0 to 1. */
type Smaller = { readonly told: (share: number) => void; readonly signal: AbortSignal };
/** Enough for a phone's screen: the shorter side in px. */
const smallSide = 720;

/**
 * The video to send; undefined when it is too long or large, or this browser cannot play it: it is then sent as a
 * file. A video that the browser cannot encode, or that would not become smaller, is only remuxed.
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
  // Only the first video and audio track: phones store the place in further tracks.
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

/** Conversion options by which the shorter side has at most 720 px. */
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
