/** Alarm (ID19, ID20): shows a warning about somebody's false device list in every conversation with that account. */
import { readConversations } from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, concat, toHex, utf8 } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { insertLine } from "./lines.ts";
import { isThere } from "./store-group.ts";

const dayMs = 86_400_000;

/** Inside a transaction. A server that repeats a lie causes one warning a day. */
export function alarm(
  engine: Engine,
  account: AccountId,
  kind: "device-refused" | "account-frozen" | "list-differs",
): void {
  const id = lineId(engine, account, kind);
  for (const row of readConversations(engine.db))
    if (isThere(engine, row, account)) insertLine(engine, row.conversation, account, { kind, who: toHex(account) }, id);
}

/** A member tried to add an unlisted device of `account`: the warning shows in that conversation. */
export function alarmIn(engine: Engine, conversation: ConversationId, account: AccountId): void {
  const kind = "device-refused";
  engine.db.transaction(() =>
    insertLine(engine, conversation, account, { kind, who: toHex(account) }, lineId(engine, account, kind)),
  );
}

function lineId(engine: Engine, account: AccountId, kind: string): Bytes {
  const today = Math.floor(engine.ports.nowMs() / dayMs);
  return engine.ports.crypto.sha256(concat(utf8(`${kind} ${today}\0`), account)).subarray(0, 16);
}
