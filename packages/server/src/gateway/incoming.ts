/**
 * Incoming: limits what is under way and holds memory until it is whole: frames in pieces, bodies, downloads
 * (docs/spec/delivery.md DS126, DS181). There is a limit per prefix and one in all. When there is no room, one makes
 * way that is too slow, or whose prefix holds more than the newcomer's. Of those, the first to go is from the prefix
 * that holds most, and there the one furthest behind. So nobody keeps others out by starting what they do not finish.
 * The prefixes of one IPv6 /48, a region, count together against other regions (DS240).
 */
import type { OpenLimits } from "../core/core-config.ts";
import { regionOf } from "./prefix.ts";

export type Coming = {
  /** Absent: limited only by the limit of all. */
  readonly prefix: string | undefined;
  /** What it counts for, in the unit of the limit: bytes, or 1. */
  readonly amount: number;
  /** How far it is behind the slowest allowed pace; negative: ahead of it. */
  readonly behindMs: () => number;
  /** Ends it, so that another has its room. It has ended when this returns. */
  readonly drop: () => void;
};

/** Behind by less than this is no sign of a flood: networks falter. */
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

  /** Lets `coming` in, if need be after others made way. Returns false if there is no room. */
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

  /** Drops one of those that may go, the highest by `Rank`. Returns false if there is none. */
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

  /**
   * Whether the region of `other` would hold more, even without `other`, than the newcomer's with it. Within one region
   * their prefixes compare.
   */
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

/** What its region and its prefix hold, and how far behind it is. The highest makes way first. */
type Rank = readonly [region: number, place: number, behindMs: number];

function isAbove(a: Rank, b: Rank): boolean {
  if (a[0] !== b[0]) return a[0] > b[0];
  return a[1] === b[1] ? a[2] > b[2] : a[1] > b[1];
}

/** The region of a prefix; an IPv4 address is a region of its own. */
function keyOf(prefix: string): string {
  return regionOf(prefix) ?? prefix;
}

function add(shares: Map<string, number>, key: string, change: number): void {
  const here = (shares.get(key) ?? 0) + change;
  if (here > 0) shares.set(key, here);
  else shares.delete(key);
}
