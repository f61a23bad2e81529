/** The parts of TLS presentation language that this package reads and writes by hand (RFC 9420 §2.1). */
import type { Bytes } from "@yanshu/wire";

/** Thrown for bytes that do not have this protocol's form. */
export class NotOurs extends Error {}

export function u32(value: number): Bytes {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

export function lengthBytes(length: number): number {
  return length < 64 ? 1 : length < 16_384 ? 2 : 4;
}

/** Encodes a length (RFC 9420 §2.1.2). */
export function lengthOf(length: number): Bytes {
  if (length < 64) return Uint8Array.of(length);
  if (length < 16_384) return Uint8Array.of(0x40 | (length >> 8), length);
  return Uint8Array.of(0x80 | (length >>> 24), length >>> 16, length >>> 8, length);
}

export class Reader {
  at: number;
  private readonly bytes: Bytes;
  private readonly view: DataView;

  constructor(bytes: Bytes, at: number) {
    this.bytes = bytes;
    this.at = at;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The bytes from `from` to the current position. */
  since(from: number): Bytes {
    return this.bytes.subarray(from, this.at);
  }

  rest(): Bytes {
    return this.bytes.subarray(this.at);
  }

  private take(length: number): number {
    const from = this.at;
    if (from + length > this.bytes.length) throw new NotOurs();
    this.at += length;
    return from;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2));
  }

  u32(): number {
    return this.view.getUint32(this.take(4));
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8));
  }

  data(): Bytes {
    const length = this.length();
    const from = this.take(length);
    return this.bytes.subarray(from, from + length);
  }

  /** Reads a length. Only the shortest form is accepted, so that kept bytes equal those of a new encoding. */
  length(): number {
    const first = this.u8();
    const kind = first >> 6;
    if (kind === 0) return first;
    let length = first & 0x3f;
    for (let more = kind === 1 ? 1 : 3; more > 0; more--) length = length * 256 + this.u8();
    if (kind === 3 || lengthBytes(length) !== (kind === 1 ? 2 : 4)) throw new NotOurs();
    return length;
  }
}
