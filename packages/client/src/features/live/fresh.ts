/**
 * Fresh: whether what is watched was shown a moment ago, whatever time home tells (docs/spec/live.md CA217). Who
 * watches asks by a nonce; what the device that shows sealed after its reply, it sealed after the question.
 */
import { liveSaidLimits } from "@yanshu/content";
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import type { Hex } from "../../feature.ts";

/** Between two questions, once one was replied to, and before. */
const askEveryMs = 20_000;
const againMs = 5_000;
/** Questions that may still be replied to. */
const openMax = 8;
/** Before the first reply home's clock alone is believed, for so long. */
const believedMs = 10_000;
/** So old may be what is taken. */
const oldMsMax = 45_000;

/** By the watcher's own clock, and none of home's. */
export class FreshAsked {
  private open: { readonly nonce: Bytes; readonly atMs: number }[] = [];
  private askedMs: number | undefined;
  private beganMs: number | undefined;
  /** `n` of the newest reply, and when its question was asked. */
  private proven: { readonly n: number; readonly atMs: number } | undefined;

  /** It is in the room, for the first time. */
  began(nowMs: number): void {
    this.beganMs ??= nowMs;
  }

  /** Whether it is time to ask. */
  isDue(nowMs: number): boolean {
    const { askedMs, open, proven } = this;
    if (this.beganMs === undefined) return false;
    if (askedMs === undefined) return true;
    const isReplied = proven !== undefined && !open.some(({ atMs }) => atMs > proven.atMs);
    return Math.abs(nowMs - askedMs) >= (isReplied ? askEveryMs : againMs);
  }

  asked(nonce: Bytes, nowMs: number): void {
    this.askedMs = nowMs;
    this.open = [...this.open, { nonce, atMs: nowMs }].slice(-openMax);
  }

  /** @param n of the reply. */
  replied(n: number, nonces: readonly Bytes[]): void {
    const found = this.open.findLast(({ nonce }) => nonces.some((one) => equalBytes(one, nonce)));
    if (found === undefined) return;
    this.proven = { n, atMs: found.atMs };
    this.open = this.open.filter(({ atMs }) => atMs > found.atMs);
  }

  /** Whether a piece of this `n` may be shown as now. */
  allows(n: number, nowMs: number): boolean {
    const { proven, beganMs } = this;
    if (proven !== undefined) return n > proven.n && Math.abs(nowMs - proven.atMs) <= oldMsMax;
    return beganMs !== undefined && Math.abs(nowMs - beganMs) < believedMs;
  }
}

/** The questions that the device that shows will reply to: of each device the newest. */
export class FreshReplies {
  private readonly waiting = new Map<Hex, Bytes>();

  ask(device: Bytes, nonce: Bytes): void {
    this.waiting.set(toHex(device), nonce);
  }

  /** Of those that wait longest. */
  take(): readonly Bytes[] {
    const taken = [...this.waiting].slice(0, liveSaidLimits.noncesMax);
    for (const [device] of taken) this.waiting.delete(device);
    return taken.map(([, nonce]) => nonce);
  }
}
