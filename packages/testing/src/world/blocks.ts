/** Blocks: whether what a server keeps repeats itself anywhere (docs/spec/media.md ME5). */

const blockBytes = 16;

/** How many blocks of 16 bytes there are in `files`, and how many of them stood there before. */
export function countBlocks(files: readonly Uint8Array[]): { readonly blocks: number; readonly repeated: number } {
  const seen = new Set<string>();
  let blocks = 0;
  for (const bytes of files) {
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + blockBytes <= file.length; at += blockBytes, blocks++)
      seen.add(file.toString("latin1", at, at + blockBytes));
  }
  return { blocks, repeated: blocks - seen.size };
}
