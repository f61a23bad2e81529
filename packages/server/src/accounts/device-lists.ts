/**
 * Device lists on the server (docs/spec/delivery.md DS28): taken by the same rules that clients use.
 *
 * Checking signatures is asynchronous in `wire`, so a list is read, judged, and then written only if
 * nobody wrote in between; otherwise it is judged again. Stored entries were checked when they came.
 */
import {
  type AccountHistory,
  type AccountId,
  type Bytes,
  beginList,
  type CallArgs,
  type CallResult,
  type DeviceList,
  devicesOf,
  equalBytes,
  headOf,
  limits,
  MalformedError,
  takeEntry,
  takeHistory,
} from "@yanshu/wire";
import { accept, done, type Outcome, refuse } from "../core/outcome.ts";
import { dayOf } from "../core/rate.ts";
import type { AccountRef, AccountRow } from "../log/log.ts";
import type { AccountsContext, Signed } from "./context.ts";

/** A whole history must fit one frame, beside the packages of a claim. */
const historyBytesMax = 512 * 1024;
const tries = 8;

export async function appendEntries(
  context: AccountsContext,
  { account, entries }: CallArgs<"appendEntries">,
  signedIn?: AccountRef,
): Promise<Outcome<CallResult<"appendEntries">>> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const row = context.log.find(account);
    if (row === undefined) return refuse("unknown-account");
    const before = await loadList(context, row);
    const taken = await takeAll(context, before, entries, row.ref === signedIn);
    if (!taken.ok) return taken;
    const { list, conflict } = taken.value;
    if (bytesOf(list) > historyBytesMax) return refuse("too-large");
    const wrote = await context.commits.committed(() => write(context, row, before, list, conflict ?? row.conflict));
    if (!wrote.ok) return wrote;
    if (wrote.value === "moved") continue;
    for (const device of wrote.value.dropped) context.events.deviceDropped(device);
    return list.frozenAt === undefined ? done : refuse("list-conflict");
  }
  return refuse("unavailable");
}

/** The entries from `from` on; while the account is frozen the conflicting one ends them, as evidence. */
export function ownEntries(
  { log }: AccountsContext,
  { account }: Signed,
  { from }: CallArgs<"ownEntries">,
): Outcome<CallResult<"ownEntries">> {
  const row = log.byRef(account);
  return row === undefined
    ? refuse("unknown-account")
    : accept({ entries: withConflict(row, log.entries(account, from)) });
}

export function historyOfRow({ log }: AccountsContext, row: AccountRow): AccountHistory {
  return { inception: row.inception, entries: withConflict(row, log.entries(row.ref, 0)) };
}

/** Writes a new account; its devices may sign in from then on. */
export function writeAccount({ log, primitives, clock }: AccountsContext, id: AccountId, list: DeviceList): AccountRef {
  const ref = log.create(id, list.inception, dayOf(clock.nowMs()));
  log.putEntries(
    ref,
    0,
    list.entries.map((entry) => entry.bytes),
  );
  for (const device of devicesOf(primitives, list)) log.addDevice(ref, device.id, device.key);
  return ref;
}

function withConflict(row: AccountRow, entries: readonly Bytes[]): readonly Bytes[] {
  return row.conflict === undefined ? entries : [...entries.slice(0, limits.entriesMax - 1), row.conflict];
}

async function loadList({ log, primitives }: AccountsContext, row: AccountRow): Promise<DeviceList> {
  const trusting = { sha256: primitives.sha256, verify: () => true };
  const history = { inception: row.inception, entries: log.entries(row.ref, 0) };
  const loaded = await takeHistory(trusting, undefined, history);
  if (loaded.kind === "refused") throw new Error("invariant: stored entries were accepted before");
  return { ...loaded.list, frozenAt: row.frozenAt };
}

type Taken = { readonly list: DeviceList; readonly conflict: Bytes | undefined };

async function takeAll(
  { primitives }: AccountsContext,
  before: DeviceList,
  entries: readonly Bytes[],
  isOwn = false,
): Promise<Outcome<Taken>> {
  let list = before;
  let conflict: Bytes | undefined;
  for (const bytes of entries) {
    const step = await takeEntry(primitives, list, bytes);
    if (step.kind === "refused") return refuse(step.why === "bad-signature" ? "bad-signature" : "bad-entry");
    if (step.kind === "frozen" && list.frozenAt === undefined) {
      if (isOwn) return refuse("list-conflict"); // Two own devices at one moment (DS28a).
      conflict = bytes;
    }
    list = step.list;
  }
  return accept({ list, conflict });
}

function write(
  { log, primitives, clock }: AccountsContext,
  row: AccountRow,
  before: DeviceList,
  list: DeviceList,
  conflict: Bytes | undefined,
): Outcome<"moved" | { readonly dropped: readonly number[] }> {
  const now = log.find(row.id);
  const headNow = log.entries(row.ref, before.entries.length - 1);
  const same =
    now?.frozenAt === row.frozenAt &&
    headNow.length === 1 &&
    equalBytes(headNow[0] as Bytes, headOf(before)?.bytes as Bytes);
  if (!same) return accept("moved");
  let from = 0;
  while (from < list.entries.length && list.entries[from] === before.entries[from]) from++;
  log.putEntries(
    row.ref,
    from,
    list.entries.slice(from).map((entry) => entry.bytes),
  );
  if (list.frozenAt !== row.frozenAt)
    log.setFrozen(row.ref, list.frozenAt, list.frozenAt === undefined ? undefined : conflict);
  const listed = devicesOf(primitives, list);
  const stored = log.devices(row.ref);
  const dropped = stored.filter((device) => !listed.some(({ id }) => equalBytes(id, device.id)));
  for (const device of dropped) log.dropDevice(device.ref, dayOf(clock.nowMs()));
  for (const { id, key } of listed)
    if (!stored.some((device) => equalBytes(device.id, id))) log.addDevice(row.ref, id, key);
  return accept({ dropped: dropped.map((device) => device.ref) });
}

function bytesOf(list: DeviceList): number {
  return list.entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
}

/** The list that one entry begins, or why not. */
export async function firstList(
  { primitives }: AccountsContext,
  inception: Bytes,
  entry: Bytes,
): Promise<Outcome<DeviceList>> {
  try {
    const taken = await takeAll({ primitives } as AccountsContext, beginList(primitives, inception), [entry]);
    return taken.ok ? accept(taken.value.list) : taken;
  } catch (error) {
    if (error instanceof MalformedError) return refuse("malformed");
    throw error;
  }
}
