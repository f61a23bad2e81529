/**
 * Calendar: the day by which things are dropped (docs/spec/delivery.md DS65). A clock that leaps ahead is not believed
 * at once: what it would drop would be lost if it goes back, as it does when a time server sets it right.
 */
import type { Clock } from "./ports.ts";
import { dayOf } from "./rate.ts";

/** More than a weekend's pause of the process would make. */
const leapDays = 2;
/** How long a leap must stand until it is believed, in checks, of which one comes an hour. */
const checksToBelieve = 24;

export class Calendar {
  /** The last day that was believed; undefined in a new database. */
  private believed: number | undefined;
  private doubted = 0;
  private readonly clock: Pick<Clock, "nowMs">;

  /** @param lastDay that stands in the database. */
  constructor(clock: Pick<Clock, "nowMs">, lastDay: number | undefined) {
    this.clock = clock;
    this.believed = lastDay;
    this.check();
  }

  /** To be called once an hour. */
  check(): void {
    const day = dayOf(this.clock.nowMs());
    const isLeap = this.believed !== undefined && day > this.believed + leapDays;
    if (isLeap && ++this.doubted <= checksToBelieve) return;
    this.doubted = 0;
    this.believed = day;
  }

  /** Days since 1970; undefined while the clock is not believed, and nothing may be dropped. */
  today(): number | undefined {
    const day = dayOf(this.clock.nowMs());
    return this.believed !== undefined && day > this.believed + leapDays ? undefined : day;
  }
}
