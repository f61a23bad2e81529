/**
 * Wake-ups (docs/spec/push.md PU4–PU6, PU9): whom to wake and when. Called for each message that a device without a
 * connection has waiting; it waits a moment, for a device that is just coming back, and wakes once a minute at most.
 *
 * What it remembers is in memory: after a start every device may be woken at once, which harms nobody.
 */
import type { GateId, PushOutcome } from "@yanshu/wire";
import type { Faults } from "../../core/faults.ts";
import type { Cancel, Clock, PushPort, PushSubscription, Ring, WakeupKind } from "../../core/ports.ts";
import { minuteMs } from "../../core/rate.ts";
import { unlessUnavailable } from "../../core/unless-unavailable.ts";
import { type DeviceRef, LogAwayError } from "../../log/log.ts";
import type { PushTables } from "./tables.ts";

export type WakeupPorts = {
  readonly push: PushPort;
  readonly tables: PushTables;
  readonly later: (work: () => void) => void;
  readonly clock: Clock;
  readonly faults: Faults;
  /** Here, or to another server, which was told of the message and sees to it. */
  readonly isConnected: (device: DeviceRef) => boolean;
  /** Something that wakes was not acknowledged by it. */
  readonly owesAck: (device: DeviceRef) => boolean;
};

/** A device whose network changed comes back within this. */
const settleMs = 2_000;
/** Between two wake-ups of one device. */
const restMs = minuteMs;
/** A call rings at once, and after these while its message is not acknowledged. */
const ringsAgainMs: readonly number[] = [12_000, 12_000];
/** Between two tries of a person. */
const testRestMs = 5_000;
/** After a push service that was busy or could not be reached; then the next message tries again. */
const retriesMs: readonly number[] = [minuteMs, 5 * minuteMs, 25 * minuteMs];

export class Wakeups {
  /** Since the start; for the operator's counts. */
  sent = 0;
  private readonly planned = new Map<DeviceRef, Cancel>();
  private readonly ringing = new Map<DeviceRef, Cancel>();
  private readonly wokenMs = new Map<DeviceRef, number>();
  private readonly testedMs = new Map<DeviceRef, number>();
  private readonly ports: WakeupPorts;
  private stopped = false;

  constructor(ports: WakeupPorts) {
    this.ports = ports;
  }

  /** A message waits for `device`, which has no connection. */
  wanted(device: DeviceRef): void {
    if (this.stopped || this.planned.has(device)) return;
    const nowMs = this.ports.clock.nowMs();
    const restedMs = (this.wokenMs.get(device) ?? Number.NEGATIVE_INFINITY) + restMs;
    this.plan(device, Math.max(settleMs, restedMs - nowMs), 0);
  }

  /** Somebody calls `device`: it is woken at once, whether or not it was woken lately. */
  rings(device: DeviceRef, gate: GateId): void {
    if (this.stopped) return;
    this.ringing.get(device)?.();
    // A message's wake-up would take the ring's place at the push service.
    this.planned.get(device)?.();
    this.planned.delete(device);
    // Of one that is connected it is known a little later whether its connection lives.
    const beganMs = this.ports.clock.nowMs();
    this.ring(device, { gate, beganMs }, 0, !this.ports.isConnected(device));
  }

  /** The person asked to be woken now, to see whether it arrives. */
  async test(device: DeviceRef): Promise<PushOutcome> {
    const subscription = this.ports.tables.subscription(device);
    if (subscription === undefined) return "not-subscribed";
    const nowMs = this.ports.clock.nowMs();
    if (nowMs - (this.testedMs.get(device) ?? Number.NEGATIVE_INFINITY) < testRestMs) return "too-soon";
    this.testedMs.set(device, nowMs);
    return this.send(device, subscription, "test");
  }

  failed(error: unknown): void {
    if (!(error instanceof LogAwayError)) this.ports.faults.caught("waking", error);
  }

  stop(): void {
    this.stopped = true;
    for (const cancel of [...this.planned.values(), ...this.ringing.values()]) cancel();
  }

  /** Once in a while: a device that was not woken for long has nothing to rest from. */
  sweep(): void {
    const beforeMs = this.ports.clock.nowMs() - restMs;
    for (const times of [this.wokenMs, this.testedMs])
      for (const [device, atMs] of times) if (atMs < beforeMs) times.delete(device);
  }

  private ring(device: DeviceRef, ring: Ring, times: number, isAway: boolean): void {
    this.ringing.delete(device);
    const { tables, clock, owesAck } = this.ports;
    if (this.stopped) return;
    const subscription = tables.subscription(device);
    if (subscription === undefined || (times > 0 && !owesAck(device))) return;
    if (isAway) this.send(device, subscription, "ring", ring).catch((error) => this.failed(error));
    const waitMs = ringsAgainMs[times];
    if (waitMs === undefined) {
      this.wanted(device); // What became of the call is told afterwards.
      return;
    }
    const cancel = clock.after(waitMs, () => void unlessUnavailable(() => this.ring(device, ring, times + 1, true)));
    this.ringing.set(device, cancel);
  }

  private plan(device: DeviceRef, delayMs: number, attempt: number): void {
    const cancel = this.ports.clock.after(delayMs, () => {
      this.planned.delete(device);
      if (!unlessUnavailable(() => this.wake(device, attempt))) this.plan(device, minuteMs, attempt);
    });
    this.planned.set(device, cancel);
  }

  private wake(device: DeviceRef, attempt: number): void {
    if (this.stopped || this.ports.isConnected(device)) return;
    const subscription = this.ports.tables.subscription(device);
    if (subscription === undefined) return;
    this.wakeBy(device, subscription, attempt).catch((error) => this.failed(error));
  }

  private async wakeBy(device: DeviceRef, subscription: PushSubscription, attempt: number): Promise<void> {
    const outcome = await this.send(device, subscription, "messages");
    const retryMs = outcome === "busy" || outcome === "unreachable" ? retriesMs[attempt] : undefined;
    if (retryMs !== undefined && !this.stopped && !this.planned.has(device)) this.plan(device, retryMs, attempt + 1);
  }

  private async send(device: DeviceRef, to: PushSubscription, kind: WakeupKind, ring?: Ring): Promise<PushOutcome> {
    if (kind !== "test") this.wokenMs.set(device, this.ports.clock.nowMs());
    const outcome = await this.ports.push.send(to, kind, ring);
    if (outcome === "sent") this.sent++;
    // Only this one: the device may have subscribed anew meanwhile.
    if (outcome === "gone") this.ports.later(() => this.ports.tables.dropSubscription(device, to.endpoint));
    return outcome;
  }
}
