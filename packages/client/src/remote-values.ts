/**
 * Remote values: what calls and views carry, as bytes for a client in another process (docs/spec/homes.md HM95). JSON
 * with byte arrays behind it: values are plain, and most are small. A file that a person chose does not travel: its
 * number does, and ranges of it are asked for.
 */
import type { Bytes } from "@yanshu/wire";
import type { Source } from "./api/media.ts";

/** Deeper than any value of ours, and far from what a stack bears. */
const depthMax = 64;
const mark = "$";

/** @param numberOf the number under which ranges of this file will be asked for. @throws for what is no plain value. */
export function encodeValue(value: unknown, numberOf: (source: Source) => number): Uint8Array<ArrayBuffer> {
  const parts: Bytes[] = [];
  let end = 0;
  const text = new TextEncoder().encode(JSON.stringify(plain(value, 0)));
  const bytes = new Uint8Array(4 + text.length + end);
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(text, 4);
  let at = 4 + text.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;

  function plain(one: unknown, depth: number): unknown {
    if (depth > depthMax) throw new TypeError("invariant: a value of a call is this deep");
    if (one === null || typeof one === "string" || typeof one === "boolean") return one;
    if (one === undefined) return { [mark]: "nothing" };
    if (typeof one === "number") return Number.isFinite(one) ? one : { [mark]: "number", is: String(one) };
    if (one instanceof Uint8Array) {
      parts.push(one);
      end += one.length;
      return { [mark]: "bytes", at: end - one.length, length: one.length };
    }
    if (Array.isArray(one)) return one.map((part) => plain(part, depth + 1));
    if (isSource(one)) return { [mark]: "source", number: numberOf(one), size: one.size };
    if (typeof one !== "object" || !isPlain(one)) throw new TypeError("invariant: values of calls are plain");
    const entries = Object.entries(one).map(([key, part]) => [key, plain(part, depth + 1)] as const);
    return Object.hasOwn(one, mark) ? { [mark]: "entries", entries } : Object.fromEntries(entries);
  }
}

/** @param sourceOf a file of the other side. @throws RangeError for what `encodeValue` did not write. */
export function decodeValue(bytes: Bytes, sourceOf: (number: number, size: number) => Source): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 4 ? Number.POSITIVE_INFINITY : view.getUint32(0);
  // @checks HM95
  if (4 + length > bytes.length) throw new RangeError("a message is cut off");
  const behind = bytes.subarray(4 + length);
  let told: unknown;
  try {
    told = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(4, 4 + length)));
  } catch {
    throw new RangeError("a message is no JSON");
  }
  return meant(told, 0);

  function meant(one: unknown, depth: number): unknown {
    // @checks HM95
    if (depth > depthMax) throw new RangeError("a message is too deep");
    if (Array.isArray(one)) return one.map((part) => meant(part, depth + 1));
    if (typeof one !== "object" || one === null) return one;
    if (!Object.hasOwn(one, mark))
      return Object.fromEntries(Object.entries(one).map(([key, part]) => [key, meant(part, depth + 1)]));
    return marked(one as Readonly<Record<string, unknown>>, depth);
  }

  function marked(one: Readonly<Record<string, unknown>>, depth: number): unknown {
    switch (one[mark]) {
      case "nothing":
        return undefined;
      case "number":
        return Number(one["is"]);
      case "bytes": {
        const [at, count] = [countIn(one["at"]), countIn(one["length"])];
        // @checks HM95
        if (at + count > behind.length) throw new RangeError("bytes of a message are cut off");
        return behind.slice(at, at + count);
      }
      case "source":
        return sourceOf(countIn(one["number"]), countIn(one["size"]));
      case "entries": {
        const { entries } = one;
        // @checks HM95
        if (!Array.isArray(entries) || !entries.every(isEntry)) throw new RangeError("a message has odd entries");
        return Object.fromEntries(entries.map(([key, part]) => [key, meant(part, depth + 1)]));
      }
      default:
        throw new RangeError("a message has a value of an unknown kind");
    }
  }
}

function countIn(value: unknown): number {
  // @checks HM95
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new RangeError("a message has an odd number");
  return value as number;
}

function isEntry(value: unknown): value is readonly [string, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "string";
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isSource(value: unknown): value is Source {
  // not a check: what is plain is no file of a browser.
  if (typeof value !== "object" || value === null || isPlain(value)) return false;
  const { size, slice } = value as { size?: unknown; slice?: unknown };
  return typeof size === "number" && typeof slice === "function";
}
