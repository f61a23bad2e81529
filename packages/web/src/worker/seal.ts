/**
 * Sealing worker of a group call (docs/spec/calls.md CA92): every frame passes here between encoder and packets, and
 * between packets and decoder. It fails closed: without a key nothing leaves, and what does not open is not heard. It
 * hears keys from the client's worker by a port of their own (CA100), and tells the page by whose key each slot was
 * opened.
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
      // A frame that fails is dropped, and the next has its chance.
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
