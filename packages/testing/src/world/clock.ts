/**
 * Clock of a world: time passes only when it is told to. Timers of one instant run in the order in
 * which they were set; between two of them all promises that can settle do.
 */
import type { Cancel } from "@yanshu/client";

type Timer = { readonly atMs: number; readonly order: number; readonly run: () => void };

export class SimClock {
  private timers: Timer[] = [];
  private order = 0;
  private now: number;

  constructor(startMs: number) {
    this.now = startMs;
  }

  readonly nowMs = (): number => this.now;

  readonly after = (ms: number, run: () => void): Cancel => {
    const timer = { atMs: this.now + Math.max(0, Math.ceil(ms)), order: this.order++, run };
    // Insertion by bisection: a long run sets hundreds of thousands of timers.
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.timers[middle] as Timer;
      if (other.atMs < timer.atMs || (other.atMs === timer.atMs && other.order < timer.order)) low = middle + 1;
      else high = middle;
    }
    this.timers.splice(low, 0, timer);
    return () => {
      const at = this.timers.indexOf(timer);
      if (at >= 0) this.timers.splice(at, 1);
    };
  };

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.now + ms;
    await settled();
    for (;;) {
      const [first] = this.timers;
      if (first === undefined || first.atMs > untilMs) break;
      this.timers.shift();
      this.now = Math.max(this.now, first.atMs);
      first.run();
      await settled();
    }
    this.now = untilMs;
  }
}

/** All cryptography here is synchronous inside, so what can settle has settled when the loop turns. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
