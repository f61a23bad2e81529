/**
 * Limits of what is said in rooms, in bytes (docs/spec/calls.md CA65): a seat has a bucket, and what its words make
 * when they are handed to many is counted by place and in all. In memory only.
 */
import { RateLimit } from "../../core/rate.ts";

/** What a seat may say at once, and each second from then on. */
const seatBytes = { burst: 64 * 1024, perSecond: 16 * 1024 } as const;
const windowMs = 4_000;
/** What is handed to all who hear, in one window. A place is heard with so much however much others say. */
const handedBytes = { prefix: 1024 * 1024, all: 32 * 1024 * 1024, always: 128 * 1024 } as const;

export class Bucket {
  private used = 0;
  private atMs = 0;

  /** @returns after how many milliseconds there is room; 0: it is taken. */
  take(bytes: number, nowMs: number): number {
    const passedMs = Math.max(0, nowMs - this.atMs);
    this.used = Math.max(0, this.used - (passedMs * seatBytes.perSecond) / 1_000);
    this.atMs = nowMs;
    const over = this.used + bytes - seatBytes.burst;
    if (over > 0) return Math.ceil((over * 1_000) / seatBytes.perSecond);
    this.used += bytes;
    return 0;
  }
}

export class Handed {
  private readonly always = new RateLimit(handedBytes.always, windowMs);
  private readonly byPrefix = new RateLimit(handedBytes.prefix, windowMs);
  private readonly all = new RateLimit(handedBytes.all, windowMs);

  /** @param prefix undefined for this machine's own, which count in all alone. @returns as a bucket does. */
  take(prefix: string | undefined, bytes: number, nowMs: number): number {
    const isQuiet = prefix !== undefined && this.always.has(prefix, nowMs);
    const hasRoom = isQuiet || this.all.has("", nowMs);
    if (!hasRoom || (prefix !== undefined && !this.byPrefix.has(prefix, nowMs))) return this.all.waitMs(nowMs);
    this.all.take("", nowMs, bytes);
    if (prefix === undefined) return 0;
    this.always.take(prefix, nowMs, bytes);
    this.byPrefix.take(prefix, nowMs, bytes);
    return 0;
  }
}
