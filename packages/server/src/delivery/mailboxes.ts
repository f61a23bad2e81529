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
  private readonly open = new Map<string, Mailbox>();
  private readonly gone: (address: Address) => void;

  /** @param gone is told of an address that is not open here any more. */
  constructor(gone: (address: Address) => void = () => undefined) {
    this.gone = gone;
  }

  /**
   * False when this socket, its prefix, or everybody together, has too many. Where all are taken, the oldest of the prefix that
   * has most makes way for one of a prefix that has fewer (DS204).
   */
  add(address: Address, sink: Sink, prefix: string | undefined, nowMs: number): boolean {
    const key = keyOf(address);
    this.open.delete(key); // The newest wins: its owner may have lost the socket unnoticed.
    if (this.open.size >= mailboxesMax) this.sweep(nowMs);
    const [ofSink, ofPrefix] = this.countsOf(sink, prefix, nowMs);
    if (this.open.size >= mailboxesMax) this.makeWay(ofPrefix + 1);
    // @checks DS25, DS204
    if (this.open.size >= mailboxesMax || ofSink >= mailboxesPerSink || ofPrefix >= mailboxesPerPrefix) return false;
    this.open.set(key, { address: address.slice(), sink, prefix, endsMs: nowMs + limits.rendezvousMinutes * minuteMs });
    return true;
  }

  find(address: Address, nowMs: number): Sink | undefined {
    if (this.open.size === 0) return undefined;
    const found = this.open.get(keyOf(address));
    // @checks DS25
    return found !== undefined && found.endsMs > nowMs ? found.sink : undefined;
  }

  closed(sink: Sink): void {
    for (const [key, mailbox] of this.open) if (mailbox.sink === sink) this.end(key, mailbox);
  }

  sweep(nowMs: number): void {
    for (const [key, mailbox] of this.open) if (mailbox.endsMs <= nowMs) this.end(key, mailbox);
  }

  /** One makes way where its prefix has more than `fewer`; those of this machine's own, and tests', never do. */
  private makeWay(fewer: number): void {
    const counts = new Map<string, number>();
    for (const { prefix } of this.open.values())
      if (prefix !== undefined) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    const [most, count] = [...counts].reduce((held, one) => (one[1] > held[1] ? one : held), ["", 0]);
    const oldest = count <= fewer ? undefined : [...this.open].find(([, { prefix }]) => prefix === most);
    if (oldest !== undefined) this.end(...oldest);
  }

  private end(key: string, { address }: Mailbox): void {
    this.open.delete(key);
    this.gone(address);
  }

  private countsOf(sink: Sink, prefix: string | undefined, nowMs: number): readonly [number, number] {
    let [ofSink, ofPrefix] = [0, 0];
    for (const mailbox of this.open.values()) {
      if (mailbox.sink === sink) ofSink++;
      if (prefix !== undefined && mailbox.prefix === prefix && mailbox.endsMs > nowMs) ofPrefix++;
    }
    return [ofSink, ofPrefix];
  }
}
