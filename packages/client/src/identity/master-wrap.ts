/**
 * The wrapped master key (docs/spec/identity.md ID33, ID36): sealed under a key derived from a secret, which a passkey
 * or the family's pieces yield. Home stores it under a tag derived from the same secret, and cannot open it.
 *
 * version u8 · nonce 12 · AES-256-GCM(key, master key 32)
 */
import type { Crypto } from "@yanshu/mls";
import { type AccountId, type Bytes, concat, limits, utf8 } from "@yanshu/wire";

/** Who holds the secret; each has keys and tags of its own, by domain separation. */
export type Keeper = "passkey" | "family";

const version = 1;
const nonceBytes = 12;
const head = 1 + nonceBytes;

export function tagOf(crypto: Crypto, keeper: Keeper, secret: Bytes): Bytes {
  return crypto.derive(secret, `yanshu ${keeper} tag v1`, 32);
}

export async function wrapMasterKey(
  crypto: Crypto,
  keeper: Keeper,
  secret: Bytes,
  account: AccountId,
  masterKey: Bytes,
): Promise<Bytes> {
  const nonce = crypto.random(nonceBytes);
  const sealed = await crypto.seal(keyOf(crypto, keeper, secret), nonce, boundTo(keeper, account), masterKey);
  return concat(Uint8Array.of(version), nonce, sealed);
}

/** Opens it; undefined if it was not sealed under this secret, for this account. */
export async function unwrapMasterKey(
  crypto: Crypto,
  keeper: Keeper,
  secret: Bytes,
  account: AccountId,
  wrap: Bytes,
): Promise<Bytes | undefined> {
  if (wrap.length !== limits.passkeyWrapBytes || wrap[0] !== version) return undefined;
  return crypto.open(keyOf(crypto, keeper, secret), wrap.slice(1, head), boundTo(keeper, account), wrap.slice(head));
}

function keyOf(crypto: Crypto, keeper: Keeper, secret: Bytes): Bytes {
  return crypto.derive(secret, `yanshu ${keeper} key v1`, 32);
}

function boundTo(keeper: Keeper, account: AccountId): Bytes {
  return concat(utf8(`yanshu ${keeper} wrap v1\0`), account);
}
