/** Single values (table `meta`). */
import type { Bytes } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type MetaKey =
  | "server"
  | "inception"
  | "device-seed"
  | "master-key"
  | "card-confirmed"
  | "pair-current"
  | "pair-next"
  | "incarnation"
  | "contact-capability";

export function readMeta(db: Database, key: MetaKey): Bytes | undefined {
  return db.get<{ value: Bytes }>("SELECT value FROM meta WHERE key = ?", key)?.value;
}

export function writeMeta(db: Database, key: MetaKey, value: Bytes): void {
  db.run(
    "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    key,
    value,
  );
}

export function deleteMeta(db: Database, key: MetaKey): void {
  db.run("DELETE FROM meta WHERE key = ?", key);
}

/**
 * What this device was, but not what it read: keys, groups, addresses, and what waits to be sent
 * under them go; the timeline, people and contacts stay for when it is linked again.
 */
export function forgetDevice(db: Database): void {
  db.script(`
    DELETE FROM meta WHERE key NOT IN ('inception', 'server', 'master-key', 'card-confirmed');
    DELETE FROM groups; DELETE FROM ratchets; DELETE FROM tags; DELETE FROM pending_commits; DELETE FROM jobs;
    DELETE FROM key_packages; DELETE FROM addresses; DELETE FROM welcome_notes; DELETE FROM waiting;
    DELETE FROM outbox; DELETE FROM sent; DELETE FROM heard; DELETE FROM gaps;
    UPDATE conversations SET group_id = NULL, frozen = NULL, own_seq = 0, founding = 0;
    UPDATE messages SET state = 'failed' WHERE state <> 'sent';
  `);
}

/** Everything: another account is going to live here. */
export function forgetEverybody(db: Database): void {
  forgetDevice(db);
  db.script(`
    DELETE FROM meta; DELETE FROM messages; DELETE FROM conversations; DELETE FROM members;
    DELETE FROM people; DELETE FROM contacts; DELETE FROM accounts; DELETE FROM account_entries;
  `);
}

export function countDiagnostic(db: Database, what: string): void {
  db.run(
    "INSERT INTO diagnostics (what, count) VALUES (?, 1) ON CONFLICT (what) DO UPDATE SET count = count + 1",
    what,
  );
}

export function diagnosticCount(db: Database, what: string): number {
  return db.get<{ count: number }>("SELECT count FROM diagnostics WHERE what = ?", what)?.count ?? 0;
}
