/**
 * Sectors: encrypts bytes of a file in place, by their position (docs/spec/store.md ST30): AES-256 in XTS mode (IEEE
 * 1619) over sectors of 4,096 bytes. It keeps lengths, and any range of whole 16-byte units can be written alone. It
 * gives confidentiality and no integrity: an attacker who can write to the disk may restore old bytes or garble them.
 */
import { ecb, unsafe } from "@noble/ciphers/aes.js";

export const unitBytes = 16;
const sectorBytes = 4_096;
const halfKeyBytes = 32;

export type SectorCipher = {
  /** Both work in place. `at`, the offset in the file, and the length are multiples of 16 bytes. */
  readonly seal: (bytes: Uint8Array, at: number) => void;
  readonly open: (bytes: Uint8Array, at: number) => void;
};

/** @param key 64 bytes: the first half for the content, the second for the XTS tweaks. */
export function sectorCipher(key: Uint8Array): SectorCipher {
  if (key.length !== 2 * halfKeyBytes) throw new Error("a key of sectors has 64 bytes");
  const content = Uint8Array.from(key.subarray(0, halfKeyBytes));
  const places = unsafe.expandKeyLE(Uint8Array.from(key.subarray(halfKeyBytes)));

  /** The XTS tweak of each unit, which is XORed with it before and after the cipher. */
  function tweaks(at: number, length: number): Uint32Array {
    if (at % unitBytes !== 0 || length % unitBytes !== 0) throw new Error("sectors are sealed in whole units");
    const all = new Uint32Array(length / 4);
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let word = 0, place = at; word < all.length; word += 4, place += unitBytes) {
      if (word === 0 || place % sectorBytes === 0) {
        const sector = Math.floor(place / sectorBytes);
        const first = unsafe.encrypt(places, sector >>> 0, Math.floor(sector / 2 ** 32), 0, 0);
        [a, b, c, d] = [first.s0, first.s1, first.s2, first.s3];
        for (let unit = 0; unit < (place % sectorBytes) / unitBytes; unit++) [a, b, c, d] = doubled(a, b, c, d);
      }
      all[word] = a;
      all[word + 1] = b;
      all[word + 2] = c;
      all[word + 3] = d;
      [a, b, c, d] = doubled(a, b, c, d);
    }
    return all;
  }

  function apply(bytes: Uint8Array, at: number, run: (mixed: Uint8Array) => Uint8Array): void {
    const mask = tweaks(at, bytes.length);
    const mixed = new Uint32Array(mask.length);
    const mixedBytes = new Uint8Array(mixed.buffer);
    mixedBytes.set(bytes);
    mix(mixed, mask);
    const out = Uint8Array.from(run(mixedBytes));
    mix(new Uint32Array(out.buffer), mask);
    bytes.set(out);
  }

  const block = () => ecb(content, { disablePadding: true });
  return {
    seal: (bytes, at) => apply(bytes, at, (mixed) => block().encrypt(mixed)),
    open: (bytes, at) => apply(bytes, at, (mixed) => block().decrypt(mixed)),
  };
}

function mix(words: Uint32Array, mask: Uint32Array): void {
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ (mask[i] as number);
}

/** Times x in GF(2^128), the least significant word first. */
function doubled(a: number, b: number, c: number, d: number): [number, number, number, number] {
  return [(a << 1) ^ (d >>> 31 === 1 ? 0x87 : 0), (b << 1) | (a >>> 31), (c << 1) | (b >>> 31), (d << 1) | (c >>> 31)];
}
