/** A clock that moves only when a test says so. */
import type { Clock } from "../core/ports.ts";

type Timer = { readonly atMs: number; readonly order: number; readonly work: () => void };

export class ManualClock implements Clock {
  private now: number;
  private elapsed = 0;
  private order = 0;
  private timers: Timer[] = [];
  readonly nowMs: () => number;
  readonly after: Clock["after"];

  constructor(startMs = Date.UTC(2026, 10, 1, 12)) {
    this.now = startMs;
    this.nowMs = () => this.now;
    this.after = (delayMs, work) => {
      const timer = { atMs: this.elapsed + delayMs, order: this.order++, work };
      this.timers.push(timer);
      return () => {
        this.timers = this.timers.filter((other) => other !== timer);
      };
    };
  }

  /** Runs what falls due, in order, and lets promises settle in between. */
  async pass(ms: number): Promise<void> {
    const end = this.elapsed + ms;
    for (;;) {
      await settled();
      const next = this.timers
        .filter(({ atMs }) => atMs <= end)
        .sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.move(Math.max(0, next.atMs - this.elapsed));
      next.work();
    }
    this.move(end - this.elapsed);
  }

  /** The wall clock is set, as by a person or a time server; timers do not notice. */
  jump(ms: number): void {
    this.now += ms;
  }

  /** The machine slept: what fell due meanwhile runs now, once. */
  async sleep(ms: number): Promise<void> {
    this.move(ms);
    await this.pass(0);
  }

  get pending(): number {
    return this.timers.length;
  }

  private move(ms: number): void {
    this.elapsed += ms;
    this.now += ms;
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}
