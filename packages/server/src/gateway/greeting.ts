/**
 * Greeting: tells from the first bytes of a connection to the front whether it is for the website or for TURN over TLS
 * (docs/spec/calls.md CA180, CA181). TLS is not terminated: the ClientHello (RFC 8446 §4.1.2) is in plain. A browser
 * that opens a website offers a protocol in it (ALPN, RFC 7301); for TURN over TLS it offers none.
 */
/** `more`: more bytes are needed. `none`: neither; the connection is closed. */
export type Greeting = "site" | "turn" | "more" | "none";

const handshakeRecord = 22;
const clientHello = 1;
const alpn = 16;
/** A browser's ClientHello has up to two kilobytes. */
export const greetingBytesMax = 8_192;

const recordBytes = 5;
const messageBytes = 4;
const nothing = new Uint8Array();
/** First size of the buffer, in bytes. It doubles when it is full. */
const firstRoom = 256;

/**
 * Reads a greeting as it arrives, and joins one that is split among TLS records. Its buffer has at most twice the bytes
 * that arrived, and is freed once the result is known (CA228).
 */
export class GreetingReader {
  private hello = nothing;
  /** Bytes of `hello` that have arrived. */
  private came = 0;
  /** Of the current record: header bytes read, its size, and bytes still to come. */
  private inHeader = 0;
  private size = 0;
  private left = 0;
  private count = 0;
  private told: Greeting = "more";

  /** Reads the next bytes. Once the result is known, returns it without reading more. */
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

/** The result for the body of a ClientHello. */
function offers(body: Uint8Array): Greeting {
  // legacy_version, random, legacy_session_id, cipher_suites, legacy_compression_methods, extensions.
  let at = 34;
  at += 1 + (body[at] ?? Number.NaN);
  at += 2 + two(body, at);
  at += 1 + (body[at] ?? Number.NaN);
  if (at === body.length) return "turn"; // Before TLS 1.3 there may be no extensions.
  const end = at + 2 + two(body, at);
  if (end !== body.length) return "none"; // `end` is NaN if the body was cut off.
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

/** The 16-bit number at `at`, big-endian; NaN past the end. */
function two(bytes: ArrayLike<number>, at: number): number {
  return (bytes[at] ?? Number.NaN) * 256 + (bytes[at + 1] ?? Number.NaN);
}
