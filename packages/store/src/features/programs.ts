/** Mini programs on this device: their packages, and what each has stored (docs/spec/programs.md PR7, PR12). */
import type { Bytes, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

/**
 * 48 programs: opened mini programs and their storage.
 * Size: at most 20 MiB a package, of which twelve and those with a star are kept; 10 MB of values a program.
 * Going back is safe: earlier versions do not read it.
 */
export const programTables = `
  CREATE TABLE programs (
    id         BLOB    PRIMARY KEY,     -- SHA-256 of the package
    name       TEXT    NOT NULL,
    package    BLOB    NOT NULL,        -- the file as it came; empty: only what it stored is kept
    is_starred INTEGER NOT NULL DEFAULT 0,
    used_ms    INTEGER NOT NULL         -- device clock; the later stands first
  ) STRICT;
  CREATE TABLE program_values (
    program BLOB NOT NULL,
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,              -- JSON, as the program said it
    PRIMARY KEY (program, key)
  ) STRICT, WITHOUT ROWID;
`;

export type ProgramRow = {
  readonly id: Bytes;
  readonly name: string;
  readonly starred: number;
  readonly usedMs: UnixMs;
};

/** Keeps a package that was opened, in front of the others. */
export function keepProgram(db: Database, id: Bytes, name: string, bytes: Bytes, nowMs: UnixMs): void {
  db.run(
    `INSERT INTO programs (id, name, package, used_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, package = excluded.package, used_ms = excluded.used_ms`,
    id,
    name,
    bytes,
    nowMs,
  );
}

/** Lets go of the packages behind the newest `count` that have no star; what they stored stays. */
export function dropOldPackages(db: Database, count: number): void {
  db.run(
    `UPDATE programs SET package = x'' WHERE is_starred = 0 AND length(package) > 0 AND id NOT IN
       (SELECT id FROM programs WHERE is_starred = 0 AND length(package) > 0 ORDER BY used_ms DESC LIMIT ?)`,
    count,
  );
}

/** Those whose package is here: with a star first, then by when they were opened last. */
export function readPrograms(db: Database): readonly ProgramRow[] {
  return db.all<ProgramRow>(
    `SELECT id, name, is_starred AS starred, used_ms AS usedMs FROM programs WHERE length(package) > 0
     ORDER BY is_starred DESC, used_ms DESC`,
  );
}

export function readProgramPackage(db: Database, id: Bytes): Bytes | undefined {
  const row = db.get<{ package: Bytes }>("SELECT package FROM programs WHERE id = ?", id);
  return row === undefined || row.package.length === 0 ? undefined : row.package;
}

export function markProgram(db: Database, id: Bytes, isStarred: boolean): void {
  db.run("UPDATE programs SET is_starred = ? WHERE id = ?", isStarred ? 1 : 0, id);
}

export function removeProgram(db: Database, id: Bytes): void {
  db.run("DELETE FROM program_values WHERE program = ?", id);
  db.run("DELETE FROM programs WHERE id = ?", id);
}

export function readProgramValues(
  db: Database,
  id: Bytes,
): readonly { readonly key: string; readonly value: string }[] {
  return db.all("SELECT key, value FROM program_values WHERE program = ? ORDER BY key", id);
}

/** Bytes of all keys and values of a program, but for one key. `length` would stop at the first NUL of a text. */
export function programValueBytes(db: Database, id: Bytes, but: string): number {
  const row = db.get<{ bytes: number }>(
    `SELECT coalesce(sum(octet_length(key) + octet_length(value)), 0) AS bytes FROM program_values
     WHERE program = ? AND key <> ?`,
    id,
    but,
  );
  return row?.bytes ?? 0;
}

export function writeProgramValue(db: Database, id: Bytes, key: string, value: string | undefined): void {
  if (value === undefined) db.run("DELETE FROM program_values WHERE program = ? AND key = ?", id, key);
  else db.run("INSERT OR REPLACE INTO program_values (program, key, value) VALUES (?, ?, ?)", id, key, value);
}

export function clearProgramValues(db: Database, id: Bytes): void {
  db.run("DELETE FROM program_values WHERE program = ?", id);
}
