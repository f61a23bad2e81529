/**
 * Group commit: many posts and calls share one durable transaction (docs/spec/delivery.md DS16).
 *
 * A job runs inside the transaction and returns an outcome. Its `done` is called only after the commit is on disk, in
 * the order of the jobs. If the transaction fails, nothing of it happened, and each job is tried alone, so that one
 * failure does not refuse the others. After a conflict with another server the transaction runs again from the start.
 * So what a job does outside the log must be undone by `onRollback`, or be harmless if done twice (DS74).
 *
 * Posts go first. Calls are patient (DS137): prefixes take turns, and a commit takes as many calls as run within a few
 * milliseconds, so that they do not block the event loop.
 *
 * Upkeep is work that nobody waits for and that must not be lost while the process lives (acknowledgements, spills). It
 * runs before the jobs of the next commit and is kept until it succeeds. Upkeep that fails repeatedly by a fault of its
 * own is set aside for a minute, so that it does not keep other writes from the disk (DS110).
 */
import { type Ahead, type CoreLog, LogAwayError, LogBusyError, LogConflictError, LogFullError } from "../log/log.ts";
import { Fair } from "./fair.ts";
import { Faults } from "./faults.ts";
import { accept, type Done, type Outcome, type Refusal, refuse } from "./outcome.ts";
import type { Cancel, Clock } from "./ports.ts";

export type LookAhead = (ahead: Ahead) => void;
type Job = { readonly run: () => Outcome<unknown>; readonly done: Done<never>; readonly ahead: LookAhead | undefined };
type Upkeep = { readonly run: () => void; readonly failed: (() => void) | undefined; tries: number };

const upkeepSoonMs = 25;
const upkeepRetryMs = 1_000;
const upkeepMax = 4_096;
const triesMax = 4;
/**
 * While another connection writes, jobs and upkeep wait: tried again every `busyRetryMs`, refused after `busyMsMax`.
 */
const busyRetryMs = 2;
const busyMsMax = 2_000;
/**
 * Limits for patient jobs in one commit: time and number. The time is for running and answering them together (DS242).
 */
const patientMs = 6;
const patientMax = 128;
const answerMsLeast = 2;
/**
 * With a remote database, patient jobs may take as long as the rest of the commit did, up to this: so they make
 * progress however busy it is.
 */
const patientMsMax = 100;
/** Tries of upkeep that fails by a fault of its own, before it is set aside. */
const upkeepTriesMax = 4;

export class GroupCommit {
  /** Transactions that reached the disk. */
  commits = 0;
  /** Transactions that failed. */
  failures = 0;
  /** Transactions that were begun. In a shared log, what an earlier one looked up may be out of date. */
  begun = 0;
  /** True while jobs are tried alone after upkeep failed. A job that relies on upkeep's writes must refuse then. */
  isBehind = false;
  private isAway = false;
  /** Since when another connection has been writing; and until when not to try again. */
  private busySinceMs: number | undefined;
  private busyUntilMs = 0;
  /** The last transaction failed by a fault, and would fail again. */
  private isFaulty = false;
  private jobs: Job[] = [];
  private readonly patient = new Fair<Job>();
  /** Patient jobs that were taken for a commit, which had no time for them. */
  private putBack: Job[] = [];
  /** Patient jobs that are on disk and not answered yet. */
  private due: { readonly job: Job; readonly outcome: Outcome<unknown> }[] = [];
  /** Time that running patient jobs took in this turn; 0 where a remote database is waited for. */
  private patientTookMs = 0;
  private upkeep: Upkeep[] = [];
  /** Upkeep that failed repeatedly by a fault of its own. */
  private aside: Upkeep[] = [];
  private prelude: (() => void) | undefined;
  private timer: Cancel | undefined;
  private dueMs = Number.POSITIVE_INFINITY;
  private upkeepDelayMs = upkeepSoonMs;
  private flushing = false;
  private stopped = false;
  private readonly rolledBack: (() => void)[] = [];
  private readonly afterwards: (() => void)[] = [];
  private readonly log: CoreLog;
  private readonly clock: Clock;
  private readonly delayMs: number;
  private readonly jobsMax: number;
  private readonly faults: Faults;

  constructor(
    log: CoreLog,
    clock: Clock,
    limits: { readonly commitDelayMs: number; readonly commitJobsMax: number },
    faults: Faults = new Faults(),
  ) {
    this.faults = faults;
    this.log = log;
    this.clock = clock;
    this.delayMs = limits.commitDelayMs;
    this.jobsMax = limits.commitJobsMax;
  }

  get waiting(): number {
    return this.jobs.length + this.patientJobs;
  }

  /**
   * Adds a job to the next commit. A job that refuses must have changed nothing: its writes are committed too.
   *
   * @param ahead names what the job will look up; called only if the log is shared.
   */
  soon<T>(run: () => Outcome<T>, done: Done<T>, ahead?: LookAhead): void {
    if (this.stopped) return;
    this.jobs.push({ run, done: done as Job["done"], ahead });
    if (this.jobs.length >= this.jobsMax && !this.flushing) this.commitSome();
    else this.wake(this.delayMs);
  }

  /** Adds a patient job: it runs after those of `soon`, in turn by `place` (a prefix). */
  inTurn<T>(place: string, run: () => Outcome<T>, done: Done<T>, ahead?: LookAhead): void {
    if (this.stopped) return;
    this.patient.add(place, { run, done: done as Job["done"], ahead });
    this.wake(this.delayMs);
  }

  /** How many patient jobs of one prefix wait. */
  waitingFrom(place: string): number {
    return this.patient.of(place);
  }

  /** As `soon`; the promise resolves to the outcome. */
  committed<T>(run: () => Outcome<T>, ahead?: LookAhead): Promise<Outcome<T>> {
    return new Promise((resolve) => this.soon(run, resolve, ahead));
  }

  /**
   * Adds upkeep.
   *
   * @param failed called each time it fails by a fault of its own. Later work may then be done before it.
   */
  later(run: () => void, failed?: () => void): void {
    if (this.stopped) return;
    this.upkeep.push({ run, failed, tries: 0 });
    if (this.upkeep.length >= upkeepMax && !this.flushing) this.commitSome();
    else this.wake(this.upkeepDelayMs);
  }

  /** Tries the upkeep that was set aside once more. Called each minute. */
  tryAside(): void {
    const { aside } = this;
    if (aside.length === 0 || this.stopped) return;
    this.aside = [];
    for (const one of aside) one.tries = upkeepTriesMax - 1;
    this.upkeep.push(...aside);
    this.wake(this.upkeepDelayMs);
  }

  /** Runs `prelude` at the beginning of the next transaction that succeeds: it could not be done at the start. */
  first(prelude: () => void): void {
    this.prelude = prelude;
    this.later(() => undefined);
  }

  /** Calls `forget` when a transaction did not happen, so that a cache of what is on disk can be dropped. */
  onRollback(forget: () => void): void {
    this.rolledBack.push(forget);
  }

  /** Calls `work` after each transaction that was committed, before its jobs are answered. */
  onCommit(work: () => void): void {
    this.afterwards.push(work);
  }

  /** Commits everything that waits. */
  flush(): void {
    do this.commitSome(true);
    while (!this.stopped && !this.flushing && this.patientJobs > 0);
  }

  private get patientJobs(): number {
    return this.patient.size + this.putBack.length + this.due.length;
  }

  /** @param waits whether to block while another connection writes; otherwise all is put back and tried later. */
  private commitSome(waits = false): void {
    this.sleep();
    const isIdle = this.jobs.length === 0 && this.patientJobs === 0 && this.upkeep.length === 0;
    if (this.stopped || this.flushing || isIdle) return;
    const busyMs = this.busyUntilMs - this.clock.nowMs();
    if (!waits && busyMs > 0 && busyMs <= busyRetryMs) {
      this.wake(busyMs);
      return;
    }
    this.flushing = true;
    const { upkeep } = this;
    const urgent = this.jobs.length;
    // Jobs that are on disk are answered before more patient ones are taken.
    const jobs = [...this.jobs, ...(this.due.length > 0 ? [] : this.takePatient())];
    this.jobs = [];
    this.upkeep = [];
    this.patientTookMs = 0;
    try {
      const outcomes = this.together(upkeep, jobs, urgent, waits) ?? this.instead(upkeep, jobs, urgent, waits);
      if (outcomes === undefined) this.apart(upkeep, jobs);
      else if (outcomes !== "not yet") {
        this.putBack.push(...jobs.slice(outcomes.length));
        for (const [i, outcome] of outcomes.entries()) {
          const job = jobs[i] as Job;
          if (i < urgent) this.answer(job, outcome);
          else this.due.push({ job, outcome });
        }
      }
      this.answerDue();
    } finally {
      this.flushing = false;
    }
    if (this.busySinceMs !== undefined) this.wake(busyRetryMs);
    else if (this.jobs.length > 0 || this.patientJobs > 0) this.wake(this.delayMs);
    else if (this.upkeep.length > 0) this.wake(this.upkeepDelayMs);
  }

  /**
   * After a common transaction failed: the outcomes of its jobs; "not yet" if all was put back; undefined: try each job
   * alone.
   */
  private instead(
    upkeep: readonly Upkeep[],
    jobs: readonly Job[],
    urgent: number,
    waits: boolean,
  ): Outcome<unknown>[] | "not yet" | undefined {
    if (this.isAway) return this.notNow(upkeep, jobs);
    if (this.busySinceMs === undefined) return undefined;
    const forMs = this.clock.nowMs() - this.busySinceMs;
    if (waits || forMs < 0 || forMs >= busyMsMax) {
      this.busySinceMs = undefined;
      this.failed(new LogBusyError("somebody else writes"));
      return this.notNow(upkeep, jobs);
    }
    this.upkeep.unshift(...upkeep);
    this.jobs.unshift(...jobs.slice(0, urgent));
    this.putBack.unshift(...jobs.slice(urgent));
    return "not yet";
  }

  stop(): void {
    this.stopped = true;
    this.sleep();
    this.jobs = [];
    this.patient.clear();
    this.putBack = [];
    this.due = [];
    this.upkeep = [];
  }

  /** Answers patient jobs in their order. Those for which there is no time are answered in the next turn. */
  private answerDue(): void {
    const untilMs = this.clock.nowMs() + Math.max(answerMsLeast, patientMs - this.patientTookMs);
    let answered = 0;
    for (const { job, outcome } of this.due) {
      if (answered > 0 && this.clock.nowMs() >= untilMs) break;
      answered++;
      this.answer(job, outcome);
    }
    this.due.splice(0, answered);
  }

  private takePatient(): readonly Job[] {
    const taken = this.putBack;
    this.putBack = [];
    while (taken.length < patientMax) {
      const job = this.patient.take();
      if (job === undefined) break;
      taken.push(job);
    }
    return taken;
  }

  /** Runs all in one transaction. Returns the outcomes of the urgent jobs and of the patient ones that had time. */
  private together(
    upkeep: readonly Upkeep[],
    jobs: readonly Job[],
    urgent: number,
    waits: boolean,
  ): Outcome<unknown>[] | undefined {
    const beganMs = this.clock.nowMs();
    const together = () => {
      for (const { run } of upkeep) run();
      const outcomes: Outcome<unknown>[] = [];
      let fromMs = 0;
      let untilMs = Number.POSITIVE_INFINITY;
      for (const job of jobs) {
        if (outcomes.length === urgent) {
          fromMs = this.clock.nowMs();
          untilMs = fromMs + this.patientMsAfter(beganMs);
        } else if (outcomes.length > urgent && this.clock.nowMs() >= untilMs) break;
        outcomes.push(job.run());
      }
      if (outcomes.length > urgent && !this.log.isShared) this.patientTookMs = this.clock.nowMs() - fromMs;
      return outcomes;
    };
    const result = this.attempt(together, jobs, waits);
    return result.ok ? result.value : undefined;
  }

  private patientMsAfter(beganMs: number): number {
    if (!this.log.isShared) return patientMs;
    return Math.max(patientMs, Math.min(patientMsMax, this.clock.nowMs() - beganMs));
  }

  /** The database cannot be reached. Refuses all jobs: trying each alone would only take longer. */
  private notNow(upkeep: readonly Upkeep[], jobs: readonly Job[]): Outcome<unknown>[] {
    this.upkeep.unshift(...upkeep);
    this.upkeepDelayMs = upkeepRetryMs;
    return jobs.map(() => refuse("unavailable"));
  }

  /** Runs each job in its own transaction, and answers it before the next is tried. */
  private apart(upkeep: readonly Upkeep[], jobs: readonly Job[]): void {
    const { left } = this.keepUp(upkeep);
    this.upkeep.unshift(...left);
    this.upkeepDelayMs = left.length === 0 ? upkeepSoonMs : upkeepRetryMs;
    this.isBehind = left.length > 0;
    try {
      for (const job of jobs) {
        const tried = this.attempt(job.run, [job]);
        this.answer(job, tried.ok ? tried.value : tried);
      }
    } finally {
      this.isBehind = false;
    }
  }

  /**
   * Runs upkeep, halving what fails by a fault until the faulty work is alone. Returns what must be tried again.
   * `isEnded`: the database takes no writes now, so the rest was not tried.
   */
  private keepUp(upkeep: readonly Upkeep[]): { readonly left: readonly Upkeep[]; readonly isEnded: boolean } {
    if (upkeep.length === 0) return { left: [], isEnded: false };
    const done = this.attempt(() => {
      for (const { run } of upkeep) run();
    });
    if (done.ok) return { left: [], isEnded: false };
    if (!this.isFaulty) return { left: upkeep, isEnded: true };
    const [only] = upkeep;
    if (upkeep.length > 1 || only === undefined) {
      const middle = upkeep.length >> 1;
      const first = this.keepUp(upkeep.slice(0, middle));
      const rest = upkeep.slice(middle);
      const second = first.isEnded ? { left: rest, isEnded: true } : this.keepUp(rest);
      return { left: [...first.left, ...second.left], isEnded: second.isEnded };
    }
    this.faults.guarded("upkeep", () => only.failed?.());
    if (++only.tries < upkeepTriesMax) return { left: [only], isEnded: false };
    this.aside.push(only);
    return { left: [], isEnded: false };
  }

  private answer(job: Job, outcome: Outcome<unknown>): void {
    if (!this.stopped) this.faults.guarded("an answer", () => job.done(outcome as Outcome<never>));
  }

  private attempt<T>(work: () => T, jobs: readonly Job[] = [], waits = true): Outcome<T> {
    for (let left = triesMax - 1; ; left--) {
      let value: T;
      try {
        this.begun++;
        const { prelude } = this;
        const whole = prelude === undefined ? work : () => [prelude(), work()][1] as T;
        value = this.log.transaction(whole, this.log.isShared ? aheadOf(jobs) : undefined, waits);
      } catch (error) {
        if (error instanceof LogBusyError) {
          this.busyUntilMs = this.clock.nowMs() + busyRetryMs;
          this.busySinceMs ??= this.clock.nowMs();
          this.isFaulty = false;
          return refuse("unavailable");
        }
        if (error instanceof LogConflictError && left > 0) {
          this.forget();
          continue;
        }
        return this.failed(error);
      }
      this.prelude = undefined;
      this.commits++;
      this.isAway = false;
      this.isFaulty = false;
      this.busySinceMs = undefined;
      for (const each of this.afterwards) this.faults.guarded("what follows a commit", each);
      return accept(value);
    }
  }

  private failed(error: unknown): Refusal {
    this.forget();
    this.failures++;
    this.isAway = error instanceof LogAwayError;
    this.isFaulty = !(this.isAway || error instanceof LogFullError || error instanceof LogConflictError);
    this.faults.caught("a commit", error);
    return refuse(error instanceof LogFullError ? "storage-full" : "unavailable");
  }

  private forget(): void {
    for (const forget of this.rolledBack) this.faults.guarded("what follows a rollback", forget);
  }

  private wake(delayMs: number): void {
    const dueMs = this.clock.nowMs() + delayMs;
    if (dueMs >= this.dueMs) return;
    this.timer?.();
    this.dueMs = dueMs;
    this.timer = this.clock.after(delayMs, () => {
      this.timer = undefined;
      this.dueMs = Number.POSITIVE_INFINITY;
      this.commitSome();
    });
  }

  private sleep(): void {
    this.timer?.();
    this.timer = undefined;
    this.dueMs = Number.POSITIVE_INFINITY;
  }
}

export function aheadOf(jobs: readonly Pick<Job, "ahead">[]): Ahead {
  const ahead: Ahead = { gates: [], addresses: [], posts: [], envelopes: 0, arriving: [], hears: false, moves: false };
  for (const job of jobs) job.ahead?.(ahead);
  return ahead;
}
