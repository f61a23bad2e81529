/**
 * Slices: of what came in, one turn of the event loop handles as much as takes a few milliseconds
 * (docs/spec/delivery.md DS170). The rest waits for the next turns, between which all else has its own: timers,
 * commits, what other sockets bring. Each place has its turn, and what comes from one stays in its order. Requests by
 * HTTP, and the steps of work that takes long, are in the same turns (DS223).
 */
import { Fair } from "../core/fair.ts";
import type { Unsent } from "./unsent.ts";

/** So long a turn handles what came; what is begun is ended, and takes some milliseconds more. */
const sliceMs = 8;
/** The place of work in steps: all of it together has the turn of one. No address is written so. */
const steps = "steps";

export type SlicePorts = {
  readonly nowMs: () => number;
  /** Does it in the next turn of the loop, after what has come by then. */
  readonly soon: (work: () => void) => void;
};

/**
 * Something that waits: done in one go. `isLast`: what follows from it is not seen here, as where it settles a promise,
 * so it is a turn's last.
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

  /** This turn has time, and nobody waits for it. */
  hasTime(): boolean {
    if (!this.isBegun) this.begin();
    return this.waiting.size === 0 && this.ports.nowMs() < this.untilMs;
  }

  later(place: string, one: Waiting): void {
    if (!this.isBegun) this.begin();
    this.waiting.add(place, one);
  }

  /** Settles at once where there is time, once in a turn of the loop; or else when it is this place's turn. */
  turn(place: string): Promise<void> | undefined {
    if (this.hasTime() && !this.isGiven) {
      this.isGiven = true;
      return undefined;
    }
    return new Promise((resolve) => this.later(place, { work: resolve, isLast: true }));
  }

  /**
   * Settles in a later turn, of which it is the last: work that takes long does one step a turn, whatever else does
   * steps (DS223).
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
 * What one socket sent and nobody has looked at yet. It stands in the queue once for each message, so that nothing but
 * the message itself is kept for it. Who has more than there is room for loses the socket: see `Unsent`.
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

  /** Bytes that wait, with what each message takes besides. */
  get unsent(): number {
    return this.bytes;
  }

  add(message: Uint8Array): void {
    if (this.isGone) return;
    // Each costs a little even to put aside, so who sends without end is not even read.
    if (this.messages.length - this.first >= messagesMax) {
      this.drop();
      return;
    }
    this.messages.push(message);
    this.bytes += message.length + messageBytes;
    this.slices.later(this.prefix ?? "", this);
    this.room.look(this);
  }

  /** The oldest; nothing, where all is gone. */
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

  /** The socket is gone: nothing of it is looked at any more. */
  end(): void {
    this.isGone = true;
    this.messages = [];
    this.bytes = 0;
    this.room.forget(this);
  }
}

type Owner = { readonly receive: (message: Uint8Array) => void; readonly flooded: () => void };

/** Of one socket: more than a device sends at once that comes back after a day without a net. */
const messagesMax = 1_024;
/** What each message that waits takes besides its bytes. */
const messageBytes = 256;
