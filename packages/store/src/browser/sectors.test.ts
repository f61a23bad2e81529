/** Sealed sectors, against the standard's own example, and piece by piece. */
import { expect, test } from "bun:test";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { sectorCipher } from "./sectors.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("[ST30] the example of IEEE 1619 for AES-256 (vector 10) comes out", () => {
  const key = Buffer.from(
    "27182818284590452353602874713526624977572470936999595749669676273141592653589793238462643383279502884197169399375105820974944592",
    "hex",
  );
  const bytes = Uint8Array.from({ length: 512 }, (_, i) => i & 255);
  sectorCipher(key).seal(bytes, 0xff * 4_096);
  expect(hex(bytes.subarray(0, 32))).toBe("1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b");
  // Of all 512, as OpenSSL makes them too.
  expect(hex(sha256(bytes))).toBe("e97e974fa393af794f7a4684395814cf820de60a01eaec677d87b452e316b364");
});

test("[ST30] whichever whole units are sealed at a time, they are the same, and open to what was there", () => {
  const key = Uint8Array.from({ length: 64 }, (_, i) => i);
  const plain = Uint8Array.from({ length: 3 * 4_096 }, (_, i) => i % 251);
  const whole = Uint8Array.from(plain);
  const { seal, open } = sectorCipher(key);
  seal(whole, 0);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 767 }), fc.integer({ min: 1, max: 767 }), (first, count) => {
      const [from, to] = [first * 16, Math.min(plain.length, (first + count) * 16)];
      const piece = plain.slice(from, to);
      seal(piece, from);
      expect(hex(piece)).toBe(hex(whole.subarray(from, to)));
      open(piece, from);
      expect(hex(piece)).toBe(hex(plain.subarray(from, to)));
    }),
    { numRuns: 50 },
  );
});

test("[ST30] the same bytes at another place, or under another key, look otherwise; half a unit is refused", () => {
  const cipher = sectorCipher(Uint8Array.from({ length: 64 }, (_, i) => i));
  const at = (place: number) => {
    const piece = new Uint8Array(32);
    cipher.seal(piece, place);
    return Buffer.from(piece).toString("hex");
  };
  expect(new Set([at(0), at(32), at(4_096), at(2 ** 44)]).size).toBe(4);
  expect(() => cipher.seal(new Uint8Array(8), 0)).toThrow();
  expect(() => cipher.open(new Uint8Array(16), 8)).toThrow();
  expect(() => sectorCipher(new Uint8Array(32))).toThrow();
});
