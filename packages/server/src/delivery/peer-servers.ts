/**
 * Peer servers: reads what servers that share the log tell each other, and acts on it (docs/spec/delivery.md
 * DS76–DS97). The messages are in the log. The port `Wake` notifies a server of new ones; each server also looks once a
 * second.
 */
import { encodeFamily, limits } from "@yanshu/wire";
import type { Faults } from "../core/faults.ts";
import type { GroupCommit } from "../core/group-commit.ts";
import { done } from "../core/outcome.ts";
import type { Cancel, Clock, Wake } from "../core/ports.ts";
import { minuteMs } from "../core/rate.ts";
import { unlessUnavailable } from "../core/unless-unavailable.ts";
import type { AccountRef, DeviceRef, Heard, HeardPush, PeerLog } from "../log/log.ts";
import type { Mailboxes } from "./mailboxes.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** A server that was not notified looks after this time. */
const lookMs = 1_000;
const forgetEveryMs = 30_000;

type Ports = {
  readonly log: PeerLog;
  readonly wake: Wake | undefined;
  readonly commits: GroupCommit;
  readonly clock: Clock;
  readonly faults: Faults;
};
type Rooms = {
  readonly sessions: Sessions;
  readonly mailboxes: Mailboxes;
  /** A message waits for a device that has no connection. */
  readonly messageWaits: (device: DeviceRef) => void;
  /** Another server called, or a second has passed. */
  readonly called: () => void;
  readonly deviceDropped: (device: DeviceRef) => void;
  readonly isSuspended: (account: AccountRef) => boolean;
};

export class PeerServers {
  private readonly ports: Ports;
  private readonly rooms: Rooms;
  private isHearing = false;
  private readonly timers: Cancel[] = [];
  /** Envelope ids at earlier times, by which old posts are forgotten (DS94). */
  private marks: { readonly atMs: number; readonly id: number }[] = [];

  constructor(ports: Ports, rooms: Rooms) {
    this.ports = ports;
    this.rooms = rooms;
    ports.commits.onCommit(() => this.committed());
    ports.log.onReplaced(() => {
      this.listen();
      rooms.sessions.forgetAll();
    });
  }

  start(): void {
    this.listen();
    this.every(0, lookMs, () => this.look());
    this.every(1, forgetEveryMs, () => void unlessUnavailable(() => this.forgetTaken()));
  }

  stop(): void {
    for (const cancel of this.timers) cancel();
  }

  private listen(): void {
    const { wake, log, faults } = this.ports;
    faults.guarded("listening", () =>
      wake?.listen(log.number(), () => {
        faults.guarded("what others say", () => this.hear());
        this.rooms.called();
      }),
    );
  }

  private every(slot: number, periodMs: number, work: () => void): void {
    this.timers[slot] = this.ports.clock.after(periodMs, () => {
      this.every(slot, periodMs, work);
      work();
    });
  }

  /** Looks without a notification: first a query, which writes nothing. */
  private look(): void {
    unlessUnavailable(() => {
      if (this.ports.log.isCalled()) this.hear();
    });
    this.rooms.called();
  }

  private hear(): void {
    if (this.isHearing) return;
    this.isHearing = true;
    this.ports.commits.soon(
      () => done,
      () => {
        this.isHearing = false;
      },
      (ahead) => {
        ahead.hears = true;
      },
    );
  }

  private committed(): void {
    const { log, wake, faults } = this.ports;
    // If a notification fails, the other server looks by itself.
    for (const gateway of log.takeCalled()) faults.guarded("calling", () => wake?.call(gateway));
    const heard = log.takeHeard();
    if (heard.length > 0) this.heard(heard);
  }

  private heard(all: readonly Heard[]): void {
    const { sessions, messageWaits } = this.rooms;
    const messagesFor = new Set<DeviceRef>();
    const pushes: HeardPush[] = [];
    for (const each of all) {
      this.ports.faults.guarded(`what others say of ${each.kind}`, () => this.heardOne(each));
      if (each.kind === "push") pushes.push(each);
      if (each.kind === "messages" || each.kind === "waking") messagesFor.add(each.device);
      if (each.kind === "waking" && sessions.of(each.device) === undefined) messageWaits(each.device);
    }
    // A device with new rows reads those first. Its pushes then become rows too, so that all come in order.
    for (const device of messagesFor) sessions.readAgain(device);
    if (pushes.length > 0) sessions.pushed(pushes);
  }

  private heardOne(heard: Heard): void {
    const { sessions, mailboxes, messageWaits, deviceDropped } = this.rooms;
    switch (heard.kind) {
      case "superseded":
        this.supersede(sessions.of(heard.device));
        sessions.supersedeArrivals(heard.device);
        // This server may hold the device without a session, as after the outcome of a sign-in's commit was lost.
        sessions.letGo(heard.device);
        break;
      case "signed-out":
        deviceDropped(heard.device);
        sessions.letGo(heard.device);
        break;
      case "family":
        sessions.of(heard.device)?.owner.sink.send(encodeFamily());
        break;
      case "left":
        if (sessions.of(heard.device) === undefined) messageWaits(heard.device);
        break;
      case "deposit":
        mailboxes.find(heard.address, this.ports.clock.nowMs())?.send(heard.frame);
        break;
      case "push":
      case "messages":
      case "waking":
        break;
      default:
        heard satisfies never;
    }
  }

  /** The device connected to another server, or its account was suspended there; the log shows which. */
  private supersede(session: Session | undefined): void {
    if (session === undefined) return;
    session.owner.end(this.rooms.isSuspended(session.account) ? "suspended" : "superseded");
  }

  private forgetTaken(): void {
    const { log, clock, commits } = this.ports;
    const nowMs = clock.nowMs();
    this.marks.push({ atMs: nowMs, id: log.nextId() });
    const isOld = ({ atMs }: { atMs: number }) => atMs < nowMs - limits.repeatMinutes * minuteMs;
    const old = this.marks.filter(isOld).at(-1);
    if (old === undefined) return;
    this.marks = this.marks.filter((mark) => !isOld(mark));
    commits.later(() => log.forgetTaken(old.id));
  }
}
