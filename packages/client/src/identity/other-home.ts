/**
 * Other homes at which this device signs in (docs/spec/homes.md HM45): its pair there, and for the second home
 * (`reserve`), how far the copy of the account's data has come.
 */
import { type Database, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, equalBytes, openHomeRecord, type UnixMs } from "@yanshu/wire";
import type { HomeFault } from "../api/homes.ts";
import { pack, unpack } from "../cbor.ts";
import { readVault } from "../values/vault-state.ts";

export type OtherHome = {
  readonly server: string;
  /**
   * This account was at home there (HM71); absent: it is the second home, or one that the device only tried to go to.
   */
  readonly isFormer?: true;
  /** The token that registers the account there; absent once it is registered. */
  readonly token?: Bytes;
  /** This device's pair there (ID13); absent if it has never signed in. */
  readonly current?: Bytes;
  readonly next?: Bytes;
  /** The stamp of the person's last change of the vault setting that was applied there (HM56). */
  readonly vaultMs?: UnixMs;
  /** Places of vault segments that were rewritten at home, and must be rewritten there (HM47). */
  readonly rewrites: readonly number[];
  /** How many vault segments are there (`done`), of how many (`of`). */
  readonly done: number;
  readonly of: number;
  /** The state of home's vault and record when the copy was last complete (see `markOf`), and when that was. */
  readonly mark?: string;
  readonly wholeMs?: UnixMs;
  /** Why the last visit ended early. */
  readonly fault?: HomeFault;
  readonly leaving?: AskedToLeave;
};

/** A request that a home let go of the account (HM15): its id, and the earliest moment. */
export type AskedToLeave = { readonly request: Bytes; readonly dueMs: UnixMs };

type Known = {
  readonly reserve?: string;
  /** Key of the device that named the second home; and whether that device was removed. */
  readonly reserveBy?: Bytes;
  readonly isByRemoved?: true;
  /** The second home that another device had named before the one in `reserveBy` named the present one. */
  readonly former?: string;
  /** In the order of changes: the latest is last. */
  readonly all: readonly OtherHome[];
  /** The previous home, where this device still receives (HM68); and since when that has not answered. */
  readonly before?: string;
  readonly beforeAwayMs?: UnixMs;
  /** When this device's person moved it to its home; absent once another device is there too. */
  readonly goneMs?: UnixMs;
  /** The request that the own home let go of the account. */
  readonly leaving?: AskedToLeave;
  /** `isFormer` is stored; absent: an earlier version stored this. */
  readonly areFormersStored?: true;
};

/** How many homes are remembered; the oldest are dropped. */
const homesMax = 6;
/** How long a device that moved follows another that moved elsewhere (HM53). */
const goneMsMax = 3 * 86_400_000;

function known(db: Database): Known {
  const stored = readMeta(db, "other-home");
  if (stored === undefined) return { all: [], areFormersStored: true };
  const held = unpack<Known>(stored);
  return held.areFormersStored === true ? held : withFormers(db, held);
}

/** Of what an earlier version stored those homes were left that are neither the second nor the account's first. */
function withFormers(db: Database, held: Known): Known {
  const record = readMeta(db, "home-record");
  const first = (record && openHomeRecord(record))?.body.homes[0];
  const isLeft = ({ server }: OtherHome) => server !== held.reserve && server !== first;
  const all = held.all.map((one) => (isLeft(one) ? { ...one, isFormer: true as const } : one));
  return { ...held, all, areFormersStored: true };
}

export function readOtherHome(db: Database, server: string): OtherHome | undefined {
  return known(db).all.find((one) => one.server === server);
}

/** The names of all known homes besides the own one. */
export function otherHomes(db: Database): readonly string[] {
  return known(db).all.map(({ server }) => server);
}

export function readReserve(db: Database): OtherHome | undefined {
  const { reserve, all } = known(db);
  return all.find(({ server }) => server === reserve);
}

/** Inside a transaction. */
export function putOtherHome(db: Database, other: OtherHome): void {
  const { all, ...rest } = known(db);
  const others = all.filter(({ server }) => server !== other.server);
  const kept = others.filter(
    ({ server }, at) => server === rest.reserve || server === rest.before || at > others.length - homesMax,
  );
  writeMeta(db, "other-home", pack({ ...rest, all: [...kept, other] } satisfies Known));
}

/** Changes the stored state of a home, if it is known. Inside a transaction. */
export function changeOtherHome(db: Database, server: string, change: (held: OtherHome) => OtherHome): void {
  const held = readOtherHome(db, server);
  if (held !== undefined) putOtherHome(db, change(held));
}

export function readLeaving(db: Database): AskedToLeave | undefined {
  return known(db).leaving;
}

/** Stores a request to let go that a home reported: the own home, or `server`. Inside a transaction. */
export function noteLeaving(db: Database, leaving: AskedToLeave | undefined, server?: string): void {
  const said = leaving === undefined ? {} : { leaving };
  if (server !== undefined) {
    changeOtherHome(db, server, ({ leaving: _, ...now }) => ({ ...now, ...said }));
    return;
  }
  const { leaving: before, ...rest } = known(db);
  if (before !== undefined || leaving !== undefined)
    writeMeta(db, "other-home", pack({ ...rest, ...said } satisfies Known));
}

/**
 * The second home after devices were removed: if one of them named it, the one that another device had named before, if
 * any.
 *
 * @param isListed whether the account still lists a device with this key.
 */
export function reserveWithout(db: Database, isListed: (key: Bytes) => boolean): string | undefined {
  const { reserve, reserveBy, former } = known(db);
  return reserveBy === undefined || isListed(reserveBy) ? reserve : (former ?? reserve);
}

/** Inside a transaction. */
export function noteRemoved(db: Database, isListed: (key: Bytes) => boolean): void {
  const { isByRemoved: before, ...rest } = known(db);
  const isByRemoved = rest.reserve !== undefined && rest.reserveBy !== undefined && !isListed(rest.reserveBy);
  if (isByRemoved === (before === true)) return;
  writeMeta(db, "other-home", pack({ ...rest, ...(isByRemoved ? { isByRemoved } : {}) } satisfies Known));
}

export function isReserveByRemoved(db: Database): boolean {
  return known(db).isByRemoved === true;
}

/**
 * Sets the second home; undefined: none. Inside a transaction.
 *
 * @param by key of another device that named it; absent: this device's person did.
 */
export function setReserveHome(db: Database, server: string | undefined, by?: Bytes): void {
  if (server !== undefined && readOtherHome(db, server) === undefined) putOtherHome(db, newOtherHome(server));
  const { reserve, reserveBy, isByRemoved: _, former: before, ...rest } = known(db);
  const isSameHand = by !== undefined && reserveBy !== undefined && equalBytes(by, reserveBy);
  const former = by === undefined ? undefined : isSameHand ? before : (reserve ?? before);
  const next = {
    ...rest,
    ...(server === undefined ? {} : { reserve: server }),
    ...(by === undefined ? {} : { reserveBy: by }),
    ...(former === undefined ? {} : { former }),
  };
  writeMeta(db, "other-home", pack(next satisfies Known));
}

/**
 * Records that this device moved from `from` to `to`; it keeps its pair at `from`. Inside a transaction. A second home
 * other than `to` stays, with who named it, and the one named before (HM61).
 *
 * @param goneMs now, if its person decided it; absent: it follows another device.
 */
export function noteGone(db: Database, to: string, from: OtherHome, goneMs = known(db).goneMs): void {
  const { all, reserve, reserveBy, isByRemoved, former } = known(db);
  const others = all.filter(({ server }) => server !== to && server !== from.server);
  const isStill = reserve !== undefined && reserve !== to;
  const next = {
    all: [...others, { ...from, isFormer: true as const }],
    areFormersStored: true as const,
    ...(isStill ? { reserve } : {}),
    ...(isStill && reserveBy !== undefined ? { reserveBy } : {}),
    ...(isStill && isByRemoved === true ? { isByRemoved } : {}),
    ...(former === undefined || former === to ? {} : { former }),
    ...(goneMs === undefined ? {} : { goneMs }),
  };
  writeMeta(db, "other-home", pack(next satisfies Known));
}

/** The previous home, where this device still receives, and since when that has not answered. */
export function readBefore(db: Database): { readonly server?: string; readonly awayMs?: UnixMs } {
  const { before, beforeAwayMs } = known(db);
  return {
    ...(before === undefined ? {} : { server: before }),
    ...(beforeAwayMs === undefined ? {} : { awayMs: beforeAwayMs }),
  };
}

/** Sets the previous home; undefined: none. Inside a transaction. */
export function setBefore(db: Database, server: string | undefined, awayMs?: UnixMs): void {
  const { before: _, beforeAwayMs: __, ...rest } = known(db);
  const next = {
    ...rest,
    ...(server === undefined ? {} : { before: server }),
    ...(server === undefined || awayMs === undefined ? {} : { beforeAwayMs: awayMs }),
  };
  writeMeta(db, "other-home", pack(next satisfies Known));
}

/** Whether this device moved a few days ago at most, and no other device has followed. @checks HM60 */
export function hasGone(db: Database, nowMs: UnixMs): boolean {
  const { goneMs } = known(db);
  return goneMs !== undefined && nowMs >= goneMs && nowMs - goneMs < goneMsMax;
}

/** Another device reports that it is at this home. Inside a transaction. */
export function endGone(db: Database): void {
  const { goneMs, ...rest } = known(db);
  if (goneMs !== undefined) writeMeta(db, "other-home", pack(rest satisfies Known));
}

export function newOtherHome(server: string, token?: Bytes): OtherHome {
  return { server, rewrites: [], done: 0, of: 0, ...(token === undefined ? {} : { token }) };
}

/**
 * A vault segment was rewritten at home, to delete content: remembers to rewrite it at the second home. Inside a
 * transaction.
 */
export function oweRewrite(db: Database, at: number): void {
  const held = readReserve(db);
  if (held !== undefined && !held.rewrites.includes(at))
    putOtherHome(db, { ...held, rewrites: [...held.rewrites, at] });
}

/**
 * The known state of vault and record at home, as text: if it differs from the stored mark, there is something to copy.
 */
export function markOf(db: Database): string {
  const { isOn, isOff = false, home } = readVault(db);
  const record = readMeta(db, "record-kept");
  return `${isOn && !isOff} ${home?.start} ${home?.next} ${home?.bytes} ${record?.join(" ")}`;
}
