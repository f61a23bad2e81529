/** Bytes and CBOR (docs/spec/wire.md WI2, WI25): one value has one encoding. */
import { decode, encode } from "cborg";

export type Bytes = Uint8Array<ArrayBuffer>;

export function utf8(text: string): Bytes {
  return new Uint8Array(new TextEncoder().encode(text));
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function hex(bytes: Uint8Array): string {
  return bytes.toHex();
}

export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

export function u8(value: number): Bytes {
  return Uint8Array.of(value);
}

export function u32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

export function u64(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** A value without fields that are undefined, in RFC 8949's deterministic encoding. */
export function toCbor(value: unknown): Bytes {
  return new Uint8Array(encode(value, { float64: true }));
}

/** @throws when the bytes are not the one encoding of their value. */
export function fromCbor(bytes: Uint8Array): unknown {
  const value: unknown = decode(bytes, { strict: true, allowIndefinite: false, rejectDuplicateMapKeys: true });
  if (!isEqual(toCbor(value), bytes)) throw new Error("not the deterministic encoding");
  return value;
}

/** Fields of a map that was read, each asked for by the type that it must have. */
export class Fields {
  readonly map: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array)
      throw new Error("not a map");
    this.map = value as Record<string, unknown>;
  }

  static of(bytes: Uint8Array): Fields {
    return new Fields(fromCbor(bytes));
  }

  has(name: string): boolean {
    return Object.hasOwn(this.map, name);
  }

  bytes(name: string, length?: number): Bytes {
    const value = this.map[name];
    if (!(value instanceof Uint8Array) || (length !== undefined && value.length !== length))
      throw new Error(`${name} is no byte string of that length`);
    return new Uint8Array(value);
  }

  text(name: string): string {
    const value = this.map[name];
    if (typeof value !== "string") throw new Error(`${name} is no text`);
    return value;
  }

  number(name: string): number {
    const value = this.map[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw new Error(`${name} is no number`);
    return value;
  }

  list(name: string): readonly unknown[] {
    const value = this.map[name];
    if (!Array.isArray(value)) throw new Error(`${name} is no list`);
    return value;
  }
}

/** Lengths to which what is sealed is padded below Padmé's steps (docs/spec/groups.md GR8.3). */
const steps = [256, 512, 768, 1_024, 1_536, 2_048, 3_072, 4_096];

export function paddedLength(length: number): number {
  const step = steps.find((size) => size >= length);
  if (step !== undefined) return step;
  const exponent = Math.floor(Math.log2(length));
  const unit = 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1);
  return Math.ceil(length / unit) * unit;
}

export function pad(bytes: Uint8Array): Bytes {
  const padded = new Uint8Array(paddedLength(bytes.length + 4));
  padded.set(u32(bytes.length));
  padded.set(bytes, 4);
  return padded;
}

export function unpad(padded: Uint8Array): Bytes {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  const [bytes, zeros] = [padded.slice(4, 4 + length), padded.subarray(4 + length)];
  if (bytes.length !== length || zeros.some((byte) => byte !== 0)) throw new Error("padded wrongly");
  return new Uint8Array(bytes);
}
