/**
 * Homes: on which servers an account is, as its root and its devices sign (docs/spec/homes.md).
 *
 * A device list freezes if one device signs two entries with one `n`. Homes change when a server dies, and then devices
 * may sign at the same time. So home records are separate from the list, and of any two records one wins. A record
 * grants no keys and no access to messages. The logic is pure; the caller gives hash and signature check.
 */
import { type Bytes, compareBytes, equalBytes, MalformedError, unlessMalformed } from "./bytes.ts";
import type { DeviceList } from "./identity.ts";
import { type AccountId, idBytes } from "./ids.ts";
import { limits } from "./limits.ts";
import {
  blob,
  decodeAs,
  type Extension,
  encodeAs,
  extensions,
  fixed,
  type Infer,
  list,
  literal,
  type Schema,
  struct,
  uint,
} from "./schema.ts";
import { homeRecordBytes, type Primitives } from "./signing.ts";

/** The type of the addition in a device-list entry by which the root sets the homes (ID52). */
export const rootHomesType = 1;

/** A host, with or without a port; no other part of a URL, which could lead elsewhere than it seems. @checks HM1 */
function isHomeName(value: unknown): value is string {
  if (typeof value !== "string" || value.length > limits.homeNameMax) return false;
  const [, host, ipv6, port] = /^(?:([a-z0-9.-]+)|\[([0-9a-f:]+)\])(?::([1-9]\d{0,4}))?$/.exec(value) ?? [];
  if (port !== undefined && Number(port) > 65_535) return false;
  return host === undefined ? ipv6 !== undefined && isIpv6(ipv6) : isHost(host);
}

/** URLs read a host whose last label is a number as IPv4, so it must be valid IPv4 (WHATWG URL). @checks HM1 */
function isHost(host: string): boolean {
  const labels = host.split(".");
  if (!labels.every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label))) return false;
  if (!/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "")) return true;
  return labels.length === 4 && labels.every((label) => /^(0|[1-9]\d{0,2})$/.test(label) && Number(label) <= 255);
}

/** IPv6 without brackets, and only with hexadecimal groups. @checks HM1 */
function isIpv6(text: string): boolean {
  const halves = text.split("::");
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return false;
  return halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length < 8;
}

const homeName: Schema<string> = {
  check: (value, path) => {
    // @checks HM1
    if (!isHomeName(value)) throw new MalformedError(`${path}: not the name of a home`);
    return value;
  },
};

/** An account's homes; claims go to the first. `reserve`: a server that keeps what is needed to restore the account. */
export type Homes = { readonly homes: readonly string[]; readonly reserve?: string };

/**
 * HM1: one to three homes, none twice; the reserve is another server; all names fit an entry's addition. @checks HM1
 */
function checkedHomes<T extends Homes>(of: T): T {
  const all = [...of.homes, ...(of.reserve === undefined ? [] : [of.reserve])];
  if (of.homes.length === 0 || new Set(all).size < all.length) throw new MalformedError("homes: none, or one twice");
  if (all.join("").length > limits.homeNamesMax) throw new MalformedError("homes: names too long");
  return of;
}

/**
 * Returns the homes that fit a record (HM1), taking names in their order; undefined if none fits. A server's name may
 * be invalid here, and the names together have a limit.
 */
export function fittingHomes({ homes, reserve }: Homes): Homes | undefined {
  const fitting: string[] = [];
  const fits = (name: string) =>
    isHomeName(name) && !fitting.includes(name) && [...fitting, name].join("").length <= limits.homeNamesMax;
  for (const home of homes) if (fitting.length < limits.homesMax && fits(home)) fitting.push(home);
  if (fitting.length === 0) return undefined;
  return reserve !== undefined && fits(reserve) ? { homes: fitting, reserve } : { homes: fitting };
}

const names = list(homeName, limits.homesMax);

/** HM2. `seq` rises each time, so that the root can set the same homes again. */
const rootHomes = struct({ v: literal(1), homes: names, seq: uint(limits.homeSeqMax) }, { reserve: homeName });

/** HM3. */
const homeBody = struct(
  {
    v: literal(1),
    account: fixed<AccountId>(idBytes.account),
    /** The hash of the last entry in which the root set the homes. */
    base: fixed(idBytes.hash),
    homes: names,
    /** `n` and `entryHash`: the list's head when the signer, one of its devices, signed. */
    n: uint(limits.entriesMax - 1),
    entryHash: fixed(idBytes.hash),
    seq: uint(limits.homeSeqMax),
    signer: fixed(idBytes.publicKey),
  },
  { reserve: homeName, more: extensions },
);
export type HomeBody = Infer<typeof homeBody>;

const signedRecord = struct({ body: blob(limits.homeRecordBytesMax), signature: fixed(idBytes.signature) });

/** A decoded record; `takeHomeRecord` decides whether it counts. */
export type HomeRecord = {
  readonly bytes: Bytes;
  readonly signed: Infer<typeof signedRecord>;
  readonly body: HomeBody;
};

/** @throws MalformedError when the homes are invalid (HM1). */
export function encodeHomeBody(body: HomeBody): Bytes {
  return encodeAs(homeBody, checkedHomes(body));
}

/** `signature` is over `homeRecordBytes(body)`. */
export function encodeHomeRecord(body: Bytes, signature: Bytes): Bytes {
  return encodeAs(signedRecord, { body, signature });
}

/** Returns undefined if the bytes are no home record. */
export function openHomeRecord(bytes: Bytes): HomeRecord | undefined {
  return unlessMalformed(() => {
    const signed = decodeAs(signedRecord, bytes, limits.homeRecordBytesMax);
    return { bytes, signed, body: checkedHomes(decodeAs(homeBody, signed.body, limits.homeRecordBytesMax)) };
  });
}

/** Encodes the root's homes as an addition to its entry. @throws MalformedError when the homes are invalid (HM1). */
function encodeRootHomes({ homes, reserve }: Homes, seq: number): Extension {
  const value = checkedHomes({ v: 1 as const, homes, seq, ...(reserve === undefined ? {} : { reserve }) });
  return { type: rootHomesType, data: encodeAs(rootHomes, value) };
}

function addedHomes(more: readonly Extension[] | undefined): Bytes | undefined {
  return more?.find(({ type }) => type === rootHomesType)?.data;
}

/** Returns undefined if there is no addition, or this version cannot read it. @checks HM2 */
function readRootHomes(data: Bytes | undefined): (Homes & { readonly seq: number }) | undefined {
  if (data === undefined) return undefined;
  return unlessMalformed(() => checkedHomes(decodeAs(rootHomes, data, limits.extensionBytesMax)));
}

/** Returns the homes that the root set last, and the hash that records name as `base` (HM4). @param list not empty */
export function rootWordOf({ entries }: DeviceList): { readonly base: Bytes; readonly homes: Homes | undefined } {
  const at = entries.findLastIndex(
    ({ body }, n) => !isSame(addedHomes(entries[n - 1]?.body.more), addedHomes(body.more)),
  );
  const entry = entries[Math.max(0, at)];
  if (entry === undefined) throw new Error("invariant: a list begins with an entry");
  const read = readRootHomes(addedHomes(entry.body.more));
  return { base: entry.hash, homes: read && bare(read) };
}

function bare({ homes, reserve }: Homes): Homes {
  return reserve === undefined ? { homes } : { homes, reserve };
}

function isSame(a: Bytes | undefined, b: Bytes | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}

/**
 * Returns the additions for the root's next entry, with these homes (HM2); other additions stay as they were.
 */
export function withRootHomes(more: readonly Extension[] | undefined, homes: Homes): readonly Extension[] {
  const before = readRootHomes(addedHomes(more));
  const others = (more ?? []).filter(({ type }) => type !== rootHomesType);
  const said = encodeRootHomes(homes, (before?.seq ?? 0) + 1);
  return [...others, said].toSorted((a, b) => a.type - b.type);
}

export type HomeRefusal =
  | "malformed"
  | "wrong-account"
  /** The root has set the homes since. */
  | "old-base"
  /** The held list does not have the record's head: fetch the list first. */
  | "unknown-head"
  | "not-a-signer"
  /** The list is frozen at or before the record's head, so that the head may be a thief's. */
  | "frozen"
  | "bad-signature";

/** Why this list refuses a record, its signature aside (HM4); undefined if the record counts. @checks HM4 */
export function homeRefusal(held: DeviceList, { body }: HomeRecord): HomeRefusal | undefined {
  if (!equalBytes(body.account, held.account)) return "wrong-account";
  const head = held.entries[body.n];
  if (head === undefined || !equalBytes(head.hash, body.entryHash)) return "unknown-head";
  if (!equalBytes(body.base, rootWordOf(held).base)) return "old-base";
  if (!head.body.devices.some((key) => equalBytes(key, body.signer))) return "not-a-signer";
  return held.frozenAt !== undefined && body.n >= held.frozenAt ? "frozen" : undefined;
}

/**
 * Compares two records that one list accepts: positive if `a` wins, zero only for equal records (HM5).
 */
export function compareHomeRecords({ sha256 }: Pick<Primitives, "sha256">, a: HomeRecord, b: HomeRecord): number {
  const [x, y] = [a.body, b.body];
  if (x.n !== y.n) return x.n - y.n;
  if (x.seq !== y.seq) return x.seq - y.seq;
  return compareBytes(sha256(b.bytes), sha256(a.bytes));
}

export type HomeAdvance =
  | {
      /** `outranked`: the record is valid, but the held one wins; `record` is the held one. */
      readonly kind: "taken" | "known" | "outranked";
      readonly record: HomeRecord;
    }
  | { readonly kind: "refused"; readonly why: HomeRefusal };

/**
 * Takes a record for an account with this list. A held record that the list does not accept any more is ignored.
 *
 * @checks HM5
 */
export async function takeHomeRecord(
  primitives: Primitives,
  list: DeviceList,
  held: HomeRecord | undefined,
  bytes: Bytes,
): Promise<HomeAdvance> {
  const record = openHomeRecord(bytes);
  if (record === undefined) return { kind: "refused", why: "malformed" };
  const why = homeRefusal(list, record);
  if (why !== undefined) return { kind: "refused", why };
  const still = standing(list, held);
  const order = still === undefined ? 1 : compareHomeRecords(primitives, record, still);
  if (still !== undefined && equalBytes(record.bytes, still.bytes)) return { kind: "known", record: still };
  if (still !== undefined && order <= 0) return { kind: "outranked", record: still };
  // The signature is checked last, because that costs most.
  const isSigned = await primitives.verify(
    record.body.signer,
    homeRecordBytes(record.signed.body),
    record.signed.signature,
  );
  return isSigned ? { kind: "taken", record } : { kind: "refused", why: "bad-signature" };
}

/** Returns the held record if the current list still accepts it. */
export function standing(list: DeviceList, held: HomeRecord | undefined): HomeRecord | undefined {
  return held !== undefined && homeRefusal(list, held) === undefined ? held : undefined;
}

/** Returns an account's homes (HM6): of the record, else of the root, else of the list's head. May be empty. */
export function homesOf(list: DeviceList, held: HomeRecord | undefined): Homes {
  const record = standing(list, held);
  if (record !== undefined) return bare(record.body);
  return rootWordOf(list).homes ?? { homes: list.entries.at(-1)?.body.homeServers ?? [] };
}

/** Makes the body of the next record (HM7). @param signer key of a device in the list's head. */
export function nextHomeBody(list: DeviceList, held: HomeRecord | undefined, homes: Homes, signer: Bytes): Bytes {
  const head = list.entries.at(-1);
  if (head === undefined) throw new Error("invariant: a list begins with an entry");
  const before = standing(list, held);
  const seq = before === undefined ? 0 : Math.min(before.body.seq + 1, limits.homeSeqMax);
  return encodeHomeBody({
    v: 1,
    account: list.account,
    base: rootWordOf(list).base,
    ...bare(homes),
    n: head.body.n,
    entryHash: head.hash,
    seq,
    signer,
  });
}
