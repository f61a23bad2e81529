/**
 * Weak keys: public keys of small order, for which anybody can make signatures, or knows the secret that is agreed.
 *
 * Libraries part over them: some take a signature under such a key, some refuse it. Members who use different ones
 * would part over a commit or a list, so every verification refuses them first (docs/spec/groups.md GR36).
 */
import { type Bytes, fromHex } from "./bytes.ts";

const keyBytes = 32;

/**
 * All encodings of the eight points of Ed25519 whose order divides 8, those that are not canonical too; without the
 * sign bit.
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
 * The same of X25519 (RFC 7748 §6.1 gives no result for them), on the curve and on its twist; its last bit is not read.
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

/** Whether no signature under this Ed25519 key says anything: wrong length, or small order. */
export function isWeakSigningKey(publicKey: Bytes): boolean {
  return isAmong(weakSigning, publicKey);
}

/** Whether nothing may be sealed to this X25519 key: wrong length, or small order. */
export function isWeakSealKey(publicKey: Bytes): boolean {
  return isAmong(weakAgreeing, publicKey);
}

/** @checks GR36 */
function isAmong(weak: readonly Bytes[], key: Bytes): boolean {
  if (key.length !== keyBytes) return true;
  return weak.some((one) => one.every((byte, i) => byte === (i === keyBytes - 1 ? (key[i] as number) & 0x7f : key[i])));
}
