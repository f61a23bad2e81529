/** The device list for whoever restores the account (docs/spec/delivery.md DS53): shown to its root key alone. */
import { type CallArgs, type CallResult, rootProofBytes } from "@yanshu/wire";
import { accept, type Outcome } from "../core/outcome.ts";
import type { AccountsContext } from "./context.ts";
import { historyOfRow } from "./device-lists.ts";
import { provenAccount, type RootConnection } from "./root-proof.ts";

/** @param mayAsk whether this account's list may be asked for once more today. */
export function rootEntries(
  context: AccountsContext,
  connection: RootConnection,
  args: CallArgs<"rootEntries">,
  mayAsk: (account: number) => boolean,
): Outcome<CallResult<"rootEntries">> {
  const { domain } = context.config;
  const proven = provenAccount(context, args, (account) => rootProofBytes({ domain, ...connection, account }), mayAsk);
  return proven.ok ? accept({ entries: historyOfRow(context, proven.value).entries }) : proven;
}
