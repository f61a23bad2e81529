/**
 * Group commit: many posts and calls share one durable transaction (docs/spec/delivery.md DS16).
 *
 * A job runs inside the transaction and answers a value; its `done` is called only after the commit
 * is on disk, in the order in which jobs came. If the transaction fails, nothing of it happened:
 * each job is then tried alone, so that one failure does not refuse the others.
 *
 * Upkeep is work that nobody waits for and that must not be lost while the process lives
 * (acknowledgements, spills). It runs before the jobs of the next commit and is kept until it succeeds.
 */
import { type Log, LogFullError } from "../log/log.ts";
import { accept, type Done, type Outcome, refuse } from "./outcome.ts";
import type { Cancel, Clock } from "./ports.ts";

type Job = { readonly run: () => Outcome<unknown>; readonly done: Done<never> };

const upkeepSoonMs = 25;
const upkeepRetryMs = 1_000;
const upkeepMax = 4_096;

export class GroupCommit {
  /** Transactions that reached the disk. */
  commits = 0;
  /** Transactions that failed for another reason than a full disk. */
  failures = 0;
  private jobs: Job[] = [];
  private upkeep: (() => void)[] = [];
  private timer: Cancel | undefined;
  private dueMs = Number.POSITIVE_INFINITY;
  private upkeepDelayMs = upkeepSoonMs;
  private flushing = false;
  private stopped = false;
  private readonly rolledBack: (() => void)[] = [];
  private readonly log: Log;
  private readonly clock: Clock;
  private readonly delayMs: number;
  private readonly jobsMax: number;

  constructor(log: Log, clock: Clock, limits: { readonly commitDelayMs: number; readonly commitJobsMax: number }) {
    this.log = log;
    this.clock = clock;
    this.delayMs = limits.commitDelayMs;
    this.jobsMax = limits.commitJobsMax;
  }

  get waiting(): number {
    return this.jobs.length;
  }

  /** A job that refuses should have changed nothing: what it wrote before is committed with the others. */
  soon<T>(run: () => Outcome<T>, done: Done<T>): void {
    if (this.stopped) return;
    this.jobs.push({ run, done: done as Job["done"] });
    if (this.jobs.length >= this.jobsMax && !this.flushing) this.flush();
    else this.wake(this.delayMs);
  }

  /** As `soon`, for those who await. */
  committed<T>(run: () => Outcome<T>): Promise<Outcome<T>> {
    return new Promise((resolve) => this.soon(run, resolve));
  }

  later(run: () => void): void {
    if (this.stopped) return;
    this.upkeep.push(run);
    if (this.upkeep.length >= upkeepMax && !this.flushing) this.flush();
    else this.wake(this.upkeepDelayMs);
  }

  /** Whoever keeps copies of what is on disk drops them when a transaction did not happen. */
  onRollback(forget: () => void): void {
    this.rolledBack.push(forget);
  }

  flush(): void {
    this.sleep();
    if (this.stopped || this.flushing || (this.jobs.length === 0 && this.upkeep.length === 0)) return;
    this.flushing = true;
    const { jobs, upkeep } = this;
    this.jobs = [];
    this.upkeep = [];
    try {
      const outcomes = this.together(upkeep, jobs) ?? this.apart(upkeep, jobs);
      for (let i = 0; i < jobs.length && !this.stopped; i++) (jobs[i] as Job).done(outcomes[i] as Outcome<never>);
    } finally {
      this.flushing = false;
    }
    if (this.jobs.length > 0) this.wake(this.delayMs);
    else if (this.upkeep.length > 0) this.wake(this.upkeepDelayMs);
  }

  stop(): void {
    this.stopped = true;
    this.sleep();
    this.jobs = [];
    this.upkeep = [];
  }

  private together(upkeep: readonly (() => void)[], jobs: readonly Job[]): Outcome<unknown>[] | undefined {
    const outcomes: Outcome<unknown>[] = [];
    const result = this.attempt(() => {
      for (const run of upkeep) run();
      for (const job of jobs) outcomes.push(job.run());
    });
    return result.ok ? outcomes : undefined;
  }

  private apart(upkeep: readonly (() => void)[], jobs: readonly Job[]): Outcome<unknown>[] {
    const kept = this.attempt(() => {
      for (const run of upkeep) run();
    });
    if (!kept.ok) this.upkeep.unshift(...upkeep);
    this.upkeepDelayMs = kept.ok ? upkeepSoonMs : upkeepRetryMs;
    return jobs.map((job) => {
      const tried = this.attempt(job.run);
      return tried.ok ? tried.value : tried;
    });
  }

  private attempt<T>(work: () => T): Outcome<T> {
    try {
      const value = this.log.transaction(work);
      this.commits++;
      return accept(value);
    } catch (error) {
      for (const forget of this.rolledBack) forget();
      if (error instanceof LogFullError) return refuse("storage-full");
      this.failures++;
      return refuse("unavailable");
    }
  }

  private wake(delayMs: number): void {
    const dueMs = this.clock.nowMs() + delayMs;
    if (dueMs >= this.dueMs) return;
    this.timer?.();
    this.dueMs = dueMs;
    this.timer = this.clock.after(delayMs, () => {
      this.timer = undefined;
      this.dueMs = Number.POSITIVE_INFINITY;
      this.flush();
    });
  }

  private sleep(): void {
    this.timer?.();
    this.timer = undefined;
    this.dueMs = Number.POSITIVE_INFINITY;
  }
}
