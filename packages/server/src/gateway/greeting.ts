/**
 * Greeting: by the first bytes of a connection to the front (docs/spec/calls.md CA180, CA181), whose it is. Nothing of
 * TLS is opened: the ClientHello (RFC 8446 §4.1.2) is readable, and a browser's for a website offers a protocol (ALPN,
 * RFC 7301), while that for TURN over TLS offers none.
 */
import type { Bytes } from "@yanshu/wire";

/** `more`: it cannot be told yet. `none`: of nobody; such a connection is closed. */
export type Greeting = "site" | "turn" | "more" | "none";

const handshakeRecord = 22;
const clientHello = 1;
const alpn = 16;
/** A browser's has up to two kilobytes. */
export const greetingBytesMax = 8_192;

/** @param bytes all that came so far; greetings that are split among records are put together. */
export function greetingOf(bytes: Bytes): Greeting {
  const hello: number[] = [];
  let at = 0;
  for (;;) {
    if (at < bytes.length && bytes[at] !== handshakeRecord) return "none";
    if (at + 1 < bytes.length && bytes[at + 1] !== 3) return "none";
    if (bytes.length < at + 5) return bytes.length > greetingBytesMax ? "none" : "more";
    const size = two(bytes, at + 3);
    if (size === 0 || size > greetingBytesMax) return "none";
    const from = at + 5;
    for (const byte of bytes.subarray(from, from + size)) hello.push(byte);
    if (hello.length > 0 && hello[0] !== clientHello) return "none";
    if (hello.length >= 4) {
      const whole = 4 + ((hello[1] as number) << 16) + two(hello, 2);
      if (whole > greetingBytesMax) return "none";
      if (hello.length >= whole) return offers(hello.slice(4, whole));
    }
    at = from + size;
    if (bytes.length < at) return bytes.length > greetingBytesMax ? "none" : "more";
  }
}

/** Of the body of a ClientHello. */
function offers(body: readonly number[]): Greeting {
  // legacy_version, random, legacy_session_id, cipher_suites, legacy_compression_methods, extensions.
  let at = 34;
  at += 1 + (body[at] ?? Number.NaN);
  at += 2 + two(body, at);
  at += 1 + (body[at] ?? Number.NaN);
  if (at === body.length) return "turn"; // Before TLS 1.3 there may be no extensions.
  const end = at + 2 + two(body, at);
  if (end !== body.length) return "none"; // NaN as well: it was cut off.
  at += 2;
  let isSite = false;
  while (at < end) {
    const size = two(body, at + 2);
    if (Number.isNaN(size) || at + 4 + size > end) return "none";
    if (two(body, at) === alpn) isSite = true;
    at += 4 + size;
  }
  return isSite ? "site" : "turn";
}

/** Not a number past the end. */
function two(bytes: ArrayLike<number>, at: number): number {
  return (bytes[at] ?? Number.NaN) * 256 + (bytes[at + 1] ?? Number.NaN);
}
