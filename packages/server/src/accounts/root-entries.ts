/**
 * The device list for whoever restores the account (docs/spec/delivery.md DS53): shown to its root key alone, which proves
 * itself over this connection's nonce. An account's id by itself shows nothing.
 */
import {
  accountIdOf,
  type Bytes,
  beginList,
  type CallArgs,
  type CallResult,
  MalformedError,
  rootProofBytes,
} from "@yanshu/wire";
import { accept, type Outcome, refuse } from "../core/outcome.ts";
import type { AccountsContext } from "./context.ts";
import { historyOfRow } from "./device-lists.ts";

/** @param mayAsk whether this account's list may be asked for once more today; asked of a root that proved itself. */
export function rootEntries(
  context: AccountsContext,
  connection: { readonly incarnation: Bytes; readonly nonce: Bytes },
  { inception, signature }: CallArgs<"rootEntries">,
  mayAsk: (account: number) => boolean,
): Outcome<CallResult<"rootEntries">> {
  const { log, primitives, config } = context;
  const rootKey = rootKeyIn(context, inception);
  if (rootKey === undefined) return refuse("malformed");
  const account = accountIdOf(primitives.sha256, inception);
  const proof = rootProofBytes({ domain: config.domain, ...connection, account });
  if (!primitives.verify(rootKey, proof, signature)) return refuse("bad-signature");
  const row = log.find(account);
  if (row === undefined) return refuse("unknown-account");
  if (!mayAsk(row.ref)) return refuse("rate-limited");
  return accept({ entries: historyOfRow(context, row).entries });
}

function rootKeyIn({ primitives }: AccountsContext, inception: Bytes): Bytes | undefined {
  try {
    return beginList(primitives, inception).rootKey;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
