/**
 * Rendezvous mailboxes (docs/spec/delivery.md DS25): an address in memory for ten minutes, for a
 * device that has no account yet. What is posted to it goes straight to the one socket that opened it.
 */
import { type Address, limits } from "@yanshu/wire";
import type { Sink } from "../core/ports.ts";
import { minuteMs } from "../core/rate.ts";
import { keyOf } from "../core/recent.ts";

type Mailbox = {
  readonly address: Address;
  readonly sink: Sink;
  readonly prefix: string | undefined;
  readonly endsMs: number;
};

const mailboxesMax = 10_000;
const mailboxesPerSink = 4;
/** So that nobody by themselves keeps all others from linking a device. */
const mailboxesPerPrefix = 64;

export class Mailboxes {
  /** The oldest first, which end first. */
  private readonly open = new Map<string, Mailbox>();
  /** How many of them are whose: looked up at each wish, of which anybody may have thousands. */
  private readonly bySink = new Map<Sink, number>();
  private readonly byPrefix = new Map<string, number>();
  private readonly gone: (address: Address) => void;

  /** @param gone is told of an address that is not open here any more. */
  constructor(gone: (address: Address) => void = () => undefined) {
    this.gone = gone;
  }

  /**
   * False when this socket, its prefix, or everybody together, has too many. Where all are taken, the oldest of the
   * prefix that has most makes way for one of a prefix that has fewer (DS204). One that is refused takes nobody's
   * mailbox.
   */
  add(address: Address, sink: Sink, prefix: string | undefined, nowMs: number): boolean {
    const key = keyOf(address);
    this.sweepOldest(nowMs);
    const former = this.open.get(key);
    const ofSink = (this.bySink.get(sink) ?? 0) - Number(former?.sink === sink);
    const ofPrefix = prefix === undefined ? 0 : (this.byPrefix.get(prefix) ?? 0) - Number(former?.prefix === prefix);
    // @checks DS25, DS204
    if (ofSink >= mailboxesPerSink || ofPrefix >= mailboxesPerPrefix) return false;
    // The newest wins: its owner may have lost the socket unnoticed.
    if (former !== undefined) this.remove(key, former);
    // @checks DS25, DS204
    if (this.open.size >= mailboxesMax && !this.makeWay(ofPrefix + 1)) return false;
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
   * One makes way where its prefix has more than `fewer`; those of this machine's own, and tests', never do. False:
   * none did.
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
