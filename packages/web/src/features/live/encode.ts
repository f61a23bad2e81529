/**
 * Encode: camera or screen, and voice, as the pieces of a Live (encoder.ts). A worker does it, so that the page's
 * preview and controls do not wait for it; the page does where the browser hands a worker no frames (docs/spec/live.md
 * CA237).
 */
import type { Encoded, Frames, FromEncoder, ToEncoder } from "./encode-messages.ts";

export type Encoding = { readonly stop: () => void; readonly isInWorker: boolean };
type Begun = "can" | "cannot" | "no worker";

/** W3C mediacapture-transform, as Chromium has it on the page as well. */
declare const MediaStreamTrackProcessor: new (of: {
  readonly track: MediaStreamTrack;
}) => { readonly readable: ReadableStream };

/**
 * Starts encoding; undefined if the stream has no picture, or the browser has no codec that others play.
 *
 * @throws Error where encoding cannot begin.
 */
export async function encode(stream: MediaStream, out: Encoded): Promise<Encoding | undefined> {
  const [picture] = stream.getVideoTracks();
  const [voice] = stream.getAudioTracks();
  if (picture === undefined) return undefined;
  const framesOf = (track: MediaStreamTrack) => new MediaStreamTrackProcessor({ track }).readable;
  // Made anew for each of the two: what was handed to a worker is gone from the page.
  const frames = (): Frames => ({ pictures: framesOf(picture), voices: voice && framesOf(voice) });
  const { begun, ...encoding } = await inWorker(frames(), out);
  if (begun === "can") return { ...encoding, isInWorker: true };
  encoding.stop();
  return begun === "cannot" ? undefined : await onPage(frames(), out);
}

async function inWorker(frames: Frames, out: Encoded): Promise<{ readonly begun: Begun; readonly stop: () => void }> {
  const { promise, resolve } = Promise.withResolvers<Begun>();
  let hasBegun = false;
  let worker: Worker;
  try {
    worker = new Worker(new URL("./encode-worker.ts", import.meta.url), { type: "module", name: "yanshu-live" });
  } catch {
    return { begun: "no worker", stop: () => undefined };
  }
  const failed = (error: unknown) => (hasBegun ? out.failed(error) : resolve("no worker"));
  const tell = (message: ToEncoder, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  worker.addEventListener("message", ({ data }: MessageEvent<FromEncoder>) => {
    if (data.kind === "head") out.head(data.layer, data.type, data.bytes);
    else if (data.kind === "piece") out.piece(data.layer, data.bytes);
    else if (data.kind === "failed") failed(new Error("the encoding worker failed"));
    else {
      hasBegun = true;
      resolve(data.can ? "can" : "cannot");
    }
  });
  worker.addEventListener("error", failed);
  try {
    const { pictures, voices } = frames;
    tell({ kind: "begin", frames }, voices === undefined ? [pictures] : [pictures, voices]);
  } catch {
    worker.terminate(); // A browser that hands no stream to a worker (DataCloneError).
    return { begun: "no worker", stop: () => undefined };
  }
  return { begun: await promise, stop: () => tell({ kind: "stop" }) };
}

async function onPage(frames: Frames, out: Encoded): Promise<Encoding | undefined> {
  const { encodeFrames } = await import("./encoder.ts");
  const ending = new AbortController();
  const can = await encodeFrames(frames, out, ending.signal);
  return can ? { stop: () => ending.abort(), isInWorker: false } : undefined;
}
