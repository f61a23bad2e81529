/**
 * Heads: reads a page's bundle of heads as it arrives, so that the first film begins before the last one's head is here
 * (docs/spec/channels.md CH14): "YSH1", the pack's hash, the number of films; then of each its hash, its list and its
 * first bytes, the latter two behind their lengths (4 bytes, big-endian). What it hands on is checked in films.ts.
 */
import { Pieces } from "./pieces.ts";

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
  const input = new Pieces(body);
  if (new TextDecoder().decode(await input.next(magic.length)) !== magic) throw new Error("no heads");
  await input.next(hashBytes);
  const [count = 0] = await input.next(1);
  for (let n = 0; n < count; n++) {
    const film = await input.next(hashBytes);
    const list = await partOf(input);
    const head = await partOf(input);
    await take({ film, list, head });
  }
}

/** Behind its length. */
async function partOf(input: Pieces): Promise<Uint8Array<ArrayBuffer>> {
  const length = (await input.next(4)).reduce((sum, byte) => sum * 256 + byte, 0);
  if (length > partBytesMax) throw new Error("too long");
  return input.next(length);
}
