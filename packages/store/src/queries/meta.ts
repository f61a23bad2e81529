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
  | "contact-capability"
  | "linking-seed";

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

export function countDiagnostic(db: Database, what: string): void {
  db.run(
    "INSERT INTO diagnostics (what, count) VALUES (?, 1) ON CONFLICT (what) DO UPDATE SET count = count + 1",
    what,
  );
}

export function diagnosticCount(db: Database, what: string): number {
  return db.get<{ count: number }>("SELECT count FROM diagnostics WHERE what = ?", what)?.count ?? 0;
}
