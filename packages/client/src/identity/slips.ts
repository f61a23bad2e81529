/**
 * What this device keeps of meeting places (docs/spec/homes.md HM80–HM85): where it looks for people of a home that is
 * gone, how far it read there, which slips it laid, and whom it found.
 */
import {
  type Database,
  forgetAwaitedBefore,
  forgetLeftOutBefore,
  forgetStrayed,
  isStrayed,
  readConversation,
  readLeftOut,
  readMeta,
  writeMeta,
} from "@yanshu/store";
import {
  type AccountId,
  type Address,
  type Bytes,
  type Capability,
  type ConversationId,
  type DeviceId,
  equalBytes,
  toHex,
  type UnixMs,
} from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";

/** A leaf whose device is looked for. */
export type Sought = {
  readonly conversation: ConversationId;
  /** The id of the MLS group in which the leaf is. */
  readonly group: Bytes;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly address: Address;
  readonly sealKey: Bytes;
  readonly claimCap: Capability;
  readonly server: string;
};

/** A leaf that was left out of a group which was founded anew, and when. */
export type Stray = Sought & { readonly sinceMs: UnixMs };

/** A meeting place that a home named: since when it does, and when it did last. */
export type SaidPlace = {
  readonly home: string;
  readonly name: string;
  readonly sinceMs: UnixMs;
  readonly saidMs: UnixMs;
};

/** As an earlier version stored them. */
type SaidPlaces = {
  readonly name?: undefined;
  readonly home: string;
  readonly names: readonly string[];
  readonly ms: UnixMs;
};

export type Slips = {
  /** Meeting places by the home that named them, the present home's first. */
  readonly places: readonly SaidPlace[];
  /** Which home was asked for them last, and when. */
  readonly asked?: { readonly server: string; readonly ms: UnixMs };
  /** Those that the person named. */
  readonly named: readonly string[];
  /** Since when somebody is looked for. */
  readonly sinceMs?: UnixMs;
  readonly strays: readonly Stray[];
  /** By place: of which record slips lie there, since which week, and for which leaves: their addresses in a row. */
  readonly laid: readonly {
    readonly place: string;
    readonly record: Bytes;
    readonly week: number;
    readonly addresses: Bytes;
  }[];
  /** By place and week: how many pages were read that can have no more slips. */
  readonly read: readonly { readonly place: string; readonly week: number; readonly pages: number }[];
  /** Who was found, each with the record that counts. */
  readonly found: readonly { readonly account: AccountId; readonly record: Bytes }[];
};

/** How long who strayed may come in again, and who is not found is looked for. */
export const soughtMsMax = 90 * 86_400_000;
const homesMax = 3;
const namesBeforeMax = 6;
export const namedMax = 3;
const straysMax = 256;
const foundMax = 1_024;
const key = "slips";
const nothing: Slips = { places: [], named: [], strays: [], laid: [], read: [], found: [] };

export function readSlips(db: Database): Slips {
  const stored = readMeta(db, key);
  if (stored === undefined) return nothing;
  const held = unpack<Slips>(stored);
  return { ...held, places: held.places.flatMap(byName) };
}

function byName(said: SaidPlace | SaidPlaces): readonly SaidPlace[] {
  return said.name === undefined ? said.names.map((name) => saidPlace(said.home, name, said.ms)) : [said];
}

function saidPlace(home: string, name: string, saidMs: UnixMs, sinceMs = saidMs): SaidPlace {
  return { home, name, sinceMs, saidMs };
}

/** Inside a transaction. */
export function changeSlips(db: Database, change: (held: Slips) => Slips): void {
  writeMeta(db, key, pack(change(readSlips(db))));
}

/**
 * What a home says of meeting places; another home's are kept beside them. For ninety days those are kept too that it
 * said before, of these the ones that it said first: it may be in other hands in its last days, and name none, or
 * others each day (HM90). Inside a transaction.
 */
export function notePlaces(db: Database, home: string, names: readonly string[], ms: UnixMs): void {
  changeSlips(db, (held) => {
    const others = held.places.filter((one) => one.home !== home);
    const kept = [...new Set([home, ...others.map((one) => one.home)])].slice(0, homesMax);
    const own = held.places.filter((one) => one.home === home && ms - one.saidMs < soughtMsMax);
    const sinceOf = (name: string) => own.find((one) => one.name === name)?.sinceMs ?? ms;
    const now = names.map((name) => saidPlace(home, name, ms, sinceOf(name)));
    const before = own
      .filter(({ name }) => !names.includes(name))
      .toSorted((one, other) => one.sinceMs - other.sinceMs)
      .slice(0, namesBeforeMax);
    const places = [...now, ...before, ...others.filter((one) => kept.includes(one.home))];
    return { ...held, places, asked: { server: home, ms } };
  });
}

/** They are looked for although no group holds them any more. Inside a transaction. */
export function noteStrays(db: Database, strays: readonly Stray[]): void {
  if (strays.length === 0) return;
  changeSlips(db, (held) => {
    const others = held.strays.filter(({ address }) => !strays.some((one) => equalBytes(one.address, address)));
    return { ...held, strays: mostPeople([...others, ...strays]) };
  });
}

/** Of more than fit a leaf of each account counts before a second one, and the latest first (HM91). */
function mostPeople(strays: readonly Stray[]): readonly Stray[] {
  if (strays.length <= straysMax) return strays;
  const counts = new Map<string, number>();
  const ranked = strays.toReversed().map((stray) => {
    const nth = counts.get(toHex(stray.account)) ?? 0;
    counts.set(toHex(stray.account), nth + 1);
    return { stray, nth };
  });
  const kept = new Set(
    ranked
      .toSorted((one, other) => one.nth - other.nth)
      .slice(0, straysMax)
      .map(({ stray }) => stray),
  );
  return strays.filter((stray) => kept.has(stray));
}

/**
 * Who strayed from a group of this person's and has no leaf in the list, which was full. They are looked for no more,
 * are named as missing, and come in when they ask (HM91).
 */
export function straysBeyond(
  db: Database,
): readonly { readonly conversation: ConversationId; readonly account: AccountId }[] {
  const { strays } = readSlips(db);
  if (strays.length < straysMax) return [];
  const listed = new Set(strays.map(({ conversation, account }) => toHex(conversation) + toHex(account)));
  return readLeftOut(db).filter(({ conversation, account }) => !listed.has(toHex(conversation) + toHex(account)));
}

/** Those that were not let in or sent away since, from groups in which this person is. @checks HM83 */
export function straysSought(db: Database): readonly Stray[] {
  return readSlips(db).strays.filter(
    ({ conversation, account }) =>
      isStrayed(db, conversation, account) && readConversation(db, conversation)?.state === "open",
  );
}

/** Who strayed so long ago has left, also where their leaves are not looked for any more. Inside a transaction. */
export function forgetOldStrays(db: Database, nowMs: UnixMs): void {
  forgetLeftOutBefore(db, nowMs - soughtMsMax);
  forgetAwaitedBefore(db, nowMs - soughtMsMax);
  const { strays } = readSlips(db);
  const old = strays.filter(({ sinceMs }) => nowMs - sinceMs > soughtMsMax);
  if (old.length === 0) return;
  for (const { conversation, account } of old) forgetStrayed(db, conversation, account);
  changeSlips(db, (held) => ({ ...held, strays: held.strays.filter(({ sinceMs }) => nowMs - sinceMs <= soughtMsMax) }));
}

/** Inside a transaction. */
export function noteFound(db: Database, account: AccountId, record: Bytes): void {
  changeSlips(db, (held) => {
    const others = held.found.filter((one) => !equalBytes(one.account, account));
    return { ...held, found: [...others, { account, record }].slice(-foundMax) };
  });
}

/** Inside a transaction. */
export function forgetFound(db: Database, account: AccountId): void {
  changeSlips(db, (held) => ({ ...held, found: held.found.filter((one) => !equalBytes(one.account, account)) }));
}
