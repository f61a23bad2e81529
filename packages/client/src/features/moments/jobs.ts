/** What is to go to home, as the store holds it (round.ts puts it); and of whom it is. */
import { type BlobRef, decodeAudience, encodeAudience, type MomentBody } from "@yanshu/content";
import {
  addMomentPut,
  addMomentRound,
  type MomentOwnLogRow,
  type MomentRow,
  readMomentFriends,
  readMomentOwnLogs,
  readMomentPlaces,
  readMomentRoot,
  readMomentShared,
} from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { type FeatureContext, pack } from "../../feature.ts";
import { keptUntilWritten } from "./kept.ts";
import {
  bodyPartsMax,
  bodySecret,
  cellFlags,
  cellKinds,
  type Friend,
  holeName,
  postPayload,
  type WordKind,
} from "./sealed.ts";
import { type CellTo, packCells, type RoundJob } from "./spent.ts";

/** What is put for a word: its place is spent, and it is signed, when it goes. */
export type WordJob = {
  readonly kind: WordKind;
  readonly id: Bytes;
  readonly post: Bytes;
  readonly about: Bytes;
  readonly reply: Bytes;
  /** R of what it answers. */
  readonly bound?: Bytes;
  readonly atMs: number;
  readonly text: string;
};

/** For whom a post is that was made private. */
export const forMyself = encodeAudience({ who: "me", tags: [], people: [] });

/** Cells are read within it, whatever friends stay away. */
export const cellDays = 400;
/** @param about id of the post that it tells, or empty: then `filledBy` is given. */
export function addRound(
  { db }: Pick<FeatureContext, "db">,
  cells: readonly CellTo[],
  about: Bytes,
  { days = cellDays, filledBy }: Partial<Omit<RoundJob, "round">> = {},
): void {
  if (cells.length === 0) return;
  const round = addMomentRound(db, about, packCells(cells));
  addMomentPut(db, "cells", pack({ round, days, ...(filledBy && { filledBy }) } satisfies RoundJob), about);
}

/** From which it follows with whom Moments are shared. */
export const sharedTables = ["contacts", "moment_friends"] as const;

/** Friends with whom Moments are shared. */
export const sharedWith = keptUntilWritten(
  ({ db }: Pick<FeatureContext, "db">) => readMomentShared(db).map((one) => ({ ...one, hex: toHex(one.account) })),
  sharedTables,
);

/** Where the next cell to each account goes, by account in hex. */
export const placesKept = keptUntilWritten(
  ({ db }: Pick<FeatureContext, "db">) => readMomentPlaces(db),
  ["moment_places"],
);

/** All with whom Moments are shared: read again once a friend is written, not for each post. */
export const friendsOf = keptUntilWritten(
  ({ db }: Pick<FeatureContext, "db">): readonly Friend[] =>
    readMomentFriends(db).flatMap(({ account, tags, chats_only, hides_mine }) =>
      chats_only === 1
        ? []
        : [{ account, tags: JSON.parse(tags === "" ? "[]" : tags) as readonly string[], isLeftOut: hides_mine === 1 }],
    ),
  sharedTables,
);

/** The same in hex, and this account: whom a cell may be for; and who is told no post. */
export const toldNow = keptUntilWritten((context: Pick<FeatureContext, "db" | "own">) => {
  const friends = friendsOf(context);
  const hexOf = ({ account }: Pick<Friend, "account">) => toHex(account);
  return {
    all: new Set([toHex(context.own()), ...friends.map(hexOf)]),
    leftOut: new Set(friends.filter(({ isLeftOut }) => isLeftOut).map(hexOf)),
  };
}, sharedTables);

/** What of a post is told to each of these readers. */
export function cellsOf(row: MomentRow, to: readonly AccountId[]): readonly CellTo[] {
  const { mentions = [] } = (row.audience && decodeAudience(row.audience)) || {};
  const called = new Set(mentions.map(toHex));
  const kind = row.kind === "status" ? cellKinds.status : cellKinds.post;
  const flags = row.kind === "cover" ? cellFlags.cover : 0;
  const payload = postPayload(row.secret, row.name);
  return to.map((reader) => ({
    to: reader,
    kind,
    flags: called.has(toHex(reader)) ? flags | cellFlags.mention : flags,
    payload,
  }));
}

export function refsOf(body: MomentBody) {
  const { pictures, previews, video } = body;
  return [...pictures, ...(previews ? [previews] : []), ...(video ? [video] : [])].map(({ blob }) => blob);
}

/** The same body with each of its files replaced. */
export function withRefs(body: MomentBody, of: (ref: BlobRef) => BlobRef): MomentBody {
  const { pictures, previews, video } = body;
  const other = <T extends { readonly blob: BlobRef }>(one: T): T => ({ ...one, blob: of(one.blob) });
  return {
    ...body,
    pictures: pictures.map(other),
    ...(previews && { previews: other(previews) }),
    ...(video && { video: other(video) }),
  };
}

/**
 * Roots of which holes may be made, that of now first: M changes when a device is dropped. Two own devices that dropped
 * one at one time made two of one generation: one of them holds, both were used (MO61).
 */
export function rootsOf({ db }: Pick<FeatureContext, "db">): readonly Pick<MomentOwnLogRow, "root" | "generation">[] {
  const now = readMomentRoot(db);
  const all = [...(now ? [now] : []), ...readMomentOwnLogs(db)];
  return [...new Map(all.map(({ root, generation }) => [toHex(root), { root, generation }])).values()];
}

/** Of an own post: what the names of its body's holes are made of, the first part first; none: another M of before. */
export function bodySecrets(context: FeatureContext, { secret, name }: MomentRow): readonly Bytes[] {
  const { crypto } = context.rooms;
  const secretOf = (root: Bytes, part: number) => bodySecret(crypto, root, secret, part);
  const found = rootsOf(context).find(({ root }) => equalBytes(holeName(crypto, secretOf(root, 0)), name));
  return found === undefined ? [] : Array.from({ length: bodyPartsMax }, (_, part) => secretOf(found.root, part));
}
