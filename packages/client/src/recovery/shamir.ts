/**
 * Shamir's secret sharing, two of three (docs/spec/identity.md ID36). Each byte of the secret is the value at x = 0 of
 * a straight line over GF(2^8) with a random slope. A share, in the specification a piece, holds an x and the values of
 * all lines there. One share tells nothing of the secret. Any two give it. Two shares of different secrets give a wrong
 * secret and no error, so the caller compares the result with a check value.
 *
 *   share: x u8 (1, 2, 3) · y, one byte for each byte of the secret
 */
import { type Bytes, concat } from "@yanshu/wire";

/**
 * The shares at x = 1, 2 and 3.
 *
 * @param slopes random bytes, as many as the secret has, that are used for nothing else.
 */
export function split(secret: Bytes, slopes: Bytes): readonly [Bytes, Bytes, Bytes] {
  const at = (x: number) =>
    concat(
      Uint8Array.of(x),
      secret.map((byte, i) => byte ^ times(slopes[i] ?? 0, x)),
    );
  return [at(1), at(2), at(3)];
}

/** The secret of two shares. Undefined when they have the same x or different lengths, or when an x is 0 or absent. */
export function join(one: Bytes, other: Bytes): Bytes | undefined {
  const [x1 = 0, x2 = 0] = [one[0], other[0]];
  if (one.length !== other.length || x1 === x2 || x1 === 0 || x2 === 0) return undefined;
  // Lagrange interpolation at x = 0: y1 * x2 / (x1 + x2) + y2 * x1 / (x1 + x2). In GF(2^8) minus is plus, an XOR.
  const over = inverse(x1 ^ x2);
  const [ofOne, ofOther] = [times(x2, over), times(x1, over)];
  return one.slice(1).map((byte, i) => times(byte, ofOne) ^ times(other[i + 1] ?? 0, ofOther));
}

/**
 * The product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, as in AES. No branch and no table lookup depends on a factor.
 */
function times(a: number, b: number): number {
  let product = 0;
  let shifted = a;
  for (let bit = 0; bit < 8; bit++) {
    product ^= -((b >> bit) & 1) & shifted;
    shifted = ((shifted << 1) ^ (-(shifted >> 7) & 0x11b)) & 0xff;
  }
  return product;
}

/** 1/a for a ≠ 0, which is a^254: the nonzero elements are a group of 255. */
function inverse(a: number): number {
  let out = 1;
  for (let bit = 7; bit >= 0; bit--) {
    out = times(out, out);
    if ((254 >> bit) & 1) out = times(out, a);
  }
  return out;
}
