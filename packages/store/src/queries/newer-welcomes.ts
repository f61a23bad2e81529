/**
 * Welcomes that only a later version can read, until an update can (docs/spec/groups.md GR46, GR47). They take no room
 * of the halves that wait for one another.
 */
import type { AccountId, Address, Bytes, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

/** Whose an invitation is: of this account's own devices, of a contact, of anybody else. */
const circles = { own: 0, contact: 1, other: 2 } as const;
export type Circle = keyof typeof circles;

type Room = { readonly rows: number; readonly bytes: number };

/** Of one inviter, and of all of the same circle together: no circle takes the room of another. */
export const newerWelcomeLimits: Readonly<Record<Circle, { readonly each: Room; readonly all: Room }>> = {
  own: { each: { rows: 256, bytes: 16 << 20 }, all: { rows: 256, bytes: 16 << 20 } },
  contact: { each: { rows: 16, bytes: 2 << 20 }, all: { rows: 256, bytes: 16 << 20 } },
  other: { each: { rows: 4, bytes: 1 << 20 }, all: { rows: 16, bytes: 2 << 20 } },
};

export type NewerWelcomeRow = {
  readonly place: number;
  readonly tag: Bytes;
  readonly key: Bytes;
  readonly address: Address;
  readonly envelope: Bytes;
  readonly inviter: AccountId;
  readonly received_ms: UnixMs;
};

/**
 * Keeps it, as far as the limits go: of one inviter the latest stay, and of a circle the one who fills most gives way.
 * Returns the addresses of the key packages of those that went for it.
 */
export function keepNewerWelcome(
  db: Database,
  row: Omit<NewerWelcomeRow, "place">,
  circle: Circle,
): readonly Address[] {
  db.run(
    `INSERT INTO newer_welcomes (tag, key, address, envelope, inviter, circle, received_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    row.tag,
    row.key,
    row.address,
    row.envelope,
    row.inviter,
    circles[circle],
    row.received_ms,
  );
  const { each, all } = newerWelcomeLimits[circle];
  const gone: Address[] = [];
  while (isOver(sizeOf(db, circle, row.inviter), each)) gone.push(...dropOldest(db, circle, row.inviter));
  while (isOver(sizeOf(db, circle), all)) {
    const most = db.get<{ inviter: AccountId }>(
      `SELECT inviter FROM newer_welcomes WHERE circle = ?
       GROUP BY inviter ORDER BY count(*) DESC, sum(length(envelope)) DESC, min(place) LIMIT 1`,
      circles[circle],
    );
    if (most === undefined) break;
    gone.push(...dropOldest(db, circle, most.inviter));
  }
  return gone;
}

function isOver(size: Room, room: Room): boolean {
  return size.rows > room.rows || size.bytes > room.bytes;
}

function sizeOf(db: Database, circle: Circle, inviter?: AccountId): Room {
  const sql = `SELECT count(*) AS rows, coalesce(sum(length(envelope)), 0) AS bytes FROM newer_welcomes WHERE circle = ?`;
  const size =
    inviter === undefined
      ? db.get<Room>(sql, circles[circle])
      : db.get<Room>(`${sql} AND inviter = ?`, circles[circle], inviter);
  return size ?? { rows: 0, bytes: 0 };
}

function dropOldest(db: Database, circle: Circle, inviter: AccountId): readonly Address[] {
  const oldest = db.get<Pick<NewerWelcomeRow, "place" | "address">>(
    "SELECT place, address FROM newer_welcomes WHERE circle = ? AND inviter = ? ORDER BY place LIMIT 1",
    circles[circle],
    inviter,
  );
  if (oldest === undefined) return [];
  deleteNewerWelcome(db, oldest);
  return [oldest.address];
}

/** In the order in which they came. */
export function readNewerWelcomes(db: Database): readonly NewerWelcomeRow[] {
  return db.all<NewerWelcomeRow>(
    "SELECT place, tag, key, address, envelope, inviter, received_ms FROM newer_welcomes ORDER BY place",
  );
}

export function deleteNewerWelcome(db: Database, { place }: Pick<NewerWelcomeRow, "place">): void {
  db.run("DELETE FROM newer_welcomes WHERE place = ?", place);
}
