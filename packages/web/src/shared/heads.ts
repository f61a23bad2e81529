/**
 * Heads: reads a page's bundle of heads as it arrives, so that the first film begins before the last one's head is here
 * (docs/spec/channels.md CH14): "YSH1", the pack's hash, the number of films; then of each its hash, its list and its
 * first bytes, the latter two behind their lengths (4 bytes, big-endian). What it hands on is checked in films.ts.
 */
export type Head = {
  readonly film: Uint8Array<ArrayBuffer>;
  readonly list: Uint8Array<ArrayBuffer>;
  readonly head: Uint8Array<ArrayBuffer>;
};

const magic = "YSH1";
const hashBytes = 32;
/** No list and no head is longer. */
const partBytesMax = 1 << 20;

/** @throws when it is no bundle, or ends early. */
export async function readHeads(body: ReadableStream<Uint8Array>, take: (head: Head) => Promise<void>): Promise<void> {
  const input = new Input(body.getReader());
  if (new TextDecoder().decode(await input.bytes(magic.length)) !== magic) throw new Error("no heads");
  await input.bytes(hashBytes);
  const [count = 0] = await input.bytes(1);
  for (let n = 0; n < count; n++) {
    const film = await input.bytes(hashBytes);
    const list = await input.part();
    const head = await input.part();
    await take({ film, list, head });
  }
}

class Input {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private buffer = new Uint8Array(0);

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.reader = reader;
  }

  async part(): Promise<Uint8Array<ArrayBuffer>> {
    const length = (await this.bytes(4)).reduce((sum, byte) => sum * 256 + byte, 0);
    if (length > partBytesMax) throw new Error("too long");
    return this.bytes(length);
  }

  async bytes(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const waiting: Uint8Array[] = [this.buffer];
    let here = this.buffer.length;
    while (here < count) {
      const { value, done } = await this.reader.read();
      if (done) throw new Error("the heads ended early");
      waiting.push(value);
      here += value.length;
    }
    if (waiting.length > 1) {
      const joined = new Uint8Array(here);
      let at = 0;
      for (const part of waiting) {
        joined.set(part, at);
        at += part.length;
      }
      this.buffer = joined;
    }
    const found = this.buffer.slice(0, count);
    this.buffer = this.buffer.subarray(count);
    return found;
  }
}
