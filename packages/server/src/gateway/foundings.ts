/**
 * Foundings: how many groups are founded, by place and in all (docs/spec/delivery.md DS24, DS133, DS182). Anybody may
 * found one, and home keeps its gate: so not without end. Those that were taken are counted; a try that came to nothing
 * counts for its own place alone, so that nobody keeps others from founding by trying what is refused.
 */
import type { ServerConfig } from "../core/config.ts";
import { type Refusal, tooOften } from "../core/outcome.ts";
import { hourMs, RateLimit } from "../core/rate.ts";
import { regionOf } from "./prefix.ts";

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

  /** Before a post is decoded; counts nothing. */
  refusal(prefix: string | undefined, nowMs: number): Refusal | undefined {
    const limits = [...this.limitsOf(prefix), [this.falseByPrefix, prefix] as const];
    const full = limits.find(([limit, key]) => key !== undefined && !limit.has(key, nowMs));
    return full && tooOften(full[0].waitMs(nowMs));
  }

  /**
   * One is on its way: it counts until it is known what became of it, so that many at once are no more than one by one.
   */
  begin(prefix: string | undefined, nowMs: number): Refusal | undefined {
    const refusal = this.refusal(prefix, nowMs);
    if (refusal === undefined)
      for (const [limit, key] of this.limitsOf(prefix)) if (key !== undefined) limit.take(key, nowMs);
    return refusal;
  }

  /** The one that was on its way was refused, or was a repeat. */
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
