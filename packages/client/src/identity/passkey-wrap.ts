/**
 * What a passkey opens (docs/spec/identity.md ID33): the master key, sealed under a key that follows from the secret which the
 * passkey answers (WebAuthn's PRF). Home finds it by a tag that follows from the same secret, and can open it by neither.
 *
 *   version u8 · nonce 12 · AES-256-GCM(key, master key 32)
 */
import type { Crypto } from "@yanshu/mls";
import { type AccountId, type Bytes, concat, limits, utf8 } from "@yanshu/wire";

const version = 1;
const nonceBytes = 12;
const head = 1 + nonceBytes;

export function passkeyTag(crypto: Crypto, secret: Bytes): Bytes {
  return crypto.derive(secret, "yanshu passkey tag v1", 32);
}

export async function wrapMasterKey(
  crypto: Crypto,
  secret: Bytes,
  account: AccountId,
  masterKey: Bytes,
): Promise<Bytes> {
  const nonce = crypto.random(nonceBytes);
  const sealed = await crypto.seal(keyOf(crypto, secret), nonce, boundTo(account), masterKey);
  return concat(Uint8Array.of(version), nonce, sealed);
}

/** Undefined when it was not sealed under this secret, for this account. */
export async function unwrapMasterKey(
  crypto: Crypto,
  secret: Bytes,
  account: AccountId,
  wrap: Bytes,
): Promise<Bytes | undefined> {
  if (wrap.length !== limits.passkeyWrapBytes || wrap[0] !== version) return undefined;
  return crypto.open(keyOf(crypto, secret), wrap.slice(1, head), boundTo(account), wrap.slice(head));
}

function keyOf(crypto: Crypto, secret: Bytes): Bytes {
  return crypto.derive(secret, "yanshu passkey key v1", 32);
}

function boundTo(account: AccountId): Bytes {
  return concat(utf8("yanshu passkey wrap v1\0"), account);
}
