/**
 * Rate: counts a key's uses in a window of time and refuses those over a limit (DS24). Fixed
 * windows: twice the limit can pass around a boundary, and a full window costs one map clear.
 * Kept in memory only, so that no trace of who asked reaches the disk (DS32).
 */
import type { Bytes } from "@yanshu/wire";

/** One stretch of time after another. */
class Window {
  private endsMs = 0;
  private readonly lengthMs: number;

  constructor(lengthMs: number) {
    this.lengthMs = lengthMs;
  }

  /** Whether a new one begins. A clock that jumped back begins one. */
  begins(nowMs: number): boolean {
    if (nowMs < this.endsMs && nowMs >= this.endsMs - this.lengthMs) return false;
    this.endsMs = nowMs + this.lengthMs;
    return true;
  }

  leftMs(nowMs: number): number {
    return Math.min(this.lengthMs, Math.max(1, this.endsMs - nowMs));
  }
}

/** For keys of which there are few: prefixes, accounts. */
export class RateLimit {
  private counts = new Map<string, number>();
  private readonly window: Window;
  private readonly max: number;

  constructor(max: number, windowMs: number) {
    this.max = max;
    this.window = new Window(windowMs);
  }

  /** Whether `key` may once more; what counts as several, too, where there is room for one. */
  take(key: string, nowMs: number, amount = 1): boolean {
    if (!this.has(key, nowMs)) return false;
    this.counts.set(key, (this.counts.get(key) ?? 0) + amount);
    return true;
  }

  /** What was counted last was none. */
  giveBack(key: string): void {
    const count = (this.counts.get(key) ?? 0) - 1;
    if (count > 0) this.counts.set(key, count);
    else this.counts.delete(key);
  }

  /** Whether `key` may once more, without counting it. */
  has(key: string, nowMs: number): boolean {
    if (this.window.begins(nowMs)) this.counts.clear();
    return (this.counts.get(key) ?? 0) < this.max;
  }

  /** After how long who was refused may try again. */
  waitMs(nowMs: number): number {
    return this.window.leftMs(nowMs);
  }
}

/**
 * The same for keys that anybody may make up, a thousand in one post: counted in a table of one size, where few share
 * a place. Keys are random bytes; who makes them up so that they share somebody's place might as well name that one.
 */
export class RateTable {
  private readonly counts = new Uint32Array(1 << 20);
  private readonly window: Window;
  private readonly max: number;

  constructor(max: number, windowMs: number) {
    this.max = max;
    this.window = new Window(windowMs);
  }

  /** Whether `key`, of four bytes at least, may once more. */
  take(key: Bytes, nowMs: number): boolean {
    if (!this.has(key, nowMs)) return false;
    const place = this.placeOf(key);
    this.counts[place] = (this.counts[place] ?? 0) + 1;
    return true;
  }

  /** Whether `key` may once more, without counting it. */
  has(key: Bytes, nowMs: number): boolean {
    if (this.window.begins(nowMs)) this.counts.fill(0);
    return (this.counts[this.placeOf(key)] ?? 0) < this.max;
  }

  /** After how long who was refused may try again. */
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
