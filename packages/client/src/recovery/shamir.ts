/**
 * Shamir's sharing of a secret, any two of three (docs/spec/identity.md ID36): each byte is where a straight line over
 * GF(2^8) meets zero, and a piece is a place and where the lines are there. One piece leaves every secret as likely as
 * before. It says nothing of whether two belong together: what they give is compared with what was said of it.
 *
 *   piece: place u8 (1, 2, 3) · a byte for each of the secret's
 */
import { type Bytes, concat } from "@yanshu/wire";

const places = [1, 2, 3] as const;

/** @param slopes as many bytes as the secret has, by chance, used for nothing else. */
export function split(secret: Bytes, slopes: Bytes): readonly [Bytes, Bytes, Bytes] {
  const at = (place: number) =>
    concat(
      Uint8Array.of(place),
      secret.map((byte, i) => byte ^ times(slopes[i] ?? 0, place)),
    );
  return [at(places[0]), at(places[1]), at(places[2])];
}

/** What two pieces give; undefined when they are of one place, or no pieces. */
export function join(one: Bytes, other: Bytes): Bytes | undefined {
  const [x = 0, y = 0] = [one[0], other[0]];
  if (one.length !== other.length || x === y || x === 0 || y === 0) return undefined;
  // Lagrange at zero: one * y / (x + y) + other * x / (x + y), where adding and taking away are the same.
  const over = inverse(x ^ y);
  const [ofOne, ofOther] = [times(y, over), times(x, over)];
  return one.slice(1).map((byte, i) => times(byte, ofOne) ^ times(other[i + 1] ?? 0, ofOther));
}

/** In GF(2^8) by x^8 + x^4 + x^3 + x + 1, as in AES. No branch and no table depends on what is multiplied. */
function times(a: number, b: number): number {
  let product = 0;
  let shifted = a;
  for (let bit = 0; bit < 8; bit++) {
    product ^= -((b >> bit) & 1) & shifted;
    shifted = ((shifted << 1) ^ (-(shifted >> 7) & 0x11b)) & 0xff;
  }
  return product;
}

/** a^254. */
function inverse(a: number): number {
  let out = 1;
  for (let bit = 7; bit >= 0; bit--) {
    out = times(out, out);
    if ((254 >> bit) & 1) out = times(out, a);
  }
  return out;
}
