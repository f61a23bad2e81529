/**
 * The encoding worker of a Live (docs/spec/live.md CA237): the page hands it the frames of camera and microphone, and
 * is given heads and pieces.
 */
import type { FromEncoder, ToEncoder } from "./encode-messages.ts";
import { encodeFrames } from "./encoder.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToEncoder>) => void) | null;
  postMessage: (message: FromEncoder, transfer?: Transferable[]) => void;
  close: () => void;
};
const ending = new AbortController();
const tell = (message: FromEncoder) => scope.postMessage(message);
const failed = () => tell({ kind: "failed" });
/** It closes so long after it was stopped: until then the tracks are told that their frames are read no more. */
const closeMs = 1_000;

scope.onmessage = ({ data }) => {
  if (data.kind === "stop") {
    ending.abort();
    setTimeout(() => scope.close(), closeMs);
    return;
  }
  const out = {
    head: (layer: number, type: string, bytes: Uint8Array) => tell({ kind: "head", layer, type, bytes }),
    piece: (layer: number, bytes: Uint8Array<ArrayBuffer>) =>
      scope.postMessage({ kind: "piece", layer, bytes }, [bytes.buffer]),
    failed,
  };
  encodeFrames(data.frames, out, ending.signal).then((can) => tell({ kind: "begun", can }), failed);
};
