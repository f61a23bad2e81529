/** What features that show entries of the public log (docs/spec/channels.md CH2) name in one form. */
import {
  type ChannelPutRow,
  type Database,
  isChannelFollowed,
  readChannel,
  readChannelOwnOf,
  readChannelPuts,
} from "@yanshu/store";
import {
  type Bytes,
  type ChannelKind,
  channelBodies,
  equalBytes,
  type FilmRef,
  type ProfileBody,
  toHex,
} from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";

export type ChannelRef = {
  readonly id: Hex;
  /** Empty until its author gave it one, or its profile did not come. */
  readonly name: string;
  /** `film` hash of its picture. */
  readonly picture?: Hex;
  readonly isFollowed: boolean;
  /** One of this account's own. */
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
  const isMine = readChannelOwnOf(db, id) !== undefined;
  const waiting = isMine ? profileWaiting(db, id) : undefined;
  return {
    id: toHex(id),
    name: waiting?.name ?? row?.name ?? "",
    ...(row && row.picture.length > 0 && { picture: toHex(row.picture) }),
    isFollowed: isChannelFollowed(db, id),
    isMine,
  };
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
