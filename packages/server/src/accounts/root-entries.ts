/** The device list for one who restores the account (docs/spec/delivery.md DS53): shown to its root key alone. */
import { type CallArgs, type CallResult, rootProofBytes } from "@yanshu/wire";
import { accept, type Outcome, refuse } from "../core/outcome.ts";
import type { AccountsContext } from "./context.ts";
import { historyOfRow } from "./device-lists.ts";
import type { RootConnection } from "./root-proof.ts";

/** @param mayAsk whether this account's list may be asked for once more today. @checks DS53 */
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
