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

/**
 * The same for keys that a client chooses (addresses, lists: a thousand in one post): a table of fixed size, so that
 * memory is bounded. Keys that fall on one counter share it. That helps no attacker: a key that collides with
 * somebody's address counts as much as that address itself, which they can name anyhow.
 */
export class RateTable {
  private readonly counts = new Uint32Array(1 << 20);
  private readonly window: Window;
  private readonly max: number;

  constructor(max: number, windowMs: number) {
    this.max = max;
    this.window = new Window(windowMs);
  }

  /** Counts one use of `key` (four bytes at least) when it is below its limit; returns whether it was. */
  take(key: Bytes, nowMs: number): boolean {
    if (!this.has(key, nowMs)) return false;
    const place = this.placeOf(key);
    this.counts[place] = (this.counts[place] ?? 0) + 1;
    return true;
  }

  /** Whether `key` is below its limit; counts nothing. */
  has(key: Bytes, nowMs: number): boolean {
    if (this.window.begins(nowMs)) this.counts.fill(0);
    return (this.counts[this.placeOf(key)] ?? 0) < this.max;
  }

  /** How long until a refused key is counted anew. */
  waitMs(nowMs: number): number {
    return this.window.leftMs(nowMs);
  }

  private placeOf([, a = 0, b = 0, c = 0]: Bytes): number {
    return ((a << 16) | (b << 8) | c) & (this.counts.length - 1);
  }
}

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** Days since 1970: the finest time that the server stores. */
export function dayOf(nowMs: number): number {
  return Math.floor(nowMs / dayMs);
}
