/**
 * Who holds an account's root key (docs/spec/delivery.md DS53, ID35): shown by a signature over this connection's
 * nonce. An account's id by itself shows nothing.
 */
import type { AccountId, Bytes } from "@yanshu/wire";
import { accept, type Outcome, refuse } from "../core/outcome.ts";
import type { AccountRow } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";

/** What a signature is bound to, besides what it says. */
export type RootConnection = { readonly incarnation: Bytes; readonly nonce: Bytes };

/**
 * The account, if its root signed `proof`.
 *
 * @param mayAsk whether this account's root may come once more today; asked of one that proved itself.
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
