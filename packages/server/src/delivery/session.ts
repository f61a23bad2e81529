/**
 * Session: what the server remembers of one signed-in device while it is connected. It is kept small: most devices are
 * idle, and there may be tens of thousands.
 */
import type { AckRange } from "@yanshu/wire";
import type { CloseReason, Sink } from "../core/ports.ts";
import type { AccountRef, DeviceRef } from "../log/log.ts";

/** The connection of a session, as far as delivery needs it. */
export type SessionOwner = { readonly sink: Sink; readonly end: (reason: CloseReason) => void };

const noIds: readonly number[] = [];
/** Up to this many ranges are looked up one by one: a client that acknowledges in order names few. */
const fewRanges = 4;

export class Session {
  /** False while the backlog is being sent: what arrives meanwhile becomes rows, and is read with the rest. */
  live = false;
  /** The id that was sent last. */
  sentUpTo = 0;
  /** Whether it waits for the commit after which it reads its rows. */
  begins = false;
  /** Whether rows may have been added since it began to read. */
  isBehind = false;
  /** Bytes sent while it owed acknowledgements: at least as many as are unacknowledged. */
  owedBytes = 0;
  /** The last message sent that would have woken the device, had it been away (docs/spec/push.md PU4); 0 for none. */
  wakesUpTo = 0;
  /** The count of an `expired` notice that was sent and not acknowledged yet. */
  expiredTold = 0;
  /** Publish topics of this socket; most have none. */
  topics: Set<string> | undefined;
  readonly account: AccountRef;
  readonly device: DeviceRef;
  readonly owner: SessionOwner;
  private owed: Owed | undefined;

  constructor(account: AccountRef, device: DeviceRef, owner: SessionOwner) {
    this.account = account;
    this.device = device;
    this.owner = owner;
  }

  /** Ids that were sent and not acknowledged, in the order of sending. */
  get unacked(): readonly number[] {
    return this.owed?.ids ?? noIds;
  }

  sent(id: number, isRow: boolean): void {
    const { owed } = this;
    if (owed === undefined) this.owed = { ids: [id], rows: Number(isRow), rises: true, first: 0, second: 0, third: 0 };
    else {
      owed.ids.push(id);
      if (isRow) owed.rows = owed.ids.length; // Rows are read only when all that was sent before is rows.
      if (id < this.sentUpTo) owed.rises = false;
    }
    this.sentUpTo = id;
  }

  /** How many of the first unacknowledged ids have rows on disk; the others are counted in memory (`Outstanding`). */
  get rows(): number {
    return this.owed?.rows ?? 0;
  }

  /** Notes that the first `count` unacknowledged ids are rows from now on. @returns those that were not before. */
  becomeRows(count: number): readonly number[] {
    const { owed } = this;
    if (owed === undefined || count <= owed.rows) return noIds;
    const ids = owed.ids.slice(owed.rows, count);
    owed.rows = count;
    return ids;
  }

  /** Called at each tick. @returns how many of the unacknowledged had been sent three ticks ago. */
  age(): number {
    const { owed } = this;
    if (owed === undefined) return 0;
    const { third } = owed;
    owed.third = owed.second;
    owed.second = owed.first;
    owed.first = owed.ids.length;
    return third;
  }

  /**
   * Removes what was sent from `first` to `last` from the unacknowledged ids, and calls `take` with each.
   *
   * @param range the ends of a run of pushes that were sent one after another on this connection (docs/spec/delivery.md
   * DS20).
   */
  acked({ first, last }: AckRange, take: (id: number, isRow: boolean) => void): void {
    const { owed } = this;
    if (owed === undefined) return;
    const { ids, rows } = owed;
    const [from, to] = owed.rises ? [lowerBound(ids, first), lowerBound(ids, last + 1)] : placesOf(ids, first, last);
    if (from >= to) return;
    for (let i = from; i < to; i++) take(ids[i] as number, i < rows);
    if (from === 0 && to === ids.length) {
      this.owed = undefined;
      this.owedBytes = 0;
      return;
    }
    ids.splice(from, to - from);
    for (const count of counts) owed[count] = without(owed[count], from, to);
  }

  /**
   * Removes what each range names, as `acked` for one after another. Many ranges together cost one pass over the
   * unacknowledged ids, not one pass each (docs/spec/delivery.md DS222).
   *
   * @param take gets, as `range`, the index in `ranges` of the range that named the id.
   */
  ackedAll(ranges: readonly AckRange[], take: (id: number, isRow: boolean, range: number) => void): void {
    // Where ids rise, the ends are found by binary search.
    if (ranges.length <= fewRanges || this.owed?.rises !== false) {
      for (const [at, range] of ranges.entries()) this.acked(range, (id, isRow) => take(id, isRow, at));
      return;
    }
    const { owed } = this;
    const { ids, rows } = owed;
    const placeOf = new Map<number, number>();
    for (let i = ids.length - 1; i >= 0; i--) placeOf.set(ids[i] as number, i);
    const isTaken = new Uint8Array(ids.length);
    /** From an index to the next that is not taken (union-find): what many ranges span is not walked for each. */
    const next = Uint32Array.from({ length: ids.length + 1 }, (_, i) => i);
    const left = (from: number): number => {
      let at = from;
      while (next[at] !== at) {
        next[at] = next[next[at] as number] as number;
        at = next[at] as number;
      }
      return at;
    };
    const there = (id: number): number => {
      const place = placeOf.get(id) ?? -1;
      return place >= 0 && isTaken[place] === 0 ? place : -1;
    };
    for (const [at, { first, last }] of ranges.entries()) {
      const [from, to] = between(there(first), there(last));
      for (let i = left(from); i < to; i = left(i)) {
        isTaken[i] = 1;
        next[i] = i + 1;
        take(ids[i] as number, i < rows, at);
      }
    }
    this.keep(owed, isTaken);
  }

  /** Keeps the ids that were not taken. */
  private keep(owed: Owed, isTaken: Uint8Array): void {
    const { ids } = owed;
    let kept = 0;
    const left = { rows: 0, first: 0, second: 0, third: 0 };
    for (let i = 0; i < ids.length; i++) {
      if (isTaken[i] === 1) continue;
      for (const count of counts) if (i < owed[count]) left[count]++;
      ids[kept++] = ids[i] as number;
    }
    ids.length = kept;
    Object.assign(owed, left);
    if (kept > 0) return;
    this.owed = undefined;
    this.owedBytes = 0;
  }

  /** Removes all unacknowledged ids, and calls `take` with each. */
  allAcked(take: (id: number, isRow: boolean) => void): void {
    const { owed } = this;
    this.owed = undefined;
    this.owedBytes = 0;
    for (const [i, id] of (owed?.ids ?? noIds).entries()) take(id, i < (owed?.rows ?? 0));
  }
}

/** What a session sent and the device did not acknowledge. `rises`: the ids are ascending, as in a log of one's own. */
type Owed = {
  readonly ids: number[];
  /** How many of the first are rows. */
  rows: number;
  rises: boolean;
  /** How many of the first ids had been sent by each of the last three ticks. */
  first: number;
  second: number;
  third: number;
};
const counts = ["rows", "first", "second", "third"] as const;

/** How many of the first `count` ids are left when those from `from` to `to` are removed. */
function without(count: number, from: number, to: number): number {
  return count <= from ? count : Math.max(from, count - (to - from));
}

function placesOf(ids: readonly number[], first: number, last: number): readonly [from: number, to: number] {
  const from = ids.indexOf(first);
  return between(from, ids.indexOf(last, Math.max(0, from)));
}

/**
 * The range between two indexes, both included. If one end was acknowledged before, what lies between is not known, and
 * only the other end counts.
 *
 * @param from and `to`: -1 if it was not found.
 */
function between(from: number, to: number): readonly [from: number, to: number] {
  if (from >= 0 && to >= from) return [from, to + 1];
  const only = from >= 0 ? from : to;
  return only >= 0 ? [only, only + 1] : [0, 0];
}

/** The index of the first id of at least `value`. */
function lowerBound(ids: readonly number[], value: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
