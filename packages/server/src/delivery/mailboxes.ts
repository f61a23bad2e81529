/**
 * Rendezvous mailboxes (docs/spec/delivery.md DS25): an address in memory for ten minutes, for a device that has no
 * account yet. Posts to it go directly to the socket that opened it, and are not stored.
 */
import { type Address, limits } from "@yanshu/wire";
import type { CoreConfig } from "../core/core-config.ts";
import type { Sink } from "../core/ports.ts";
import { minuteMs } from "../core/rate.ts";
import { keyOf } from "../core/recent.ts";

type Mailbox = {
  readonly address: Address;
  readonly sink: Sink;
  readonly prefix: string | undefined;
  readonly endsMs: number;
};

export class Mailboxes {
  /** By address, the oldest first; they also end in this order. */
  private readonly open = new Map<string, Mailbox>();
  /**
   * Their addresses by socket and by prefix, the oldest first, and prefixes by how many they have. Kept because anybody
   * may open and close thousands, of as many as the operator says.
   */
  private readonly bySink = new Map<Sink, Set<string>>();
  private readonly byPrefix = new Map<string, Set<string>>();
  private readonly byNumber = new Map<number, Set<string>>();
  /** How many the prefix has that has most. */
  private fullest = 0;
  private readonly most: CoreConfig["rendezvousMax"];
  private readonly gone: (address: Address) => void;

  /**
   * @param most that of a prefix is there so that one prefix cannot keep all others from linking a device.
   * @param gone called with an address that is no longer open here.
   */
  constructor(most: CoreConfig["rendezvousMax"], gone: (address: Address) => void = () => undefined) {
    this.most = most;
    this.gone = gone;
  }

  /**
   * Opens a mailbox. Returns false if this socket, its prefix, or all together have too many. If all are taken, the
   * oldest of the prefix that has most makes way for one of a prefix that has fewer (DS204).
   */
  add(address: Address, sink: Sink, prefix: string | undefined, nowMs: number): boolean {
    const key = keyOf(address);
    this.sweepOldest(nowMs);
    const former = this.open.get(key);
    const ofSink = (this.bySink.get(sink)?.size ?? 0) - Number(former?.sink === sink);
    const ofPrefix = prefix === undefined ? 0 : this.ofPrefix(prefix) - Number(former?.prefix === prefix);
    // @checks DS25, DS204
    if (ofSink >= this.most.connection || ofPrefix >= this.most.prefix) return false;
    // The newest socket gets the address: the device may have lost its older socket unnoticed.
    if (former !== undefined) this.remove(key, former);
    // @checks DS25, DS204
    if (this.open.size >= this.most.all && !this.makeWay(ofPrefix + 1)) return false;
    this.open.set(key, { address: address.slice(), sink, prefix, endsMs: nowMs + limits.rendezvousMinutes * minuteMs });
    put(this.bySink, sink, key);
    if (prefix !== undefined) this.changed(prefix, () => put(this.byPrefix, prefix, key));
    return true;
  }

  find(address: Address, nowMs: number): Sink | undefined {
    if (this.open.size === 0) return undefined;
    const found = this.open.get(keyOf(address));
    // @checks DS25
    return found !== undefined && found.endsMs > nowMs ? found.sink : undefined;
  }

  closed(sink: Sink): void {
    for (const key of this.bySink.get(sink) ?? []) this.end(key, this.open.get(key) as Mailbox);
  }

  sweep(nowMs: number): void {
    for (const [key, mailbox] of this.open) if (mailbox.endsMs <= nowMs) this.end(key, mailbox);
  }

  private sweepOldest(nowMs: number): void {
    for (const [key, mailbox] of this.open) {
      if (mailbox.endsMs > nowMs) return;
      this.end(key, mailbox);
    }
  }

  /**
   * Ends the oldest mailbox of the prefix that has most, if that has more than `fewer`. Mailboxes without a prefix
   * never make way. Returns false if none did.
   */
  private makeWay(fewer: number): boolean {
    const most = this.fullest > fewer ? first(this.byNumber.get(this.fullest)) : undefined;
    const key = most === undefined ? undefined : first(this.byPrefix.get(most));
    if (key !== undefined) this.end(key, this.open.get(key) as Mailbox);
    return key !== undefined;
  }

  private end(key: string, mailbox: Mailbox): void {
    this.remove(key, mailbox);
    this.gone(mailbox.address);
  }

  private remove(key: string, { sink, prefix }: Mailbox): void {
    this.open.delete(key);
    take(this.bySink, sink, key);
    if (prefix !== undefined) this.changed(prefix, () => take(this.byPrefix, prefix, key));
  }

  private ofPrefix(prefix: string): number {
    return this.byPrefix.get(prefix)?.size ?? 0;
  }

  /** By one more or one less: so the fullest is never more than one away. */
  private changed(prefix: string, change: () => void): void {
    take(this.byNumber, this.ofPrefix(prefix), prefix);
    change();
    const now = this.ofPrefix(prefix);
    if (now > 0) put(this.byNumber, now, prefix);
    this.fullest = Math.max(this.fullest, now);
    if (!this.byNumber.has(this.fullest)) this.fullest--;
  }
}

function put<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

function take<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set?.delete(value) === true && set.size === 0) sets.delete(key);
}

function first<T>(all: ReadonlySet<T> | undefined): T | undefined {
  return all?.values().next().value;
}
