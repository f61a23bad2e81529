/**
 * Plain CBOR: reads in one pass what nearly all of our values are made of, and sees as it goes that the bytes are the
 * deterministic encoding (RFC 8949 §4.2): what a device that was away does twenty thousand times. The library has to
 * write the value again to see it. Whatever is not plain, or is wrong, is the library's to read and to refuse
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
/** No shape of ours is deeper; bytes from outside do not choose how deep we go. */
const depthMax = 16;
const shortText = 32;

class NotPlain extends Error {}
/** Made once: a stack for each would cost more than the reading. */
const notPlain = new NotPlain("not plain CBOR");
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The value of whole numbers, byte strings, texts, lists, maps with text keys, true and false; undefined when the bytes
 * hold anything else, or not in the one way to write it.
 */
export function readPlainly(bytes: Bytes): unknown {
  const reader = new PlainReader(bytes);
  try {
    const value = reader.value(0);
    return reader.at === bytes.length ? value : undefined;
  } catch (error) {
    if (error === notPlain || error instanceof TypeError) return undefined; // A TypeError: text that is no UTF-8.
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

  /** A number or a length, in the shortest way. */
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

  /** Their keys rise, by their encoded bytes: so none is there twice. */
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

  /** Whether the encoded key at `first` is below the one that was just read from `second` on. */
  private isBelow(first: number, firstEnd: number, second: number): boolean {
    const { bytes } = this;
    for (let a = first, b = second; a < firstEnd && b < this.at; a++, b++) {
      const difference = (bytes[a] as number) - (bytes[b] as number);
      if (difference !== 0) return difference < 0;
    }
    return firstEnd - first < this.at - second;
  }
}
