/** The tables of holes: statements only, no decisions. */
import { type Bytes, concat, holeLimits, toHex } from "@yanshu/wire";
import type { Dialect, Migration } from "../../feature.ts";
import { LogConflictError } from "../../log/log.ts";
import { type Prepare, toChange } from "../../log/sql/prepared.ts";

/** As it stands, also where its days are over and it is not swept yet. */
export type HeldHole = { readonly value: Bytes; readonly expiresDay: number };

/** `before`: bytes of the value that it takes the place of; none: nothing is there. */
export type HoleRow = {
  readonly name: Bytes;
  readonly value: Bytes;
  readonly expiresDay: number;
  readonly before: number | undefined;
};

export type HoleTables = {
  /** What is there under each name, in their order; within a transaction, so that nobody else changes it. */
  readonly held: (names: readonly Bytes[]) => readonly (HeldHole | undefined)[];
  /** Places of those starts under which something is there after `today`. `starts`: of six bytes each. */
  readonly found: (starts: Bytes, today: number) => readonly number[];
  /** @throws LogConflictError where another server was quicker: then the transaction is tried anew. */
  readonly put: (rows: readonly HoleRow[]) => void;
  readonly drop: (names: readonly Bytes[]) => void;
  /**
   * Drops what is over of the next `max` names after this one. Returns the last of them, undefined where none follows.
   */
  readonly sweep: (after: Bytes, today: number, max: number) => Bytes | undefined;
  /** `bytes`: as `holeBytes` counts. */
  readonly totals: () => { readonly holes: number; readonly bytes: number };
};

/** What a hole takes on the disk besides its value, about. */
const rowBytes = 64;

export function holeBytes(valueBytes: number): number {
  return valueBytes + rowBytes;
}

export function holeTables(prepare: Prepare, dialect: Dialect): HoleTables {
  const totals = prepare("SELECT holes, bytes FROM hole_totals");
  const count = prepare("UPDATE hole_totals SET holes = holes + ?, bytes = bytes + ?");
  const end = prepare("SELECT hole FROM holes WHERE hole > ? ORDER BY hole LIMIT 1 OFFSET ?");
  const last = prepare("SELECT hole FROM holes WHERE hole > ? ORDER BY hole DESC LIMIT 1");
  const sweep = prepare("DELETE FROM holes WHERE hole > ? AND hole <= ? AND expires_day <= ? RETURNING length(value)");
  const gone = (rows: readonly (readonly [bytes: number])[]): void => {
    if (rows.length > 0) count.put(-rows.length, -rows.reduce((sum, [bytes]) => sum + holeBytes(bytes), 0));
  };
  const of = dialect === "sqlite" ? oneByOne(prepare) : together(prepare);
  return {
    held: of.held,
    found: of.found,
    put: (rows) => {
      of.put(rows);
      let [more, bytes] = [0, 0];
      for (const { value, before } of rows) {
        bytes += holeBytes(value.length) - (before === undefined ? 0 : holeBytes(before));
        if (before === undefined) more++;
      }
      count.put(more, bytes);
    },
    drop: (names) => gone(of.drop(names)),
    sweep: (after, today, max) => {
      const to = end.get<[Bytes]>(after, max - 1)?.[0];
      const until = to ?? last.get<[Bytes]>(after)?.[0];
      if (until !== undefined) gone(sweep.all<[number]>(after, until, today));
      return to;
    },
    totals: () => {
      const [holes, bytes] = totals.get<[number, number]>() ?? [0, 0];
      return { holes, bytes };
    },
  };
}

type Statements = Pick<HoleTables, "held" | "found"> & {
  readonly put: (rows: readonly HoleRow[]) => void;
  readonly drop: (names: readonly Bytes[]) => readonly (readonly [bytes: number])[];
};

const { nameBytes, startBytes } = holeLimits;
const afterStart = new Uint8Array(nameBytes - startBytes).fill(0xff);

/** Names that one statement looks up: two thirds of the time that one by one takes. */
const lookedUpAtOnce = 64;

/** A statement is some microseconds away. */
function oneByOne(prepare: Prepare): Statements {
  const held = prepare("SELECT value, expires_day FROM holes WHERE hole = ?");
  const names = Array.from({ length: lookedUpAtOnce }, () => "?").join();
  const heldOf = prepare(`SELECT hole, value, expires_day FROM holes WHERE hole IN (${names})`);
  const found = prepare("SELECT 1 FROM holes WHERE hole >= ? AND hole <= ? AND expires_day > ? LIMIT 1");
  const put = prepare(`
    INSERT INTO holes (hole, value, expires_day) VALUES (?, ?, ?) ON CONFLICT (hole) DO UPDATE
    SET value = excluded.value, expires_day = excluded.expires_day`);
  const drop = prepare("DELETE FROM holes WHERE hole = ? RETURNING length(value)");
  return {
    held: (all) => {
      const rows: (HeldHole | undefined)[] = [];
      for (let from = 0; from < all.length; from += lookedUpAtOnce) {
        const some = all.slice(from, from + lookedUpAtOnce);
        if (some.length < lookedUpAtOnce)
          for (const name of some) {
            const row = held.get<[Bytes, number]>(name);
            rows.push(row && { value: row[0], expiresDay: row[1] });
          }
        else {
          const there = new Map<string, HeldHole>();
          for (const [name, value, expiresDay] of heldOf.all<[Bytes, Bytes, number]>(...some))
            there.set(toHex(name), { value, expiresDay });
          for (const name of some) rows.push(there.size === 0 ? undefined : there.get(toHex(name)));
        }
      }
      return rows;
    },
    found: (starts, today) => {
      const places: number[] = [];
      for (let at = 0; at * startBytes < starts.length; at++) {
        const start = starts.subarray(at * startBytes, (at + 1) * startBytes);
        if (found.get(start, concat(start, afterStart), today) !== undefined) places.push(at);
      }
      return places;
    },
    put: (rows) => {
      for (const { name, value, expiresDay } of rows) put.put(name, value, expiresDay);
    },
    drop: (names) => names.flatMap((name) => drop.all<[number]>(name)),
  };
}

/** A statement is a way to another machine: so all that is asked goes in one. */
function together(prepare: Prepare): Statements {
  const nameAt = `substring(?1::bytea FROM (i - 1) * ${nameBytes} + 1 FOR ${nameBytes})`;
  const startAt = `substring(?1::bytea FROM (i - 1) * ${startBytes} + 1 FOR ${startBytes})`;
  const held = prepare(`
    SELECT i, h.value, h.expires_day FROM generate_series(1, ?2::int) i JOIN holes h ON h.hole = ${nameAt}
    ORDER BY h.hole ${toChange}`);
  const found = prepare(`
    SELECT i FROM generate_series(1, ?2::int) i WHERE EXISTS (
      SELECT 1 FROM holes WHERE hole >= ${startAt} AND hole <= ${startAt} || ?4::bytea AND expires_day > ?3::int)
    ORDER BY i`);
  const rows = `
    SELECT ${nameAt}, substring(?2::bytea FROM (i - 1) * ?3::int + 1 FOR ?3::int), ?4::int
    FROM generate_series(1, ?5::int) i ORDER BY 1`;
  const insert = prepare(`INSERT INTO holes (hole, value, expires_day) ${rows} ON CONFLICT (hole) DO NOTHING`);
  const change = prepare(`
    INSERT INTO holes (hole, value, expires_day) ${rows} ON CONFLICT (hole) DO UPDATE
    SET value = excluded.value, expires_day = excluded.expires_day`);
  const drop = prepare(`
    DELETE FROM holes WHERE hole IN (SELECT ${nameAt} FROM generate_series(1, ?2::int) i) RETURNING length(value)`);
  return {
    held: (names) => {
      const all: (HeldHole | undefined)[] = names.map(() => undefined);
      for (const [i, value, expiresDay] of held.all<[number, Bytes, number]>(concat(...names), names.length))
        all[i - 1] = { value, expiresDay };
      return all;
    },
    found: (starts, today) =>
      found.all<[number]>(starts, starts.length / startBytes, today, afterStart).map(([i]) => i - 1),
    put: (given) => {
      for (const some of Map.groupBy(given, alike).values()) {
        const [{ value, expiresDay, before }] = some as [HoleRow];
        const [names, values] = [concat(...some.map(({ name }) => name)), concat(...some.map((one) => one.value))];
        const params = [names, values, value.length, expiresDay, some.length] as const;
        if (before !== undefined) change.put(...params);
        else if (insert.run(...params) < some.length) throw new LogConflictError("another server put it");
      }
    },
    drop: (names) => drop.all<[number]>(concat(...names), names.length),
  };
}

/** What goes in one statement: of one length, until one day, where something was or was not. */
function alike({ value, expiresDay, before }: HoleRow): string {
  return `${value.length} ${expiresDay} ${before === undefined}`;
}

/**
 * Holes (docs/spec/moments.md HO1, HO4), of nobody. Size: a row of 96 to 4,096 bytes and some sixty more; one cell a
 * post and friend, filled up to a step of all friends.
 */
const sqlite: Migration = {
  number: 10,
  up: `
  CREATE TABLE holes (
    hole        BLOB    PRIMARY KEY NOT NULL, -- the first 16 bytes of a hash of its owner's secret
    value       BLOB    NOT NULL,             -- sealed, of one of seven lengths
    expires_day INTEGER NOT NULL              -- gone from that day on
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE hole_totals (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    holes INTEGER NOT NULL,
    bytes INTEGER NOT NULL                    -- of all, for their room on the disk
  ) STRICT;
  INSERT INTO hole_totals (id, holes, bytes) VALUES (1, 0, 0);
`,
};
const postgres: Migration = {
  number: 10,
  up: `
  CREATE TABLE holes (
    hole        bytea   PRIMARY KEY,
    value       bytea   NOT NULL,
    expires_day integer NOT NULL
  );
  ALTER TABLE holes ALTER COLUMN value SET STORAGE EXTERNAL; -- what is sealed does not get smaller

  CREATE TABLE hole_totals (
    id    integer PRIMARY KEY CHECK (id = 1),
    holes bigint  NOT NULL,
    bytes bigint  NOT NULL
  );
  INSERT INTO hole_totals (id, holes, bytes) VALUES (1, 0, 0);
`,
};
export const migrations = { sqlite: [sqlite], postgres: [postgres] };
