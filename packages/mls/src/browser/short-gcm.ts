/**
 * AES-GCM (NIST SP 800-38D) of short values, each under a key of its own, over noble's AES. Noble's own GCM makes a
 * table for GHASH of each key, which takes it longer than all the rest of such a value. GHASH here takes the doubles of
 * its key by masks: it reads no table, so its time follows from no secret (docs/decisions/0097).
 */
import { unsafe } from "@noble/ciphers/aes.js";
import type { Bytes } from "@yanshu/wire";

const blockBytes = 16;
export const tagBytes = 16;
const nonceBytes = 12;
/** Beyond it a counter would need more than one byte. */
const bytesMax = 200 * blockBytes;

/** H · x^i for i from 0 to 127, four words each, the first the highest; made anew for each key. */
const doubles = new Uint32Array(4 * 128);
/** The sum of GHASH. Both are used within one call only, which waits for nothing. */
const sum = new Uint32Array(4);

function setKey(h0: number, h1: number, h2: number, h3: number): void {
  let [a, b, c, d] = [h0, h1, h2, h3];
  for (let at = 0; at < doubles.length; at += 4) {
    doubles[at] = a;
    doubles[at + 1] = b;
    doubles[at + 2] = c;
    doubles[at + 3] = d;
    const carry = -(d & 1) & 0xe1000000;
    d = (d >>> 1) | (c << 31);
    c = (c >>> 1) | (b << 31);
    b = (b >>> 1) | (a << 31);
    a = (a >>> 1) ^ carry;
  }
  sum.fill(0);
}

/** sum = (sum + this block) · H */
function addBlock(x0: number, x1: number, x2: number, x3: number): void {
  const words = [(sum[0] as number) ^ x0, (sum[1] as number) ^ x1, (sum[2] as number) ^ x2, (sum[3] as number) ^ x3];
  let [a, b, c, d] = [0, 0, 0, 0];
  let at = 0;
  for (const word of words)
    for (let bit = 31; bit >= 0; bit--, at += 4) {
      const mask = -((word >>> bit) & 1);
      a ^= (doubles[at] as number) & mask;
      b ^= (doubles[at + 1] as number) & mask;
      c ^= (doubles[at + 2] as number) & mask;
      d ^= (doubles[at + 3] as number) & mask;
    }
  sum[0] = a;
  sum[1] = b;
  sum[2] = c;
  sum[3] = d;
}

/** Filled up with zeros to a whole block. */
function addBytes(bytes: Bytes): void {
  const word = (at: number) =>
    ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  for (let at = 0; at < bytes.length; at += blockBytes) addBlock(word(at), word(at + 4), word(at + 8), word(at + 12));
}

const swapped = (word: number) =>
  (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | ((word >>> 24) & 0xff);

/** The key stream of one key and nonce, XORed with bytes; and the tag of what was encrypted. */
function streamOf(key: Bytes, nonce: Bytes) {
  if (nonce.length !== nonceBytes) throw new RangeError("a nonce has 12 bytes");
  const expanded = unsafe.expandKeyLE(key);
  const [n0, n1, n2] = new Uint32Array(Uint8Array.from(nonce).buffer) as unknown as [number, number, number];
  return {
    mixed: (bytes: Bytes): Bytes => {
      if (bytes.length > bytesMax) throw new RangeError("too long for a short value");
      const blocks = Math.ceil(bytes.length / blockBytes);
      const words = new Uint32Array(4 * blocks);
      const out = new Uint8Array(words.buffer);
      out.set(bytes);
      for (let block = 0; block < blocks; block++) {
        const { s0, s1, s2, s3 } = unsafe.encrypt(expanded, n0, n1, n2, (block + 2) << 24);
        const at = 4 * block;
        words[at] = (words[at] as number) ^ s0;
        words[at + 1] = (words[at + 1] as number) ^ s1;
        words[at + 2] = (words[at + 2] as number) ^ s2;
        words[at + 3] = (words[at + 3] as number) ^ s3;
      }
      return out.subarray(0, bytes.length);
    },
    tag: (aad: Bytes, encrypted: Bytes): Bytes => {
      const h = unsafe.encrypt(expanded, 0, 0, 0, 0);
      setKey(swapped(h.s0), swapped(h.s1), swapped(h.s2), swapped(h.s3));
      addBytes(aad);
      addBytes(encrypted);
      addBlock(0, aad.length * 8, 0, encrypted.length * 8);
      const first = unsafe.encrypt(expanded, n0, n1, n2, 1 << 24);
      const words = Uint32Array.of(
        swapped(sum[0] as number) ^ first.s0,
        swapped(sum[1] as number) ^ first.s1,
        swapped(sum[2] as number) ^ first.s2,
        swapped(sum[3] as number) ^ first.s3,
      );
      return new Uint8Array(words.buffer);
    },
    forget: () => expanded.fill(0),
  };
}

/** Ciphertext and tag. @throws RangeError if it is too long, or the nonce has not 12 bytes */
export function sealShort(key: Bytes, nonce: Bytes, aad: Bytes, plain: Bytes): Bytes {
  const stream = streamOf(key, nonce);
  const encrypted = stream.mixed(plain);
  const out = new Uint8Array(plain.length + tagBytes);
  out.set(encrypted);
  out.set(stream.tag(aad, encrypted), plain.length);
  stream.forget();
  return out;
}

/** Undefined if the tag does not match. */
export function openShort(key: Bytes, nonce: Bytes, aad: Bytes, value: Bytes): Bytes | undefined {
  if (value.length < tagBytes) return undefined;
  const stream = streamOf(key, nonce);
  const encrypted = value.subarray(0, value.length - tagBytes);
  const tag = stream.tag(aad, encrypted);
  let difference = 0;
  for (let at = 0; at < tagBytes; at++) difference |= (tag[at] as number) ^ (value[encrypted.length + at] as number);
  const plain = difference === 0 ? Uint8Array.from(stream.mixed(encrypted)) : undefined;
  stream.forget();
  return plain;
}
