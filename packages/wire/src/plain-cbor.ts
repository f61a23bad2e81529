/**
 * Plain CBOR: a fast codec for the types that nearly all values consist of. The reader decodes in one pass and checks
 * that the bytes are the deterministic encoding (RFC 8949 §4.2), for which the library would have to encode the value
 * again; a device that was offline reads twenty thousand values. The writer uses one buffer of the right length; the
 * library makes an object of each item and two more buffers. Other types and malformed bytes are left to the library
 * (schema.ts).
 */
import type { Bytes } from "./bytes.ts";

const unsigned = 0;
const byteString = 2;
const textString = 3;
const array = 4;
const map = 5;
const simple = 7;
const no = 20;
const yes = 21;
/** No schema is nested deeper; the limit protects the stack from hostile bytes. */
const depthMax = 16;
const shortText = 32;

class NotPlain extends Error {}
/** One object for all throws, because making a stack trace costs more than decoding. */
const notPlain = new NotPlain("not plain CBOR");
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes whole numbers, byte strings, texts, lists, maps with text keys, true and false. Returns undefined for other
 * types, and for bytes that are not the deterministic encoding.
 */
export function readPlainly(bytes: Bytes): unknown {
  const reader = new PlainReader(bytes);
  try {
    const value = reader.value(0);
    return reader.at === bytes.length ? value : undefined;
  } catch (error) {
    if (error === notPlain || error instanceof TypeError) return undefined; // A TypeError: invalid UTF-8.
    throw error;
  }
}

class PlainReader {
  at = 0;
  private readonly bytes: Bytes;

  constructor(bytes: Bytes) {
    this.bytes = bytes;
  }

  value(depth: number): unknown {
    const head = this.byte();
    const [kind, short] = [head >> 5, head & 31];
    switch (kind) {
      case unsigned:
        return this.count(short);
      case byteString:
        return this.taken(this.count(short)).slice();
      case textString:
        return this.text(this.count(short));
      case array:
        return this.list(this.count(short), depth);
      case map:
        return this.fields(this.count(short), depth);
      case simple:
        if (short === no || short === yes) return short === yes;
    }
    throw notPlain;
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw notPlain;
    return byte;
  }

  /** Reads a number or length, which must be in its shortest form. */
  private count(short: number): number {
    if (short < 24) return short;
    if (short > 27) throw notPlain;
    let count = 0;
    for (let left = 1 << (short - 24); left > 0; left--) count = count * 256 + this.byte();
    const least = short === 24 ? 24 : short === 25 ? 0x100 : short === 26 ? 0x1_0000 : 0x1_0000_0000;
    if (count < least || count > Number.MAX_SAFE_INTEGER) throw notPlain;
    return count;
  }

  private taken(length: number): Bytes {
    if (length > this.bytes.length - this.at) throw notPlain;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private text(length: number): string {
    const taken = this.taken(length);
    if (length > shortText) return decoder.decode(taken);
    let text = "";
    for (const byte of taken) {
      if (byte > 0x7f) return decoder.decode(taken);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  private list(length: number, depth: number): unknown[] {
    if (depth >= depthMax) throw notPlain;
    const items: unknown[] = [];
    for (let i = 0; i < length; i++) items.push(this.value(depth + 1));
    return items;
  }

  /** Keys must be ascending by their encoded bytes, so that none occurs twice. */
  private fields(length: number, depth: number): Record<string, unknown> {
    if (depth >= depthMax) throw notPlain;
    const fields: Record<string, unknown> = {};
    let [before, beforeEnd] = [0, 0];
    for (let i = 0; i < length; i++) {
      const from = this.at;
      const head = this.byte();
      if (head >> 5 !== textString) throw notPlain;
      const key = this.text(this.count(head & 31));
      if (key === "__proto__" || (i > 0 && !this.isBelow(before, beforeEnd, from))) throw notPlain;
      [before, beforeEnd] = [from, this.at];
      fields[key] = this.value(depth + 1);
    }
    return fields;
  }

  /** Whether the encoded key at `first` is less than the key just read, which begins at `second`. */
  private isBelow(first: number, firstEnd: number, second: number): boolean {
    const { bytes } = this;
    for (let a = first, b = second; a < firstEnd && b < this.at; a++, b++) {
      const difference = (bytes[a] as number) - (bytes[b] as number);
      if (difference !== 0) return difference < 0;
    }
    return firstEnd - first < this.at - second;
  }
}

/**
 * Encodes a value of the same types deterministically, after `before` free bytes for the caller's head. Returns
 * undefined for other types.
 */
export function writePlainly(value: unknown, before = 0): Bytes | undefined {
  try {
    const writer = new PlainWriter(new Uint8Array(before + lengthOf(value, 0)), before);
    writer.value(value);
    return writer.bytes;
  } catch (error) {
    if (error === notPlain) return undefined;
    throw error;
  }
}

const encoder = new TextEncoder();

/** Returns the encoded length. Throws `notPlain` for other types, before anything is written. */
function lengthOf(value: unknown, depth: number): number {
  switch (typeof value) {
    case "number":
      // −0 is excluded too: it is another value than 0.
      if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) throw notPlain;
      return headLength(value);
    case "boolean":
      return 1;
    case "string":
      return textLength(value);
    case "object":
      break;
    default:
      throw notPlain;
  }
  if (value instanceof Uint8Array) return headLength(value.length) + value.length;
  if (value === null || depth >= depthMax) throw notPlain;
  if (Array.isArray(value)) {
    let length = headLength(value.length);
    for (const item of value) length += lengthOf(item, depth + 1);
    return length;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notPlain;
  const fields = value as Record<string, unknown>;
  const keys = Object.keys(fields);
  let length = headLength(keys.length);
  for (const key of keys) {
    if (!isShortAscii(key)) throw notPlain;
    length += 1 + key.length + lengthOf(fields[key], depth + 1);
  }
  return length;
}

function headLength(count: number): number {
  if (count < 24) return 1;
  if (count < 0x100) return 2;
  if (count < 0x1_0000) return 3;
  return count < 0x1_0000_0000 ? 5 : 9;
}

function textLength(text: string): number {
  if (!text.isWellFormed()) throw notPlain;
  const length = isShortAscii(text) ? text.length : encoder.encode(text).length;
  return headLength(length) + length;
}

/** Whether the encoding is a head of one byte and one byte per character. */
function isShortAscii(text: string): boolean {
  // not a check: a longer text is written in another way.
  if (text.length >= 24) return false;
  // not a check: so are other characters.
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** Orders keys by their encoded bytes, whose first byte has the length. */
function byEncodedKey(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

/** Writes a value that `lengthOf` has checked. */
class PlainWriter {
  readonly bytes: Bytes;
  private at: number;

  constructor(bytes: Bytes, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  value(value: unknown): void {
    if (typeof value === "number") this.head(unsigned, value);
    else if (typeof value === "boolean") this.head(simple, value ? yes : no);
    else if (typeof value === "string") this.text(value);
    else if (value instanceof Uint8Array) this.put(byteString, value);
    else if (Array.isArray(value)) {
      this.head(array, value.length);
      for (const item of value) this.value(item);
    } else {
      const fields = value as Record<string, unknown>;
      const keys = Object.keys(fields).sort(byEncodedKey);
      this.head(map, keys.length);
      for (const key of keys) {
        this.text(key);
        this.value(fields[key]);
      }
    }
  }

  private head(kind: number, count: number): void {
    const { bytes } = this;
    const more = headLength(count) - 1;
    const short = more === 0 ? count : 23 + (more === 1 ? 1 : more === 2 ? 2 : more === 4 ? 3 : 4);
    bytes[this.at++] = (kind << 5) | short;
    for (let left = more - 1; left >= 0; left--) bytes[this.at++] = Math.floor(count / 256 ** left) % 256;
  }

  private put(kind: number, taken: Bytes): void {
    this.head(kind, taken.length);
    this.bytes.set(taken, this.at);
    this.at += taken.length;
  }

  private text(text: string): void {
    if (!isShortAscii(text)) {
      this.put(textString, encoder.encode(text));
      return;
    }
    this.head(textString, text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.at++] = text.charCodeAt(i);
  }
}
