/** The secret that any two pieces yield, and its check value (docs/spec/identity.md ID36). */
import { familyLimits } from "@yanshu/content";
import type { Crypto } from "@yanshu/mls";
import { type Bytes, equalBytes } from "@yanshu/wire";
import { join, split } from "./shamir.ts";

const secretBytes = 32;

export function makeFamilySecret(crypto: Crypto) {
  const secret = crypto.random(secretBytes);
  return { secret, check: checkOf(crypto, secret), pieces: split(secret, crypto.random(secretBytes)) };
}

/** The secret of two pieces; undefined if it does not match `check`. @checks ID36 */
export function familySecretOf(crypto: Crypto, check: Bytes, one: Bytes, other: Bytes): Bytes | undefined {
  const secret = join(one, other);
  return secret !== undefined && equalBytes(checkOf(crypto, secret), check) ? secret : undefined;
}

function checkOf(crypto: Crypto, secret: Bytes): Bytes {
  return crypto.derive(secret, "yanshu family check v1", familyLimits.checkBytes);
}
