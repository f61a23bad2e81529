/**
 * Rendezvous mailboxes (docs/spec/delivery.md DS25): an address in memory for ten minutes, for a
 * device that has no account yet. What is posted to it goes straight to the one socket that opened it.
 */
import { type Address, limits } from "@yanshu/wire";
import type { Sink } from "../core/ports.ts";
import { minuteMs } from "../core/rate.ts";
import { keyOf } from "../core/recent.ts";

type Mailbox = { readonly sink: Sink; readonly endsMs: number };

const mailboxesMax = 10_000;
const mailboxesPerSink = 4;

export class Mailboxes {
  private readonly open = new Map<string, Mailbox>();

  /** False when this socket, or everybody together, has too many. */
  add(address: Address, sink: Sink, nowMs: number): boolean {
    const key = keyOf(address);
    this.open.delete(key); // The newest wins: its owner may have lost the socket unnoticed.
    if (this.open.size >= mailboxesMax) this.sweep(nowMs);
    if (this.open.size >= mailboxesMax || this.countOf(sink) >= mailboxesPerSink) return false;
    this.open.set(key, { sink, endsMs: nowMs + limits.rendezvousMinutes * minuteMs });
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

  private countOf(sink: Sink): number {
    let count = 0;
    for (const mailbox of this.open.values()) if (mailbox.sink === sink) count++;
    return count;
  }
}
