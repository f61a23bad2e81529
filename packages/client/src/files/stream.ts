/**
 * Stream: a file as AES-256-GCM chunks (docs/spec/media.md ME5), after the STREAM construction: chunk i is sealed under
 * the nonce 0⁷ ‖ i (u32) ‖ last (u8), so that none can be dropped, moved or cut off without being noticed. The key is
 * random and of this file alone, and no chunk is ever sealed twice with other bytes: they are sealed once, when the
 * file is taken in, and kept sealed. Any chunk opens by itself, so playing may begin anywhere.
 */
import { paddedLength } from "@yanshu/mls";
import { type Bytes, invariant } from "@yanshu/wire";
import type { MediaPorts } from "../ports.ts";

export const chunkBytes = 1 << 20;
const tagBytes = 16;
export const sealedChunkBytes = chunkBytes + tagBytes;
/** Smaller files all look alike. */
const smallestBytes = 4_096;

type Cipher = MediaPorts["cipher"];

/** The length of a file after it was padded with zeros: one of few sizes, at most 12 % more. */
function paddedBytes(fileBytes: number): number {
  return Math.max(smallestBytes, paddedLength(fileBytes));
}

/** @param fileBytes here and below: the length of the file itself, without padding. */
export function chunkCount(fileBytes: number): number {
  return Math.ceil(paddedBytes(fileBytes) / chunkBytes);
}

/** The length of the ciphertext, which is all that the server holds of a file. */
export function cipherBytes(fileBytes: number): number {
  return paddedBytes(fileBytes) + chunkCount(fileBytes) * tagBytes;
}

/** Of chunk `index`: where it lies in the ciphertext, and how long it is there. */
export function chunkRange(fileBytes: number, index: number): { readonly from: number; readonly length: number } {
  const from = index * sealedChunkBytes;
  return { from, length: Math.min(sealedChunkBytes, cipherBytes(fileBytes) - from) };
}

/** @param part the file's own bytes from `index * chunkBytes` on; what is missing at the end is padded. */
export function sealChunk(cipher: Cipher, key: Bytes, fileBytes: number, index: number, part: Bytes): Promise<Bytes> {
  const plain = new Uint8Array(chunkRange(fileBytes, index).length - tagBytes);
  invariant(part.length <= plain.length, "a chunk is no longer than its place");
  plain.set(part);
  return cipher.seal(key, nonce(fileBytes, index), plain);
}

/** Decrypts a chunk and cuts its padding off; undefined when it is not what its author sealed. */
export async function openChunk(
  cipher: Cipher,
  key: Bytes,
  fileBytes: number,
  index: number,
  sealed: Bytes,
): Promise<Bytes | undefined> {
  if (sealed.length !== chunkRange(fileBytes, index).length) return undefined;
  const plain = await cipher.open(key, nonce(fileBytes, index), sealed);
  return plain?.subarray(0, Math.max(0, Math.min(plain.length, fileBytes - index * chunkBytes)));
}

/**
 * Each forwarded copy of a file on the server is the ciphertext under one more layer of AES-CTR (ME8). Takes the layers
 * off a part that begins at `from`, the outermost first.
 *
 * @param layers their keys, 32 bytes each, one after the other; empty for a file that is no copy.
 */
export async function withoutLayers(cipher: Cipher, layers: Bytes, from: number, sealed: Bytes): Promise<Bytes> {
  let bytes = sealed;
  for (let at = layers.length - 32; at >= 0; at -= 32)
    bytes = await cipher.ctr(layers.subarray(at, at + 32), from / 16, bytes);
  return bytes;
}

function nonce(fileBytes: number, index: number): Bytes {
  const out = new Uint8Array(12);
  const view = new DataView(out.buffer);
  view.setUint32(7, index);
  view.setUint8(11, index === chunkCount(fileBytes) - 1 ? 1 : 0);
  return out;
}
