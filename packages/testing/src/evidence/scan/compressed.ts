/**
 * Compressed: what may lie packed in bytes. Where gzip, zlib or zstd announce themselves they are
 * opened, wherever that is; brotli and bare deflate do not, and are tried where a stream may begin.
 */
import { brotliDecompressSync, constants, type InputType, inflateRawSync, zstdDecompressSync } from "node:zlib";

const outputMax = 8 << 20;
const inputMax = 4 << 20;
/** Where a stream may begin in a frame, a record or an envelope: after nothing, a kind, a length, an id, a nonce. */
const beginnings = [0, 1, 2, 4, 5, 8, 16, 17, 28, 29, 32, 33];
const partly = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: outputMax };

/** Everything that announces itself, opened. */
export function* announced(bytes: Uint8Array): Generator<Buffer> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const { magic, open } of announcedKinds) {
    for (let at = buffer.indexOf(magic); at >= 0; at = buffer.indexOf(magic, at + 1)) {
      const opened = attempt(open, buffer.subarray(at, at + inputMax));
      if (opened !== undefined) yield opened;
    }
  }
}

/** What does not announce itself, tried at the likely beginnings of a small stream. */
export function* unannounced(bytes: Uint8Array): Generator<Buffer> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const at of beginnings) {
    if (at >= buffer.length) return;
    for (const open of [brotli, deflate]) {
      const opened = attempt(open, buffer.subarray(at));
      if (opened !== undefined) yield opened;
    }
  }
}

const deflate = (input: InputType): Buffer => inflateRawSync(input, partly);
const brotli = (input: InputType): Buffer => brotliDecompressSync(input, { maxOutputLength: outputMax });
const zstd = (input: InputType): Buffer => zstdDecompressSync(input, { maxOutputLength: outputMax });

/** Checksums and what follows the stream do not matter to us, so the raw part is opened. */
function afterGzipHeader(input: Buffer): Buffer {
  const flags = input[3] ?? 0;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + (input[at] ?? 0) + 256 * (input[at + 1] ?? 0);
  for (const text of [8, 16]) if ((flags & text) !== 0) at = input.indexOf(0, at) + 1;
  if ((flags & 2) !== 0) at += 2;
  return deflate(input.subarray(at));
}

const announcedKinds: readonly { readonly magic: Buffer; readonly open: (input: Buffer) => Buffer }[] = [
  { magic: Buffer.from([0x1f, 0x8b, 0x08]), open: afterGzipHeader },
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), open: zstd },
  ...[0x01, 0x5e, 0x9c, 0xda].map((second) => ({
    magic: Buffer.from([0x78, second]),
    open: (input: Buffer) => deflate(input.subarray(2)),
  })),
];

/** Undefined when it is no such stream, or one too short to hold anything that we look for. */
function attempt(open: (input: Buffer) => Buffer, input: Buffer): Buffer | undefined {
  try {
    const opened = open(input);
    return opened.length >= 16 ? opened : undefined;
  } catch {
    return undefined;
  }
}
