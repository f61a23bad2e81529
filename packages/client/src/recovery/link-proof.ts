/**
 * What both sides of linking compute alike (docs/spec/identity.md ID12, ID14): the commitment in the link, and
 * the four words. The new device committed before it saw the other's nonce, so 24 bits are enough.
 */
import type { Crypto } from "@yanshu/mls";
import { type AccountId, type Bytes, concat, utf8 } from "@yanshu/wire";

const wordCount = 4;

/** One device's part: its public key, and the random value that it adds. */
export type Proof = { readonly key: Bytes; readonly nonce: Bytes };

export function commitmentOf(crypto: Crypto, { key, nonce }: Proof): Bytes {
  return crypto.sha256(concat(utf8("yanshu link commitment v1\0"), key, nonce));
}

/**
 * The four words as numbers of 6 bits.
 *
 * @param of the purpose: linking a device, or handing over a helper's piece.
 */
export function wordsOf(
  crypto: Crypto,
  account: AccountId,
  old: Proof,
  fresh: Proof,
  of: "link" | "family" = "link",
): readonly number[] {
  const hash = crypto.sha256(
    concat(utf8(`yanshu ${of} words v1\0`), account, old.key, old.nonce, fresh.key, fresh.nonce),
  );
  const bits = ((hash[0] as number) << 16) | ((hash[1] as number) << 8) | (hash[2] as number);
  return Array.from({ length: wordCount }, (_, i) => (bits >> (18 - 6 * i)) & 63);
}
