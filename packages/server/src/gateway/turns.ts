/**
 * Turns: how many begin a second, in turn by place (docs/spec/calls.md CA184): a flood from one place waits behind
 * itself, and keeps nobody else waiting.
 */
import type { OpenLimits } from "../core/core-config.ts";
import { Fair } from "../core/fair.ts";

export class Turns<T> {
  private readonly waiting = new Fair<T>();
  private readonly perMs: number;
  private readonly most: number;
  private readonly waitingMax: OpenLimits;
  private left: number;
  private atMs: number;

  /** @param perSecond as many may begin at once after a calm second. */
  constructor(perSecond: number, waitingMax: OpenLimits, nowMs: number) {
    this.perMs = perSecond / 1_000;
    this.most = perSecond;
    this.waitingMax = waitingMax;
    this.left = perSecond;
    this.atMs = nowMs;
  }

  get size(): number {
    return this.waiting.size;
  }

  /** Returns the one that waits no more where too many do: the newest of the place that has most, or `one` itself. */
  add(place: string, one: T): T | undefined {
    const held = this.waiting.of(place);
    if (held >= this.waitingMax.prefix) return one;
    if (this.waiting.size >= this.waitingMax.all) {
      const other = this.waiting.takeNewest(held + 1);
      if (other === undefined) return one;
      this.waiting.add(place, one);
      return other;
    }
    this.waiting.add(place, one);
    return undefined;
  }

  /** Those whose turn it is now. */
  take(nowMs: number): readonly T[] {
    this.left = Math.min(this.most, this.left + Math.max(0, nowMs - this.atMs) * this.perMs);
    this.atMs = nowMs;
    const due: T[] = [];
    while (this.left >= 1) {
      const one = this.waiting.take();
      if (one === undefined) break;
      this.left--;
      due.push(one);
    }
    return due;
  }
}
