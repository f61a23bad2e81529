/**
 * Live budget: what all Lives of a server keep in memory, and what they hand on a second (docs/spec/live.md CA165,
 * CA187, CA188). Both are divided by the places that opened them, so that one Live, or one place, leaves room for
 * others.
 */
import type { OpenLimits } from "../../core/core-config.ts";

const lowMs = 15_000;
const secondMs = 1_000;
/** Bytes of pieces that are kept for those who come, of one place and in all. Heads are bounded by how many Lives. */
const keptBytesMax: OpenLimits = { prefix: 16 * 1024 * 1024, all: 128 * 1024 * 1024 };
/** Where this machine's own come from: it has no limit of its own. */
const nowhere = "";

/** Who keeps pieces: asked to let them go where another place has fewer. */
export type Keeper = { readonly place: string; readonly letGo: () => void };

type Share = {
  /** Bytes of this second, handed on, and asked for as well as handed on. */
  used: number;
  wanted: number;
  /** Asked for in the second before. */
  before: number;
  lowUntilMs: number;
  readonly inside: Map<Keeper, Share>;
  insideBefore: number;
};

export class LiveBudget {
  bytes = 0;
  private readonly perSecond: number;
  private readonly keptMax: OpenLimits;
  private readonly kept = new Map<string, { bytes: number; readonly by: Map<Keeper, number> }>();
  private keptInAll = 0;
  private readonly places = new Map<string, Share>();
  private placesBefore = 0;
  private used = 0;
  private sinceMs = 0;

  constructor(perSecond: number, keptMax = keptBytesMax) {
    this.perSecond = perSecond;
    this.keptMax = keptMax;
  }

  get keptBytes(): number {
    return this.keptInAll;
  }

  /** Counts bytes that are kept. Where all is full, the place that has most lets go. @returns whether it may. */
  keep(keeper: Keeper, bytes: number): boolean {
    const { place } = keeper;
    const here = this.kept.get(place)?.bytes ?? 0;
    if (place !== nowhere && here + bytes > this.keptMax.prefix) return false;
    if (this.keptInAll + bytes > this.keptMax.all) this.makeWay(here + bytes, this.keptMax.all - bytes);
    if (this.keptInAll + bytes > this.keptMax.all) return false;
    const held = this.kept.get(place) ?? { bytes: 0, by: new Map<Keeper, number>() };
    this.kept.set(place, held);
    held.bytes += bytes;
    held.by.set(keeper, (held.by.get(keeper) ?? 0) + bytes);
    this.keptInAll += bytes;
    return true;
  }

  dropped(keeper: Keeper, bytes: number): void {
    const held = this.kept.get(keeper.place);
    if (held === undefined || bytes === 0) return;
    held.bytes -= bytes;
    this.keptInAll -= bytes;
    const left = (held.by.get(keeper) ?? bytes) - bytes;
    if (left > 0) held.by.set(keeper, left);
    else held.by.delete(keeper);
    if (held.bytes <= 0) this.kept.delete(keeper.place);
  }

  /** Whether more than half of its share was taken a moment ago: then the small layer is handed on. */
  isLow(keeper: Keeper, nowMs: number): boolean {
    return nowMs < (this.places.get(keeper.place)?.inside.get(keeper)?.lowUntilMs ?? 0);
  }

  hasRoom(keeper: Keeper, nowMs: number): boolean {
    this.turn(nowMs);
    const { place, room, ofPlace, ofRoom, leastOfPlace, leastOfRoom } = this.shares(keeper);
    if (room.used < leastOfRoom) return true;
    const hasPlace = place.used < leastOfPlace || (this.used < this.perSecond && place.used < ofPlace);
    return hasPlace && room.used < ofRoom;
  }

  take(keeper: Keeper, bytes: number, nowMs: number): void {
    this.turn(nowMs);
    const { place, room, ofRoom } = this.shares(keeper);
    this.bytes += bytes;
    this.used += bytes;
    for (const one of [place, room]) {
      one.used += bytes;
      one.wanted += bytes;
    }
    if (room.used > ofRoom / 2) room.lowUntilMs = nowMs + lowMs;
  }

  /** Bytes for which there was no room: they count for what is left to it of the next second. */
  missed(keeper: Keeper, bytes: number): void {
    const { place, room } = this.shares(keeper);
    place.wanted += bytes;
    room.wanted += bytes;
  }

  private shares(keeper: Keeper) {
    const place = shareOf(this.places, keeper.place);
    const room = shareOf(place.inside, keeper);
    const leastOfPlace = this.perSecond / this.places.size;
    const ofPlace = Math.max(leastOfPlace, this.perSecond - (this.placesBefore - place.before));
    const leastOfRoom = leastOfPlace / place.inside.size;
    const ofRoom = Math.max(ofPlace / place.inside.size, ofPlace - (place.insideBefore - room.before));
    return { place, room, leastOfPlace, ofPlace, leastOfRoom, ofRoom };
  }

  private makeWay(fewer: number, to: number): void {
    let most = { bytes: fewer, by: new Map<Keeper, number>() };
    for (const held of this.kept.values()) if (held.bytes > most.bytes) most = held;
    for (const keeper of most.by.keys()) {
      if (this.keptInAll <= to) return;
      keeper.letGo();
    }
  }

  private turn(nowMs: number): void {
    if (Math.abs(nowMs - this.sinceMs) < secondMs) return;
    this.sinceMs = nowMs;
    this.used = 0;
    this.placesBefore = next(this.places, nowMs);
    for (const place of this.places.values()) place.insideBefore = next(place.inside, nowMs);
  }
}

/** What a second begins with. Returns the bytes that were asked for in the one before. */
function next<K>(shares: Map<K, Share>, nowMs: number): number {
  let before = 0;
  for (const [key, share] of shares) {
    before += share.wanted;
    share.before = share.wanted;
    share.used = 0;
    share.wanted = 0;
    if (share.before === 0 && nowMs >= share.lowUntilMs) shares.delete(key);
  }
  return before;
}

function shareOf<K>(shares: Map<K, Share>, key: K): Share {
  const known = shares.get(key);
  if (known !== undefined) return known;
  const made: Share = { used: 0, wanted: 0, before: 0, lowUntilMs: 0, inside: new Map(), insideBefore: 0 };
  shares.set(key, made);
  return made;
}
