/**
 * Incoming: what comes bit by bit and takes room until it is whole, frames in pieces and bodies of requests, by what
 * they hold (docs/spec/delivery.md DS126, DS181). Each place has a share, and all have one together. Where there is
 * none left, what comes too slowly makes way, and what comes from a place that holds more than the one that comes now:
 * of those from the place that holds most, the one that is furthest behind. So nobody keeps others out by beginning
 * what they do not finish. The places of one IPv6 /48 count together against others (DS240), and among themselves place
 * by place.
 */
import type { OpenLimits } from "../core/core-config.ts";
import { regionOf } from "./prefix.ts";

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
  private readonly byRegion = new Map<string, number>();
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
    while (this.all + amount > this.max.all)
      if (!this.makeWay((other) => other.behindMs() >= falterMs || this.holdsMore(other, coming))) return false;
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
    let last: { readonly coming: Coming; readonly rank: Rank } | undefined;
    for (const coming of this.held) {
      if (!mayGo(coming)) continue;
      const rank: Rank = [this.regionShareOf(coming), this.shareOf(coming), coming.behindMs()];
      if (last === undefined || isAbove(rank, last.rank)) last = { coming, rank };
    }
    if (last === undefined) return false;
    this.leave(last.coming);
    last.coming.drop();
    return true;
  }

  /** Whether it would still hold more than the newcomer without this: region against region, or place against place. */
  private holdsMore(other: Coming, newcomer: Coming): boolean {
    const { prefix, amount } = newcomer;
    const isOfOne = prefix !== undefined && other.prefix !== undefined && keyOf(other.prefix) === keyOf(prefix);
    const share = isOfOne ? this.shareOf(other) : this.regionShareOf(other);
    const before = prefix === undefined ? 0 : isOfOne ? this.of(prefix) : this.ofRegion(prefix);
    return share - other.amount > before + amount;
  }

  private regionShareOf({ prefix, amount }: Coming): number {
    return prefix === undefined ? amount : this.ofRegion(prefix);
  }

  private ofRegion(prefix: string): number {
    return this.byRegion.get(keyOf(prefix)) ?? 0;
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
    add(this.byPrefix, prefix, change);
    add(this.byRegion, keyOf(prefix), change);
  }
}

/** Of its region, of its place, and how far behind it is: the highest makes way first. */
type Rank = readonly [region: number, place: number, behindMs: number];

function isAbove(a: Rank, b: Rank): boolean {
  if (a[0] !== b[0]) return a[0] > b[0];
  return a[1] === b[1] ? a[2] > b[2] : a[1] > b[1];
}

/** The region of a place; a place that has none counts by itself. */
function keyOf(prefix: string): string {
  return regionOf(prefix) ?? prefix;
}

function add(shares: Map<string, number>, key: string, change: number): void {
  const here = (shares.get(key) ?? 0) + change;
  if (here > 0) shares.set(key, here);
  else shares.delete(key);
}
