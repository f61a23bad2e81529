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
  /** Numbers of open mailboxes. Kept because `add` needs them, and anybody may call it thousands of times. */
  private readonly bySink = new Map<Sink, number>();
  private readonly byPrefix = new Map<string, number>();
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
    const ofSink = (this.bySink.get(sink) ?? 0) - Number(former?.sink === sink);
    const ofPrefix = prefix === undefined ? 0 : (this.byPrefix.get(prefix) ?? 0) - Number(former?.prefix === prefix);
    // @checks DS25, DS204
    if (ofSink >= this.most.connection || ofPrefix >= this.most.prefix) return false;
    // The newest socket gets the address: the device may have lost its older socket unnoticed.
    if (former !== undefined) this.remove(key, former);
    // @checks DS25, DS204
    if (this.open.size >= this.most.all && !this.makeWay(ofPrefix + 1)) return false;
    this.open.set(key, { address: address.slice(), sink, prefix, endsMs: nowMs + limits.rendezvousMinutes * minuteMs });
    count(this.bySink, sink, 1);
    if (prefix !== undefined) count(this.byPrefix, prefix, 1);
    return true;
  }

  find(address: Address, nowMs: number): Sink | undefined {
    if (this.open.size === 0) return undefined;
    const found = this.open.get(keyOf(address));
    // @checks DS25
    return found !== undefined && found.endsMs > nowMs ? found.sink : undefined;
  }

  closed(sink: Sink): void {
    if (!this.bySink.has(sink)) return;
    for (const [key, mailbox] of this.open) if (mailbox.sink === sink) this.end(key, mailbox);
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
    const [most, held] = [...this.byPrefix].reduce((fuller, one) => (one[1] > fuller[1] ? one : fuller), ["", 0]);
    const oldest = held <= fewer ? undefined : [...this.open].find(([, { prefix }]) => prefix === most);
    if (oldest !== undefined) this.end(...oldest);
    return oldest !== undefined;
  }

  private end(key: string, mailbox: Mailbox): void {
    this.remove(key, mailbox);
    this.gone(mailbox.address);
  }

  private remove(key: string, { sink, prefix }: Mailbox): void {
    this.open.delete(key);
    count(this.bySink, sink, -1);
    if (prefix !== undefined) count(this.byPrefix, prefix, -1);
  }
}

function count<K>(counts: Map<K, number>, key: K, more: number): void {
  const now = (counts.get(key) ?? 0) + more;
  if (now > 0) counts.set(key, now);
  else counts.delete(key);
}
