/**
 * Ring: one device's state of calls between two people, as a pure step function (docs/spec/calls.md CA30–CA36). `post`
 * sends a message to the conversation, `say` one within the call's room. A call's id is its room's name. If two calls
 * between the same two cross, the one with the lower name goes on, and the caller of the other is in it at once.
 */
export type EndedAs =
  | "ended"
  | "declined"
  | "cancelled"
  | "missed"
  | "busy"
  | "elsewhere"
  /** The other device is gone: its network, or the device itself, failed. */
  | "lost"
  /** No connection was made. */
  | "failed"
  /** The other device's certificate did not match its signature. */
  | "unproven";

export type RingSay =
  /** `waiting`: the person is in another call. */
  | { readonly kind: "ringing"; readonly waiting: boolean }
  | { readonly kind: "accept" }
  | { readonly kind: "taken"; readonly device: string }
  | { readonly kind: "decline" }
  | { readonly kind: "over"; readonly as: EndedAs }
  | { readonly kind: "bye" };

export type RingState =
  | { readonly at: "idle" }
  | {
      readonly at: "calling";
      readonly call: string;
      /** The called account. */
      readonly account: string;
      readonly sinceMs: number;
      /** When somebody's device first rang. */
      readonly reachedMs: number | undefined;
      readonly isBusy: boolean;
      /** Devices that were busy and left the room. */
      readonly left: readonly string[];
    }
  | { readonly at: "ringing"; readonly call: string; readonly from: string; readonly untilMs: number }
  | {
      readonly at: "joining";
      readonly call: string;
      readonly isCaller: boolean;
      readonly other: string;
      readonly untilMs: number;
    }
  | {
      readonly at: "talking";
      readonly call: string;
      readonly isCaller: boolean;
      readonly other: string;
      readonly sinceMs: number;
    };

export type Waiting = { readonly call: string; readonly from: string; readonly untilMs: number };

export type RingView = {
  /** The own device and account, in hex. */
  readonly device: string;
  readonly account: string;
  readonly main: RingState;
  /** A second call, while the first goes on. */
  readonly waiting: Waiting | undefined;
  /** How calls ended, the latest last. */
  readonly ended: ReadonlyMap<string, EndedAs>;
};

export type RingEvent =
  | { readonly kind: "tap-call"; readonly call: string; readonly account: string }
  | { readonly kind: "tap-accept" | "tap-decline"; readonly call: string }
  | { readonly kind: "tap-end" }
  /** A `call` message was read, those of own devices too. */
  | {
      readonly kind: "posted";
      readonly call: string;
      readonly from: string;
      readonly account: string;
      readonly ageMs: number;
    }
  /** A `callEnd` message was read. */
  | { readonly kind: "recorded"; readonly call: string; readonly as: EndedAs }
  | {
      readonly kind: "said";
      readonly call: string;
      readonly from: string;
      readonly account: string;
      readonly say: RingSay;
    }
  /** The media connection is up, under the signed keys. */
  | { readonly kind: "connected"; readonly call: string }
  | { readonly kind: "failed"; readonly call: string; readonly as: "failed" | "unproven" | "lost" }
  /** The device's seat stayed empty for too long. */
  | { readonly kind: "gone"; readonly call: string; readonly device: string }
  | { readonly kind: "tick" };

export type RingEffect =
  | { readonly kind: "post" | "enter" | "leave"; readonly call: string }
  | { readonly kind: "record"; readonly call: string; readonly as: EndedAs; readonly seconds: number }
  | { readonly kind: "say"; readonly call: string; readonly say: RingSay };

/** How long it rings, from the first device that rings; and in all, for a phone that wakes late. */
export const ringMs = 60_000;
export const callMsMax = 90_000;
const joinMs = 15_000;
/** Added on the called side, so that the caller ends it first. */
const graceMs = 2_000;
const endedKept = 64;

type Step = { readonly view: RingView; readonly effects: readonly RingEffect[] };

export function idleView(device: string, account: string): RingView {
  return { device, account, main: { at: "idle" }, waiting: undefined, ended: new Map() };
}

export function ringStep(before: RingView, event: RingEvent, nowMs: number): Step {
  const stepping = new Stepping(before, nowMs);
  stepping.take(event);
  return { view: stepping.view, effects: stepping.effects };
}

/** One step under way: the next state, and the effects. */
class Stepping {
  view: RingView;
  readonly effects: RingEffect[] = [];
  private readonly nowMs: number;

  constructor(view: RingView, nowMs: number) {
    this.view = view;
    this.nowMs = nowMs;
  }

  take(event: RingEvent): void {
    switch (event.kind) {
      case "tap-call":
        this.call(event.call, event.account);
        break;
      case "tap-accept":
        this.answer(event.call);
        break;
      case "tap-decline":
        this.decline(event.call);
        break;
      case "tap-end":
        this.hangUp();
        break;
      case "posted":
        this.posted(event);
        break;
      case "recorded":
        if (this.isRinging(event.call)) this.end(event.call, missedIf(event.as));
        break;
      case "said":
        this.said(event);
        break;
      case "connected":
        this.connected(event.call);
        break;
      case "failed":
        this.failed(event.call, event.as);
        break;
      case "gone":
        this.gone(event.call, event.device);
        break;
      case "tick":
        this.tick();
        break;
    }
  }

  private get main(): RingState {
    return this.view.main;
  }

  private set main(main: RingState) {
    this.view = { ...this.view, main };
  }

  private isHere(call: string): boolean {
    return this.main.at !== "idle" && this.main.call === call;
  }

  private isRinging(call: string): boolean {
    return (this.main.at === "ringing" && this.main.call === call) || this.view.waiting?.call === call;
  }

  private say(call: string, say: RingSay): void {
    this.effects.push({ kind: "say", call, say });
  }

  private record(call: string, as: EndedAs, sinceMs?: number): void {
    const seconds = sinceMs === undefined ? 0 : Math.max(0, Math.round((this.nowMs - sinceMs) / 1_000));
    this.effects.push({ kind: "record", call, as, seconds });
  }

  /** Ends the call on this device. A waiting call then rings. */
  private end(call: string, as: EndedAs): void {
    const ended = new Map(this.view.ended).set(call, as);
    const [oldest] = ended.keys();
    if (ended.size > endedKept && oldest !== undefined) ended.delete(oldest);
    this.view = { ...this.view, ended };
    this.effects.push({ kind: "leave", call });
    if (this.view.waiting?.call === call) this.view = { ...this.view, waiting: undefined };
    if (!this.isHere(call)) return;
    this.main = { at: "idle" };
    const { waiting } = this.view;
    if (waiting === undefined) return;
    this.view = { ...this.view, waiting: undefined, main: { at: "ringing", ...waiting } };
    this.say(waiting.call, { kind: "ringing", waiting: false });
  }

  private call(call: string, account: string): void {
    if (this.main.at !== "idle") return;
    this.main = { at: "calling", call, account, sinceMs: this.nowMs, reachedMs: undefined, isBusy: false, left: [] };
    this.effects.push({ kind: "enter", call }, { kind: "post", call });
  }

  private join(call: string, isCaller: boolean, other: string): void {
    if (this.view.waiting?.call === call) this.view = { ...this.view, waiting: undefined };
    this.main = { at: "joining", call, isCaller, other, untilMs: this.nowMs + joinMs };
  }

  private answer(call: string): void {
    const { main } = this;
    const { waiting } = this.view;
    if (main.at === "ringing" && main.call === call) {
      this.join(call, false, main.from);
      this.say(call, { kind: "accept" });
    } else if (waiting?.call === call) {
      this.view = { ...this.view, waiting: undefined };
      this.hangUp();
      this.join(call, false, waiting.from);
      this.say(call, { kind: "accept" });
    }
  }

  private decline(call: string): void {
    if (!this.isRinging(call)) return;
    this.say(call, { kind: "decline" });
    this.end(call, "declined");
  }

  /** The person ends the current call. */
  private hangUp(): void {
    const { main } = this;
    if (main.at === "calling") {
      this.say(main.call, { kind: "over", as: "cancelled" });
      this.record(main.call, "cancelled");
      this.end(main.call, "cancelled");
    } else if (main.at === "ringing") this.decline(main.call);
    else if (main.at === "joining" || main.at === "talking") {
      this.say(main.call, { kind: "bye" });
      this.recordIfCaller(main.at === "talking" ? "ended" : "cancelled");
      this.end(main.call, "ended");
    }
  }

  /** The caller's device writes the one record of a call. */
  private recordIfCaller(as: EndedAs): void {
    const { main } = this;
    if (main.at === "talking" && main.isCaller) this.record(main.call, as, main.sinceMs);
    else if (main.at === "joining" && main.isCaller) this.record(main.call, as);
  }

  private posted({ call, from, account, ageMs }: Extract<RingEvent, { kind: "posted" }>): void {
    // An own call, an ended one, or too old: it does not ring.
    if (account === this.view.account || this.view.ended.has(call) || ageMs >= callMsMax || this.isHere(call)) return;
    this.effects.push({ kind: "enter", call });
    // The two call each other. A call of anybody else waits: nobody has tapped that it be answered.
    if (this.main.at === "calling" && this.main.account === account) {
      this.cross(this.main, call, from);
      return;
    }
    const untilMs = this.nowMs + Math.min(ringMs, callMsMax - ageMs);
    if (this.main.at === "idle") {
      this.main = { at: "ringing", call, from, untilMs };
      this.say(call, { kind: "ringing", waiting: false });
    } else if (this.view.waiting === undefined) {
      this.view = { ...this.view, waiting: { call, from, untilMs } };
      this.say(call, { kind: "ringing", waiting: true });
    } else {
      this.say(call, { kind: "over", as: "busy" });
      this.end(call, "busy");
    }
  }

  /** Both called: the lower name lives, or theirs, where their device has left this one's. */
  private cross({ call: own, left }: Extract<RingState, { at: "calling" }>, theirs: string, from: string): void {
    if (theirs < own || left.includes(from)) {
      this.say(own, { kind: "over", as: "cancelled" });
      this.record(own, "cancelled");
      // One that waits goes on waiting, as this device goes from one call into the other.
      const { waiting } = this.view;
      this.view = { ...this.view, waiting: undefined };
      this.end(own, "cancelled");
      this.view = { ...this.view, waiting };
      this.join(theirs, false, from);
      this.say(theirs, { kind: "accept" });
    } else this.end(theirs, "cancelled");
  }

  private said({ call, from, account, say }: Extract<RingEvent, { kind: "said" }>): void {
    const { main } = this;
    const isOwn = account === this.view.account;
    if (main.at === "calling" && main.call === call) {
      if (!isOwn) this.heardWhileCalling(main, from, say);
    } else if ((main.at === "joining" || main.at === "talking") && main.call === call)
      this.heardInside(main, from, say);
    else if (this.isRinging(call)) this.heardWhileRinging(call, isOwn, say);
    else if (this.view.ended.has(call) && say.kind === "accept" && !isOwn)
      this.say(call, { kind: "over", as: "cancelled" });
  }

  private heardWhileCalling(main: Extract<RingState, { at: "calling" }>, from: string, say: RingSay): void {
    const { call } = main;
    if (say.kind === "ringing") this.main = { ...main, reachedMs: main.reachedMs ?? this.nowMs, isBusy: say.waiting };
    else if (say.kind === "accept") {
      this.join(call, true, from);
      this.say(call, { kind: "taken", device: from });
    } else if (say.kind === "decline") {
      this.say(call, { kind: "over", as: "declined" });
      this.record(call, "declined");
      this.end(call, "declined");
    } else if (say.kind === "over" && say.as === "busy")
      this.main = { ...main, isBusy: true, left: [...main.left, from] };
  }

  private heardInside(main: Extract<RingState, { at: "joining" | "talking" }>, from: string, say: RingSay): void {
    const { call } = main;
    // A device that accepts, or begins to ring, after it was settled is told how; the one that was taken too, where it
    // did not hear that.
    if ((say.kind === "accept" || (say.kind === "ringing" && from !== main.other)) && main.isCaller)
      this.say(call, { kind: "taken", device: main.other });
    else if (say.kind === "taken" && !main.isCaller && from === main.other && say.device !== this.view.device)
      this.end(call, "elsewhere");
    else if ((say.kind === "bye" || say.kind === "over") && from === main.other) {
      this.recordIfCaller(main.at === "talking" ? "ended" : "failed");
      this.end(call, say.kind === "over" ? say.as : "ended");
    }
  }

  private heardWhileRinging(call: string, isOwn: boolean, say: RingSay): void {
    if (say.kind === "taken") this.end(call, "elsewhere");
    else if (say.kind === "over" && !isOwn) this.end(call, missedIf(say.as));
    else if (say.kind === "decline" && isOwn) this.end(call, "declined");
  }

  private connected(call: string): void {
    const { main } = this;
    if (main.at !== "joining" || main.call !== call) return;
    const { isCaller, other } = main;
    this.main = { at: "talking", call, isCaller, other, sinceMs: this.nowMs };
  }

  private failed(call: string, as: "failed" | "unproven" | "lost"): void {
    const { main } = this;
    if ((main.at !== "joining" && main.at !== "talking") || main.call !== call) return;
    this.say(call, { kind: "bye" });
    this.recordIfCaller(main.at === "talking" ? "ended" : "failed");
    this.end(call, as);
  }

  private gone(call: string, device: string): void {
    const { main } = this;
    if ((main.at === "joining" || main.at === "talking") && main.call === call && main.other === device) {
      this.recordIfCaller(main.at === "talking" ? "ended" : "failed");
      this.end(call, "lost");
    } else if (main.at === "ringing" && main.call === call && main.from === device) this.end(call, "missed");
    else if (this.view.waiting?.call === call && this.view.waiting.from === device) this.end(call, "missed");
  }

  private tick(): void {
    const { main, nowMs } = this;
    if (main.at === "calling" && nowMs >= endsMs(main)) {
      const as = main.isBusy ? "busy" : "missed";
      this.say(main.call, { kind: "over", as });
      this.record(main.call, as);
      this.end(main.call, as);
    } else if (main.at === "ringing" && nowMs >= main.untilMs + graceMs) this.end(main.call, "missed");
    else if (main.at === "joining" && nowMs >= main.untilMs) this.failed(main.call, "failed");
    const { waiting } = this.view;
    if (waiting !== undefined && nowMs >= waiting.untilMs + graceMs) this.end(waiting.call, "missed");
  }
}

function endsMs({ sinceMs, reachedMs }: Extract<RingState, { at: "calling" }>): number {
  return Math.min(sinceMs + callMsMax, reachedMs === undefined ? Number.POSITIVE_INFINITY : reachedMs + ringMs);
}

/** To one who was called it is a missed call, when the caller gave up. */
function missedIf(as: EndedAs): EndedAs {
  return as === "cancelled" ? "missed" : as;
}
