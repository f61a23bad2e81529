/**
 * Slices: one turn of the event loop handles incoming work for a few milliseconds only (docs/spec/delivery.md DS170).
 * The rest waits for later turns, so that timers, commits and other sockets are served in between. Prefixes take turns;
 * the work of one prefix keeps its order. HTTP requests and the steps of long work wait in the same queue (DS223).
 */
import { Fair } from "../core/fair.ts";
import type { Unsent } from "./unsent.ts";

/** How long one turn of the loop handles incoming work. Work that was begun is finished, which may take longer. */
const sliceMs = 8;
/** The key of long work: all of it together takes turns like one prefix. No prefix is written like this. */
const steps = "steps";

export type SlicePorts = {
  readonly nowMs: () => number;
  /** Runs `work` in the next turn of the loop, after the events that have arrived by then. */
  readonly soon: (work: () => void) => void;
};

/**
 * Work that waits. `isLast`: it settles a promise, and the time that its continuation takes cannot be measured here. So
 * nothing else follows it in the same turn.
 */
export type Waiting = { readonly work: () => void; readonly isLast: boolean };

export class Slices {
  private readonly waiting = new Fair<Waiting>();
  private isBegun = false;
  private untilMs = 0;
  private isGiven = false;
  private readonly ports: SlicePorts;

  constructor(ports: SlicePorts) {
    this.ports = ports;
  }

  /** Whether this turn has time left and nothing waits. */
  hasTime(): boolean {
    if (!this.isBegun) this.begin();
    return this.waiting.size === 0 && this.ports.nowMs() < this.untilMs;
  }

  later(place: string, one: Waiting): void {
    if (!this.isBegun) this.begin();
    this.waiting.add(place, one);
  }

  /** Returns undefined if the work may begin at once (once in each turn of the loop), otherwise a promise to await. */
  turn(place: string): Promise<void> | undefined {
    if (this.hasTime() && !this.isGiven) {
      this.isGiven = true;
      return undefined;
    }
    return new Promise((resolve) => this.later(place, { work: resolve, isLast: true }));
  }

  /**
   * Settles in a later turn, as its last work. Long work awaits this between steps: one turn runs one step of all long
   * work (DS223).
   */
  step(): Promise<void> {
    return new Promise((resolve) => this.later(steps, { work: resolve, isLast: true }));
  }

  private begin(): void {
    this.isBegun = true;
    this.isGiven = false;
    this.untilMs = this.ports.nowMs() + sliceMs;
    this.ports.soon(() => this.next());
  }

  private next(): void {
    this.isBegun = false;
    if (this.waiting.size === 0) return;
    this.begin();
    do {
      const one = this.waiting.take();
      if (one === undefined) break;
      one.work();
      if (one.isLast) this.untilMs = 0;
    } while (this.ports.nowMs() < this.untilMs);
  }
}

/**
 * The messages of one socket that wait to be handled. The inbox itself is queued once for each message, which saves an
 * object for each. A socket that passes the limit of messages or bytes (`Unsent`) is closed.
 */
export class Inbox implements Waiting {
  readonly isLast = false;
  readonly prefix: string | undefined;
  private messages: Uint8Array[] = [];
  private first = 0;
  private bytes = 0;
  private isGone = false;
  private readonly slices: Slices;
  private readonly room: Unsent<Inbox>;
  private readonly owner: Owner;

  constructor(prefix: string | undefined, slices: Slices, room: Unsent<Inbox>, owner: Owner) {
    this.prefix = prefix;
    this.slices = slices;
    this.room = room;
    this.owner = owner;
  }

  /** Bytes that wait, with `messageBytes` for each message. */
  get unsent(): number {
    return this.bytes;
  }

  add(message: Uint8Array): void {
    if (this.isGone) return;
    // Even queueing a message costs time, so the number is limited too.
    if (this.messages.length - this.first >= messagesMax) {
      this.drop();
      return;
    }
    this.messages.push(message);
    this.bytes += message.length + messageBytes;
    this.slices.later(this.prefix ?? "", this);
    this.room.look(this);
  }

  /** Handles the oldest message, if the socket is still open. */
  work(): void {
    const message = this.messages[this.first];
    if (message === undefined) return;
    if (++this.first === this.messages.length) [this.messages, this.first] = [[], 0];
    this.bytes -= message.length + messageBytes;
    this.room.look(this);
    this.owner.receive(message);
  }

  drop(): void {
    this.end();
    this.owner.flooded();
  }

  /** The socket closed: drops its messages. */
  end(): void {
    this.isGone = true;
    this.messages = [];
    this.bytes = 0;
    this.room.forget(this);
  }
}

type Owner = { readonly receive: (message: Uint8Array) => void; readonly flooded: () => void };

/** Messages of one socket that may wait: more than a device sends at once after a day offline. */
const messagesMax = 1_024;
/** Memory that each waiting message takes besides its bytes. */
const messageBytes = 256;
