/**
 * Rate: counts a key's uses in a window of time and refuses those over a limit (DS24). Fixed
 * windows: twice the limit can pass around a boundary, and a full window costs one map clear.
 * Kept in memory only, so that no trace of who asked reaches the disk (DS32).
 */
export class RateLimit {
  private counts = new Map<string, number>();
  private endsMs = 0;
  private readonly windowMs: number;
  private readonly max: number;

  constructor(max: number, windowMs: number) {
    this.max = max;
    this.windowMs = windowMs;
  }

  /** Whether `key` may once more. A clock that jumped back begins a new window. */
  take(key: string, nowMs: number): boolean {
    if (nowMs >= this.endsMs || nowMs < this.endsMs - this.windowMs) {
      this.counts.clear();
      this.endsMs = nowMs + this.windowMs;
    }
    const count = this.counts.get(key) ?? 0;
    if (count >= this.max) return false;
    this.counts.set(key, count + 1);
    return true;
  }
}

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** Days since 1970: the finest time that the server stores. */
export function dayOf(nowMs: number): number {
  return Math.floor(nowMs / dayMs);
}
