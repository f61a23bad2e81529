/**
 * Housekeeping: periodic work (docs/spec/delivery.md DS23, DS32). Envelopes expire after 30 days, which is reported to
 * their devices; gates unused for a year are deleted; freed pages are given back to the disk. The database file is
 * remade after an account was deleted (DS57), and some of its tables each day (docs/spec/moments.md HO5).
 */
import { limits } from "@yanshu/wire";
import type { Calendar } from "../core/calendar.ts";
import type { Emptying } from "../core/emptying.ts";
import type { Faults } from "../core/faults.ts";
import type { GroupCommit } from "../core/group-commit.ts";
import type { Cancel, Clock } from "../core/ports.ts";
import { hourMs, minuteMs } from "../core/rate.ts";
import type { Room } from "../core/room.ts";
import type { AccountFeatures } from "../log/account-features.ts";
import type { Log } from "../log/feature-tables.ts";
import type { Mailboxes } from "./mailboxes.ts";
import type { Posting } from "./posting.ts";
import type { Sessions } from "./sessions.ts";

/** The longest wait until a remake, well within the day that DS57 promises. */
const remakeMsMax = 20 * hourMs;

/** After a remake that failed or lacked room the next try waits so long: it may write much, and delete it (DS197). */
const remakeRestMs = hourMs;

/** Freed pages are given back when nothing was written for this long. */
const quietMs = 20_000;
/** After so long without such a moment the write-ahead log is emptied all the same (DS194). */
const unquietMsMax = 10 * minuteMs;
/** Pause between two steps of `tidy`, each of which takes some milliseconds. */
const restMs = 50;

type Due = {
  /** By then it is done also without a quiet minute; infinite: it is not due. */
  byMs: number;
  /** When the last try failed. */
  failedMs: number | undefined;
  /** Room that the last try lacked. */
  lackingBytes: number;
};

const notDue = (): Due => ({ byMs: Number.POSITIVE_INFINITY, failedMs: undefined, lackingBytes: 0 });

export class Housekeeping {
  private markedDay = -1;
  private commitsSeen = 0;
  private commitsTidied = 0;
  private isTidyDue = false;
  private tidiedMs = 0;
  /** Of all tables. */
  private readonly whole = notDue();
  /** Of those that are remade each day. */
  private readonly daily = notDue();
  private isRemaking = false;
  /** Whether the deletions that the last process left unfinished were queued. */
  private isGoingOn = false;
  private isStopped = false;
  private timers: Cancel[] = [];
  private readonly log: Log;
  private readonly commits: GroupCommit;
  private readonly clock: Clock;
  private readonly calendar: Calendar;
  private readonly emptying: Emptying;
  private readonly faults: Faults;
  private readonly room: Pick<Room, "spareBytes">;
  private readonly posting: Posting;
  private readonly sessions: Sessions;
  private readonly mailboxes: Mailboxes;
  private readonly features: Pick<AccountFeatures, "expiring" | "daily"> & { readonly eachMinute: () => void };

  constructor(
    ports: {
      log: Log;
      commits: GroupCommit;
      clock: Clock;
      calendar: Calendar;
      emptying: Emptying;
      faults: Faults;
      room: Pick<Room, "spareBytes">;
    },
    posting: Posting,
    sessions: Sessions,
    mailboxes: Mailboxes,
    features: Pick<AccountFeatures, "expiring" | "daily"> & { readonly eachMinute: () => void },
  ) {
    this.features = features;
    this.log = ports.log;
    this.commits = ports.commits;
    this.clock = ports.clock;
    this.calendar = ports.calendar;
    this.emptying = ports.emptying;
    this.faults = ports.faults;
    this.room = ports.room;
    this.posting = posting;
    this.sessions = sessions;
    this.mailboxes = mailboxes;
  }

  start(): void {
    this.goOn();
    this.faults.guarded("beginning the day", () => this.newDay());
    this.every(0, hourMs, () => {
      this.goOn();
      this.calendar.check();
      this.newDay();
    });
    this.every(1, minuteMs, () => this.look());
    this.tidiedMs = this.clock.nowMs();
    this.commits.onCommit(() => this.tidyLater());
    this.tidyLater();
  }

  /** Resumes what the last process left unfinished. Tried again each hour until the log can be read. */
  private goOn(): void {
    const isForgotten = !this.isRemaking && this.whole.byMs === Number.POSITIVE_INFINITY;
    this.faults.guarded("looking whether the file is to be made anew", () => {
      if (isForgotten && this.log.isRemakeDue()) this.remakeSoon();
    });
    this.isGoingOn ||= this.faults.guarded("what is still to leave", () => this.emptying.start());
  }

  /** Room that the disk lacks for a remake; 0: as far as is known, none. */
  get lackingBytes(): number {
    return Math.max(this.whole.lackingBytes, this.daily.lackingBytes);
  }

  stop(): void {
    this.isStopped = true;
    for (const cancel of this.timers) cancel();
  }

  /**
   * An account was deleted: remakes the file at the next quiet moment, and within a day even if there is none (DS57).
   */
  remakeSoon(): void {
    this.whole.byMs = Math.min(this.whole.byMs, this.clock.nowMs() + remakeMsMax);
  }

  private every(slot: number, periodMs: number, work: () => void): void {
    this.timers[slot] = this.clock.after(periodMs, () => {
      this.every(slot, periodMs, work);
      work();
    });
  }

  private newDay(): void {
    const today = this.calendar.today();
    if (today === undefined || today === this.markedDay) return;
    this.markedDay = today;
    this.daily.byMs = Math.min(this.daily.byMs, this.clock.nowMs() + remakeMsMax);
    // Each by itself: what fails of them keeps nothing back of the others (DS23).
    for (const work of this.workOf(today)) this.commits.later(work);
  }

  private workOf(today: number): readonly (() => void)[] {
    const { delivery, accounts } = this.log;
    return [
      () => delivery.markDay(today, this.posting.nextId()),
      () => {
        if (delivery.dropGates(today - limits.gateIdleDays) > 0) this.posting.forgetGates();
      },
      () => accounts.dropExpiredPackages(today),
      () => accounts.dropEndedCapabilities(today - limits.handleRestDays),
      () => this.emptying.orphans(),
      ...this.features.expiring(today),
      () => {
        for (const { device, count } of delivery.expire(today - limits.queueDays)) {
          accounts.addExpired(device, count);
          const session = this.sessions.of(device);
          if (session !== undefined) this.sessions.tellExpired(session, count);
        }
      },
    ];
  }

  /** The work of each minute. A remake that is due begins if nothing was written for a minute, or its time is up. */
  private look(): void {
    this.mailboxes.sweep(this.clock.nowMs());
    this.features.eachMinute();
    this.posting.forgetQueueLengths();
    this.commits.tryAside();
    if (this.log.isShared) this.commits.later(() => this.log.delivery.recover()); // Another server may have died.
    const { commits } = this.commits;
    const isQuiet = commits === this.commitsSeen;
    if (this.isTime(this.whole, isQuiet)) this.remake(this.whole);
    else if (this.isTime(this.daily, isQuiet)) this.remakeDaily();
    this.commitsSeen = commits;
  }

  private isTime({ byMs, failedMs }: Due, isQuiet: boolean): boolean {
    const nowMs = this.clock.nowMs();
    if (failedMs !== undefined && Math.abs(nowMs - failedMs) < remakeRestMs) return false;
    return nowMs >= byMs || (isQuiet && byMs !== Number.POSITIVE_INFINITY);
  }

  /** Remakes the daily tables: until then, the position of rows in the file shows which were written together. */
  private remakeDaily(): void {
    if (this.isRemaking) return;
    let names: readonly string[] = [];
    const isKnown = this.faults.guarded("looking which tables are to be made anew", () => {
      names = this.features.daily();
    });
    if (!isKnown) this.daily.failedMs = this.clock.nowMs();
    else if (names.length > 0) this.remake(this.daily, names);
    else Object.assign(this.daily, notDue());
  }

  private remake(due: Due, only?: readonly string[]): void {
    if (this.isRemaking) return;
    this.isRemaking = true;
    const { byMs } = due;
    due.byMs = Number.POSITIVE_INFINITY;
    due.failedMs = undefined;
    const later = () => {
      due.byMs = Math.min(due.byMs, byMs);
      due.failedMs = this.clock.nowMs();
    };
    Promise.resolve()
      .then(() => this.log.remake(only, this.room.spareBytes()))
      .then((lackingBytes) => {
        due.lackingBytes = lackingBytes;
        if (lackingBytes === 0) return;
        later();
        this.faults.lackedRoom();
      })
      .catch((error) => {
        later();
        this.faults.caught("remaking the file", error);
      })
      .finally(() => {
        this.isRemaking = false;
        if (this.isStopped) return;
        this.commitsTidied = -1; // It freed pages, also where it failed (DS196).
        this.tidyLater();
        // Another account was deleted meanwhile.
        if (this.log.isRemakeDue()) this.remakeSoon();
      })
      .catch((error) => this.faults.caught("remaking the file", error));
  }

  /** Looks again and again while something was written since the last time that freed pages were given back. */
  private tidyLater(): void {
    if (this.isTidyDue || this.isStopped) return;
    this.isTidyDue = true;
    const { commits } = this.commits;
    this.timers[2] = this.clock.after(quietMs, () => {
      this.isTidyDue = false;
      this.tidy(commits);
    });
  }

  /** Gives back freed pages at a quiet moment: if nothing was written since there were so many commits. */
  private tidy(seen: number): void {
    const { commits } = this.commits;
    if (commits === this.commitsTidied) return;
    this.tidyLater();
    // A remake's thread writes to the file, and this thread would wait for it.
    if (this.isRemaking) return;
    if (commits === seen) this.tidyFrom(commits);
    else if (Math.abs(this.clock.nowMs() - this.tidiedMs) >= unquietMsMax) this.tidyStep("hurried");
  }

  private tidyStep(how?: "hurried"): boolean {
    this.tidiedMs = this.clock.nowMs();
    return this.log.tidy(how);
  }

  /** Works in steps until all is given back, or something is written: then it goes on at the next quiet moment. */
  private tidyFrom(commits: number): void {
    if (this.commits.commits !== commits) return;
    if (this.tidyStep()) this.timers[3] = this.clock.after(restMs, () => this.tidyFrom(commits));
    else this.commitsTidied = commits;
  }
}
