/**
 * Greeting: by the first bytes of a connection to the front (docs/spec/calls.md CA180, CA181), whose it is. Nothing of
 * TLS is opened: the ClientHello (RFC 8446 §4.1.2) is readable, and a browser's for a website offers a protocol (ALPN,
 * RFC 7301), while that for TURN over TLS offers none.
 */
/** `more`: it cannot be told yet. `none`: of nobody; such a connection is closed. */
export type Greeting = "site" | "turn" | "more" | "none";

const handshakeRecord = 22;
const clientHello = 1;
const alpn = 16;
/** A browser's has up to two kilobytes. */
export const greetingBytesMax = 8_192;

const recordBytes = 5;
const messageBytes = 4;
const nothing = new Uint8Array();
/** Room is made for so many at first, and for twice as many each time that it is full. */
const firstRoom = 256;

/**
 * Reads a greeting as it comes. Greetings that are split among records are put together, in at most twice their bytes,
 * and nothing of them is kept once it is told (CA228).
 */
export class GreetingReader {
  private hello = nothing;
  /** Of `hello`, what came. */
  private came = 0;
  /** Of the record that comes: bytes of its header, its size, and what is left of it. */
  private inHeader = 0;
  private size = 0;
  private left = 0;
  private count = 0;
  private told: Greeting = "more";

  /** What came next. Once it was told whose it is, nothing more is read. */
  read(bytes: ArrayLike<number>): Greeting {
    const end = bytes.length;
    for (let at = 0; at < end && this.told === "more"; at++) this.told = this.take(bytes[at] as number);
    if (this.told !== "more") this.hello = nothing;
    return this.told;
  }

  private take(byte: number): Greeting {
    if (++this.count > greetingBytesMax) return "none";
    return this.left === 0 ? this.takeHeader(byte) : this.takeBody(byte);
  }

  private takeHeader(byte: number): Greeting {
    const at = this.inHeader++;
    if (at === 0 && byte !== handshakeRecord) return "none";
    if (at === 1 && byte !== 3) return "none";
    if (at >= 3) this.size = this.size * 256 + byte;
    if (this.inHeader < recordBytes) return "more";
    if (this.size === 0 || this.size > greetingBytesMax) return "none";
    this.left = this.size;
    this.size = 0;
    this.inHeader = 0;
    return "more";
  }

  private takeBody(byte: number): Greeting {
    this.left--;
    if (this.came === this.hello.length) this.grow();
    const { hello } = this;
    hello[this.came++] = byte;
    if (hello[0] !== clientHello) return "none";
    if (this.came < messageBytes) return "more";
    const whole = messageBytes + ((hello[1] as number) << 16) + two(hello, 2);
    if (whole > greetingBytesMax) return "none";
    return this.came < whole ? "more" : offers(hello.subarray(messageBytes, whole));
  }

  private grow(): void {
    const grown = new Uint8Array(Math.min(greetingBytesMax, Math.max(firstRoom, 2 * this.hello.length)));
    grown.set(this.hello);
    this.hello = grown;
  }
}

/** Of the body of a ClientHello. */
function offers(body: Uint8Array): Greeting {
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
