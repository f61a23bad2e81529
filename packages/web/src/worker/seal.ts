/**
 * Sealing worker of a group call (docs/spec/calls.md CA92): every frame passes here between encoder and packets, and
 * between packets and decoder. It fails closed: without a key nothing leaves, and what does not open is not heard. It
 * is told keys, and tells by whose key each slot was opened.
 */
import { FrameOpener, FrameSealer, readKid } from "@yanshu/mls/sframe";
import type { FromSeal, SealOptions, ToSeal } from "../shared/seal-messages.ts";

type Frame = { data: ArrayBuffer; readonly type?: string };
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
const sealer = new FrameSealer();
const opener = new FrameOpener(() => performance.now());
const counts = { sealed: 0, opened: 0, refused: 0, replayed: 0, noKey: 0 };
const seatOf = new Map<number, number>();
const tellMs = 1_000;
/** RFC 6386 §9.1: the first byte says whether it is a key frame; ten bytes of one hold its size. */
const clearBytes = { delta: 1, key: 10 } as const;

function clearOf({ type }: Frame, { kind }: SealOptions, length: number): number {
  if (kind === "voice") return 0;
  return Math.min(length, type === "key" ? clearBytes.key : clearBytes.delta);
}

async function seal(frame: Frame, options: SealOptions): Promise<boolean> {
  const bytes = new Uint8Array(frame.data);
  const sealed = await sealer.seal(bytes, clearOf(frame, options, bytes.length), options.kind === "voice");
  if (sealed === undefined) return false;
  frame.data = sealed.buffer as ArrayBuffer;
  counts.sealed++;
  return true;
}

async function open(frame: Frame, options: SealOptions): Promise<boolean> {
  const bytes = new Uint8Array(frame.data);
  const opened = await opener.open(bytes, clearOf(frame, options, bytes.length), options.kind === "voice");
  if (typeof opened === "string") {
    if (opened === "no-key") counts.noKey++;
    else counts[opened]++;
    return false;
  }
  frame.data = opened.frame.buffer as ArrayBuffer;
  counts.opened++;
  if (seatOf.get(options.index) !== opened.seat) {
    seatOf.set(options.index, opened.seat);
    scope.postMessage({ kind: "from", index: options.index, seat: opened.seat });
  }
  return true;
}

scope.onrtctransform = ({ transformer: { options, readable, writable } }) => {
  const pass = options.side === "seal" ? seal : open;
  const through = new TransformStream<Frame, Frame>({
    async transform(frame, controller) {
      // A frame that fails is dropped, and the next has its chance.
      if (await pass(frame, options).catch(() => false)) controller.enqueue(frame);
    },
  });
  readable
    .pipeThrough(through)
    .pipeTo(writable)
    .catch(() => undefined); // The connection was closed.
};

scope.onmessage = ({ data: { own, others } }) => {
  if (own !== undefined) void sealer.use(own.kid, own.key);
  for (const { kid, key } of others) opener.give(readKid(kid), key);
  opener.keep(new Set(others.map(({ seat }) => seat)));
};

setInterval(() => scope.postMessage({ kind: "counts", ...counts }), tellMs);
