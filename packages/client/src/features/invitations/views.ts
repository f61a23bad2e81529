/**
 * Views `joins` and `asking`: the groups that this person asked to come into, and who asks to come into theirs
 * (docs/spec/groups.md GR26, GR27).
 */
import { readJoinRequestsFor, readJoins } from "@yanshu/store";
import { decodeLink, toHex, type UnixMs } from "@yanshu/wire";
import { type Face, type Hex, idFrom, type ReadContext } from "../../feature.ts";

/** Somebody who asks to come in and waits for owner or admins. */
export type AskingRow = {
  readonly account: Hex;
  readonly name: string;
  readonly face: Face;
  readonly atMs: UnixMs;
};

/** How an asking stands. `waiting`: for a person; `asking`: for an admin's device to hear of it. */
export type JoinStanding = "asking" | "waiting" | "refused" | "expired" | "used-up" | "reset" | "in";

/** A group that this person asked to come into. */
export type JoinView = {
  readonly id: Hex;
  readonly name: string;
  readonly standing: JoinStanding;
  readonly atMs: UnixMs;
  /** Once it is in. */
  readonly conversation?: Hex;
};

export function readJoinsView({ database, nowMs }: ReadContext): readonly JoinView[] {
  return readJoins(database).flatMap((row): readonly JoinView[] => {
    const read = decodeLink(row.link);
    if (read?.kind !== "group") return [];
    const isOver = (row.state === "asking" || row.state === "waiting") && read.link.expiresMs <= nowMs;
    return [
      {
        id: toHex(row.secret),
        name: read.link.name,
        standing: isOver ? "expired" : row.state,
        atMs: row.asked_ms,
        ...(row.conversation === null ? {} : { conversation: toHex(row.conversation) }),
      },
    ];
  });
}

/** When the next link ends by which this person asked. */
export function nextJoinEndMs(_: readonly JoinView[], { database, nowMs }: ReadContext): number {
  const ends = readJoins(database).flatMap(({ link }) => {
    const read = decodeLink(link);
    return read?.kind === "group" && read.link.expiresMs > nowMs ? [read.link.expiresMs] : [];
  });
  return Math.min(...ends);
}

export function readAsking({ database, own, peopleIn }: ReadContext, conversation: Hex): readonly AskingRow[] {
  const id = idFrom(conversation);
  if (id === undefined || own === undefined) return [];
  const rows = readJoinRequestsFor(database, id, own.account);
  const people = peopleIn();
  people.load(rows.map(({ account }) => toHex(account)));
  return rows.map((row) => {
    const { account, name, face } = people.get(toHex(row.account));
    return { account, name, face, atMs: row.received_ms };
  });
}
