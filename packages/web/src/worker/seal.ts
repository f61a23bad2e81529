/**
 * Sealing worker of a group call (docs/spec/calls.md CA92): an RTCRtpScriptTransform after each encoder and before each
 * decoder. It fails closed: without a key nothing is sent, and a frame that does not open is dropped. The client's
 * worker sends it the keys by a port that the page does not read (CA100). It reports to the page whose key opened each
 * slot.
 */
import type { FrameKeysView } from "@yanshu/client";
import type { FromSeal, SealOptions, ToSeal } from "../shared/seal-messages.ts";
import { type Frame, SealFrames } from "./seal-frames.ts";

type Transformer = {
  readonly options: SealOptions;
  readonly readable: ReadableStream<Frame>;
  readonly writable: WritableStream<Frame>;
};

const scope = globalThis as unknown as {
  onrtctransform: ((event: { readonly transformer: Transformer }) => void) | null;
  onmessage: ((event: MessageEvent<ToSeal>) => void) | null;
  postMessage: (message: FromSeal) => void;
};
const tellMs = 1_000;
const frames = new SealFrames(
  () => performance.now(),
  (message) => scope.postMessage(message),
);

scope.onrtctransform = ({ transformer: { options, readable, writable } }) => {
  if (options.side === "open") frames.begin(options);
  const through = new TransformStream<Frame, Frame>({
    async transform(frame, controller) {
      // A frame that fails is dropped, and the stream goes on.
      if (await frames[options.side](frame, options).catch(() => false)) controller.enqueue(frame);
    },
  });
  readable
    .pipeThrough(through)
    .pipeTo(writable)
    .catch(() => undefined); // The connection was closed.
};

scope.onmessage = ({ data }) => {
  if (data.kind === "shown") return frames.shown();
  data.port.onmessage = ({ data: keys }: MessageEvent<FrameKeysView>) => frames.use(keys);
};

setInterval(() => scope.postMessage({ kind: "counts", ...frames.counts }), tellMs);
