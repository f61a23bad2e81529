/**
 * The street of the ring simulator (docs/spec/calls.md CA36, CA128): people who call one another, with devices that
 * sleep and networks that lag.
 */
import {
  callMsMax,
  type EndedAs,
  idleView,
  type RingEffect,
  type RingEvent,
  type RingView,
  type ringStep,
} from "@yanshu/client/ring";

export type StepOf = typeof ringStep;

/**
 * Two or three people of one to three devices each, who call one another: taps at any moment, delays, devices that
 * sleep and wake late. Returns what went wrong.
 */
export class Street {
  readonly views = new Map<string, RingView>();
  readonly records = new Map<string, EndedAs[]>();
  readonly caller = new Map<string, string>();
  /** Whom a call rings. */
  private readonly called = new Map<string, string>();
  readonly talks = new Set<string>();
  private readonly seats = new Map<string, Set<string>>();
  private readonly wakesMs = new Map<string, number>();
  private readonly lanes = new Map<string, number>();
  private readonly queue: {
    readonly atMs: number;
    readonly n: number;
    readonly to: string;
    readonly event: RingEvent;
  }[] = [];
  private readonly settled = new Map<string, number>();
  /** Calls of which somebody tapped "decline", and when; and those that their caller ended by a tap. */
  private readonly declinedMs = new Map<string, number>();
  private readonly tapped = new Set<string>();
  /** Of two that crossed: the lower names, and the higher ones. */
  private readonly lower = new Set<string>();
  private readonly higher = new Set<string>();
  private n = 0;
  nowMs = 0;
  private readonly accounts: readonly string[];
  private readonly chance: () => number;
  private readonly step: StepOf;

  constructor(seed: number, step: StepOf) {
    this.chance = chanceOf(seed);
    this.step = step;
    this.accounts = this.chance() < 0.5 ? ["ann", "ben"] : ["ann", "ben", "cid"];
    for (const account of this.accounts)
      for (let i = 0, devices = 1 + this.below(3); i < devices; i++) {
        const device = `${account}${i}`;
        this.views.set(device, idleView(device, account));
        this.wakesMs.set(device, this.chance() < 0.25 ? this.chance() * 90_000 : 0);
      }
  }

  run(): string | undefined {
    const devices = [...this.views.keys()];
    const taps = 1 + this.below(4);
    for (let i = 0; i < taps; i++) {
      const atMs = this.chance() < 0.5 ? this.chance() * 8 : this.chance() * 100_000;
      const call = Math.floor(this.chance() * 1e9)
        .toString(36)
        .padStart(6, "0");
      const device = devices[this.below(devices.length)] as string;
      const others = this.accounts.filter((account) => account !== this.views.get(device)?.account);
      this.put(device, { kind: "tap-call", call, account: others[this.below(others.length)] as string }, atMs);
    }
    for (let atMs = 0; atMs <= 320_000; atMs += 1_500)
      for (const device of devices) this.put(device, { kind: "tick" }, atMs);
    for (;;) {
      const next = this.pop();
      if (next === undefined) break;
      this.nowMs = next.atMs;
      const wrong = this.deliver(next.to, next.event);
      if (wrong !== undefined) return wrong;
    }
    for (const [device, { main, waiting }] of this.views)
      if (main.at !== "idle" || waiting !== undefined) return `${device} is ${main.at} for ever`;
    for (const call of this.caller.keys())
      if (this.records.get(call)?.length !== 1) return `${this.records.get(call)?.length ?? 0} records of a call`;
    for (const call of this.lower)
      if (!this.higher.has(call) && !this.tapped.has(call) && this.records.get(call)?.[0] === "cancelled")
        return "two calls crossed, and the lower one was given up";
    return undefined;
  }

  private deliver(to: string, event: RingEvent): string | undefined {
    const before = this.views.get(to) as RingView;
    if (event.kind === "tap-call" && (this.wakesMs.get(to) as number) > this.nowMs) return undefined;
    if (event.kind === "gone" && this.seats.get(event.call)?.has(event.device) === true) return undefined;
    if (event.kind === "tap-call") this.called.set(event.call, event.account);
    this.note(before, event);
    const { view, effects } = this.step(before, event, this.nowMs);
    this.views.set(to, view);
    for (const effect of effects) this.apply(view, effect);
    this.actAsPeople(view, event, before);
    return this.unasked(before, view, event) ?? this.wrong();
  }

  /**
   * What one message of a call may do: it answers, or is passed over, only where this device calls the one who says it.
   */
  private unasked(before: RingView, { device, account, main, waiting, ended }: RingView, event: RingEvent) {
    if (event.kind !== "posted" || event.account === account) return undefined;
    const isCrossing = before.main.at === "calling" && this.called.get(before.main.call) === event.account;
    if (isCrossing) return undefined;
    if (main.at === "joining" && main.call === event.call && before.main.at !== "joining")
      return `${device} answered ${event.account} without a tap`;
    const isTold = (main.at !== "idle" && main.call === event.call) || waiting?.call === event.call;
    if (event.ageMs < callMsMax && !isTold && !ended.has(event.call)) return `${device} does not ring`;
    if (!before.ended.has(event.call) && ended.has(event.call) && ended.get(event.call) !== "busy")
      return `${device} ended a call of ${event.account} unheard`;
    if (before.waiting !== undefined && waiting === undefined && main.at !== "ringing")
      return `${device} forgot who waited`;
    return undefined;
  }

  private note({ main, waiting }: RingView, event: RingEvent): void {
    if (event.kind === "tap-decline" && main.at === "ringing" && main.call === event.call)
      this.declinedMs.set(event.call, this.declinedMs.get(event.call) ?? this.nowMs);
    if (event.kind === "tap-end" && main.at !== "idle") this.tapped.add(main.call);
    // Answering the one that waits ends the first as well.
    if (event.kind === "tap-accept" && main.at !== "idle" && waiting?.call === event.call) this.tapped.add(main.call);
    if (event.kind !== "posted" || event.ageMs >= callMsMax || main.at !== "calling") return;
    if (this.called.get(main.call) !== event.account) return;
    const wasBusy = this.views.get(event.from)?.ended.get(main.call) === "busy";
    const [low, high] = wasBusy ? [event.call, main.call] : ([event.call, main.call].toSorted() as [string, string]);
    this.lower.add(low);
    this.higher.add(high);
  }

  private apply(by: RingView, effect: RingEffect): void {
    const { call } = effect;
    const seats = this.seats.get(call) ?? new Set<string>();
    this.seats.set(call, seats);
    // The devices of the conversation of the two.
    const pair = [this.views.get(this.caller.get(call) ?? by.device)?.account, this.called.get(call)];
    const others = [...this.views.values()].filter(
      ({ device, account }) => device !== by.device && pair.includes(account),
    );
    const moment = () => 5 + this.chance() * 200;
    switch (effect.kind) {
      case "enter": {
        seats.add(by.device);
        const caller = this.caller.get(call);
        if (caller !== undefined && !seats.has(caller))
          this.later(by.device, { kind: "gone", call, device: caller }, 3_000);
        break;
      }
      case "leave":
        seats.delete(by.device);
        for (const { device } of others)
          if (seats.has(device)) this.later(device, { kind: "gone", call, device: by.device }, 10_000);
        break;
      case "post": {
        this.caller.set(call, by.device);
        for (const { device } of others) {
          const arrivesMs = Math.max(this.nowMs + moment(), this.wakesMs.get(device) as number);
          const event = {
            kind: "posted",
            call,
            from: by.device,
            account: by.account,
            ageMs: arrivesMs - this.nowMs,
          } as const;
          this.later(device, event, arrivesMs - this.nowMs, "post");
        }
        break;
      }
      case "record":
        this.records.set(call, [...(this.records.get(call) ?? []), effect.as]);
        for (const { device } of others) {
          const arrivesMs = Math.max(this.nowMs + moment(), this.wakesMs.get(device) as number);
          this.later(device, { kind: "recorded", call, as: effect.as }, arrivesMs - this.nowMs, "post");
        }
        break;
      case "say":
        for (const { device } of others)
          if (seats.has(device)) {
            const delay = 5 + this.chance() * (this.chance() < 0.05 ? 3_000 : 150);
            const said = { kind: "said", call, from: by.device, account: by.account, say: effect.say } as const;
            this.later(device, said, delay, `${by.device} ${call}`);
          }
    }
  }

  private actAsPeople({ device, main, waiting }: RingView, event: RingEvent, before: RingView): void {
    if (event.kind === "posted" && main.at === "ringing" && main.call === event.call) {
      const mood = this.chance();
      if (mood < 0.5) this.later(device, { kind: "tap-accept", call: event.call }, this.chance() * 20_000);
      else if (mood < 0.65) this.later(device, { kind: "tap-decline", call: event.call }, this.chance() * 20_000);
    }
    if (waiting !== undefined && event.kind === "posted" && this.chance() < 0.4)
      this.later(
        device,
        { kind: this.chance() < 0.6 ? "tap-accept" : "tap-decline", call: waiting.call },
        this.chance() * 10_000,
      );
    if (event.kind === "tap-call" && this.chance() < 0.25)
      this.later(device, { kind: "tap-end" }, this.chance() * 30_000);
    if (main.at === "joining" && before.main.at !== "joining") {
      const other = this.views.get(main.other)?.main;
      if (other?.at === "joining" && other.call === main.call && other.other === device && this.chance() < 0.95)
        for (const one of [device, main.other])
          this.later(one, { kind: "connected", call: main.call }, 50 + this.chance() * 600);
    }
    if (main.at === "talking" && before.main.at !== "talking") {
      this.talks.add(main.call);
      this.later(device, { kind: "tap-end" }, this.chance() * 60_000);
    }
  }

  /** What holds at every moment. */
  private wrong(): string | undefined {
    const talking = new Map<string, string>();
    for (const { device, account, main, ended } of this.views.values()) {
      if (main.at === "talking") {
        const key = `${account} ${main.call}`;
        if (talking.has(key)) return `${device} and ${talking.get(key)} of one person talk in one call`;
        talking.set(key, device);
      }
      const caller = main.at === "idle" ? undefined : this.caller.get(main.call);
      const hers = caller === undefined ? undefined : this.views.get(caller);
      if (main.at === "idle" || caller === undefined || hers === undefined) continue;
      const declinedMs = this.declinedMs.get(main.call) ?? this.nowMs;
      const deafMs = this.nowMs - Math.max(declinedMs, this.wakesMs.get(device) as number);
      if ((main.at === "calling" || main.at === "ringing") && deafMs > 9_500)
        return `${device} does not know that it was declined`;
      if (main.at === "calling" && this.lower.has(main.call)) {
        const other = [...this.views.values()].find(
          (one) =>
            one.main.at === "calling" &&
            one.account === this.called.get(main.call) &&
            this.called.get(one.main.call) === account,
        );
        const key = `crossed ${main.call} ${other?.device ?? ""}`;
        const sinceMs = this.settled.get(key) ?? this.nowMs;
        this.settled.set(key, sinceMs);
        const isPair = other !== undefined && other.main.at === "calling" && this.higher.has(other.main.call);
        if (isPair && this.nowMs - sinceMs > 9_500) return `${device} and ${other.device} call each other`;
      }
      if (main.at === "joining" && hers.main.at === "calling" && hers.main.call === main.call) {
        const sinceMs = this.settled.get(`accepted ${main.call} ${device}`) ?? this.nowMs;
        this.settled.set(`accepted ${main.call} ${device}`, sinceMs);
        if (this.nowMs - sinceMs > 4_000) return `${device} answered, and ${caller} does not know`;
      }
      const isOver =
        hers.ended.has(main.call) ||
        ((hers.main.at === "joining" || hers.main.at === "talking") &&
          hers.main.call === main.call &&
          hers.main.other !== device);
      if (!isOver || device === caller) continue;
      const sinceMs = this.settled.get(`${main.call} ${device}`) ?? this.nowMs;
      this.settled.set(`${main.call} ${device}`, sinceMs);
      // The caller chose, and this device goes on as if it had not.
      const awakeMs = this.nowMs - Math.max(sinceMs, this.wakesMs.get(device) as number);
      if (awakeMs > 9_500 && main.at !== "talking")
        return `${device} is still ${main.at} ${Math.round(awakeMs)} ms after it was over`;
      if (ended.has(main.call)) return `${device} is in a call that ended`;
    }
    for (const { device, main } of this.views.values())
      if (main.at === "ringing" && this.nowMs > main.untilMs + 3_600) return `${device} rings without end`;
    return undefined;
  }

  private later(to: string, event: RingEvent, delayMs: number, lane?: string): void {
    let atMs = this.nowMs + delayMs;
    if (lane !== undefined) {
      // What one says to another stays in its order.
      atMs = Math.max(atMs, (this.lanes.get(`${to} ${lane}`) ?? 0) + 0.001);
      this.lanes.set(`${to} ${lane}`, atMs);
    }
    this.put(to, event, atMs);
  }

  private put(to: string, event: RingEvent, atMs: number): void {
    this.queue.push({ atMs, n: this.n++, to, event });
    for (let i = this.queue.length - 1; i > 0; ) {
      const up = (i - 1) >> 1;
      if (!before(this.queue[i], this.queue[up])) break;
      swap(this.queue, i, up);
      i = up;
    }
  }

  private pop() {
    const { queue } = this;
    const first = queue[0];
    const last = queue.pop();
    if (first === undefined || last === undefined || queue.length === 0) return first;
    queue[0] = last;
    for (let i = 0; ; ) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let least = i;
      if (left < queue.length && before(queue[left], queue[least])) least = left;
      if (right < queue.length && before(queue[right], queue[least])) least = right;
      if (least === i) return first;
      swap(queue, i, least);
      i = least;
    }
  }

  private below(n: number): number {
    return Math.floor(this.chance() * n);
  }
}

type Timed = { readonly atMs: number; readonly n: number };
function before(a: Timed | undefined, b: Timed | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.n < b.n);
}
function swap<T>(list: T[], a: number, b: number): void {
  const held = list[a] as T;
  list[a] = list[b] as T;
  list[b] = held;
}

function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
