/** Which of this device's addresses wake it, as home was last told (docs/spec/push.md PU5). */
import type { Address } from "@yanshu/wire";
import type { Database } from "../database.ts";

/**
 * 5 push: which of this device's addresses wake it, as home was last told (docs/spec/push.md PU5).
 * Size: a row a conversation; it goes when home is told otherwise.
 * Going back is safe: earlier versions do not read it.
 */
export const pushTables = `
  CREATE TABLE waking (
    address BLOB PRIMARY KEY               -- 16 bytes
  ) STRICT, WITHOUT ROWID;
`;

export function readWaking(db: Database): readonly Address[] {
  return db.all<{ address: Address }>("SELECT address FROM waking").map(({ address }) => address);
}

export function setWaking(db: Database, address: Address, isWaking: boolean): void {
  if (isWaking) db.run("INSERT OR IGNORE INTO waking (address) VALUES (?)", address);
  else db.run("DELETE FROM waking WHERE address = ?", address);
}

export function clearWaking(db: Database): void {
  db.run("DELETE FROM waking");
}
