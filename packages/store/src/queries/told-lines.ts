/** Lines of groups, as own devices tell them one that joins (docs/spec/sync.md SY42). */
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import { insertRestored, vaultGap } from "./vault.ts";
import { compareOrders, orderAt, orderBetween, wholeOf } from "./vault-order.ts";

export type ToldLine = {
  readonly id: ContentId;
  readonly author: AccountId;
  readonly at_ms: UnixMs;
  readonly body: Bytes;
  readonly order: Bytes;
};

type LineRow = Omit<ToldLine, "order"> & { readonly position: number };

/** The latest of those that `tells` takes, oldest first, with where each stands among what the vault has. */
export function linesToTell(
  db: Database,
  conversation: ConversationId,
  limit: number,
  tells: (body: Bytes) => boolean,
): readonly ToldLine[] {
  const rows = db
    .all<LineRow>(
      `SELECT position, id, author, at_ms, body FROM messages
       WHERE conversation = ? AND kind = 'system' ORDER BY position DESC LIMIT ?`,
      conversation,
      4 * limit,
    )
    .filter(({ body }) => tells(body))
    .slice(0, limit)
    .toReversed();
  let last: Bytes | undefined;
  return rows.map(({ position, ...row }) => {
    const { before, after } = vaultGap(db, { conversation, position, author: row.author });
    const least = last !== undefined && (before === undefined || compareOrders(last, before) > 0) ? last : before;
    const order =
      after === undefined || (least !== undefined && compareOrders(least, after) >= 0)
        ? orderAt(least === undefined ? 0 : wholeOf(least) + 1)
        : orderBetween(least ?? orderAt(0), after);
    last = order;
    return { ...row, order };
  });
}

/** Whether any line that `tells` takes is here. */
export function hasLines(db: Database, conversation: ConversationId, tells: (body: Bytes) => boolean): boolean {
  const sql = "SELECT body FROM messages WHERE conversation = ? AND kind = 'system'";
  return db.all<{ body: Bytes }>(sql, conversation).some(({ body }) => tells(body));
}

/** It makes nothing unread, and moves nothing. */
export function insertToldLine(db: Database, conversation: ConversationId, line: ToldLine, ceiling: number): void {
  const { order, ...row } = line;
  const known = "SELECT 1 FROM messages WHERE conversation = ? AND author = ? AND id = ?";
  if (db.get(known, conversation, row.author, row.id) !== undefined) return;
  const restored = { ...row, conversation, kind: "system", sent_ms: row.at_ms, edited_ms: 0, vault_order: order };
  insertRestored(db, { ...restored, handed_by: null, sender_device: null, seq: null }, ceiling);
}
