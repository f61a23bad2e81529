/**
 * Homes besides the own one at which this device signs in (docs/spec/homes.md HM45): what it shows there; and of its
 * reserve, how far it has come with carrying there what brings the account back.
 */
import { type Database, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, equalBytes, type UnixMs } from "@yanshu/wire";
import type { HomeFault } from "../api/homes.ts";
import { pack, unpack } from "../cbor.ts";
import { readVault } from "../values/vault-state.ts";

export type OtherHome = {
  readonly server: string;
  /** By which the account may come, until it has. */
  readonly token?: Bytes;
  /** The pair of this device there (ID13); none: it never signed in. */
  readonly current?: Bytes;
  readonly next?: Bytes;
  /** When its person last had switched the vault on or off, as of when the vault there was made like it (HM56). */
  readonly vaultMs?: UnixMs;
  /** Places of the vault that were rewritten at home, and are to be rewritten there (HM47). */
  readonly rewrites: readonly number[];
  /** Segments of the vault that are there, of so many. */
  readonly done: number;
  readonly of: number;
  /** What home's vault and record were when all of it was there, and when that was. */
  readonly mark?: string;
  readonly wholeMs?: UnixMs;
  /** Why the last visit ended before its end. */
  readonly fault?: HomeFault;
  readonly leaving?: AskedToLeave;
};

/** A home is to let go of the account (HM15): the request's name, and not before when. */
export type AskedToLeave = { readonly request: Bytes; readonly dueMs: UnixMs };

type Known = {
  readonly reserve?: string;
  /** Key of the device by whose word this device knows it; and whether that one is removed. */
  readonly reserveBy?: Bytes;
  readonly isByRemoved?: true;
  /** The reserve that a device other than the one which named the present one named before it. */
  readonly former?: string;
  /** The one that was changed last is the last. */
  readonly all: readonly OtherHome[];
  /** Where this device was before, and goes on being reached (HM68); and since when that does not answer. */
  readonly before?: string;
  readonly beforeAwayMs?: UnixMs;
  /** When this device went to its home by its person's word, until another device is there too. */
  readonly goneMs?: UnixMs;
  /** The own home is to let go of the account. */
  readonly leaving?: AskedToLeave;
};

/** Of homes that were left long ago nothing is remembered. */
const homesMax = 6;
/** So long a device that went follows another that went elsewhere (HM53). */
const goneMsMax = 3 * 86_400_000;

function known(db: Database): Known {
  const stored = readMeta(db, "other-home");
  return stored === undefined ? { all: [] } : unpack<Known>(stored);
}

export function readOtherHome(db: Database, server: string): OtherHome | undefined {
  return known(db).all.find((one) => one.server === server);
}

/** All that this device knows by name besides the own one. */
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

/** Changes it, if it is known. Inside a transaction. */
export function changeOtherHome(db: Database, server: string, change: (held: OtherHome) => OtherHome): void {
  const held = readOtherHome(db, server);
  if (held !== undefined) putOtherHome(db, change(held));
}

export function readLeaving(db: Database): AskedToLeave | undefined {
  return known(db).leaving;
}

/** What a home says of it: the own one, or `server`. Inside a transaction. */
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
 * The reserve after devices were removed: where one of them named it, the one that others had named before, if any.
 *
 * @param isListed whether a device of this key is of the account still.
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
 * Which is the reserve from now on; undefined: none. Inside a transaction.
 *
 * @param by key of another device that said so; absent: this device's person did.
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
 * This device lives at `to` from now on; at `from` it is known by the pair of there. Inside a transaction. A reserve
 * that is another than `to` stays one, and so does who named it, and which was named before (HM61).
 *
 * @param goneMs now, where its person decided it; absent: it follows another device.
 */
export function noteGone(db: Database, to: string, from: OtherHome, goneMs = known(db).goneMs): void {
  const { all, reserve, reserveBy, isByRemoved, former } = known(db);
  const others = all.filter(({ server }) => server !== to && server !== from.server);
  const isStill = reserve !== undefined && reserve !== to;
  const next = {
    all: [...others, from],
    ...(isStill ? { reserve } : {}),
    ...(isStill && reserveBy !== undefined ? { reserveBy } : {}),
    ...(isStill && isByRemoved === true ? { isByRemoved } : {}),
    ...(former === undefined || former === to ? {} : { former }),
    ...(goneMs === undefined ? {} : { goneMs }),
  };
  writeMeta(db, "other-home", pack(next satisfies Known));
}

/** The home of before, where this device goes on being reached, and since when that does not answer. */
export function readBefore(db: Database): { readonly server?: string; readonly awayMs?: UnixMs } {
  const { before, beforeAwayMs } = known(db);
  return {
    ...(before === undefined ? {} : { server: before }),
    ...(beforeAwayMs === undefined ? {} : { awayMs: beforeAwayMs }),
  };
}

/** Undefined: there is none any more. Inside a transaction. */
export function setBefore(db: Database, server: string | undefined, awayMs?: UnixMs): void {
  const { before: _, beforeAwayMs: __, ...rest } = known(db);
  const next = {
    ...rest,
    ...(server === undefined ? {} : { before: server }),
    ...(server === undefined || awayMs === undefined ? {} : { beforeAwayMs: awayMs }),
  };
  writeMeta(db, "other-home", pack(next satisfies Known));
}

/** Whether it went there some days ago at most, and nobody followed yet. @checks HM60 */
export function hasGone(db: Database, nowMs: UnixMs): boolean {
  const { goneMs } = known(db);
  return goneMs !== undefined && nowMs >= goneMs && nowMs - goneMs < goneMsMax;
}

/** Another device is at this home by its own word. Inside a transaction. */
export function endGone(db: Database): void {
  const { goneMs, ...rest } = known(db);
  if (goneMs !== undefined) writeMeta(db, "other-home", pack(rest satisfies Known));
}

export function newOtherHome(server: string, token?: Bytes): OtherHome {
  return { server, rewrites: [], done: 0, of: 0, ...(token === undefined ? {} : { token }) };
}

/**
 * A segment of the vault was rewritten at home: the reserve is to forget as well what left it. Inside a transaction.
 */
export function oweRewrite(db: Database, at: number): void {
  const held = readReserve(db);
  if (held !== undefined && !held.rewrites.includes(at))
    putOtherHome(db, { ...held, rewrites: [...held.rewrites, at] });
}

/** What vault and record at home are, as far as this device knows: where it is another, something is to be carried. */
export function markOf(db: Database): string {
  const { isOn, home } = readVault(db);
  const record = readMeta(db, "record-kept");
  return `${isOn} ${home?.start} ${home?.next} ${home?.bytes} ${record?.join(" ")}`;
}
