/**
 * Sessions: the connected devices, and what each was sent (docs/spec/delivery.md DS18–DS22).
 *
 * A session begins by reading its queue rows in the order of ids. What arrives meanwhile becomes rows too. When a read
 * finds nothing more, the session is live in the same step, so nothing falls in between. It reads on as
 * acknowledgements arrive, so a slow reader takes no memory of the server.
 */
import { type AckRange, encodeExpired } from "@yanshu/wire";
import type { CoreConfig } from "../core/core-config.ts";
import type { Faults } from "../core/faults.ts";
import type { GroupCommit } from "../core/group-commit.ts";
import { done, refuse } from "../core/outcome.ts";
import type { Cancel, Clock } from "../core/ports.ts";
import { unlessUnavailable } from "../core/unless-unavailable.ts";
import type { AccountLog, DeliveryLog, DeviceRef, HeardPush, PeerLog, QueuedFrame } from "../log/log.ts";
import type { AddressList } from "./address-lists.ts";
import { Outstanding } from "./outstanding.ts";
import type { Session } from "./session.ts";

/**
 * The backlog is read on while fewer pushes than this are unacknowledged; then the limits of one step and one query.
 */
const windowPushes = 512;
const stepPushes = 512;
const stepBytes = 512 * 1024;
const readPushes = 32;
/** A live device that owes more acknowledgements, or for more bytes than its limit, goes back to reading rows. */
const liveUnackedMax = 4_096;
const beginRetryMs = 1_000;
/** Used if another server must first release the device, or be found dead. */
const letGoRetryMs = 150;
/** Ticks until an unacknowledged push becomes a row (`Session.age`). */
const agesKept = 3;

/** A sign-in that is on disk and not answered yet: answers wait for their turn (DS137). */
export type Arrival = {
  /** `GroupCommit.begun` of the transaction that wrote it. */
  takenIn: number;
  /** Whether the device has signed in at another server since. */
  isSuperseded: boolean;
};

type Logs = {
  readonly accounts: AccountLog;
  readonly delivery: DeliveryLog;
  /** Present if other servers write into the log too. */
  readonly peers?: PeerLog | undefined;
};

export class Sessions {
  readonly outstanding: Outstanding;
  private readonly byDevice = new Map<DeviceRef, Session>();
  private readonly arrivals = new Map<DeviceRef, Set<Arrival>>();
  /** Sessions that owe acknowledgements. */
  private readonly busy = new Set<Session>();
  private ticking: Cancel | undefined;
  private stopped = false;
  private readonly logs: Logs;
  private readonly commits: GroupCommit;
  private readonly clock: Clock;
  private readonly tickMs: number;
  private readonly unackedBytesMax: number;
  private readonly faults: Faults;
  private readonly leftUnread: (device: DeviceRef) => void;
  private readonly isFull: (device: DeviceRef, bytes: number) => boolean;

  /**
   * @param leftUnread called with a device whose connection closed before it acknowledged a message that wakes.
   * @param isFull whether the device's queue has no room for `bytes` more. Inside a transaction.
   */
  constructor(
    logs: Logs,
    commits: GroupCommit,
    clock: Clock,
    { spillMs, unackedBytesMax }: Pick<CoreConfig, "spillMs" | "unackedBytesMax">,
    faults: Faults,
    leftUnread: (device: DeviceRef) => void = () => undefined,
    isFull: (device: DeviceRef, bytes: number) => boolean = () => false,
  ) {
    this.isFull = isFull;
    this.faults = faults;
    this.leftUnread = leftUnread;
    this.logs = logs;
    this.commits = commits;
    this.clock = clock;
    this.tickMs = spillMs / agesKept;
    this.unackedBytesMax = unackedBytesMax;
    this.outstanding = new Outstanding(logs.delivery, commits, clock);
  }

  get size(): number {
    return this.byDevice.size;
  }

  /** The device's session, if pushes may be sent to it now. */
  live(device: DeviceRef): Session | undefined {
    const session = this.byDevice.get(device);
    return session?.live === true ? session : undefined;
  }

  of(device: DeviceRef): Session | undefined {
    return this.byDevice.get(device);
  }

  /** Whether the device owes the acknowledgement of a message that wakes; if it is not connected, of any message. */
  owesAck(device: DeviceRef): boolean {
    const session = this.byDevice.get(device);
    if (session !== undefined) return session.wakesUpTo > 0 && session.unacked.includes(session.wakesUpTo);
    const { delivery, peers } = this.logs;
    if (peers === undefined) return delivery.backlog(device, 0, 1).length > 0;
    return !peers.isElsewhere(device) && peers.unsent(device, [], 1).length > 0;
  }

  isLive(session: Session): boolean {
    return session.live && this.byDevice.get(session.device) === session;
  }

  /**
   * Inside a commit that writes a sign-in: until `arrived` this server does not release the device (DS214).
   */
  arrives(device: DeviceRef, arrival: Arrival): void {
    arrival.takenIn = this.commits.begun;
    const known = this.arrivals.get(device);
    if (known === undefined) this.arrivals.set(device, new Set([arrival]));
    else known.add(arrival);
  }

  /** The sign-in is being answered. */
  arrived(device: DeviceRef, arrival: Arrival): void {
    const all = this.arrivals.get(device);
    if (all?.delete(arrival) === true && all.size === 0) this.arrivals.delete(device);
  }

  /** The device signed in at another server. Sign-ins here from earlier transactions are older, and superseded. */
  supersedeArrivals(device: DeviceRef): void {
    for (const arrival of this.arrivals.get(device) ?? [])
      if (arrival.takenIn !== this.commits.begun) arrival.isSuperseded = true;
  }

  /** The newest connection of a device wins (DS22). */
  attach(session: Session, expired: number): void {
    const older = this.byDevice.get(session.device);
    if (older !== undefined) {
      this.detach(older);
      older.owner.end("superseded");
    }
    this.byDevice.set(session.device, session);
    this.tellExpired(session, expired);
    this.begin(session);
  }

  /** Ends a session: what it did not acknowledge becomes queue rows. */
  detach(session: Session): void {
    if (this.byDevice.get(session.device) !== session) return;
    this.byDevice.delete(session.device);
    // If the last waking message is not acknowledged, the device is woken for it.
    if (session.wakesUpTo > 0 && session.unacked.includes(session.wakesUpTo))
      this.faults.guarded("waking", () => this.leftUnread(session.device));
    this.park(session);
    this.busy.delete(session);
    this.letGo(session.device);
  }

  /** Releases the device, so that other servers may push to it, once all that this one sent it is rows. */
  letGo(device: DeviceRef): void {
    const { peers } = this.logs;
    if (peers === undefined || this.stopped) return;
    this.commits.soon(
      () => {
        if (this.commits.isBehind) return refuse("unavailable"); // Some pushes are not rows yet.
        if (!this.byDevice.has(device) && !this.arrivals.has(device)) peers.release(device);
        return done;
      },
      ({ ok }) => {
        if (!ok) this.clock.after(beginRetryMs, () => this.letGo(device));
      },
      (ahead) => {
        ahead.moves = true;
        ahead.hears = true; // Pushes from other servers for the device become rows together with this.
      },
    );
  }

  /**
   * Other servers turned all that was being pushed from here into rows. Ends all sessions; the devices connect again.
   */
  forgetAll(): void {
    const all = [...this.byDevice.values()];
    this.byDevice.clear();
    this.busy.clear();
    this.outstanding.forget();
    for (const session of all) session.owner.end("going");
  }

  /**
   * Pushes what other servers accepted for devices connected here. They are pushed before anything that this server
   * accepts later, so that posts of one gate arrive in the order in which they were accepted (DS76).
   */
  pushed(all: readonly HeardPush[]): void {
    for (const push of all.toSorted((one, other) => one.id - other.id)) {
      this.outstanding.sent(push.id, push.devices.length);
      for (const [i, device] of push.devices.entries())
        this.faults.guarded("what others took", () => this.pushedTo(device, push, i < push.waking));
    }
  }

  private pushedTo(device: DeviceRef, { id, frame }: HeardPush, isWaking: boolean): void {
    const session = this.live(device);
    if (session !== undefined && this.sending(session, id, frame.length)) {
      if (isWaking) session.wakesUpTo = id;
      session.owner.sink.send(frame);
      return;
    }
    // It becomes a row instead. The device may be at another server now, which has to be told.
    this.commits.later(
      () => {
        if (this.isFull(device, frame.length)) this.logs.accounts.addExpired(device, 1);
        else this.logs.delivery.spill(device, [id]);
        if (!this.byDevice.has(device)) this.logs.peers?.call(device, isWaking ? "waking" : "messages");
        this.outstanding.isRow([id]);
      },
      () => this.outstanding.keep([id]),
    );
    this.outstanding.done(id);
    const there = this.byDevice.get(device);
    if (there !== undefined) this.begin(there);
    else if (isWaking) this.faults.guarded("waking", () => this.leftUnread(device));
  }

  /** Other servers wrote queue rows for the device: its session reads from the database until no row is left. */
  readAgain(device: DeviceRef): void {
    const session = this.byDevice.get(device);
    if (session === undefined) return;
    if (session.live) this.park(session);
    this.begin(session);
  }

  /** The device was deleted: ends its session, and keeps nothing for it. */
  drop(session: Session): void {
    if (this.byDevice.get(session.device) !== session) return;
    session.wakesUpTo = 0;
    session.allAcked((id, isRow) => {
      if (!isRow) this.outstanding.done(id);
    });
    this.detach(session);
  }

  tellExpired(session: Session, count: number): void {
    if (count <= 0) return;
    session.expiredTold += count;
    session.owner.sink.send(encodeExpired(count));
  }

  /** Counts a push that is about to be sent. Returns false if the session is not live; the push then becomes a row. */
  sending(session: Session, id: number, bytes: number): boolean {
    if (!this.isLive(session)) {
      this.outstanding.spill(session.device, [id]);
      return false;
    }
    session.sent(id, false);
    session.owedBytes += bytes;
    this.owes(session);
    if (this.owesTooMuch(session)) this.park(session);
    return true;
  }

  private owesTooMuch(session: Session): boolean {
    return session.unacked.length > liveUnackedMax || session.owedBytes > this.unackedBytesMax;
  }

  acked(session: Session, ranges: readonly AckRange[]): void {
    if (this.byDevice.get(session.device) !== session) return;
    this.ackedRanges(session, ranges);
    if (session.expiredTold > 0) {
      const { device, expiredTold } = session;
      session.expiredTold = 0;
      this.commits.later(() => this.logs.accounts.addExpired(device, -expiredTold));
    }
    if (!session.live && session.unacked.length < windowPushes) this.goOn(session);
    if (session.unacked.length === 0) this.busy.delete(session);
  }

  subscribe(session: Session, topic: string): void {
    session.topics ??= new Set();
    if (session.topics.has(topic)) return;
    session.topics.add(topic);
    session.owner.sink.subscribe(topic);
  }

  /** The list is dropped or its devices change: unsubscribes them. Those still in it subscribe at the next post. */
  forgetTopic(list: AddressList): void {
    for (const device of list.devices) {
      const session = this.byDevice.get(device);
      if (session?.topics?.delete(list.topic) === true) session.owner.sink.unsubscribe(list.topic);
    }
  }

  all(): Iterable<Session> {
    return this.byDevice.values();
  }

  stop(): void {
    this.stopped = true;
    this.ticking?.();
    this.outstanding.stop();
  }

  /**
   * Waits for one commit before it reads: what the device's older connection did not acknowledge must be rows by then.
   */
  private begin(session: Session): void {
    if (session.begins) {
      session.isBehind = true;
      return;
    }
    session.begins = true;
    session.isBehind = false;
    const { peers } = this.logs;
    this.commits.soon(
      () => {
        const isFree = peers === undefined || peers.isFree(session.device);
        return isFree && !this.commits.isBehind ? done : refuse("unavailable");
      },
      ({ ok }) => {
        session.begins = false;
        if (ok) this.pump(session);
        else this.beginLater(session);
      },
      ({ arriving }) => arriving.push(session.device),
    );
  }

  private beginLater(session: Session): void {
    const delayMs = this.logs.peers === undefined ? beginRetryMs : letGoRetryMs;
    this.clock.after(delayMs, () => !this.stopped && this.begin(session));
  }

  /** In a shared log, waits for a commit: rows that this server is about to write come before what others accepted. */
  private goOn(session: Session): void {
    if (this.logs.peers === undefined) this.pump(session);
    else this.begin(session);
  }

  /** Reads the backlog. If the database is away, tries again later; after a fault, ends the connection. */
  private pump(session: Session): void {
    if (session.unacked.length >= windowPushes) return;
    const isRead = this.faults.guarded("reading what waits", () => {
      if (!unlessUnavailable(() => this.read(session))) this.beginLater(session);
    });
    if (!isRead) session.owner.end("faulty");
  }

  private read(session: Session): void {
    let pushes = 0;
    let bytes = 0;
    while (pushes < stepPushes && bytes < stepBytes) {
      if (this.byDevice.get(session.device) !== session || session.live) return;
      const rows = this.rowsOf(session);
      if (rows.length === 0) {
        if (session.isBehind) this.begin(session);
        else session.live = true;
        return;
      }
      for (const { id, frame } of rows) {
        session.sent(id, true);
        this.owes(session);
        session.owner.sink.send(frame);
        bytes += frame.length;
      }
      pushes += rows.length;
    }
  }

  /** In a shared log ids do not rise with time, so the rows that were not sent are queried, not those after an id. */
  private rowsOf({ device, sentUpTo, unacked }: Session): readonly QueuedFrame[] {
    const { delivery, peers } = this.logs;
    return peers === undefined
      ? delivery.backlog(device, sentUpTo, readPushes)
      : peers.unsent(device, unacked, readPushes);
  }

  private ackedRanges(session: Session, ranges: readonly AckRange[]): void {
    const { device } = session;
    let [rows, of]: [number[], number] = [[], 0];
    const settle = () => {
      const taken = rows;
      const [first, last] = [taken[0], taken.at(-1)];
      if (first !== undefined && last !== undefined)
        this.commits.later(() => this.logs.delivery.ack(device, first, last, taken));
    };
    session.ackedAll(ranges, (id, isRow, range) => {
      if (!isRow) return this.outstanding.done(id);
      if (range !== of) {
        settle();
        [rows, of] = [[], range];
      }
      rows.push(id);
    });
    settle();
  }

  /** Ends live pushing: what is not acknowledged becomes rows, and so does what arrives from now on. */
  private park(session: Session): void {
    session.live = false;
    session.owedBytes = 0;
    this.outstanding.spill(session.device, session.becomeRows(session.unacked.length));
    for (const topic of session.topics ?? []) session.owner.sink.unsubscribe(topic);
    session.topics = undefined;
  }

  private owes(session: Session): void {
    this.busy.add(session);
    if (this.ticking === undefined && !this.stopped) this.tick();
  }

  private tick(): void {
    this.ticking = this.clock.after(this.tickMs, () => {
      this.ticking = undefined;
      for (const session of this.busy)
        this.faults.guarded("spilling", () =>
          this.outstanding.spill(session.device, session.becomeRows(session.age())),
        );
      if (this.busy.size > 0) this.tick();
    });
  }
}
