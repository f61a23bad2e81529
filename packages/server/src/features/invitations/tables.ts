/** The tables of invitations (docs/spec/delivery.md DS140): statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { Migration } from "../../feature.ts";
import { type Prepare, toChange } from "../../log/sql/prepared.ts";

/** A person registers by showing the code, of which the hash stands here; who did stands nowhere (DS140). */
export type InviteRow = {
  readonly ref: number;
  /** How many it lets in; none: as many as come. */
  readonly people: number | undefined;
  readonly taken: number;
  /** When it ends, to the hour that the operator chose; none: it does not by itself. */
  readonly endsMs: number | undefined;
  /** The operator ended it. */
  readonly isEnded: boolean;
};

export type InviteTables = {
  readonly invitation: (hash: Bytes) => InviteRow | undefined;
  readonly invitations: () => readonly InviteRow[];
  readonly addInvitation: (hash: Bytes, people: number | undefined, endsMs: number | undefined) => number;
  /** One more came by it. */
  readonly countInvited: (ref: number) => void;
  /** Another code in the place of its own; false: there is none that goes on. */
  readonly replaceInvitation: (ref: number, hash: Bytes) => boolean;
  /** False: there is none that goes on. */
  readonly endInvitation: (ref: number, nowMs: number) => boolean;
  /** Forgets what ended before. */
  readonly dropInvitations: (endedBeforeMs: number) => void;
};

type Columns = [ref: number, people: number | null, taken: number, endsMs: number | null, ended: number];

export function inviteTables(prepare: Prepare): InviteTables {
  const columns = "SELECT ref, people, taken, ends_ms, ended FROM invitations";
  const find = prepare(`${columns} WHERE hash = ? ${toChange}`);
  const all = prepare(`${columns} ORDER BY ref`);
  const add = prepare("INSERT INTO invitations (hash, people, ends_ms) VALUES (?, ?, ?) RETURNING ref");
  const count = prepare("UPDATE invitations SET taken = taken + 1 WHERE ref = ?");
  const replace = prepare("UPDATE invitations SET hash = ? WHERE ref = ? AND ended = 0");
  const end = prepare("UPDATE invitations SET ended = 1, ends_ms = ? WHERE ref = ? AND ended = 0");
  const drop = prepare("DELETE FROM invitations WHERE ends_ms < ?");
  return {
    invitation: (hash) => {
      const found = find.get<Columns>(hash);
      return found === undefined ? undefined : row(found);
    },
    invitations: () => all.all<Columns>().map(row),
    addInvitation: (hash, people, endsMs) => {
      const added = add.get<[number]>(hash, people ?? null, endsMs ?? null);
      if (added === undefined) throw new Error("invariant: an insert answers its row");
      return added[0];
    },
    countInvited: (ref) => count.put(ref),
    replaceInvitation: (ref, hash) => replace.run(hash, ref) > 0,
    endInvitation: (ref, nowMs) => end.run(nowMs, ref) > 0,
    dropInvitations: (endedBeforeMs) => drop.put(endedBeforeMs),
  };
}

function row([ref, people, taken, endsMs, ended]: Columns): InviteRow {
  return { ref, people: people ?? undefined, taken, endsMs: endsMs ?? undefined, isEnded: ended === 1 };
}

/**
 * Codes that let in so many people until some time (docs/spec/delivery.md DS140).
 * Size: a row of about a hundred bytes an invitation, for 30 days after its end.
 */
const sqlite: Migration = {
  number: 8,
  up: `
  CREATE TABLE invitations (
    ref     INTEGER PRIMARY KEY AUTOINCREMENT, -- by which the operator means it
    hash    BLOB    NOT NULL UNIQUE,           -- of the code, which stands in the link alone
    people  INTEGER,                           -- how many it lets in; none: as many as come
    taken   INTEGER NOT NULL DEFAULT 0,        -- how many came; who they are is not kept
    ends_ms INTEGER,                           -- as the operator chose; none: it does not by itself
    ended   INTEGER NOT NULL DEFAULT 0         -- 1: by the operator
  ) STRICT;
`,
};
const postgres: Migration = {
  number: 4,
  up: `
  CREATE TABLE invitations (
    ref     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash    bytea   NOT NULL UNIQUE,
    people  integer,
    taken   integer NOT NULL DEFAULT 0,
    ends_ms bigint,
    ended   integer NOT NULL DEFAULT 0
  );
`,
};
export const migrations = { sqlite: [sqlite], postgres: [postgres] };
