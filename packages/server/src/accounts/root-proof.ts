/**
 * Proof of an account's root key (docs/spec/delivery.md DS53, ID35): a signature over the connection's nonce. An
 * account's id alone proves nothing.
 */
import type { AccountId, Bytes } from "@yanshu/wire";
import { accept, type Outcome, refuse } from "../core/outcome.ts";
import type { AccountRow } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";

/** What a proof is bound to, besides its content. */
export type RootConnection = { readonly incarnation: Bytes; readonly nonce: Bytes };

/**
 * The account, if its root key signed `proof`.
 *
 * @param mayAsk counts a use of the account's root key; false: its limit is reached. Called after the proof is
 * verified.
 * @checks DS53
 */
export function provenAccount(
  { log, primitives }: AccountsContext,
  { account, signature }: { readonly account: AccountId; readonly signature: Bytes },
  proof: Bytes,
  mayAsk: (account: number) => boolean,
): Outcome<AccountRow> {
  const row = log.find(account);
  if (row?.root === undefined) return refuse("unknown-account");
  if (!primitives.verify(row.root.key, proof, signature)) return refuse("bad-signature");
  return mayAsk(row.ref) ? accept(row) : refuse("rate-limited");
}
