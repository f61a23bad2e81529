/**
 * Servers that this device speaks with through its home, each with the key by which it is known, and who lives there
 * (docs/spec/peers.md PE45, PE51). Kept on the device alone.
 */
import { type Database, readMeta, writeMeta } from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";

/** By what a server is known: the key that it showed, or the mark of one that a link named. */
export type KnownServer = { readonly key: Bytes } | { readonly mark: Bytes };

type Known = {
  /** Of the own home; absent where it speaks with no other server. */
  readonly home?: Bytes;
  /** Older versions kept marks that no card had matched yet: those count for nothing. */
  readonly servers: readonly ({ readonly server: string } & KnownServer)[];
  /** The one that was learnt last is the last. */
  readonly accounts: readonly { readonly account: AccountId; readonly server: string }[];
};

/** What a link names is remembered for the founding, and for who is met nowhere else. */
const accountsMax = 4_096;
const serversMax = 1_024;
const nothing: Known = { servers: [], accounts: [] };
const marks = new WeakMap<Database, Map<string, Bytes>>();
const read = new WeakMap<Database, { readonly bytes: string; readonly known: Known }>();

function known(db: Database): Known {
  const stored = readMeta(db, "far-servers");
  if (stored === undefined) return nothing;
  const bytes = toHex(stored);
  const held = read.get(db);
  if (held?.bytes === bytes) return held.known;
  const now = unpack<Known>(stored);
  read.set(db, { bytes, known: now });
  return now;
}

function write(db: Database, next: Known): void {
  writeMeta(db, "far-servers", pack(next));
}

/** Of the own home, among servers; undefined: it speaks with no other. */
export function homeKey(db: Database): Bytes | undefined {
  return known(db).home;
}

/**
 * What home says in its greeting. Inside a transaction. A home that says nothing any more is still one among servers:
 * else by silence it would be asked itself for what is elsewhere (PE90).
 */
export function setHomeKey(db: Database, key: Bytes | undefined): void {
  const { home, ...rest } = known(db);
  if (key !== undefined && (home === undefined || !equalBytes(home, key))) write(db, { ...rest, home: key });
}

/** This device goes to another home. Inside a transaction. */
export function forgetHomeKey(db: Database): void {
  const { home, ...rest } = known(db);
  if (home !== undefined) write(db, rest);
}

/** The key that it showed. */
export function serverKnown(db: Database, server: string): { readonly key: Bytes } | undefined {
  return known(db).servers.find((one) => one.server === server && "key" in one) as { readonly key: Bytes } | undefined;
}

/** By what its card is judged just now: its key, or the mark of a link that is being followed. */
export function serverExpected(db: Database, server: string): KnownServer | undefined {
  const mark = marks.get(db)?.get(server);
  return serverKnown(db, server) ?? (mark && { mark });
}

/** Until the end of `work` a server that is not known is expected by this mark; no longer, for a link may be false. */
export async function whileExpected<T>(db: Database, server: string, mark: Bytes, work: () => Promise<T>): Promise<T> {
  const expected = marks.get(db) ?? new Map<string, Bytes>();
  marks.set(db, expected.set(server, mark));
  try {
    return await work();
  } finally {
    if (expected.get(server) === mark) expected.delete(server);
  }
}

/** From now on it is known by this. Inside a transaction. */
export function learnServer(db: Database, server: string, by: { readonly key: Bytes }): void {
  const { servers, ...rest } = known(db);
  const held = servers.find((one) => one.server === server);
  if (held !== undefined && "key" in held && equalBytes(held.key, by.key)) return;
  const others = servers.filter((one) => one.server !== server);
  write(db, { ...rest, servers: [...others, { server, ...by }].slice(-serversMax) });
}

/** Its key is learnt anew. Inside a transaction. */
export function forgetServer(db: Database, server: string): void {
  const { servers, ...rest } = known(db);
  if (servers.some((one) => one.server === server))
    write(db, { ...rest, servers: servers.filter((one) => one.server !== server) });
}

export function serverKnownOf(db: Database, account: AccountId): string | undefined {
  return known(db).accounts.findLast((one) => equalBytes(one.account, account))?.server;
}

/** Of all of whom it is known, by account in hex. */
export function serversKnown(db: Database): ReadonlyMap<string, string> {
  return new Map(known(db).accounts.map(({ account, server }) => [toHex(account), server]));
}

/** A link, or a card, said where somebody lives. Inside a transaction. */
export function learnServerOf(db: Database, account: AccountId, server: string): void {
  const { accounts, ...rest } = known(db);
  const others = accounts.filter((one) => !equalBytes(one.account, account));
  write(db, { ...rest, accounts: [...others, { account, server }].slice(-accountsMax) });
}

/** Somebody does not live there. Inside a transaction. */
export function forgetServerOf(db: Database, account: AccountId, server: string): void {
  const { accounts, ...rest } = known(db);
  write(db, {
    ...rest,
    accounts: accounts.filter((one) => one.server !== server || !equalBytes(one.account, account)),
  });
}
