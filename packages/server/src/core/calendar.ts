/**
 * Calendar: the day by which data expires (docs/spec/delivery.md DS65). A clock that leaps ahead is not believed at
 * once: if a time server set it back later, the data deleted meanwhile would be lost.
 */
import type { Clock } from "./ports.ts";
import { dayOf } from "./rate.ts";

/** A clock that is more than this ahead of the last day has leapt. */
const leapDays = 2;
/** Hourly checks that a leap must last until it is believed. */
const checksToBelieve = 24;

export class Calendar {
  /** The last day that was believed; undefined in a new database. */
  private believed: number | undefined;
  private doubted = 0;
  private readonly clock: Pick<Clock, "nowMs">;

  /** @param lastDay the last day in the database, in days since 1970; undefined in a new one. */
  constructor(clock: Pick<Clock, "nowMs">, lastDay: number | undefined) {
    this.clock = clock;
    this.believed = lastDay;
    this.check();
  }

  /** Call this once an hour. */
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
