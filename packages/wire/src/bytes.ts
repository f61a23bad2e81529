/**
 * Bytes: operations on byte strings that all packages share.
 *
 * Multi-byte numbers are big-endian. A reader never allocates from a length that it has not
 * compared with the bytes it holds, so a hostile length costs nothing (docs/spec/wire.md WI3).
 */

/** A byte string; by convention nobody changes it after it was made. */
export type Bytes = Uint8Array;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text: string): Bytes {
  return utf8Encoder.encode(text);
}

/** @throws TypeError when the bytes are not UTF-8. */
export function fromUtf8(bytes: Bytes): string {
  return utf8Decoder.decode(bytes);
}

export function concat(...parts: readonly Bytes[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Not constant-time: for public values only. */
export function equalBytes(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** Lexicographic order: negative if `a` comes first. A prefix comes before the longer string. */
export function compareBytes(a: Bytes, b: Bytes): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const hexDigits = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));
/** Browsers from before 2025 lack `Uint8Array.toHex`. */
const hasOwnHex = "toHex" in Uint8Array.prototype;

export function toHex(bytes: Bytes): string {
  if (hasOwnHex) return bytes.toHex();
  let text = "";
  for (const byte of bytes) text += hexDigits[byte];
  return text;
}

/** @throws Error when `text` is not an even number of hexadecimal digits. @checks WI2 */
export function fromHex(text: string): Bytes {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new Error("not hexadecimal");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** Base64url without padding (RFC 4648 §5), for links and QR codes. */
export function toBase64Url(bytes: Bytes): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of `text`, or undefined when it is not canonical base64url. @checks WI2 */
export function fromBase64Url(text: string): Bytes | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return toBase64Url(bytes) === text ? bytes : undefined;
}

/** Thrown for input that does not have the expected form. Its message has no content of the input. */
export class MalformedError extends Error {
  override name = "MalformedError";
}

/** Returns the result of `read`, or undefined if it throws a MalformedError. */
export function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/** Reads fields in order; every method throws MalformedError past the end. Slices share the memory of the input. */
export class ByteReader {
  private at = 0;
  private readonly bytes: Bytes;

  constructor(bytes: Bytes) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    return this.bytes[this.step(1)] as number;
  }

  u32(): number {
    const at = this.step(4);
    let value = 0;
    for (let i = at; i < at + 4; i++) value = (value << 8) | (this.bytes[i] as number);
    return value >>> 0;
  }

  /** 8 bytes, for a number below 2^53, which a double represents exactly. @checks WI2 */
  u53(): number {
    const high = this.u32();
    if (high > 0x1f_ffff) throw new MalformedError("number over 2^53");
    return high * 0x1_0000_0000 + this.u32();
  }

  take(length: number): Bytes {
    const at = this.step(length);
    return this.bytes.subarray(at, at + length);
  }

  rest(): Bytes {
    return this.take(this.left);
  }

  /** @checks WI7 */
  end(): void {
    if (this.left !== 0) throw new MalformedError("bytes left over");
  }

  /** @checks WI3 */
  private step(length: number): number {
    if (length > this.left) throw new MalformedError("truncated");
    const at = this.at;
    this.at += length;
    return at;
  }
}

/** Writes into one buffer of known size, without a DataView: a view of a small array makes the runtime copy it. */
export class ByteWriter {
  private at = 0;
  private readonly bytes: Bytes;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
  }

  u8(value: number): this {
    return this.big(value, 1);
  }

  u32(value: number): this {
    return this.big(value, 4);
  }

  u53(value: number): this {
    return this.big(Math.floor(value / 0x1_0000_0000), 4).big(value, 4);
  }

  put(bytes: Bytes): this {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
    return this;
  }

  finish(): Bytes {
    invariant(this.at === this.bytes.length, "buffer written to its end");
    return this.bytes;
  }

  private big(value: number, length: number): this {
    invariant(this.at + length <= this.bytes.length, "buffer not written past its end");
    for (let shift = 8 * (length - 1); shift >= 0; shift -= 8) this.bytes[this.at++] = value >>> shift;
    return this;
  }
}

/** Throws for a state that only a fault in the program can cause. */
export function invariant(condition: boolean, message: string): asserts condition {
  // not a check: what it refuses is a fault of the program.
  if (!condition) throw new Error(`invariant: ${message}`);
}

/** Makes a `switch` over a union total: a new member breaks the build here. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value of kind ${typeof value}`);
}
