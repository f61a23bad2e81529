/**
 * Heads: reads a page's bundle of heads while it arrives, so that the first film begins before the last one's head is
 * here (docs/spec/channels.md). The bundle is CBOR (RFC 8949) of `{films: [{film, head, list}], pack, v}`; of it this
 * reads maps, lists, texts, bytes and small numbers of definite length, which are all that it has. What it hands on is
 * not checked: that is the work of films.ts.
 */
export type Head = {
  readonly film: Uint8Array<ArrayBuffer>;
  readonly head: Uint8Array<ArrayBuffer>;
  readonly list: Uint8Array<ArrayBuffer>;
};

const bytesMax = 16 << 20;

/** @throws when it is no bundle, or ends early. */
export async function readHeads(parts: AsyncIterable<Uint8Array>, take: (head: Head) => Promise<void>): Promise<void> {
  const input = new Input(parts);
  for (let fields = await input.header(majorMap); fields > 0; fields--) {
    if ((await input.text()) !== "films") {
      await input.skip();
      continue;
    }
    for (let films = await input.header(majorList); films > 0; films--) await take(await headIn(input));
  }
}

async function headIn(input: Input): Promise<Head> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  for (let fields = await input.header(majorMap); fields > 0; fields--) {
    const name = await input.text();
    found.set(name, await input.string(majorBytes));
  }
  const [film, head, list] = ["film", "head", "list"].map((name) => found.get(name));
  if (film === undefined || head === undefined || list === undefined) throw new Error("a head lacks a part");
  return { film, head, list };
}

const majorUint = 0;
const majorBytes = 2;
const majorText = 3;
const majorList = 4;
const majorMap = 5;

class Input {
  private readonly parts: AsyncIterator<Uint8Array>;
  private buffer = new Uint8Array(0);
  private at = 0;
  private total = 0;

  constructor(parts: AsyncIterable<Uint8Array>) {
    this.parts = parts[Symbol.asyncIterator]();
  }

  /** The length of a map, list or string, or a number. @throws when something else comes. */
  async header(major: number): Promise<number> {
    const [first = 0] = await this.bytes(1);
    if (first >> 5 !== major) throw new Error("not what belongs here");
    return this.count(first & 31);
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.string(majorText));
  }

  async string(major: number): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.bytes(await this.header(major))).slice();
  }

  /** Passes over a number or a string. */
  async skip(): Promise<void> {
    const [first = 0] = await this.bytes(1);
    const count = await this.count(first & 31);
    if (first >> 5 === majorBytes || first >> 5 === majorText) await this.bytes(count);
    else if (first >> 5 !== majorUint) throw new Error("not what belongs here");
  }

  private async count(short: number): Promise<number> {
    if (short < 24) return short;
    if (short > 26) throw new Error("too long");
    const more = await this.bytes(2 ** (short - 24));
    const count = more.reduce((sum, byte) => sum * 256 + byte, 0);
    if (count > bytesMax) throw new Error("too long");
    return count;
  }

  /** A view that holds until the next call. */
  private async bytes(count: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.buffer.length - this.at < count) await this.fill(count);
    const found = this.buffer.subarray(this.at, this.at + count);
    this.at += count;
    return found;
  }

  private async fill(count: number): Promise<void> {
    const waiting: Uint8Array[] = [this.buffer.subarray(this.at)];
    let here = this.buffer.length - this.at;
    while (here < count) {
      const { value, done } = await this.parts.next();
      if (done === true) throw new Error("the heads ended early");
      this.total += value.length;
      if (this.total > bytesMax) throw new Error("too long");
      waiting.push(value);
      here += value.length;
    }
    const next = new Uint8Array(here);
    let to = 0;
    for (const part of waiting) {
      next.set(part, to);
      to += part.length;
    }
    this.buffer = next;
    this.at = 0;
  }
}
