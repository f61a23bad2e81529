/**
 * Mini programs on this device: their packages, what each has stored, and the order of what they share in a chat
 * (docs/spec/programs.md PR7, PR12, PR21).
 */
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import type { MessageName } from "../queries/marks.ts";
import { lastPosition } from "../queries/messages.ts";

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

/**
 * 51 places of updates: where each stands among those of its program, beside the serial by which the program hears it.
 * Size: eight bytes for each.
 * Going back is safe: earlier versions give no place, and hand what has no serial yet to no program.
 */
export const placedProgramTables = `
  ALTER TABLE program_updates ADD COLUMN place REAL NOT NULL DEFAULT 0; -- serial 0: the program has not heard it
  UPDATE program_updates SET place = serial;
  CREATE INDEX program_updates_in ON program_updates (conversation, card_author, card, place);
`;

/**
 * 59 answers: what the person said when a program asked for something of theirs (docs/spec/programs.md PR15).
 * Size: a few rows a program. Going back is safe: earlier versions ask for none of it.
 */
export const answeredProgramTables = `
  CREATE TABLE program_answers (
    program BLOB    NOT NULL,
    what    TEXT    NOT NULL,             -- name, place, clipboard
    is_yes  INTEGER NOT NULL,
    PRIMARY KEY (program, what)
  ) STRICT, WITHOUT ROWID;
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
  clearProgramValues(db, id);
  db.run("DELETE FROM program_answers WHERE program = ?", id);
  db.run("DELETE FROM programs WHERE id = ?", id);
}

export function readProgramAnswers(
  db: Database,
  id: Bytes,
): readonly { readonly what: string; readonly isYes: number }[] {
  return db.all("SELECT what, is_yes AS isYes FROM program_answers WHERE program = ? ORDER BY what", id);
}

/** @param isYes undefined: as if it had never been asked. */
export function answerProgram(db: Database, id: Bytes, what: string, isYes: boolean | undefined): void {
  db.run("DELETE FROM program_answers WHERE program = ? AND what = ?", id, what);
  if (isYes === undefined || db.get("SELECT 1 FROM programs WHERE id = ?", id) === undefined) return;
  db.run("INSERT INTO program_answers (program, what, is_yes) VALUES (?, ?, ?)", id, what, isYes ? 1 : 0);
}

export function readProgramValues(
  db: Database,
  id: Bytes,
): readonly { readonly key: string; readonly value: string }[] {
  return db.all("SELECT key, value FROM program_values WHERE program = ? ORDER BY key", id);
}

/** SQL: of program `?1` the values whose keys begin with `?2`. */
const ofStart = "program = ?1 AND substr(key, 1, length(?2)) = ?2";

/** Keys and their bytes, of those that begin with `start`. `length` would stop at the first NUL of a text. */
export function programValueSizes(
  db: Database,
  id: Bytes,
  start: string,
): { readonly keys: number; readonly bytes: number } {
  const row = db.get<{ keys: number; bytes: number }>(
    `SELECT count(*) AS keys, coalesce(sum(octet_length(key) + octet_length(value)), 0) AS bytes FROM program_values
     WHERE ${ofStart}`,
    id,
    start,
  );
  return row ?? { keys: 0, bytes: 0 };
}

/** Bytes of one key and its value; undefined where there is none. */
export function programValueBytes(db: Database, id: Bytes, key: string): number | undefined {
  return db.get<{ bytes: number }>(
    "SELECT octet_length(key) + octet_length(value) AS bytes FROM program_values WHERE program = ? AND key = ?",
    id,
    key,
  )?.bytes;
}

/** Returns false where the program was removed: nothing is written then. */
export function writeProgramValue(db: Database, id: Bytes, key: string, value: string | undefined): boolean {
  if (db.get("SELECT 1 FROM programs WHERE id = ?", id) === undefined) return false;
  if (value === undefined) db.run("DELETE FROM program_values WHERE program = ? AND key = ?", id, key);
  else db.run("INSERT OR REPLACE INTO program_values (program, key, value) VALUES (?, ?, ?)", id, key, value);
  return true;
}

/** @param start only keys that begin with it. */
export function clearProgramValues(db: Database, id: Bytes, start = ""): void {
  db.run(`DELETE FROM program_values WHERE ${ofStart}`, id, start);
}

/** SQL: updates of one program. */
const ofProgram = "u.conversation = ?1 AND u.card_author = ?2 AND u.card = ?3";
/** SQL: the message of update `u`. */
const itsMessage = "m.conversation = u.conversation AND m.author = u.author AND m.id = u.id";
/** SQL: message `m` was not erased. */
const isThere = "m.kind IN ('programUpdate', 'programInfo')";

/**
 * Puts an update among those of its program. One that has a place keeps it.
 *
 * @param isNewest it came in the group's order: it stands behind all others. Otherwise it stands where its message
 *   does in the timeline, if that is not the last.
 */
export function placeProgramUpdate(
  db: Database,
  conversation: ConversationId,
  card: MessageName,
  update: MessageName,
  { summary, isNewest }: { readonly summary: string | undefined; readonly isNewest: boolean },
): void {
  const place = isNewest ? undefined : placeInTimeline(db, conversation, card, update);
  db.run(
    `INSERT INTO program_updates (conversation, author, id, card_author, card, serial, summary, place)
     SELECT ?1, ?4, ?5, ?2, ?3, 0, ?6, coalesce(?7, max(u.place) + 1, 1) FROM program_updates AS u WHERE ${ofProgram}
     ON CONFLICT (conversation, author, id) DO NOTHING`,
    conversation,
    card.author,
    card.id,
    update.author,
    update.id,
    summary ?? null,
    place ?? null,
  );
}

/** Undefined: behind all others. */
function placeInTimeline(
  db: Database,
  conversation: ConversationId,
  card: MessageName,
  update: MessageName,
): number | undefined {
  const own = db.get<{ position: number; isLast: number }>(
    `SELECT position, position >= ${lastPosition} AS isLast FROM messages
     WHERE conversation = ? AND author = ? AND id = ?`,
    conversation,
    update.author,
    update.id,
  );
  if (own === undefined || own.isLast === 1) return undefined;
  const of = [conversation, card.author, card.id] as const;
  const others = `FROM program_updates AS u JOIN messages AS m ON ${itsMessage} WHERE ${ofProgram}`;
  // The usual case: history comes the newest first.
  const first = db.get<{ place: number; position: number }>(
    `SELECT u.place, m.position ${others} ORDER BY u.place LIMIT 1`,
    ...of,
  );
  if (first === undefined) return undefined;
  if (own.position < first.position) return first.place - 1;
  const next = db.get<{ place: number | null }>(
    `SELECT min(u.place) AS place ${others} AND m.position > ?4`,
    ...of,
    own.position,
  )?.place;
  if (next == null) return undefined;
  const before = db.get<{ place: number | null }>(
    `SELECT max(u.place) AS place FROM program_updates AS u WHERE ${ofProgram} AND u.place < ?4`,
    ...of,
    next,
  )?.place;
  return before == null ? next - 1 : (before + next) / 2;
}

/** Gives serials, in order of their places, to updates that have none. They only rise. */
export function numberProgramUpdates(db: Database, conversation: Bytes, card: MessageName): void {
  db.run(
    `UPDATE program_updates SET serial = n.serial
     FROM (SELECT u.author, u.id, row_number() OVER (ORDER BY u.place, u.author, u.id)
             + (SELECT max(u.serial) FROM program_updates AS u WHERE ${ofProgram}) AS serial
           FROM program_updates AS u WHERE ${ofProgram} AND u.serial = 0) AS n
     WHERE program_updates.conversation = ?1 AND program_updates.author = n.author AND program_updates.id = n.id`,
    conversation,
    card.author,
    card.id,
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
    `SELECT u.serial, u.author, u.id, m.body FROM program_updates AS u JOIN messages AS m ON ${itsMessage}
     WHERE ${ofProgram} AND u.serial > ?4 AND u.serial > 0 AND ${isThere} ORDER BY u.serial LIMIT ?5`,
    conversation,
    card.author,
    card.id,
    after,
    limit,
  );
}

type Size = { readonly count: number; readonly bytes: number };

/** How many updates there are, and the bytes of their messages. @param which SQL. */
function sizeOfUpdates(db: Database, which: string, ...values: readonly Bytes[]): Size {
  const row = db.get<Size>(
    `SELECT count(*) AS count, coalesce(sum(length(m.body)), 0) AS bytes
     FROM program_updates AS u JOIN messages AS m ON ${itsMessage} WHERE ${isThere} AND ${which}`,
    ...values,
  );
  return row ?? { count: 0, bytes: 0 };
}

/** Of an account, by one program. */
export function sizeOfProgramUpdates(db: Database, conversation: Bytes, card: MessageName, author: AccountId): Size {
  return sizeOfUpdates(db, `${ofProgram} AND u.author = ?4`, conversation, card.author, card.id, author);
}

/** Of an account in a conversation, all those whose card is not here. */
export function sizeOfStrayUpdates(db: Database, conversation: ConversationId, author: AccountId): Size {
  const hasNoCard = `NOT EXISTS (SELECT 1 FROM messages AS c
    WHERE c.conversation = u.conversation AND c.author = u.card_author AND c.id = u.card)`;
  return sizeOfUpdates(db, `u.conversation = ?1 AND u.author = ?2 AND ${hasNoCard}`, conversation, author);
}

/** The serial that its newest update has or will have, 0 if it has none, and what its card says. */
export function programStanding(
  db: Database,
  conversation: Bytes,
  { author, id }: MessageName,
): { readonly last: number; readonly summary: string | null } {
  const of = `FROM program_updates AS u WHERE ${ofProgram}`;
  const row = db.get<{ last: number; summary: string | null }>(
    `SELECT coalesce((SELECT max(u.serial) ${of}), 0) + (SELECT count(*) ${of} AND u.serial = 0) AS last,
       (SELECT u.summary ${of} AND u.summary IS NOT NULL ORDER BY u.place DESC LIMIT 1) AS summary`,
    conversation,
    author,
    id,
  );
  return row ?? { last: 0, summary: null };
}

/** The update is gone: its row stays without words, so that no other takes its serial. */
export function emptyProgramUpdate(db: Database, conversation: ConversationId, { author, id }: MessageName): void {
  db.run(
    "UPDATE program_updates SET summary = NULL WHERE conversation = ? AND author = ? AND id = ?",
    conversation,
    author,
    id,
  );
}

/** Removes the rows of all updates of a program. Returns the names of those whose message is there. */
export function takeProgramUpdates(
  db: Database,
  conversation: ConversationId,
  card: MessageName,
): readonly MessageName[] {
  const of = [conversation, card.author, card.id] as const;
  const names = db.all<MessageName>(
    `SELECT u.author, u.id FROM program_updates AS u JOIN messages AS m ON ${itsMessage} WHERE ${ofProgram} AND ${isThere}`,
    ...of,
  );
  db.run("DELETE FROM program_updates WHERE conversation = ? AND card_author = ? AND card = ?", ...of);
  return names;
}
