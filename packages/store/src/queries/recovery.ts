/**
 * Coming back (docs/spec/groups.md GR31): groups that are asked, rights to reach contacts, and whose last leaves went
 * with their devices.
 */
import type { AccountId, Address, Bytes, Capability, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type ComebackRow = {
  readonly conversation: ConversationId;
  readonly founding: number;
  readonly addresses: Bytes;
  readonly leaf: Address;
  readonly address: Address | null;
  readonly since_ms: number;
  readonly asked_ms: number;
  readonly tries: number;
};

export function readComebacks(db: Database): readonly ComebackRow[] {
  return db.all<ComebackRow>("SELECT * FROM comebacks");
}

export function readComeback(db: Database, conversation: ConversationId): ComebackRow | undefined {
  return db.get<ComebackRow>("SELECT * FROM comebacks WHERE conversation = ?", conversation);
}

export function writeComeback(db: Database, row: ComebackRow): void {
  db.run(
    `INSERT OR REPLACE INTO comebacks (conversation, founding, addresses, leaf, address, since_ms, asked_ms, tries)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    row.conversation,
    row.founding,
    row.addresses,
    row.leaf,
    row.address,
    row.since_ms,
    row.asked_ms,
    row.tries,
  );
}

export function deleteComeback(db: Database, conversation: ConversationId): void {
  db.run("DELETE FROM comebacks WHERE conversation = ?", conversation);
}

export function addRight(db: Database, account: AccountId, capability: Capability): void {
  db.run("INSERT OR IGNORE INTO rights (account, capability) VALUES (?, ?)", account, capability);
}

export function rightsTo(db: Database, account: AccountId): readonly Capability[] {
  return db
    .all<{ capability: Capability }>("SELECT capability FROM rights WHERE account = ?", account)
    .map(({ capability }) => capability);
}

export function dropRights(db: Database, account: AccountId): void {
  db.run("DELETE FROM rights WHERE account = ?", account);
}

/** Their devices are listed no more. */
export function noteStrayed(db: Database, conversation: ConversationId, account: AccountId): void {
  db.run(
    `INSERT INTO strayed (conversation, account) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET left_by = NULL, founding = NULL, since_ms = NULL`,
    conversation,
    account,
  );
}

/** A group that this device founds leaves them out, because nobody reaches them. */
export function noteLeftOut(
  db: Database,
  conversation: ConversationId,
  account: AccountId,
  by: { readonly groupId: Bytes; readonly founding: number; readonly ms: UnixMs },
): void {
  db.run(
    "INSERT OR IGNORE INTO strayed (conversation, account, left_by, founding, since_ms) VALUES (?, ?, ?, ?, ?)",
    conversation,
    account,
    by.groupId,
    by.founding,
    by.ms,
  );
}

/** Whom foundings of this device left out, in conversations in which this person is. */
export function readLeftOut(
  db: Database,
): readonly { readonly conversation: ConversationId; readonly account: AccountId }[] {
  return db.all<{ conversation: ConversationId; account: AccountId }>(
    `SELECT conversation, account FROM strayed JOIN conversations USING (conversation)
     WHERE left_by IS NOT NULL AND state = 'open'`,
  );
}

/** That founding came to nothing: it left nobody out. */
export function forgetLeftOutBy(db: Database, groupId: Bytes): void {
  db.run("DELETE FROM strayed WHERE left_by = ?", groupId);
}

/** Group `next` took the place of every other of its number, and of those above it. */
export function forgetLeftOutBeside(
  db: Database,
  next: { readonly conversation: ConversationId; readonly groupId: Bytes; readonly founding: number },
): void {
  db.run(
    "DELETE FROM strayed WHERE conversation = ? AND left_by <> ? AND founding >= ?",
    next.conversation,
    next.groupId,
    next.founding,
  );
}

/** Who was left out before that moment has left. */
export function forgetLeftOutBefore(db: Database, ms: UnixMs): void {
  db.run("DELETE FROM strayed WHERE since_ms < ?", ms);
}

export function isStrayed(db: Database, conversation: ConversationId, account: AccountId): boolean {
  return db.get("SELECT 1 FROM strayed WHERE conversation = ? AND account = ?", conversation, account) !== undefined;
}

/** Mostly none. */
export function readStrayed(db: Database, conversation: ConversationId): readonly AccountId[] {
  return db
    .all<{ account: AccountId }>("SELECT account FROM strayed WHERE conversation = ?", conversation)
    .map(({ account }) => account);
}

export function forgetStrayed(db: Database, conversation: ConversationId, account: AccountId): void {
  db.run("DELETE FROM strayed WHERE conversation = ? AND account = ?", conversation, account);
}

/** A founding by somebody who owned nothing took the group from its owner (GR75). */
export function noteUnseated(db: Database, conversation: ConversationId, account: AccountId): void {
  db.run("INSERT OR IGNORE INTO unseated (conversation, account) VALUES (?, ?)", conversation, account);
}

export function isUnseated(db: Database, conversation: ConversationId, account: AccountId): boolean {
  return db.get("SELECT 1 FROM unseated WHERE conversation = ? AND account = ?", conversation, account) !== undefined;
}

/** They own it again: who lost it after them had it by what was taken from them. */
export function forgetUnseated(db: Database, conversation: ConversationId, account: AccountId): void {
  db.run(
    `DELETE FROM unseated WHERE conversation = ?1
      AND n >= (SELECT n FROM unseated WHERE conversation = ?1 AND account = ?2)`,
    conversation,
    account,
  );
}

/** They are not in the group that took over, since their home was gone. */
export function noteAwaited(db: Database, conversation: ConversationId, account: AccountId, sinceMs: UnixMs): void {
  db.run(
    "INSERT OR IGNORE INTO awaited (conversation, account, since_ms) VALUES (?, ?, ?)",
    conversation,
    account,
    sinceMs,
  );
}

/** Mostly none. */
export function readAwaited(db: Database, conversation: ConversationId): readonly AccountId[] {
  return db
    .all<{ account: AccountId }>("SELECT account FROM awaited WHERE conversation = ?", conversation)
    .map(({ account }) => account);
}

export function forgetAwaited(db: Database, conversation: ConversationId, account: AccountId): void {
  db.run("DELETE FROM awaited WHERE conversation = ? AND account = ?", conversation, account);
}

export function forgetAwaitedBefore(db: Database, ms: UnixMs): void {
  db.run("DELETE FROM awaited WHERE since_ms < ?", ms);
}
