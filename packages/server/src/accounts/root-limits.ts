/**
 * Limits of coming back (docs/spec/identity.md ID30): how often a root key, or what opens one, is shown, by place and
 * by account.
 */
import type { CoreConfig } from "../core/core-config.ts";
import { type Refusal, refuse } from "../core/outcome.ts";
import type { Clock } from "../core/ports.ts";
import { dayMs, hourMs, RateLimit } from "../core/rate.ts";
import { once } from "../feature.ts";
import type { AccountRef } from "../log/log.ts";

export class RootLimits {
  private readonly byPrefix: RateLimit;
  private readonly byAccount: RateLimit;
  private readonly clock: Pick<Clock, "nowMs">;

  constructor({ restoresPerHour, restoresPerDay }: CoreConfig, clock: Pick<Clock, "nowMs">) {
    this.byPrefix = new RateLimit(restoresPerHour.prefix, hourMs);
    this.byAccount = new RateLimit(restoresPerDay.account, dayMs);
    this.clock = clock;
  }

  readonly placeRefusal = ({ prefix }: { readonly prefix: string | undefined }): Refusal | undefined =>
    prefix === undefined || this.byPrefix.take(prefix, this.clock.nowMs()) ? undefined : refuse("rate-limited");

  /** Whether an account's root may come once more today; counts once, however often the commit is tried. */
  mayAsk(): (account: AccountRef) => boolean {
    const nowMs = this.clock.nowMs();
    return once((account: AccountRef) => this.byAccount.take(`${account}`, nowMs));
  }
}
