/** Frames (docs/spec/wire.md WI4): what a WebSocket message between client and home holds. */
import { type Bytes, concat, fromCbor, toCbor, u8, u32, u64, utf8 } from "./bytes.ts";

export type Target = { readonly address: Bytes } | { readonly list: Bytes };
export type Part = { readonly target: Target; readonly envelope: Bytes };
export type Mode = "deposit" | "application" | "commit" | "create";
export type Push = {
  readonly id: number;
  readonly mode: Mode;
  /** Without one where nothing was posted through a gate. */
  readonly gate?: Bytes;
  readonly epoch: number;
  readonly target: Target;
  readonly envelope: Bytes;
};
export type Answer =
  | { readonly type: "ok"; readonly request: number }
  | { readonly type: "result"; readonly request: number; readonly result: unknown }
  | {
      readonly type: "error";
      readonly request: number;
      readonly code: number;
      readonly epoch: number;
      readonly lastHash: Bytes;
      readonly waitMs: number;
    };
export type ServerFrame =
  | Answer
  | { readonly type: "push"; readonly push: Push }
  | { readonly type: "expired"; readonly count: number }
  | { readonly type: "other" };

const modes: readonly Mode[] = ["deposit", "application", "commit", "create"];

export function callFrame(request: number, name: string, args: object): Bytes {
  const called = utf8(name);
  return concat(u8(0x01), u32(request), u8(called.length), called, toCbor(args));
}

/** The bytes of all parts: what is hashed as `post`. */
export function partsBytes(parts: readonly Part[]): Bytes {
  return concat(
    u32(parts.length),
    ...parts.map(({ target, envelope }) => concat(targetBytes(target), u32(envelope.length), envelope)),
  );
}

function targetBytes(target: Target): Bytes {
  return "address" in target ? concat(u8(0), target.address) : concat(u8(1), target.list);
}

export function applicationFrame(
  request: number,
  { gate, epoch, token }: { readonly gate: Bytes; readonly epoch: number; readonly token: Bytes },
  parts: readonly Part[],
): Bytes {
  return concat(u8(0x10), u32(request), u8(1), gate, u32(epoch), token, partsBytes(parts));
}

export type Founding = {
  readonly gate: Bytes;
  readonly foundingKey: Bytes;
  readonly nextPostKey: Bytes;
  readonly nextTokenHash: Bytes;
  readonly signature: Bytes;
};

export function createFrame(request: number, founding: Founding, parts: readonly Part[]): Bytes {
  const { gate, foundingKey, nextPostKey, nextTokenHash, signature } = founding;
  const header = concat(gate, foundingKey, nextPostKey, nextTokenHash, signature);
  return concat(u8(0x10), u32(request), u8(3), header, partsBytes(parts));
}

export type Ending = Omit<Founding, "foundingKey"> & { readonly epoch: number };

/** Ends an epoch (docs/spec/delivery.md DS13). */
export function commitFrame(request: number, ending: Ending, parts: readonly Part[]): Bytes {
  const { gate, epoch, nextPostKey, nextTokenHash, signature } = ending;
  const header = concat(gate, u32(epoch), nextPostKey, nextTokenHash, signature);
  return concat(u8(0x10), u32(request), u8(2), header, partsBytes(parts));
}

/** To one address, outside of any gate (docs/spec/delivery.md DS11). */
export function depositFrame(request: number, address: Bytes, envelope: Bytes): Bytes {
  return concat(u8(0x10), u32(request), u8(0), partsBytes([{ target: { address }, envelope }]));
}

/**
 * Each range the first and the last of pushes that followed one another on this connection (docs/spec/delivery.md
 * DS20).
 */
export function acksFrame(ranges: readonly (readonly [number, number])[]): Bytes {
  return concat(u8(0x11), u32(ranges.length), ...ranges.map(([first, last]) => concat(u64(first), u64(last))));
}

/** What a home is sent in one message: a larger frame goes in pieces (WI23). */
const messageBytesMax = 16 * 1024;

export function messagesOf(frame: Bytes): readonly Bytes[] {
  if (frame.length <= messageBytesMax) return [frame];
  const [firstBytes, moreBytes] = [messageBytesMax - 5, messageBytesMax - 1];
  const messages = [concat(u8(0x12), u32(frame.length), frame.subarray(0, firstBytes))];
  for (let at = firstBytes; at < frame.length; at += moreBytes)
    messages.push(concat(u8(0x13), frame.subarray(at, at + moreBytes)));
  return messages;
}

/** @throws when it is cut short. A frame of a type that is not known is passed over. */
export function readFrame(bytes: Bytes): ServerFrame {
  const read = new Reader(bytes);
  switch (read.u8()) {
    case 0x80:
      return { type: "ok", request: read.u32() };
    case 0x81:
      return { type: "result", request: read.u32(), result: fromCbor(read.rest()) };
    case 0x82: {
      const [request, code, epoch] = [read.u32(), read.u8(), read.u32()];
      return { type: "error", request, code, epoch, lastHash: read.take(32), waitMs: read.u32() };
    }
    case 0xc0:
      return { type: "push", push: readPush(read) };
    case 0xc1:
      return { type: "expired", count: read.u32() };
    default:
      return { type: "other" };
  }
}

function readPush(read: Reader): Push {
  const id = read.u64();
  const mode = modes[read.u8()];
  if (mode === undefined) throw new Error("a push of an unknown mode");
  const gate = mode === "deposit" ? {} : { gate: read.take(32) };
  const epoch = mode === "deposit" ? 0 : read.u32();
  const target = read.u8() === 0 ? { address: read.take(16) } : { list: read.take(32) };
  return { id, mode, ...gate, epoch, target, envelope: read.rest() };
}

class Reader {
  private readonly bytes: Bytes;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(length: number): Bytes {
    const taken = this.bytes.slice(this.at, this.at + length);
    if (taken.length < length) throw new Error("cut short");
    this.at += length;
    return taken;
  }

  u8(): number {
    return this.view.getUint8(this.at++);
  }

  u32(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4);
  }

  u64(): number {
    this.at += 8;
    return Number(this.view.getBigUint64(this.at - 8));
  }

  rest(): Bytes {
    return this.bytes.slice(this.at);
  }
}
