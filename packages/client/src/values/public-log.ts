/** What features that show entries of the public log (docs/spec/channels.md CH2) name in one form. */
import {
  type ChannelOwnRow,
  type ChannelPutRow,
  type Database,
  isChannelFollowed,
  readChannel,
  readChannelOwn,
  readChannelOwnOf,
  readChannelPuts,
} from "@yanshu/store";
import {
  authorsBody,
  type Bytes,
  type ChannelKind,
  channelBodies,
  decodeChannelInception,
  equalBytes,
  type FilmRef,
  type ProfileBody,
  toHex,
  unlessMalformed,
} from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";

export type ChannelRef = {
  readonly id: Hex;
  /** Empty until its author gave it one, or its profile did not come. */
  readonly name: string;
  /** `film` hash of its picture. */
  readonly picture?: Hex;
  readonly isFollowed: boolean;
  /** This account is one of its authors. */
  readonly isMine: boolean;
};

/** A file of public bytes, as its entry names it. */
export type ChannelFileView = {
  /** Of the list of its chunks: `/films/HASH`. */
  readonly hash: Hex;
  readonly bytes: number;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
};

export function fileOf({ hash, bytes, mime, width, height }: FilmRef): ChannelFileView {
  return { hash: toHex(hash), bytes, mime, width, height };
}

export function channelRef(db: Database, id: Bytes): ChannelRef {
  const row = readChannel(db, id);
  const isMine = ownAsAuthor(db, id) !== undefined;
  const waiting = isMine ? profileWaiting(db, id) : undefined;
  return {
    id: toHex(id),
    name: waiting?.name ?? row?.name ?? "",
    ...(row && row.picture.length > 0 && { picture: toHex(row.picture) }),
    isFollowed: isChannelFollowed(db, id),
    isMine,
  };
}

/** The row of a channel of which this account is an author now (CH93): that of the key that signs. */
export function ownAsAuthor(db: Database, id: Bytes): ChannelOwnRow | undefined {
  const all = readChannelOwnOf(db, id);
  const [newest] = all;
  if (newest === undefined) return undefined;
  const authors = authorsNow(db, newest);
  return all.find((own) => authors.some((one) => equalBytes(one, keyOfOwn(own))));
}

/** Of channels of which this account is an author now: each once. */
export function ownChannels(db: Database): readonly ChannelOwnRow[] {
  return readChannelOwn(db).filter(({ id, author }) => {
    const own = ownAsAuthor(db, id);
    return own !== undefined && equalBytes(own.author, author);
  });
}

/** The key by which this account signs in it. */
export const keyOfOwn = ({ author, inception }: Pick<ChannelOwnRow, "author" | "inception">): Bytes =>
  author.length > 0 ? author : (authorsIn(inception)[0] ?? author);

/**
 * Who may sign the next entry, as far as this device knows: by what it said itself behind the packs, else by packs,
 * else from the first on. What home said ok to and left out of packs that go beyond it counts no more. @checks CH122
 */
export function authorsNow(db: Database, { id, inception }: Pick<ChannelOwnRow, "id" | "inception">): readonly Bytes[] {
  const held = readChannel(db, id);
  const said = readChannelPuts(db).findLast(
    ({ kind, state, channel, seq }) =>
      kind === "authors" && state === "said" && seq > (held?.seq ?? -1) && equalBytes(channel, id),
  );
  if (said !== undefined) return authorsBody.decode(said.body).keys;
  return held === undefined ? authorsIn(inception) : keysIn(held.authors);
}

const authorsIn = (inception: Bytes) => unlessMalformed(() => decodeChannelInception(inception))?.authors ?? [];

/** Hashes or keys that stand one behind the other. */
export function keysIn(joined: Bytes): readonly Bytes[] {
  return Array.from({ length: Math.floor(joined.length / 32) }, (_, at) => joined.subarray(32 * at, 32 * (at + 1)));
}

/** What an own channel says of itself, and no pack has yet (CH63). */
export function profileWaiting(db: Database, id: Bytes): ProfileBody | undefined {
  const waiting = waitingOf(db, "profile", id);
  return waiting && channelBodies.profile.decode(waiting.body);
}

/** The last of this kind that a channel says and no pack has yet; what home refused says nothing. */
export function waitingOf(db: Database, kind: ChannelKind, channel: Bytes): ChannelPutRow | undefined {
  return readChannelPuts(db).findLast(
    (one) => one.kind === kind && one.state !== "failed" && equalBytes(one.channel, channel),
  );
}
