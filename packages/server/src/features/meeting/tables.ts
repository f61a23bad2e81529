/** The board of a meeting place: statements only, no decisions. Its rows name no account and no device. */
import type { Bytes } from "@yanshu/wire";
import type { Migration } from "../../feature.ts";
import type { Prepare } from "../../log/sql/prepared.ts";

export type Slip = { readonly tag: Bytes; readonly box: Bytes };

export type MeetingTables = {
  readonly count: () => number;
  readonly has: (tag: Bytes, box: Bytes) => boolean;
  readonly put: (tag: Bytes, box: Bytes, week: number) => void;
  /** Slips that came in that week, in their order, without the first `skipped`. */
  readonly of: (week: number, skipped: number, most: number) => readonly Slip[];
  /** Deletes the oldest of those that came in that week or before it. */
  readonly giveUp: (week: number) => void;
  /** Deletes what came before that week. */
  readonly expire: (week: number) => void;
};

export function meetingTables(prepare: Prepare): MeetingTables {
  const count = prepare("SELECT count(*) FROM slips");
  const has = prepare("SELECT 1 FROM slips WHERE tag = ? AND box = ?");
  const put = prepare("INSERT INTO slips (tag, box, week) VALUES (?, ?, ?)");
  const of = prepare("SELECT tag, box FROM slips WHERE week = ? ORDER BY id LIMIT ? OFFSET ?");
  const giveUp = prepare("DELETE FROM slips WHERE id = (SELECT min(id) FROM slips WHERE week <= ?)");
  const expire = prepare("DELETE FROM slips WHERE week < ?");
  return {
    count: () => count.get<[number]>()?.[0] ?? 0,
    has: (tag, box) => has.get(tag, box) !== undefined,
    put: (tag, box, week) => put.put(tag, box, week),
    of: (week, skipped, most) => of.all<[Bytes, Bytes]>(week, most, skipped).map(([tag, box]) => ({ tag, box })),
    giveUp: (week) => giveUp.put(week),
    expire: (week) => expire.put(week),
  };
}

export const ofNobody = ["slips"];

/**
 * What people of homes that are gone left for each other (docs/spec/homes.md HM81).
 * Size: 2.3 KB at most each, as many as the operator allows; three weeks.
 */
const sqlite: Migration = {
  number: 16,
  up: `
  CREATE TABLE slips (
    id   INTEGER PRIMARY KEY,
    tag  BLOB    NOT NULL, -- the first 16 bytes of a hash that two devices can make, and no server
    box  BLOB    NOT NULL, -- sealed to one device
    week INTEGER NOT NULL  -- in which it came, since 1970
  ) STRICT;
  CREATE INDEX slips_by_tag ON slips (tag);
  CREATE INDEX slips_by_week ON slips (week, id);
`,
};
const postgres: Migration = {
  number: 16,
  up: `
  CREATE TABLE slips (
    id   bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tag  bytea   NOT NULL,
    box  bytea   NOT NULL,
    week integer NOT NULL
  );
  CREATE INDEX slips_by_tag ON slips (tag);
  CREATE INDEX slips_by_week ON slips (week, id);
`,
};
export const migrations = { sqlite: [sqlite], postgres: [postgres] };
