/**
 * Slices: one turn of the event loop handles incoming work for a few milliseconds only (docs/spec/delivery.md DS170).
 * The rest waits for later turns, so that timers, commits and other sockets are served in between. Prefixes take turns;
 * the work of one prefix keeps its order.
 *
 * Messages go first, then requests, then one thing that takes long: a request for a file, or a step of long work
 * (DS223, DS244). So a flood of requests does not delay what people write.
 */
import type { OpenLimits } from "../core/core-config.ts";
import { Fair } from "../core/fair.ts";
import type { Unsent } from "./unsent.ts";

/** How long one turn of the loop handles incoming work. Work that was begun is finished, which may take longer. */
const sliceMs = 8;
/** Requests that waited and are answered in one turn: the runtime sends each answer when its promise is settled. */
const requestsAtOnce = 32;
/** Requests that may wait. A page asks for fifty files, and a parish hall may have one address. */
const requestsWaitingMax: OpenLimits = { prefix: 1_024, all: 4_096 };
/** Messages that one turn sets waiting; beyond, the sockets that send many of them are closed (DS245). */
const messagesOfTurnMax: OpenLimits = { prefix: 2_048, all: 8_192 };
/** So many of one socket wait also in a turn in which too many others came. */
const messagesOfSocketLeast = 8;
/** The key of long work: all of it together takes turns like one prefix. No prefix is written like this. */
const steps = "steps";

export type SlicePorts = {
  readonly nowMs: () => number;
  /** Runs `work` in the next turn of the loop, after the events that have arrived by then. */
  readonly soon: (work: () => void) => void;
};

/** Something that waits, such as an inbox for one of its messages. */
export type Waiting = { readonly work: () => void };
type WaitingRequest = Waiting & { readonly refuse: () => void };

export class Slices {
  private readonly messages = new Fair<Waiting>();
  private readonly requests = new Fair<WaitingRequest>();
  /** Each settles a promise, and the time that its continuation takes cannot be measured here: a turn has one. */
  private readonly long = new Fair<() => void>();
  private turnNumber = 0;
  private readonly ofTurn = new Map<string, number>();
  private allOfTurn = 0;
  private isBegun = false;
  private untilMs = 0;
  private isGiven = false;
  private readonly ports: SlicePorts;

  constructor(ports: SlicePorts) {
    this.ports = ports;
  }

  /** Whether this turn has time left for a message, and none waits. */
  hasTime(): boolean {
    if (!this.isBegun) this.begin();
    return this.messages.size === 0 && this.ports.nowMs() < this.untilMs;
  }

  /** Sets a message waiting. */
  later(place: string, one: Waiting): void {
    if (!this.isBegun) this.begin();
    this.messages.add(place, one);
    this.ofTurn.set(place, (this.ofTurn.get(place) ?? 0) + 1);
    this.allOfTurn++;
  }

  /** Whether more messages came in this turn, from this place or from all, than one turn sets waiting. */
  isFlooded(place: string): boolean {
    return this.allOfTurn >= messagesOfTurnMax.all || (this.ofTurn.get(place) ?? 0) >= messagesOfTurnMax.prefix;
  }

  /** Tells one turn from the next. */
  get turnNow(): number {
    return this.turnNumber;
  }

  /**
   * Runs `answer`, which does not take long, at once or in a later turn, in turn by place. Where too many wait, the
   * newest of the place that has most gets what `refuse` returns.
   *
   * @throws what `answer` throws, or rejects with it.
   */
  request<T>(place: string, answer: () => T, refuse: () => T): T | Promise<T> {
    const { requests } = this;
    if (this.hasTime() && requests.size === 0) return answer();
    const isFull = requests.of(place) >= requestsWaitingMax.prefix;
    if (!isFull && requests.size >= requestsWaitingMax.all) requests.takeNewest(requests.of(place) + 1)?.refuse();
    if (isFull || requests.size >= requestsWaitingMax.all) return refuse();
    return new Promise((resolve, reject) => {
      const settle = (how: () => T) => {
        try {
          resolve(how());
        } catch (error) {
          reject(error);
        }
      };
      requests.add(place, { work: () => settle(answer), refuse: () => settle(refuse) });
    });
  }

  /** Returns undefined if the work may begin at once (once in each turn of the loop), otherwise a promise to await. */
  turn(place: string): Promise<void> | undefined {
    if (this.hasTime() && this.long.size === 0 && !this.isGiven) {
      this.isGiven = true;
      return undefined;
    }
    return this.waiting(place);
  }

  /**
   * Settles in a later turn, as its last work. Long work awaits this between steps: one turn runs one step of all long
   * work (DS223).
   */
  step(): Promise<void> {
    return this.waiting(steps);
  }

  private waiting(place: string): Promise<void> {
    if (!this.isBegun) this.begin();
    return new Promise((resolve) => this.long.add(place, resolve));
  }

  private begin(): void {
    this.isBegun = true;
    this.isGiven = false;
    this.turnNumber++;
    this.ofTurn.clear();
    this.allOfTurn = 0;
    this.untilMs = this.ports.nowMs() + sliceMs;
    this.ports.soon(() => this.next());
  }

  private next(): void {
    this.isBegun = false;
    if (this.messages.size + this.requests.size + this.long.size === 0) return;
    this.begin();
    const { untilMs } = this;
    const take = (from: Fair<Waiting>) => {
      const one = from.take();
      one?.work();
      return one !== undefined;
    };
    while (take(this.messages) && this.ports.nowMs() < untilMs);
    for (let n = 0; take(this.requests) && n < requestsAtOnce && this.ports.nowMs() < untilMs; n++);
    const long = this.long.take();
    this.isGiven = long !== undefined;
    long?.();
  }
}

/**
 * The messages of one socket that wait to be handled. The inbox itself is queued once for each message, which saves an
 * object for each. A socket that passes the limit of messages or bytes (`Unsent`) is closed.
 */
export class Inbox implements Waiting {
  readonly prefix: string | undefined;
  private messages: Uint8Array[] = [];
  private first = 0;
  private bytes = 0;
  private isGone = false;
  /** The turn in which the last message came, and how many came in it. */
  private turnOfLast = 0;
  private cameInTurn = 0;
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
    if (this.messages.length - this.first >= messagesMax || this.isOfFlood()) {
      this.drop();
      return;
    }
    this.messages.push(message);
    this.bytes += message.length + messageBytes;
    this.slices.later(this.prefix ?? "", this);
    this.room.look(this);
  }

  /** Counts one more message. Room that a closed socket gave back is not taken again in the same turn (DS245). */
  private isOfFlood(): boolean {
    const { slices } = this;
    if (this.turnOfLast !== slices.turnNow) this.cameInTurn = 0;
    this.turnOfLast = slices.turnNow;
    return ++this.cameInTurn > messagesOfSocketLeast && slices.isFlooded(this.prefix ?? "");
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
