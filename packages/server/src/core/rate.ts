/**
 * Rate: counts a key's uses in a window of time and refuses those over a limit (DS24). Fixed
 * windows: twice the limit can pass around a boundary, and a full window costs one map clear.
 * Kept in memory only, so that no trace of who asked reaches the disk (DS32).
 */
import type { Bytes } from "@yanshu/wire";

/** Fixed windows of time, one after another. */
class Window {
  private endsMs = 0;
  private readonly lengthMs: number;

  constructor(lengthMs: number) {
    this.lengthMs = lengthMs;
  }

  /** Begins a new window, and returns true, when the last one is over, or when the clock was set back. */
  begins(nowMs: number): boolean {
    if (nowMs < this.endsMs && nowMs >= this.endsMs - this.lengthMs) return false;
    this.endsMs = nowMs + this.lengthMs;
    return true;
  }

  leftMs(nowMs: number): number {
    return Math.min(this.lengthMs, Math.max(1, this.endsMs - nowMs));
  }
}

/** A counter for each key, where the number of keys is bounded: IP prefixes, accounts. */
export class RateLimit {
  private counts = new Map<string, number>();
  private readonly window: Window;
  private readonly max: number;

  constructor(max: number, windowMs: number) {
    this.max = max;
    this.window = new Window(windowMs);
  }

  /**
   * Counts `amount` uses of `key` when it is below its limit, even if they lead over it. Returns false, and counts
   * nothing, at the limit.
   */
  take(key: string, nowMs: number, amount = 1): boolean {
    if (!this.has(key, nowMs)) return false;
    this.counts.set(key, (this.counts.get(key) ?? 0) + amount);
    return true;
  }

  /** Takes one use of `key` back: what it was counted for did not happen. */
  giveBack(key: string): void {
    const count = (this.counts.get(key) ?? 0) - 1;
    if (count > 0) this.counts.set(key, count);
    else this.counts.delete(key);
  }

  /** Whether `key` is below its limit; counts nothing. */
  has(key: string, nowMs: number): boolean {
    if (this.window.begins(nowMs)) this.counts.clear();
    return (this.counts.get(key) ?? 0) < this.max;
  }

  /** How long until a refused key is counted anew. */
  waitMs(nowMs: number): number {
    return this.window.leftMs(nowMs);
  }
}

/** Places of a `RateTable`, and of how many used ones it knows which they are. */
const places = 1 << 20;
const usedMax = 4_096;

/**
 * The same for keys that a client chooses (addresses, lists: a thousand in one post): a table of fixed size, so that
 * memory is bounded. Keys that fall on one counter share it. That helps no attacker: a key that collides with
 * somebody's address counts as much as that address itself, which they can name anyhow.
 *
 * The table begins with the first use, its counters are no wider than the limit asks for, and while few are used only
 * those are cleared: a page of memory that no counter was written to costs nothing.
 */
export class RateTable {
  private counts: Uint8Array | Uint16Array | Uint32Array | undefined;
  /** Places of counters above zero: all of them, while there are fewer than `usedMax`. */
  private used: number[] = [];
  private readonly window: Window;
  private readonly max: number;

  constructor(max: number, windowMs: number) {
    this.max = max;
    this.window = new Window(windowMs);
  }

  /** Counts one use of `key` (four bytes at least) when it is below its limit; returns whether it was. */
  take(key: Bytes, nowMs: number): boolean {
    if (!this.has(key, nowMs)) return false;
    this.counts ??= countersTo(this.max);
    const place = placeOf(key);
    const count = this.counts[place] ?? 0;
    if (count === 0 && this.used.length < usedMax) this.used.push(place);
    this.counts[place] = count + 1;
    return true;
  }

  /** Whether `key` is below its limit; counts nothing. */
  has(key: Bytes, nowMs: number): boolean {
    if (this.window.begins(nowMs)) this.clear();
    return (this.counts?.[placeOf(key)] ?? 0) < this.max;
  }

  /** How long until a refused key is counted anew. */
  waitMs(nowMs: number): number {
    return this.window.leftMs(nowMs);
  }

  private clear(): void {
    const { counts, used } = this;
    if (counts === undefined || used.length === 0) return;
    if (used.length >= usedMax) counts.fill(0);
    else for (const place of used) counts[place] = 0;
    this.used = [];
  }
}

/** All at zero. A counter never passes `max`. */
function countersTo(max: number): Uint8Array | Uint16Array | Uint32Array {
  if (max < 1 << 8) return new Uint8Array(places);
  return max < 1 << 16 ? new Uint16Array(places) : new Uint32Array(places);
}

function placeOf([, a = 0, b = 0, c = 0]: Bytes): number {
  return ((a << 16) | (b << 8) | c) & (places - 1);
}

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** Days since 1970: the finest time that the server stores. */
export function dayOf(nowMs: number): number {
  return Math.floor(nowMs / dayMs);
}
