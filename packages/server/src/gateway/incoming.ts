/**
 * Incoming: limits what is under way and holds memory until it is whole: frames in pieces, bodies, downloads
 * (docs/spec/delivery.md DS126, DS181). There is a limit per prefix and one in all. When there is no room, one makes
 * way that is too slow, or whose prefix holds more than the newcomer's. Of those, the first to go is from the prefix
 * that holds most, and there the one furthest behind. So nobody keeps others out by starting what they do not finish.
 * The prefixes of one IPv6 /48, a region, count together against other regions (DS240).
 *
 * Who finds no room is refused at little cost (DS246): shares are kept by place, and who is behind is sought again
 * only once one of them can be.
 */
import type { OpenLimits } from "../core/core-config.ts";
import { regionOf } from "../core/public-address.ts";

export type Coming = {
  /** Absent: limited only by the limit of all. */
  readonly prefix: string | undefined;
  /** What it counts for, in the unit of the limit: bytes, or 1. */
  readonly amount: number;
  /** How far it is behind the slowest allowed pace; negative: ahead of it. Grows no faster than `nowMs`. */
  readonly behindMs: (nowMs: number) => number;
  /** Ends it, so that another has its room. It has ended when this returns. */
  readonly drop: () => void;
};

/** Behind by less than this is no sign of a flood: networks falter. */
const falterMs = 2_000;

/** A prefix, or one thing under way that has none. An IPv4 address is a region of its own. */
type Place = { readonly key: string | undefined; readonly region: Region; share: number; readonly held: Set<Coming> };
type Region = { readonly key: string | undefined; share: number; readonly places: Set<Place> };

export class Incoming {
  private readonly places = new Map<string, Place>();
  private readonly regions = new Map<string, Region>();
  /** Every region, with those of no key. */
  private readonly all = new Set<Region>();
  private readonly held = new Map<Coming, Place>();
  private amount = 0;
  /** Until then nothing that is held can be behind by `falterMs`: none falls behind faster than time passes. */
  private noneBehindUntilMs = Number.POSITIVE_INFINITY;
  private readonly max: OpenLimits;
  private readonly nowMs: () => number;

  /** @param nowMs the clock by which it is told who is behind. */
  constructor(max: OpenLimits, nowMs: () => number = () => performance.now()) {
    this.max = max;
    this.nowMs = nowMs;
  }

  /** Lets `coming` in, if need be after others made way. Returns false if there is no room. */
  enter(coming: Coming): boolean {
    const { prefix, amount } = coming;
    if (amount > this.max.all || (prefix !== undefined && amount > this.max.prefix)) return false;
    if (prefix !== undefined)
      while (shareOf(this.places.get(prefix)) + amount > this.max.prefix) if (!this.makeWayHere(prefix)) return false;
    while (this.amount + amount > this.max.all) if (!this.makeWay(coming)) return false;
    const place = this.placeOf(prefix);
    this.held.set(coming, place);
    place.held.add(coming);
    this.count(place, amount);
    const nowMs = this.nowMs();
    this.noneBehindUntilMs = Math.min(this.noneBehindUntilMs, nowMs + falterMs - coming.behindMs(nowMs));
    return true;
  }

  leave(coming: Coming): void {
    const place = this.held.get(coming);
    if (place === undefined) return;
    this.held.delete(coming);
    place.held.delete(coming);
    this.count(place, -coming.amount);
    if (place.held.size > 0) return;
    place.region.places.delete(place);
    if (place.key !== undefined) this.places.delete(place.key);
    if (place.region.places.size > 0) return;
    this.all.delete(place.region);
    if (place.region.key !== undefined) this.regions.delete(place.region.key);
  }

  get isEmpty(): boolean {
    return this.held.size === 0;
  }

  /** Drops the one of this prefix that is furthest behind. Returns false if none is behind. */
  private makeWayHere(prefix: string): boolean {
    const nowMs = this.nowMs();
    if (nowMs < this.noneBehindUntilMs) return false;
    let last: { readonly coming: Coming; readonly behindMs: number } | undefined;
    for (const coming of this.places.get(prefix)?.held ?? []) {
      const behindMs = coming.behindMs(nowMs);
      if (behindMs >= falterMs && behindMs > (last?.behindMs ?? 0)) last = { coming, behindMs };
    }
    return this.dropped(last?.coming);
  }

  /**
   * Drops one for a newcomer: of those that are behind, or whose region would hold more, even without it, than the
   * newcomer's with it. Within one region their places compare. The one of the fullest region goes, there of the
   * fullest place, there the one furthest behind. Returns false if there is none.
   */
  private makeWay({ prefix, amount }: Coming): boolean {
    const nowMs = this.nowMs();
    const isSomeBehind = nowMs >= this.noneBehindUntilMs;
    const ownRegion = prefix === undefined ? undefined : this.regions.get(keyOf(prefix));
    const [inRegion, inPlace] = [
      (ownRegion?.share ?? 0) + amount,
      shareOf(prefix === undefined ? undefined : this.places.get(prefix)) + amount,
    ];
    let last: { readonly coming: Coming; readonly place: Place; readonly behindMs: number } | undefined;
    let furthestMs = Number.NEGATIVE_INFINITY;
    for (const region of this.all) {
      const isOwn = region === ownRegion;
      if (!(isSomeBehind || isOwn || region.share > inRegion)) continue;
      for (const place of region.places) {
        const spare = isOwn ? place.share - inPlace : region.share - inRegion;
        if (!isSomeBehind && spare <= 0) continue;
        const isBelow = last !== undefined && holds(place, last.place) < 0;
        for (const coming of place.held) {
          const behindMs = coming.behindMs(nowMs);
          if (behindMs > furthestMs) furthestMs = behindMs;
          if (isBelow || (behindMs < falterMs && coming.amount >= spare)) continue;
          if (last === undefined || holds(place, last.place) > 0 || behindMs > last.behindMs)
            last = { coming, place, behindMs };
        }
      }
    }
    if (isSomeBehind) this.noneBehindUntilMs = nowMs + falterMs - furthestMs;
    return this.dropped(last?.coming);
  }

  private dropped(coming: Coming | undefined): boolean {
    if (coming === undefined) return false;
    this.leave(coming);
    coming.drop();
    return true;
  }

  private placeOf(prefix: string | undefined): Place {
    const known = prefix === undefined ? undefined : this.places.get(prefix);
    if (known !== undefined) return known;
    const region = this.regionOf(prefix);
    const place: Place = { key: prefix, region, share: 0, held: new Set() };
    region.places.add(place);
    if (prefix !== undefined) this.places.set(prefix, place);
    return place;
  }

  private regionOf(prefix: string | undefined): Region {
    const key = prefix === undefined ? undefined : keyOf(prefix);
    const known = key === undefined ? undefined : this.regions.get(key);
    if (known !== undefined) return known;
    const region: Region = { key, share: 0, places: new Set() };
    this.all.add(region);
    if (key !== undefined) this.regions.set(key, region);
    return region;
  }

  private count(place: Place, change: number): void {
    this.amount += change;
    place.share += change;
    place.region.share += change;
  }
}

function shareOf(place: Place | undefined): number {
  return place?.share ?? 0;
}

/** Above zero where the region of `a` holds more than that of `b`, or as much, and `a` itself more. */
function holds(a: Place, b: Place): number {
  return a.region.share - b.region.share || a.share - b.share;
}

/** The region of a prefix; an IPv4 address is a region of its own. */
function keyOf(prefix: string): string {
  return regionOf(prefix) ?? prefix;
}
