/**
 * Returns an account's device list to a client that proves its root key, to restore it (docs/spec/delivery.md DS53).
 */
import { type CallArgs, type CallResult, rootProofBytes } from "@yanshu/wire";
import { accept, type Outcome, refuse } from "../core/outcome.ts";
import type { AccountsContext } from "./context.ts";
import { historyOfRow } from "./device-lists.ts";
import type { RootConnection } from "./root-proof.ts";

/** @param mayAsk counts a request for an account; false: its limit for today is reached. @checks DS53 */
export function rootEntries(
  context: AccountsContext,
  connection: RootConnection,
  { rootKey, signature }: CallArgs<"rootEntries">,
  mayAsk: (account: number) => boolean,
): Outcome<CallResult<"rootEntries">> {
  const { log, primitives, config } = context;
  const proof = rootProofBytes({ domain: config.domain, ...connection, rootKey });
  if (!primitives.verify(rootKey, proof, signature)) return refuse("bad-signature");
  const row = log.byRoot(rootKey);
  if (row === undefined) return refuse("unknown-account");
  return mayAsk(row.ref) ? accept(historyOfRow(context, row)) : refuse("rate-limited");
}
