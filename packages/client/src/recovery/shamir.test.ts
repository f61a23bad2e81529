/**
 * Shamir's sharing: any two of three give the secret, one tells nothing, and what does not belong together gives
 * something else.
 */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { fromHex, toHex } from "@yanshu/wire";
import fc from "fast-check";
import { familySecretOf, makeFamilySecret } from "./helpers-secret.ts";
import { join, split } from "./shamir.ts";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const pairs = [
  [0, 1],
  [0, 2],
  [1, 2],
  [2, 0],
] as const;

test("[ID36] any two of the three pieces give the secret, in either order", () => {
  fc.assert(
    fc.property(bytes32, bytes32, fc.constantFrom(...pairs), (secret, slopes, [one, other]) => {
      const pieces = split(secret, slopes);
      expect(join(pieces[one], pieces[other])).toEqual(secret);
    }),
  );
});

test("[ID36] one piece goes with every secret equally: it tells nothing", () => {
  fc.assert(
    fc.property(fc.nat(255), fc.nat(255), fc.constantFrom(0, 1, 2), (secret, slope, place) => {
      const [, value] = split(Uint8Array.of(secret), Uint8Array.of(slope))[place] as Uint8Array;
      // Whatever the secret may have been, exactly one slope gives this piece.
      for (const other of [0, 1, secret ^ 0xff, 255]) {
        const slopes = Array.from({ length: 256 }, (_, s) => s).filter(
          (s) => split(Uint8Array.of(other), Uint8Array.of(s))[place]?.[1] === value,
        );
        expect(slopes).toHaveLength(1);
      }
    }),
    { numRuns: 40 },
  );
});

test("[ID36] two of one place, and what is no piece, give nothing", () => {
  const [first, second] = split(new Uint8Array(32).fill(7), new Uint8Array(32).fill(9));
  expect(join(first, first)).toBeUndefined();
  expect(join(first, Uint8Array.of(0, ...second.slice(1)))).toBeUndefined();
  expect(join(first, second.slice(0, 20))).toBeUndefined();
});

test("[ID36] a piece that was changed, or is another secret's, is noticed", () => {
  fc.assert(
    fc.property(fc.nat(32), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const crypto = createBunCrypto();
      const [made, other] = [makeFamilySecret(crypto), makeFamilySecret(crypto)];
      const [one, two] = made.pieces;
      expect(familySecretOf(crypto, made.check, one, two)).toEqual(made.secret);
      expect(familySecretOf(crypto, made.check, one, other.pieces[1])).toBeUndefined();
      const changed = two.map((byte, i) => (i === at ? byte ^ by : byte));
      expect(familySecretOf(crypto, made.check, one, changed)).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test("[ID36] the vectors of another implementation", () => {
  // By AES' field: 0x57 * 0x13 = 0xfe, 0x57 * 0x02 = 0xae, 0x57 * 0x03 = 0xf9 (FIPS 197, section 4.2).
  const pieces = split(fromHex("0053ca"), fromHex("575757"));
  expect(pieces.map(toHex)).toEqual(["0157049d", "02aefd64", "03f9aa33"]);
  expect(toHex(join(fromHex("0157049d"), fromHex("03f9aa33")) ?? new Uint8Array())).toBe("0053ca");
});
