/**
 * Device lists on the server (docs/spec/delivery.md DS28), verified by the same rules that clients use. If two devices
 * continue a list differently, the server keeps the entry that came first; an entry of the root key replaces theirs.
 *
 * Verifying signatures is asynchronous in `wire`. So a list is read, verified, and written only if nobody wrote in
 * between; otherwise it is verified again. Stored entries were verified when they came.
 */
import {
  type AccountHistory,
  type AccountId,
  appendProofBytes,
  type Bytes,
  beginList,
  type CallArgs,
  type CallResult,
  type DeviceList,
  devicesOf,
  type EntryBody,
  equalBytes,
  headOf,
  MalformedError,
  type Primitives,
  readEntryBody,
  rootHashOf,
  rootOf,
  rootWordOf,
  takeEntries,
} from "@yanshu/wire";
import { accept, done, type Outcome, refuse } from "../core/outcome.ts";
import { dayOf } from "../core/rate.ts";
import type { Arriving, Signed } from "../feature.ts";
import type { AccountRef, AccountRow } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";
import { heldList, keepList } from "./held-lists.ts";

const tries = 8;
/** Signatures verified before others are served: about a millisecond. */
const signaturesAtOnce = 8;

/** What a proof of a device that is not signed in is bound to. `nonce`: undefined on a signed-in connection. */
type Connection = { readonly incarnation: Bytes; readonly nonce: Bytes | undefined };
type Asked = CallArgs<"appendEntries">;

/**
 * Appends entries to an account's device list.
 *
 * @param signedIn the account that is signed in on the connection, if any.
 */
export async function appendEntries(
  context: AccountsContext,
  connection: Connection,
  asked: Asked,
  signedIn?: AccountRef,
): Promise<Outcome<CallResult<"appendEntries">>> {
  const { account, entries } = asked;
  for (let attempt = 0; attempt < tries; attempt++) {
    const row = context.log.find(account);
    // @checks DS28
    if (row === undefined) return refuse("unknown-account");
    // Checked before any work: the list may be long, and anybody can send one.
    const may = row.ref === signedIn ? done : mayAppend(context, connection, row, asked);
    // @checks DS100
    if (!may.ok) return may;
    const before = heldList(context, row);
    const taken = await takeAll({ primitives: patient(context) }, before, entries);
    // @checks DS28
    if (!taken.ok) return taken;
    const list = taken.value;
    // @checks DS100
    if (asked.by !== undefined && row.ref !== signedIn && !names(list, asked.by.key)) return refuse("bad-entry");
    if (list === before) return done;
    const kept = await keepWritten(context, row, before, list);
    if (!kept.ok) return kept;
    if (kept.value === "kept") return done;
  }
  return refuse("unavailable");
}

/** Writes a verified list; "moved": not, because it changed since it was read. @param also runs in the same commit. */
async function keepWritten(
  context: AccountsContext,
  row: AccountRow,
  before: DeviceList,
  list: DeviceList,
  also?: () => void,
): Promise<Outcome<"moved" | "kept">> {
  const wrote = await context.commits.committed(() => {
    const outcome = write(context, row, before, list);
    if (outcome.ok && outcome.value !== "moved") also?.();
    return outcome;
  });
  if (!wrote.ok) return wrote;
  if (wrote.value === "moved") return accept("moved");
  keepList(context, row.ref, list);
  for (const device of wrote.value.dropped) context.events.deviceDropped(device);
  return accept("kept");
}

/** Whether `whole` begins with, or equals, `part`. */
export function beginsWith(whole: readonly Bytes[], part: readonly Bytes[]): boolean {
  return part.every((one, n) => whole[n] !== undefined && equalBytes(one, whole[n]));
}

/**
 * An account that is here comes again, with a list that continues the stored one (docs/spec/homes.md HM39).
 *
 * @param by accepts or refuses the longer list, and writes what comes with it.
 * @checks HM39
 */
export async function lengthen(
  context: AccountsContext,
  account: AccountId,
  entries: readonly Bytes[],
  by: Pick<Arriving, "judge" | "lengthened">,
): Promise<Outcome<Record<never, never>>> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const row = context.log.find(account);
    if (row === undefined) return refuse("unknown-account");
    const before = heldList(context, row);
    const stored = before.entries.map(({ bytes }) => bytes);
    if (!beginsWith(entries, stored)) return refuse("list-conflict");
    const taken = await takeAll({ primitives: patient(context) }, before, entries);
    if (!taken.ok) return taken;
    const list = taken.value;
    const judged = await by.judge(list);
    if (!judged.ok) return judged;
    const kept = await keepWritten(context, row, before, list, () => by.lengthened(row.ref, list));
    if (!kept.ok) return kept; // not a check: home's own disk may be full.
    if (kept.value === "kept") return done;
  }
  return refuse("unavailable");
}

/**
 * DS100: on a connection where the account is not signed in, entries need the root key's signature, or a device's
 * proof.
 * @checks DS100
 */
function mayAppend(
  { primitives, config }: AccountsContext,
  { incarnation, nonce }: Connection,
  { id: account, root }: AccountRow,
  { entries, by }: Asked,
): Outcome<object> {
  if (by !== undefined) {
    if (nonce === undefined) return refuse("signed-in-connection");
    const proof = appendProofBytes({ domain: config.domain, incarnation, nonce, account });
    return primitives.verify(by.key, proof, by.signature) ? done : refuse("bad-signature");
  }
  const last = entries.at(-1);
  const body = last && readEntryBody(last);
  if (body === undefined || root === undefined) return refuse("bad-entry");
  return isRoots(primitives, root, body) ? done : refuse("not-signed-in");
}

/** @checks DS100 */
function isRoots(
  { sha256 }: AccountsContext["primitives"],
  root: { readonly key: Bytes; readonly nextHash: Bytes },
  { signer, root: next }: EntryBody,
): boolean {
  // The entry that changed the root key may be repeated after a lost answer. The former key signed it.
  // not a check: what comes again is refused by nothing.
  if (next !== undefined && equalBytes(next.key, root.key)) return true;
  return next === undefined ? equalBytes(signer, root.key) : equalBytes(rootHashOf(sha256, signer), root.nextHash);
}

function names(list: DeviceList, key: Bytes): boolean {
  return headOf(list)?.body.devices.some((one) => equalBytes(one, key)) === true;
}

/** The entries from `from` on. */
export function ownEntries(
  { log }: AccountsContext,
  { account }: Signed,
  { from }: CallArgs<"ownEntries">,
): Outcome<CallResult<"ownEntries">> {
  return log.byRef(account) === undefined ? refuse("unknown-account") : accept({ entries: log.entries(account, from) });
}

export function historyOfRow({ lists }: AccountsContext, { ref, inception }: AccountRow): AccountHistory {
  return { inception, entries: lists.entries(ref) };
}

/** Writes a new account; its devices may sign in from then on. */
export function writeAccount({ log, primitives, clock }: AccountsContext, id: AccountId, list: DeviceList): AccountRef {
  const ref = log.create(id, list.inception, dayOf(clock.nowMs()));
  log.setRoot(ref, rootOf(list));
  log.putEntries(
    ref,
    0,
    list.entries.map((entry) => entry.bytes),
  );
  for (const device of devicesOf(primitives, list)) log.addDevice(ref, device.id, device.key);
  return ref;
}

/**
 * Primitives that pause between signatures: a device may send a thousand entries that turn out invalid
 * (docs/spec/delivery.md DS191).
 */
function patient({ primitives, pause }: AccountsContext): Primitives {
  let checked = 0;
  return {
    ...primitives,
    verify: async (...signed) => {
      if (++checked % signaturesAtOnce === 0) await pause();
      return primitives.verify(...signed);
    },
  };
}

/** The list with all entries added; `before` itself if it has them already. @checks DS28 */
async function takeAll(
  { primitives }: { readonly primitives: Primitives },
  before: DeviceList,
  entries: readonly Bytes[],
): Promise<Outcome<DeviceList>> {
  const step = await takeEntries(primitives, before, entries);
  if (step.kind === "refused") {
    if (step.why === "full") return refuse("too-large");
    return refuse(step.why === "bad-signature" ? "bad-signature" : "bad-entry");
  }
  const { list } = step;
  if (list.frozenAt !== undefined || !hasLast(list, entries)) return refuse("list-conflict");
  const kept = before.entries.findIndex(({ hash }, n) => list.entries[n]?.hash !== hash);
  // If two devices append at the same time, the entry that came first stays. Only the root key may replace it (DS28a).
  const isByRoot = kept < 0 || list.entries.slice(kept).some(({ byRoot }) => byRoot);
  return isByRoot ? accept(list) : refuse("list-conflict");
}

/** Whether the list contains the last of `entries`. If not, another continuation of the list counts. */
function hasLast({ entries: held }: DeviceList, entries: readonly Bytes[]): boolean {
  const last = entries.at(-1);
  return last === undefined || held.some(({ bytes }) => equalBytes(bytes, last));
}

function write(
  { log, primitives, clock, features, homes }: AccountsContext,
  row: AccountRow,
  before: DeviceList,
  list: DeviceList,
): Outcome<"moved" | { readonly dropped: readonly number[] }> {
  const headNow = log.find(row.id) === undefined ? [] : log.entries(row.ref, before.entries.length - 1);
  // @checks DS28
  const same = headNow.length === 1 && equalBytes(headNow[0] as Bytes, headOf(before)?.bytes as Bytes);
  if (!same) return accept("moved");
  let from = 0;
  while (from < list.entries.length && list.entries[from] === before.entries[from]) from++;
  log.putEntries(
    row.ref,
    from,
    list.entries.slice(from).map((entry) => entry.bytes),
  );
  const root = rootOf(list);
  if (!equalBytes(root.key, rootOf(before).key)) {
    log.setRoot(row.ref, root);
    features.rootChanged(row.ref);
  }
  // The root key's entry may name the account's homes (docs/spec/homes.md HM2).
  if (rootWordOf(list).homes !== undefined) homes.note(row.ref);
  const listed = devicesOf(primitives, list);
  const stored = log.devices(row.ref);
  const dropped = stored.filter((device) => !listed.some(({ id }) => equalBytes(id, device.id)));
  for (const device of dropped) log.dropDevice(device.ref, dayOf(clock.nowMs()));
  for (const { id, key } of listed)
    if (!stored.some((device) => equalBytes(device.id, id))) log.addDevice(row.ref, id, key);
  return accept({ dropped: dropped.map((device) => device.ref) });
}

/** Verifies a whole list, from its first entry on. */
export async function firstList(
  context: AccountsContext,
  inception: Bytes,
  entries: readonly Bytes[],
): Promise<Outcome<DeviceList>> {
  try {
    return await takeAll({ primitives: patient(context) }, beginList(context.primitives, inception), entries);
  } catch (error) {
    if (error instanceof MalformedError) return refuse("malformed");
    throw error;
  }
}
