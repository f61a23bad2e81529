/**
 * Incoming: what comes bit by bit and takes room until it is whole, frames in pieces and bodies of requests, by what
 * they hold (docs/spec/delivery.md DS126, DS181). Each place has a share, and all have one together. Where there is
 * none left, what comes too slowly makes way, and what comes from a place that holds more than the one that comes now:
 * of those from the place that holds most, the one that is furthest behind. So nobody keeps others out by beginning
 * what they do not finish.
 */
import type { OpenLimits } from "../core/core-config.ts";

export type Coming = {
  /** Where it comes from; absent: it has no place, and takes of the room for all alone. */
  readonly prefix: string | undefined;
  readonly amount: number;
  /** How much later it is than it had to be; below zero: it is in time. */
  readonly behindMs: () => number;
  /** It makes way: it is gone when this returns. */
  readonly drop: () => void;
};

/** A line that falters for that long is no flood. */
const falterMs = 2_000;

export class Incoming {
  private readonly held = new Set<Coming>();
  private readonly byPrefix = new Map<string, number>();
  private all = 0;
  private readonly max: OpenLimits;

  constructor(max: OpenLimits) {
    this.max = max;
  }

  /** Whether there is room for it, also by what makes way for it. */
  enter(coming: Coming): boolean {
    const { prefix, amount } = coming;
    if (amount > this.max.all || (prefix !== undefined && amount > this.max.prefix)) return false;
    if (prefix !== undefined)
      while (this.of(prefix) + amount > this.max.prefix)
        if (!this.makeWay((other) => other.prefix === prefix && other.behindMs() >= falterMs)) return false;
    const own = prefix === undefined ? amount : this.of(prefix) + amount;
    while (this.all + amount > this.max.all)
      if (!this.makeWay((other) => other.behindMs() >= falterMs || this.shareOf(other) - other.amount > own))
        return false;
    this.held.add(coming);
    this.count(coming, amount);
    return true;
  }

  leave(coming: Coming): void {
    if (this.held.delete(coming)) this.count(coming, -coming.amount);
  }

  get isEmpty(): boolean {
    return this.held.size === 0;
  }

  /** Answers whether one of those that may be dropped was there. */
  private makeWay(mayGo: (other: Coming) => boolean): boolean {
    let last: { readonly coming: Coming; readonly share: number; readonly behindMs: number } | undefined;
    for (const coming of this.held) {
      if (!mayGo(coming)) continue;
      const [share, behindMs] = [this.shareOf(coming), coming.behindMs()];
      const isMore = last === undefined || share > last.share || (share === last.share && behindMs > last.behindMs);
      if (isMore) last = { coming, share, behindMs };
    }
    if (last === undefined) return false;
    this.leave(last.coming);
    last.coming.drop();
    return true;
  }

  private shareOf({ prefix, amount }: Coming): number {
    return prefix === undefined ? amount : this.of(prefix);
  }

  private of(prefix: string): number {
    return this.byPrefix.get(prefix) ?? 0;
  }

  private count({ prefix }: Coming, change: number): void {
    this.all += change;
    if (prefix === undefined) return;
    const here = this.of(prefix) + change;
    if (here > 0) this.byPrefix.set(prefix, here);
    else this.byPrefix.delete(prefix);
  }
}
