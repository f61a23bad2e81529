/**
 * Which of two continuations of one device list counts (docs/spec/identity.md ID7). The root outranks every device, and
 * among devices the one that was listed earlier outranks the later one; what a device signed that the held list has
 * dropped changes nothing, so that a revoked device is heard by nobody.
 */
import { type Bytes, compareBytes, equalBytes, toHex } from "./bytes.ts";
import type { ListEntry } from "./entries.ts";

export type Verdict =
  /** The offered one takes the place of the held one. */
  | "outranks"
  /** It changes nothing. */
  | "passed"
  /**
   * It changes nothing, and is worth telling: a device that is no junior one, and is listed no more, says otherwise.
   */
  | "contested"
  /** One device that is listed signed both: nobody knows which. */
  | "equal";

/** @param held the whole list; from `n` on `offered` says something else. @checks ID7 */
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
 * While two histories by one device stand against each other: whether `offered`, after what is held, decides it.
 * @checks ID7
 */
export function endsFreeze(held: readonly ListEntry[], frozenAt: number, offered: readonly ListEntry[]): boolean {
  if (offered.some(isByRoot)) return true;
  const order = seniors(held.slice(0, frozenAt));
  return mostSenior(order, offered) < mostSenior(order, held.slice(frozenAt));
}

function isByRoot({ byRoot }: ListEntry): boolean {
  return byRoot;
}

/**
 * A root that was changed stays changed, also where the former card is found. Else the root's latest word counts.
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

/** Keys of the devices that count after `entries`, in hex, the earlier before the later. */
function seniors(entries: readonly ListEntry[]): readonly string[] {
  const listed = entries.at(-1)?.body.devices ?? [];
  return listed
    .map((key) => ({ key: toHex(key), ...since(entries, key) }))
    .sort((a, b) => a.n - b.n || a.place - b.place)
    .map(({ key }) => key);
}

/** From which entry on a device was listed without a break, and at which place there. */
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

/** The lowest place in `order` of the signers of `entries`: devices that they list themselves do not count. */
function mostSenior(order: readonly string[], entries: readonly ListEntry[]): number {
  const places = entries.map(({ body }) => order.indexOf(toHex(body.signer))).filter((place) => place >= 0);
  return Math.min(order.length, ...places);
}
