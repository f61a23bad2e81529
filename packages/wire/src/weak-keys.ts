/**
 * Weak keys: public keys of small order. Anybody can sign for them, or knows the Diffie-Hellman result.
 *
 * Some libraries accept signatures under such keys and some refuse them. Members with different libraries would
 * disagree on a commit or list, so every verification refuses these keys first (docs/spec/groups.md GR36).
 */
import { type Bytes, fromHex } from "./bytes.ts";

const keyBytes = 32;

/**
 * All encodings of the eight Ed25519 points whose order divides 8, also the non-canonical ones, without the sign bit.
 */
const weakSigning = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map(fromHex);

/**
 * The same for X25519, on the curve and its twist. Their result is all zeros (RFC 7748 §6.1). The last bit is ignored.
 */
const weakAgreeing = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map(fromHex);

/** Whether an Ed25519 key has the wrong length or small order: its signatures prove nothing. */
export function isWeakSigningKey(publicKey: Bytes): boolean {
  return isAmong(weakSigning, publicKey);
}

/** Whether an X25519 key has the wrong length or small order: nothing may be encrypted to it. */
export function isWeakSealKey(publicKey: Bytes): boolean {
  return isAmong(weakAgreeing, publicKey);
}

/** @checks GR36 */
function isAmong(weak: readonly Bytes[], key: Bytes): boolean {
  if (key.length !== keyBytes) return true;
  return weak.some((one) => one.every((byte, i) => byte === (i === keyBytes - 1 ? (key[i] as number) & 0x7f : key[i])));
}
