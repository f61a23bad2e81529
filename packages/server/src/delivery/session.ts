/**
 * Session: what the server remembers of one signed-in device while it is connected. Kept tiny: most
 * devices are idle, and there may be tens of thousands.
 */
import type { AckRange } from "@yanshu/wire";
import type { CloseReason, Sink } from "../core/ports.ts";
import type { AccountRef, DeviceRef } from "../log/log.ts";

/** The socket of a session, as far as the delivery needs it. */
export type SessionOwner = { readonly sink: Sink; readonly end: (reason: CloseReason) => void };

const noIds: readonly number[] = [];

export class Session {
  /** False while the backlog is being sent: what arrives meanwhile becomes rows, and is read with the rest. */
  live = false;
  /** The highest id that was sent; ids only rise, so an ack can be held against it. */
  sentUpTo = 0;
  /** Unacknowledged ids up to here are rows on disk; those above are counted in memory. */
  rowsUpTo = 0;
  /** Unacknowledged ids above that are rows all the same: what other servers took while it was live. */
  rowIds: Set<number> | undefined;
  /** It is about to read its rows. */
  begins = false;
  /** Bytes sent while it owed acknowledgements: at least as many as are unacknowledged. */
  owedBytes = 0;
  /** The last letter sent that would have woken the device, had it been away (docs/spec/push.md PU4); 0 for none. */
  wakesUpTo = 0;
  /** Told by an `expired` notice that was not acknowledged yet. */
  expiredTold = 0;
  /** Publish topics of this socket; most have none. */
  topics: Set<string> | undefined;
  readonly account: AccountRef;
  readonly device: DeviceRef;
  readonly owner: SessionOwner;
  private ids: number[] | undefined;

  constructor(account: AccountRef, device: DeviceRef, owner: SessionOwner) {
    this.account = account;
    this.device = device;
    this.owner = owner;
  }

  /** Sent and not acknowledged, in rising order. */
  get unacked(): readonly number[] {
    return this.ids ?? noIds;
  }

  /** It stands on disk; else it is counted in memory. */
  isRow(id: number): boolean {
    return id <= this.rowsUpTo || this.rowIds?.has(id) === true;
  }

  sentRow(id: number): void {
    this.sent(id);
    this.rowIds ??= new Set();
    this.rowIds.add(id);
  }

  sent(id: number): void {
    this.sentUpTo = id;
    if (this.ids === undefined) this.ids = [id];
    else this.ids.push(id);
  }

  /** Takes the ids of a range out of the unacknowledged ones. */
  acked({ first, last }: AckRange): readonly number[] {
    const { ids } = this;
    if (ids === undefined) return noIds;
    const from = lowerBound(ids, first);
    const to = lowerBound(ids, last + 1);
    if (from === to) return noIds;
    if (from === 0 && to === ids.length) {
      this.ids = undefined;
      this.owedBytes = 0;
      return ids;
    }
    return ids.splice(from, to - from);
  }
}

/** Where the first id of at least `value` stands; usually at the front. */
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
