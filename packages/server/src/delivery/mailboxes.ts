/**
 * Rendezvous mailboxes (docs/spec/delivery.md DS25): an address in memory for ten minutes, for a
 * device that has no account yet. What is posted to it goes straight to the one socket that opened it.
 */
import { type Address, limits } from "@yanshu/wire";
import type { Sink } from "../core/ports.ts";
import { minuteMs } from "../core/rate.ts";
import { keyOf } from "../core/recent.ts";

type Mailbox = { readonly sink: Sink; readonly prefix: string | undefined; readonly endsMs: number };

const mailboxesMax = 10_000;
const mailboxesPerSink = 4;
/** So that nobody by themselves keeps all others from linking a device. */
const mailboxesPerPrefix = 64;

export class Mailboxes {
  private readonly open = new Map<string, Mailbox>();

  /** False when this socket, its prefix, or everybody together, has too many. */
  add(address: Address, sink: Sink, prefix: string | undefined, nowMs: number): boolean {
    const key = keyOf(address);
    this.open.delete(key); // The newest wins: its owner may have lost the socket unnoticed.
    if (this.open.size >= mailboxesMax) this.sweep(nowMs);
    const [ofSink, ofPrefix] = this.countsOf(sink, prefix, nowMs);
    if (this.open.size >= mailboxesMax || ofSink >= mailboxesPerSink || ofPrefix >= mailboxesPerPrefix) return false;
    this.open.set(key, { sink, prefix, endsMs: nowMs + limits.rendezvousMinutes * minuteMs });
    return true;
  }

  find(address: Address, nowMs: number): Sink | undefined {
    if (this.open.size === 0) return undefined;
    const found = this.open.get(keyOf(address));
    return found !== undefined && found.endsMs > nowMs ? found.sink : undefined;
  }

  closed(sink: Sink): void {
    for (const [key, mailbox] of this.open) if (mailbox.sink === sink) this.open.delete(key);
  }

  sweep(nowMs: number): void {
    for (const [key, mailbox] of this.open) if (mailbox.endsMs <= nowMs) this.open.delete(key);
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
