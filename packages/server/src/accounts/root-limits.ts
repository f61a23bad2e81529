/**
 * Limits on recovering accounts (docs/spec/identity.md ID30): how often a root key, or what decrypts one, may be used,
 * per prefix and per account.
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

  /** Returns a function that counts an account's root key and returns false at its limit. It counts once per commit. */
  mayAsk(): (account: AccountRef) => boolean {
    const nowMs = this.clock.nowMs();
    return once((account: AccountRef) => this.byAccount.take(`${account}`, nowMs));
  }
}
