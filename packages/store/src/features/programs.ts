/**
 * Mini programs on this device: their packages, what each has stored, and the order of what they share in a chat
 * (docs/spec/programs.md PR7, PR12, PR21).
 */
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import type { MessageName } from "../queries/marks.ts";

/**
 * 48 programs: opened mini programs and their storage.
 * Size: at most 20 MiB a package, of which twelve and those with a star are kept; 10 MiB of values a program.
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

/**
 * 50 shared programs: the order of what programs shared; its words are messages.
 * Size: one row for each such message; it goes with its message.
 * Going back is safe: earlier versions do not read it.
 */
export const sharedProgramTables = `
  CREATE TABLE program_updates (
    conversation BLOB    NOT NULL,
    author       BLOB    NOT NULL,      -- of the update's message, as its id
    id           BLOB    NOT NULL,
    card_author  BLOB    NOT NULL,      -- of the message that brought the program, as its id
    card         BLOB    NOT NULL,
    serial       INTEGER NOT NULL,      -- it only rises: by the order in which home took them
    summary      TEXT,                  -- what the program's card says from then on; null: as before
    PRIMARY KEY (conversation, author, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX program_updates_of ON program_updates (conversation, card_author, card, serial);
`;

export type ProgramRow = {
  readonly id: Bytes;
  readonly name: string;
  readonly starred: number;
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
    `SELECT id, name, is_starred AS starred FROM programs WHERE length(package) > 0
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

/** Puts an update behind all others of its program. One that has a place keeps it. */
export function placeProgramUpdate(
  db: Database,
  conversation: ConversationId,
  card: MessageName,
  update: MessageName,
  summary: string | undefined,
): void {
  db.run(
    `INSERT INTO program_updates (conversation, author, id, card_author, card, serial, summary)
     SELECT ?1, ?2, ?3, ?4, ?5, coalesce(max(serial), 0) + 1, ?6 FROM program_updates
     WHERE conversation = ?1 AND card_author = ?4 AND card = ?5
     ON CONFLICT (conversation, author, id) DO NOTHING`,
    conversation,
    update.author,
    update.id,
    card.author,
    card.id,
    summary ?? null,
  );
}

export type ProgramUpdateRow = {
  readonly serial: number;
  readonly author: AccountId;
  readonly id: ContentId;
  readonly body: Bytes;
};

/** Of one program, those behind a serial, in order. */
export function readProgramUpdates(
  db: Database,
  conversation: Bytes,
  card: MessageName,
  after: number,
  limit: number,
): readonly ProgramUpdateRow[] {
  return db.all<ProgramUpdateRow>(
    `SELECT u.serial, u.author, u.id, m.body FROM program_updates AS u
     JOIN messages AS m ON m.conversation = u.conversation AND m.author = u.author AND m.id = u.id
     WHERE u.conversation = ? AND u.card_author = ? AND u.card = ? AND u.serial > ? ORDER BY u.serial LIMIT ?`,
    conversation,
    card.author,
    card.id,
    after,
    limit,
  );
}

/** How many updates a program has here, and their bytes. */
export function sizeOfProgramUpdates(
  db: Database,
  conversation: Bytes,
  card: MessageName,
): { readonly count: number; readonly bytes: number } {
  const row = db.get<{ count: number; bytes: number }>(
    `SELECT count(*) AS count, coalesce(sum(length(m.body)), 0) AS bytes FROM program_updates AS u
     JOIN messages AS m ON m.conversation = u.conversation AND m.author = u.author AND m.id = u.id
     WHERE u.conversation = ? AND u.card_author = ? AND u.card = ?`,
    conversation,
    card.author,
    card.id,
  );
  return row ?? { count: 0, bytes: 0 };
}

/** The serial of its newest update, 0 if it has none, and what its card says. */
export function programStanding(
  db: Database,
  conversation: Bytes,
  { author, id }: MessageName,
): { readonly last: number; readonly summary: string | null } {
  const of = "FROM program_updates WHERE conversation = ?1 AND card_author = ?2 AND card = ?3";
  const row = db.get<{ last: number; summary: string | null }>(
    `SELECT coalesce((SELECT max(serial) ${of}), 0) AS last,
       (SELECT summary ${of} AND summary IS NOT NULL ORDER BY serial DESC LIMIT 1) AS summary`,
    conversation,
    author,
    id,
  );
  return row ?? { last: 0, summary: null };
}

export function dropProgramUpdate(db: Database, conversation: ConversationId, { author, id }: MessageName): void {
  db.run("DELETE FROM program_updates WHERE conversation = ? AND author = ? AND id = ?", conversation, author, id);
}
