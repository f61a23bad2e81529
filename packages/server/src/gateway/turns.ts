/**
 * Turns: lets a limited number begin each second, in turn by prefix (docs/spec/calls.md CA184). So a flood from one
 * prefix does not delay others.
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

  /** @param perSecond how many may begin in a second, and also at once after a calm second. */
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

  /**
   * Adds `one`. If too many wait, returns the one that was removed instead: the newest of the prefix that has most, or
   * `one` itself.
   */
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

  /** Removes and returns those that may begin now. */
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
