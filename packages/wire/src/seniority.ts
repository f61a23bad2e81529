/**
 * Which of two branches of one device list wins (docs/spec/identity.md ID7). The root outranks every device, and a
 * device outranks those listed after it. Entries by a device that the held list has dropped change nothing, so that a
 * revoked device has no influence.
 */
import { type Bytes, compareBytes, equalBytes, toHex } from "./bytes.ts";
import type { ListEntry } from "./entries.ts";

export type Verdict =
  /** The offered branch replaces the held one. */
  | "outranks"
  /** The offered branch changes nothing. */
  | "passed"
  /**
   * The offered branch changes nothing, but the person should know: it is by a device that is not junior and not listed
   * any more, or both branches change the root.
   */
  | "contested"
  /** One listed device signed both branches, so that neither wins. */
  | "equal";

/** @param held the whole list. @param n where the branches part. @param offered the other branch. @checks ID7 */
export function compareBranches(held: readonly ListEntry[], n: number, offered: readonly ListEntry[]): Verdict {
  const before = held.slice(0, n);
  const replaced = held.slice(n);
  const [ours, theirs] = [replaced.findLast(isByRoot), offered.findLast(isByRoot)];
  if (ours !== undefined || theirs !== undefined) return compareRoots(before, ours, theirs);
  const order = seniors(before);
  const [held1st, offered1st] = [mostSenior(order, replaced), mostSenior(order, offered)];
  if (offered1st > held1st) return "passed";
  const isListed = held.at(-1)?.body.devices.some((key) => toHex(key) === order[offered1st]) === true;
  if (!isListed) return "contested";
  return offered1st === held1st ? "equal" : "outranks";
}

/**
 * Whether `offered` ends a freeze: it has an entry by the root, or by a device senior to the frozen branch's signers.
 * @checks ID7
 */
export function endsFreeze(held: readonly ListEntry[], frozenAt: number, offered: readonly ListEntry[]): boolean {
  if (offered.some(isByRoot)) return true;
  const order = seniors(held.slice(0, frozenAt));
  return mostSenior(order, offered) < mostSenior(order, held.slice(frozenAt));
}

/** The key of the device that signed both continuations of a frozen list (ID7). */
export function contradictorOf(held: readonly ListEntry[], frozenAt: number): string | undefined {
  const order = seniors(held.slice(0, frozenAt));
  return order[mostSenior(order, held.slice(frozenAt))];
}

function isByRoot({ byRoot }: ListEntry): boolean {
  return byRoot;
}

/**
 * A change of the root stands, even if a thief has the former recovery card. Otherwise the root's latest entry wins.
 * @checks ID7
 */
function compareRoots(
  before: readonly ListEntry[],
  ours: ListEntry | undefined,
  theirs: ListEntry | undefined,
): Verdict {
  if (theirs === undefined) return "passed";
  if (ours === undefined) return "outranks";
  const changesBefore = before.at(-1)?.root.changes ?? 0;
  if (ours.root.changes > changesBefore) return theirs.root.changes > changesBefore ? "contested" : "passed";
  if (theirs.root.changes > changesBefore) return "outranks";
  return isLater(theirs, ours) ? "outranks" : "passed";
}

function isLater(a: ListEntry, b: ListEntry): boolean {
  const days = (a.body.day ?? 0) - (b.body.day ?? 0);
  if (days !== 0) return days > 0;
  return a.body.n !== b.body.n ? a.body.n > b.body.n : compareBytes(a.hash, b.hash) > 0;
}

/** Hex keys of the devices listed after `entries`, the most senior first. */
function seniors(entries: readonly ListEntry[]): readonly string[] {
  const listed = entries.at(-1)?.body.devices ?? [];
  return listed
    .map((key) => ({ key: toHex(key), ...since(entries, key) }))
    .sort((a, b) => a.n - b.n || a.place - b.place)
    .map(({ key }) => key);
}

/** The entry since which a device has been listed without a break, and its index there. */
function since(entries: readonly ListEntry[], key: Bytes): { readonly n: number; readonly place: number } {
  let n = entries.length;
  let place = 0;
  while (n > 0) {
    const at = entries[n - 1]?.body.devices.findIndex((one) => equalBytes(one, key)) ?? -1;
    if (at < 0) break;
    place = at;
    n--;
  }
  return { n, place };
}

/** The lowest index in `order` among the signers of `entries`. Signers outside `order` do not count. */
function mostSenior(order: readonly string[], entries: readonly ListEntry[]): number {
  const places = entries.map(({ body }) => order.indexOf(toHex(body.signer))).filter((place) => place >= 0);
  return Math.min(order.length, ...places);
}
