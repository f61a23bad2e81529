/** What members are called in a group (docs/spec/groups.md GR29). */
import type { AccountId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type NicknameRow = { readonly account: AccountId; readonly name: string; readonly stamp_ms: UnixMs };

/** Their own word outranks what others retell, which only fills in. Returns whether it was taken. */
export function writeNickname(
  db: Database,
  conversation: ConversationId,
  { account, name, stamp_ms }: NicknameRow,
  ownWord: boolean,
): boolean {
  return (
    db.run(
      `INSERT INTO nicknames (conversation, account, name, own_word, stamp_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (conversation, account) DO UPDATE SET name = excluded.name, own_word = 1, stamp_ms = excluded.stamp_ms
       WHERE excluded.own_word = 1 AND (nicknames.own_word = 0 OR excluded.stamp_ms > nicknames.stamp_ms)`,
      conversation,
      account,
      name,
      ownWord ? 1 : 0,
      stamp_ms,
    ) > 0
  );
}

/** Those of its members. */
export function readNicknames(db: Database, conversation: ConversationId): readonly NicknameRow[] {
  return db.all<NicknameRow>(
    `SELECT n.account, n.name, n.stamp_ms FROM nicknames AS n
     JOIN members AS m ON m.conversation = n.conversation AND m.account = n.account
     WHERE n.conversation = ? AND n.name <> '' ORDER BY n.account`,
    conversation,
  );
}

export function readNickname(db: Database, conversation: ConversationId, account: AccountId): NicknameRow | undefined {
  return db.get<NicknameRow>(
    "SELECT account, name, stamp_ms FROM nicknames WHERE conversation = ? AND account = ?",
    conversation,
    account,
  );
}
