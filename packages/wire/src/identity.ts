/**
 * Identity: accounts that certify themselves, and their device lists (docs/spec/identity.md).
 *
 * Client and server run the same code: the server to know whose device signs in, the client because it trusts no
 * server. The logic is pure; the caller gives hash and signature check.
 */
import { type Bytes, equalBytes, fromHex, toHex } from "./bytes.ts";
import type { AccountHistory } from "./calls.ts";
import {
  type EntryBody,
  type EntryRefusal,
  encodeBody,
  following,
  type Inception,
  type ListEntry,
  type ListedDevice,
  listedIn,
  type OpenedEntry,
  openEntry,
  type Root,
  readInception,
} from "./entries.ts";
import type { AccountId, DeviceId } from "./ids.ts";
import { limits } from "./limits.ts";
import { compareBranches, contradictorOf, endsFreeze } from "./seniority.ts";
import { deviceIdOf, entryBytes, type Primitives, rootChangeBytes, zeroHash } from "./signing.ts";

export {
  type EntryBody,
  type EntryRefusal,
  encodeEntry,
  encodeInception,
  type ListEntry,
  type Root,
  readEntryBody,
} from "./entries.ts";

/** A device list as one party holds it: it only ever moves forward (ID6). */
export type DeviceList = {
  readonly account: AccountId;
  readonly inception: Bytes;
  /** The root of the inception record. */
  readonly firstRoot: Root;
  readonly entries: readonly ListEntry[];
  /** Hex ids of every device that any accepted entry listed, those of replaced entries included. */
  readonly everListed: ReadonlySet<string>;
  /** Hex hashes of entries that other entries replaced. */
  readonly replaced: ReadonlySet<string>;
  /**
   * The `n` from which the list is frozen, because one device signed two entries with it. An entry by the root or a
   * more senior device ends the freeze (ID7).
   */
  readonly frozenAt: number | undefined;
  /** While the list is frozen: the other entries from `frozenAt` on. */
  readonly rival: readonly Bytes[];
};

export type Advance =
  | { readonly kind: "advanced" | "known" | "frozen" | "contested"; readonly list: DeviceList }
  | { readonly kind: "refused"; readonly why: EntryRefusal };

export type DeviceStanding = "listed" | "stale" | "never-listed";

/** Returns a list without entries. @throws MalformedError */
export function beginList({ sha256 }: Pick<Primitives, "sha256">, inception: Bytes): DeviceList {
  const { account, root: firstRoot } = readInception(sha256, inception);
  const nothing: ReadonlySet<string> = new Set();
  return {
    account,
    inception,
    firstRoot,
    entries: [],
    everListed: nothing,
    replaced: nothing,
    frozenAt: undefined,
    rival: [],
  };
}

export function rootOf(held: DeviceList): Root {
  return headOf(held)?.root ?? held.firstRoot;
}

/**
 * The key to which the vault's keys are encrypted for restoring (ID31). Only the root's entries count: a stolen device
 * could name its own key, and so read the vault after its removal.
 */
export function recoveryPubOf(held: DeviceList): Bytes | undefined {
  return held.entries.findLast(({ byRoot }) => byRoot)?.body.recoveryPub;
}

/**
 * Whether the account was restored between `held` and `list` (ID32): a new entry by the root, other than the first,
 * lists a device that was never listed before.
 * @checks ID32
 */
export function wasRestored(primitives: Pick<Primitives, "sha256">, held: DeviceList, list: DeviceList): boolean {
  const known = new Set(held.everListed);
  for (const { byRoot, body, bytes } of list.entries) {
    const isNew = !held.entries.some((one) => equalBytes(one.bytes, bytes));
    const ids = listedIn(primitives.sha256, body);
    if (isNew && byRoot && body.n > 0 && ids.some((id) => !known.has(id))) return true;
    for (const id of ids) known.add(id);
  }
  return false;
}

export function headOf(held: DeviceList): ListEntry | undefined {
  return held.entries.at(-1);
}

export type EntryChange = Partial<
  Pick<EntryBody, "devices" | "homeServers" | "vaultEpoch" | "recoveryPub" | "day" | "root" | "more">
>;

/**
 * Makes the body of the entry after `held`. Fields that `change` lacks stay as they were, also unknown additions.
 */
export function nextEntryBody(held: DeviceList, change: EntryChange, signer: Bytes): Bytes {
  const head = headOf(held);
  const recoveryPub = change.recoveryPub ?? head?.body.recoveryPub;
  const more = change.more ?? head?.body.more;
  return encodeBody({
    v: 1,
    account: held.account,
    n: held.entries.length,
    prev: head?.hash ?? zeroHash,
    devices: change.devices ?? head?.body.devices ?? [],
    homeServers: change.homeServers ?? head?.body.homeServers ?? [],
    vaultEpoch: change.vaultEpoch ?? head?.body.vaultEpoch ?? 0,
    signer,
    ...(recoveryPub === undefined ? {} : { recoveryPub }),
    ...(more === undefined ? {} : { more }),
    ...(change.day === undefined ? {} : { day: change.day }),
    ...(change.root === undefined ? {} : { root: change.root }),
  });
}

/**
 * Returns the list that the root's next entry follows (ID41): the whole list, or, once half of its room is used, the
 * part up to the root's last entry, so that devices' later entries are replaced and their room is free again.
 */
export function groundOfRoot(held: DeviceList): DeviceList {
  const head = headOf(held);
  const isRoomy = held.entries.length < limits.entriesMax / 2 && (head?.bytesSoFar ?? 0) < limits.historyBytesMax / 2;
  return isRoomy
    ? held
    : { ...held, entries: held.entries.slice(0, held.entries.findLastIndex(({ byRoot }) => byRoot) + 1) };
}

/** Takes one entry after those held (ID5–ID7). */
export function takeEntry(primitives: Primitives, held: DeviceList, bytes: Bytes): Promise<Advance> {
  return takeEntries(primitives, held, [bytes]);
}

/**
 * Takes entries in ascending order of `n`, beginning with any `n`; stops at the first refusal.
 *
 * Consecutive entries are judged together as a branch. If a branch differs from the held entries, the more senior one
 * wins (`compareBranches`). All its signatures are checked before it replaces anything.
 */
export async function takeEntries(
  primitives: Primitives,
  held: DeviceList,
  entries: readonly Bytes[],
): Promise<Advance> {
  let list = held;
  let kind: "advanced" | "known" | "frozen" | "contested" = "known";
  let at = 0;
  let next: number | undefined;
  while (at < entries.length) {
    const bytes = entries[at] as Bytes;
    // Held entries are skipped without decoding, because anybody may send a thousand of them.
    if (next !== undefined && isHeld(list, next, bytes)) {
      next++;
      at++;
      continue;
    }
    const run = runFrom(entries, at);
    const first = run[0];
    if (first === undefined) return { kind: "refused", why: "malformed" };
    next = first.body.n;
    if (isHeld(list, next, bytes)) continue;
    const step = await takeRun(primitives, list, run);
    if (step.kind === "refused") return step;
    list = step.list;
    if (step.kind !== "known") kind = step.kind;
    at += run.length;
    next = undefined;
  }
  return { kind, list };
}

function isHeld({ entries }: DeviceList, n: number, bytes: Bytes): boolean {
  const held = entries[n];
  return held !== undefined && equalBytes(held.bytes, bytes);
}

/** Decodes the consecutive entries from index `at` on. Empty if the first is malformed. */
function runFrom(entries: readonly Bytes[], at: number): readonly OpenedEntry[] {
  const run: OpenedEntry[] = [];
  for (const bytes of entries.slice(at)) {
    const opened = openEntry(bytes);
    const before = run.at(-1)?.body.n;
    if (opened === undefined || (before !== undefined && opened.body.n !== before + 1)) break;
    run.push(opened);
  }
  return run;
}

/** @param run consecutive entries that are not held. @checks ID7 */
async function takeRun(primitives: Primitives, held: DeviceList, run: readonly OpenedEntry[]): Promise<Advance> {
  const n = run[0]?.body.n ?? 0;
  if (n > held.entries.length) return { kind: "refused", why: "gap" }; // not a check: `following` says so too.
  const branch: ListEntry[] = [];
  const about: Inception = { account: held.account, root: held.firstRoot };
  for (const opened of run) {
    const entry = following(primitives.sha256, about, branch.at(-1) ?? held.entries[n - 1], opened);
    if (typeof entry === "string") return { kind: "refused", why: entry };
    branch.push(entry);
  }
  const isRival = n < held.entries.length;
  const verdict = isRival ? compareBranches(held.entries, n, branch) : "outranks";
  if (verdict === "passed") return { kind: "known", list: held };
  const { frozenAt } = held;
  const isStopped = frozenAt !== undefined && n >= frozenAt && !endsFreeze(held.entries, frozenAt, branch);
  if (isStopped) return { kind: "frozen", list: held };
  // Signatures are checked last, because that costs most.
  for (const opened of run) if (!(await isSigned(primitives, opened))) return { kind: "refused", why: "bad-signature" };
  if (verdict === "contested") return { kind: "contested", list: held };
  if (verdict === "equal")
    return { kind: "frozen", list: { ...held, frozenAt: n, rival: run.map(({ bytes }) => bytes) } };
  return { kind: "advanced", list: continued(primitives, held, n, branch) };
}

/** @checks ID5 */
async function isSigned({ verify }: Primitives, { signed, body }: OpenedEntry): Promise<boolean> {
  if (!(await verify(body.signer, entryBytes(signed.body), signed.signature))) return false;
  const { root, account } = body;
  return root === undefined || (await verify(root.key, rootChangeBytes(account, root.key), root.proof));
}

function continued({ sha256 }: Primitives, held: DeviceList, n: number, branch: readonly ListEntry[]): DeviceList {
  const everListed = new Set(held.everListed);
  for (const { body } of branch) for (const id of listedIn(sha256, body)) everListed.add(id);
  const gone = held.entries.slice(n).map(({ hash }) => toHex(hash));
  return {
    ...held,
    entries: [...held.entries.slice(0, n), ...branch],
    everListed,
    replaced: gone.length === 0 ? held.replaced : new Set([...held.replaced, ...gone]),
    frozenAt: undefined,
    rival: [],
  };
}

/**
 * Takes a whole history; stops at the first refusal. @throws MalformedError when the inception is not one. @checks ID6
 */
export async function takeHistory(
  primitives: Primitives,
  held: DeviceList | undefined,
  history: AccountHistory,
): Promise<Advance> {
  const list = held ?? beginList(primitives, history.inception);
  if (!equalBytes(list.inception, history.inception)) return { kind: "refused", why: "wrong-account" };
  return takeEntries(primitives, list, history.entries);
}

/**
 * Restores a list from a party's own store, without checking signatures: only for entries that `takeHistory` accepted
 * before. Returns undefined if they are no valid chain.
 * @checks ID23
 */
export function restoreList(
  primitives: Pick<Primitives, "sha256">,
  inception: Bytes,
  entries: readonly Bytes[],
): DeviceList | undefined {
  const begun = beginList(primitives, inception);
  const about: Inception = { account: begun.account, root: begun.firstRoot };
  const everListed = new Set<string>();
  const read: ListEntry[] = [];
  for (const bytes of entries) {
    const opened = openEntry(bytes);
    const entry = opened && following(primitives.sha256, about, read.at(-1), opened);
    if (entry === undefined || typeof entry === "string") return undefined;
    for (const id of listedIn(primitives.sha256, entry.body)) everListed.add(id);
    read.push(entry);
  }
  return { ...begun, entries: read, everListed };
}

/** Includes the rival entries of a frozen list, as far as there is room, so that the receiver freezes it too. */
export function historyOf({ inception, entries, rival }: DeviceList): AccountHistory {
  const held = entries.map(({ bytes }) => bytes);
  return { inception, entries: [...held, ...rival.slice(0, limits.entriesMax - held.length)] };
}

/** Returns the devices of the head. Empty for a list without entries. */
export function devicesOf(primitives: Pick<Primitives, "sha256">, held: DeviceList): readonly ListedDevice[] {
  return (headOf(held)?.body.devices ?? []).map((key) => ({ id: deviceIdOf(primitives.sha256, key), key }));
}

/**
 * ID8: a device that was never listed is refused. One that is stale is accepted in a commit, but nothing is encrypted
 * to it. While a list is frozen, all its devices are stale. @checks ID8
 */
export function standingOf(primitives: Pick<Primitives, "sha256">, held: DeviceList, device: DeviceId): DeviceStanding {
  const isListed = devicesOf(primitives, held).some(({ id }) => equalBytes(id, device));
  if (isListed && held.frozenAt === undefined) return "listed";
  return held.everListed.has(toHex(device)) ? "stale" : "never-listed";
}

/** Whether the device signed two histories of a list that is frozen for that (ID7). */
export function contradictsItself({ sha256 }: Pick<Primitives, "sha256">, held: DeviceList, device: DeviceId): boolean {
  const key = held.frozenAt === undefined ? undefined : contradictorOf(held.entries, held.frozenAt);
  return key !== undefined && equalBytes(deviceIdOf(sha256, fromHex(key)), device);
}

/** Compares the list entry that a leaf names with the held list (ID44). `outruns`: it is newer. @checks ID44 */
export function leafClaim(
  held: DeviceList,
  { n, entryHash }: { readonly n: number; readonly entryHash: Bytes },
): "fits" | "contradicts" | "outruns" {
  const entry = held.entries[n];
  if (held.replaced.has(toHex(entryHash)) || (entry !== undefined && equalBytes(entry.hash, entryHash))) return "fits";
  return entry === undefined ? "outruns" : "contradicts";
}
