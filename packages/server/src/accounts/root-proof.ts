/**
 * Who holds an account's root key (docs/spec/delivery.md DS53, ID35): shown by a signature over this connection's nonce. An
 * account's id by itself shows nothing.
 */
import { type AccountId, accountIdOf, type Bytes, beginList, MalformedError } from "@yanshu/wire";
import { accept, type Outcome, refuse } from "../core/outcome.ts";
import type { AccountRow } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";

/** What a signature is bound to, besides what it says. */
export type RootConnection = { readonly incarnation: Bytes; readonly nonce: Bytes };

/**
 * The account whose root signed `proofOf` its id.
 *
 * @param mayAsk whether this account's root may come once more today; asked of one that proved itself.
 */
export function provenAccount(
  { log, primitives }: AccountsContext,
  { inception, signature }: { readonly inception: Bytes; readonly signature: Bytes },
  proofOf: (account: AccountId) => Bytes,
  mayAsk: (account: number) => boolean,
): Outcome<AccountRow> {
  const rootKey = rootKeyIn(primitives, inception);
  if (rootKey === undefined) return refuse("malformed");
  const account = accountIdOf(primitives.sha256, inception);
  if (!primitives.verify(rootKey, proofOf(account), signature)) return refuse("bad-signature");
  const row = log.find(account);
  if (row === undefined) return refuse("unknown-account");
  return mayAsk(row.ref) ? accept(row) : refuse("rate-limited");
}

function rootKeyIn(primitives: AccountsContext["primitives"], inception: Bytes): Bytes | undefined {
  try {
    return beginList(primitives, inception).rootKey;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
