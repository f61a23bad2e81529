/**
 * Group commit: many posts and calls share one durable transaction (docs/spec/delivery.md DS16).
 *
 * A job runs inside the transaction and answers a value; its `done` is called only after the commit
 * is on disk, in the order in which jobs came. If the transaction fails, nothing of it happened:
 * each job is then tried alone, so that one failure does not refuse the others. Where another server was in its way it is
 * done anew, from the start: so what a job does outside the log is undone by `onRollback`, or does no harm twice (DS74).
 *
 * Upkeep is work that nobody waits for and that must not be lost while the process lives
 * (acknowledgements, spills). It runs before the jobs of the next commit and is kept until it succeeds.
 */
import { type Ahead, type Log, LogAwayError, LogConflictError, LogFullError } from "../log/log.ts";
import { accept, type Done, type Outcome, refuse } from "./outcome.ts";
import type { Cancel, Clock } from "./ports.ts";

type LookAhead = (ahead: Ahead) => void;
type Job = { readonly run: () => Outcome<unknown>; readonly done: Done<never>; readonly ahead: LookAhead | undefined };

const upkeepSoonMs = 25;
const upkeepRetryMs = 1_000;
const upkeepMax = 4_096;
const triesMax = 4;

export class GroupCommit {
  /** Transactions that reached the disk. */
  commits = 0;
  /** Transactions that failed for another reason than a full disk. */
  failures = 0;
  /** Transactions that were begun: what was looked up in another may be out of date where the log is shared. */
  begun = 0;
  private isAway = false;
  private jobs: Job[] = [];
  private upkeep: (() => void)[] = [];
  private timer: Cancel | undefined;
  private dueMs = Number.POSITIVE_INFINITY;
  private upkeepDelayMs = upkeepSoonMs;
  private flushing = false;
  private stopped = false;
  private readonly rolledBack: (() => void)[] = [];
  private readonly afterwards: (() => void)[] = [];
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

  /**
   * A job that refuses should have changed nothing: what it wrote before is committed with the others.
   *
   * @param ahead names what the job will look up; asked where others write into the log as well.
   */
  soon<T>(run: () => Outcome<T>, done: Done<T>, ahead?: LookAhead): void {
    if (this.stopped) return;
    this.jobs.push({ run, done: done as Job["done"], ahead });
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

  /** After each transaction that happened, before anything of it is answered. */
  onCommit(work: () => void): void {
    this.afterwards.push(work);
  }

  flush(): void {
    this.sleep();
    if (this.stopped || this.flushing || (this.jobs.length === 0 && this.upkeep.length === 0)) return;
    this.flushing = true;
    const { jobs, upkeep } = this;
    this.jobs = [];
    this.upkeep = [];
    try {
      const outcomes = this.together(upkeep, jobs) ?? (this.isAway ? this.notNow(upkeep, jobs) : undefined);
      if (outcomes === undefined) this.apart(upkeep, jobs);
      else for (let i = 0; i < jobs.length; i++) this.answer(jobs[i] as Job, outcomes[i] as Outcome<unknown>);
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
    const result = this.attempt(() => {
      for (const run of upkeep) run();
      return jobs.map((job) => job.run());
    }, jobs);
    return result.ok ? result.value : undefined;
  }

  /** The database cannot be reached: to try each alone would only take longer. */
  private notNow(upkeep: readonly (() => void)[], jobs: readonly Job[]): Outcome<unknown>[] {
    this.upkeep.unshift(...upkeep);
    this.upkeepDelayMs = upkeepRetryMs;
    return jobs.map(() => refuse("unavailable"));
  }

  /** Each is answered before the next is tried, as if it had come alone. */
  private apart(upkeep: readonly (() => void)[], jobs: readonly Job[]): void {
    const kept = this.attempt(() => {
      for (const run of upkeep) run();
    });
    if (!kept.ok) this.upkeep.unshift(...upkeep);
    this.upkeepDelayMs = kept.ok ? upkeepSoonMs : upkeepRetryMs;
    for (const job of jobs) {
      const tried = this.attempt(job.run, [job]);
      this.answer(job, tried.ok ? tried.value : tried);
    }
  }

  private answer(job: Job, outcome: Outcome<unknown>): void {
    if (!this.stopped) job.done(outcome as Outcome<never>);
  }

  private attempt<T>(work: () => T, jobs: readonly Job[] = []): Outcome<T> {
    const ahead = this.log.isShared ? aheadOf(jobs) : undefined;
    for (let left = triesMax - 1; ; left--) {
      try {
        this.begun++;
        const value = this.log.transaction(work, ahead);
        this.commits++;
        this.isAway = false;
        for (const each of this.afterwards) each();
        return accept(value);
      } catch (error) {
        for (const forget of this.rolledBack) forget();
        if (error instanceof LogFullError) return refuse("storage-full");
        this.isAway = error instanceof LogAwayError;
        if (error instanceof LogConflictError && left > 0) continue;
        this.failures++;
        return refuse("unavailable");
      }
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

function aheadOf(jobs: readonly Job[]): Ahead {
  const ahead: Ahead = { gates: [], addresses: [], posts: [], envelopes: 0, arriving: [], hears: false, moves: false };
  for (const job of jobs) job.ahead?.(ahead);
  return ahead;
}
