/**
 * Whether an upload token is ours, where the platform multiplies on curve25519 (docs/spec/media.md ME3, MO69). RFC 9497
 * takes k · P in ristretto255. X25519 (RFC 7748) knows no more of a point than its u, so it is asked for k · P and for
 * (k + 1) · P, from which v follows (Okeya and Sakurai, CHES 2001, "Efficient Elliptic Curve Cryptosystems from a
 * Scalar Multiplication Algorithm with Recovery of the y-Coordinate on a Montgomery-Form Elliptic Curve").
 */
import { ed25519, ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { type Bytes, concat, equalBytes, utf8 } from "./bytes.ts";
import { isToken, type UploadTokenKey } from "./upload-tokens.ts";

/** What the platform computes. Scalars and u are of 32 bytes, as RFC 7748 has them. */
export type TokenPrimitives = {
  readonly x25519: (scalar: Bytes, u: Bytes) => Bytes;
  readonly sha512: (data: Bytes) => Bytes;
};

/** RFC 7748 clears three bits of a scalar and sets bit 254: of ±k, plus a multiple of the order, one is so already. */
function asScalar(k: bigint): Bytes | undefined {
  const { Fp, Fn } = ed25519.Point;
  const [cofactor, least, beyond] = [8n, 2n ** 254n, 2n ** 255n];
  const modulus = cofactor * Fn.ORDER;
  // ≡ k by the order, ≡ 0 by 8.
  const n = cofactor * Fn.mul(k, Fn.inv(cofactor));
  const found = [n, modulus - n].find((one) => one >= least && one < beyond);
  return found === undefined ? undefined : Fp.toBytes(found);
}

/** As `isToken`, for one key; one in 2^126 keys has no such scalars, and is left to `isToken`. @checks ME3 */
export function tokenCheck(
  key: UploadTokenKey,
  { x25519, sha512 }: TokenPrimitives,
): (input: Bytes, output: Bytes) => boolean {
  const { Fp, Fn } = ed25519.Point;
  const a = 486_662n;
  // Of the map between the two forms of the curve (RFC 7748 §4.1).
  const scale = Fp.sqrt(Fp.neg(a + 2n));
  const hashTo = { DST: concat(utf8("HashToGroup-OPRFV1-"), Uint8Array.of(1), utf8("-ristretto255-SHA512")) };
  const slowly = (input: Bytes, output: Bytes) => isToken(key, input, output);
  // P of a hash may lie beside the group of prime order; 4 · P does not.
  const k = Fn.mul(Fn.fromBytes(key.secretKey), Fn.inv(4n));
  const [times, next] = [asScalar(k), asScalar(Fn.add(k, 1n))];
  if (times === undefined || next === undefined) return slowly; // not a check: `isToken` checks the same.
  const uOf = (scalar: Bytes, u: Bytes) => Fp.fromBytes(x25519(scalar, u));
  return (input, output) => {
    const { x, y } = ristretto255_hasher.hashToCurve(input, hashTo).double().double().toAffine();
    const under = Fp.mul(Fp.sub(1n, y), x);
    if (Fp.is0(under)) return slowly(input, output); // not a check: `isToken` checks the same.
    const inverse = Fp.inv(under);
    const u = Fp.mul(Fp.mul(Fp.add(1n, y), x), inverse);
    const v = Fp.mul(Fp.mul(scale, Fp.add(1n, y)), inverse);
    const bytes = Fp.toBytes(u);
    const [one, two] = [uOf(times, bytes), uOf(next, bytes)];
    // (u·u₁ + 1)(u + u₁ + 2A) − 2A − (u − u₁)²·u₂, of which v₁ is the half by v.
    const sum = Fp.add(Fp.add(u, one), 2n * a);
    const difference = Fp.sub(u, one);
    const twice = Fp.sub(
      Fp.sub(Fp.mul(Fp.add(Fp.mul(u, one), 1n), sum), 2n * a),
      Fp.mul(Fp.mul(difference, difference), two),
    );
    const below = Fp.mul(twice, Fp.add(one, 1n));
    if (Fp.is0(below)) return slowly(input, output); // not a check: `isToken` checks the same.
    const again = Fp.inv(below);
    const point = ristretto255.Point.fromAffine({
      x: Fp.mul(Fp.mul(Fp.mul(scale, one), Fp.mul(2n, v)), Fp.mul(Fp.add(one, 1n), again)),
      y: Fp.mul(Fp.sub(one, 1n), Fp.mul(twice, again)),
    });
    const element = point.toBytes();
    const found = sha512(concat(u16(input.length), input, u16(element.length), element, utf8("Finalize")));
    return equalBytes(found, output);
  };
}

function u16(value: number): Bytes {
  return Uint8Array.of(value >> 8, value & 255);
}
