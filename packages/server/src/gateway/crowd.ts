/**
 * Crowd: limits what is open at once, by prefix ("place") and by region, an IPv6 /48 (docs/spec/calls.md CA190). When
 * all is full, the newest of the fullest prefix makes way for one from a prefix that has fewer. So a few networks
 * cannot keep others out.
 */
import type { OpenLimits } from "../core/core-config.ts";
import { regionOf } from "../core/public-address.ts";

/** A /48 may have this many times the limit of a prefix. It holds 256 prefixes (/56), one a household. */
const placesOfRegion = 2;

type Region<T> = { count: number; readonly places: Map<string, Set<T>> };

export class Crowd<T> {
  private readonly regions = new Map<string, Region<T>>();
  private count = 0;
  private readonly max: OpenLimits;

  constructor(max: OpenLimits) {
    this.max = max;
  }

  /**
   * Counts `one`. Returns undefined if there is no room, otherwise the one that made way, if any. The caller closes the
   * displaced one, which is not counted any more.
   */
  enter(place: string, one: T): { readonly displaced: T | undefined } | undefined {
    const key = regionOf(place) ?? place;
    const known = this.regions.get(key);
    const here = known?.places.get(place)?.size ?? 0;
    if (here >= this.max.prefix || (known?.count ?? 0) >= this.max.prefix * placesOfRegion) return undefined;
    let displaced: T | undefined;
    if (this.count >= this.max.all) {
      const found = this.whoMakesWay(key, here);
      if (found === undefined) return undefined;
      this.leave(found.place, found.one);
      displaced = found.one;
    }
    const region = this.regions.get(key) ?? { count: 0, places: new Map<string, Set<T>>() };
    this.regions.set(key, region);
    const held = region.places.get(place) ?? new Set<T>();
    region.places.set(place, held);
    held.add(one);
    region.count++;
    this.count++;
    return { displaced };
  }

  /** Uncounts `one`; does nothing if it left already or made way. */
  leave(place: string, one: T): void {
    const key = regionOf(place) ?? place;
    const region = this.regions.get(key);
    const held = region?.places.get(place);
    if (region === undefined || held?.delete(one) !== true) return;
    this.count--;
    region.count--;
    if (held.size === 0) region.places.delete(place);
    if (region.count === 0) this.regions.delete(key);
  }

  private whoMakesWay(key: string, here: number): { readonly place: string; readonly one: T } | undefined {
    const own = this.regions.get(key);
    let most = own;
    for (const region of this.regions.values()) if (region.count > (most?.count ?? 0)) most = region;
    if (most === undefined) return undefined;
    // Another region makes way if it has more than this one would have then. Within one region, prefixes compare.
    if (most !== own && most.count <= (own?.count ?? 0) + 1) return undefined;
    let fullest: [string, Set<T>] | undefined;
    for (const place of most.places) if (place[1].size > (fullest?.[1].size ?? 0)) fullest = place;
    if (fullest === undefined || (most === own && fullest[1].size <= here + 1)) return undefined;
    const one = [...fullest[1]].at(-1);
    return one === undefined ? undefined : { place: fullest[0], one };
  }
}
