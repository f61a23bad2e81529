/**
 * The system line "their account was restored on a new device", which others and own devices see (docs/spec/identity.md
 * ID32).
 */
import { readConversations } from "@yanshu/store";
import { type AccountId, concat, equalBytes, toHex, utf8 } from "@yanshu/wire";
import { type Engine, kindOf } from "../core/engine.ts";
import { insertLine } from "../group-state/lines.ts";
import { isThere } from "../group-state/store-group.ts";

/**
 * Writes the line into every conversation with that account; for the own account, into every open one with others. Call
 * it inside a transaction. The line's id follows from the head of the account's device list, so that it stands there
 * once.
 */
export function accountRestoredLine(engine: Engine, account: AccountId): void {
  const head = engine.lists.head(account);
  if (head === undefined) return;
  const { sha256 } = engine.ports.crypto;
  const id = sha256(concat(utf8("restored\0"), account, head.hash)).subarray(0, 16);
  const isOwn = engine.own !== undefined && equalBytes(account, engine.own.account);
  for (const row of readConversations(engine.db)) {
    if (isOwn ? kindOf(engine, row).hasOthers && row.state === "open" : isThere(engine, row, account))
      insertLine(engine, row.conversation, account, { kind: "restored", who: toHex(account) }, id);
  }
}
