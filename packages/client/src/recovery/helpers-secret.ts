/** What follows from the secret of a family (docs/spec/identity.md ID36), of which any two pieces give all. */
import { familyLimits } from "@yanshu/content";
import type { Crypto } from "@yanshu/mls";
import { type Bytes, equalBytes } from "@yanshu/wire";
import { join, split } from "./shamir.ts";

const secretBytes = 32;

export function makeFamilySecret(crypto: Crypto) {
  const secret = crypto.random(secretBytes);
  return { secret, check: checkOf(crypto, secret), pieces: split(secret, crypto.random(secretBytes)) };
}

/** Undefined where the two do not give what `check` was said of. @checks ID36 */
export function familySecretOf(crypto: Crypto, check: Bytes, one: Bytes, other: Bytes): Bytes | undefined {
  const secret = join(one, other);
  return secret !== undefined && equalBytes(checkOf(crypto, secret), check) ? secret : undefined;
}

function checkOf(crypto: Crypto, secret: Bytes): Bytes {
  return crypto.derive(secret, "yanshu family check v1", familyLimits.checkBytes);
}
