/**
 * Foundings: limits how many groups are founded, by prefix, region and in all (docs/spec/delivery.md DS24, DS133,
 * DS182). Anybody may found a group, and the server keeps its gate for long. A founding that fails counts for its own
 * prefix only: so nobody can use up the shared limits with posts that are refused.
 */
import type { ServerConfig } from "../core/config.ts";
import { type Refusal, tooOften } from "../core/outcome.ts";
import { regionOf } from "../core/public-address.ts";
import { hourMs, RateLimit } from "../core/rate.ts";

const everywhere = "";

export class Foundings {
  private readonly byPrefix: RateLimit;
  private readonly byRegion: RateLimit;
  private readonly byAll: RateLimit;
  private readonly falseByPrefix: RateLimit;

  constructor({ createsPerHour: { prefix, region, all } }: Pick<ServerConfig, "createsPerHour">) {
    this.byPrefix = new RateLimit(prefix, hourMs);
    this.byRegion = new RateLimit(region, hourMs);
    this.byAll = new RateLimit(all, hourMs);
    this.falseByPrefix = new RateLimit(prefix, hourMs);
  }

  /** The refusal of a founding now, if any. Called before the post is decoded; counts nothing. */
  refusal(prefix: string | undefined, nowMs: number): Refusal | undefined {
    const limits = [...this.limitsOf(prefix), [this.falseByPrefix, prefix] as const];
    const full = limits.find(([limit, key]) => key !== undefined && !limit.has(key, nowMs));
    return full && tooOften(full[0].waitMs(nowMs));
  }

  /**
   * Counts a founding whose outcome is not known yet, so that many at once cannot pass the limit.
   */
  begin(prefix: string | undefined, nowMs: number): Refusal | undefined {
    const refusal = this.refusal(prefix, nowMs);
    if (refusal === undefined)
      for (const [limit, key] of this.limitsOf(prefix)) if (key !== undefined) limit.take(key, nowMs);
    return refusal;
  }

  /** Uncounts a founding that was refused or was a repeat; it counts as a failed one of its prefix. */
  cameToNothing(prefix: string | undefined, nowMs: number): void {
    for (const [limit, key] of this.limitsOf(prefix)) if (key !== undefined) limit.giveBack(key);
    if (prefix !== undefined) this.falseByPrefix.take(prefix, nowMs);
  }

  private limitsOf(prefix: string | undefined): readonly (readonly [RateLimit, string | undefined])[] {
    return [
      [this.byPrefix, prefix],
      [this.byRegion, regionOf(prefix)],
      [this.byAll, everywhere],
    ];
  }
}
