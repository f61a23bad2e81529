/**
 * Answers: runs a call and answers it, at once, after a commit, or when a promise settles. A fault is counted and
 * answered, and ends at most the call and its connection (docs/spec/delivery.md DS110).
 */
import type { Faults } from "../core/faults.ts";
import type { GroupCommit } from "../core/group-commit.ts";
import { type Done, type Outcome, refuse, tooOften } from "../core/outcome.ts";
import { type Ahead, LogAwayError, LogFullError } from "../log/log.ts";
import type { Caller } from "./caller.ts";

/** Calls from one prefix that may wait for a commit. */
export const waitingMax = 256;
export const waitingWaitMs = 1_000;
/** The prefix of connections without one: from this machine, and in tests. */
export const nowhere = "";

export class Answers {
  /** The caller whose call is being begun. If its answer fails after the commit, only its connection is closed. */
  private caller: Caller | undefined;
  private readonly commits: GroupCommit;
  private readonly faults: Faults;

  constructor(commits: GroupCommit, faults: Faults) {
    this.commits = commits;
    this.faults = faults;
  }

  /** Begins a call. Returns false after a fault of the server; the call is answered even then. */
  begin(from: Caller, name: string, work: () => void, answer: Done<never>): boolean {
    this.caller = from;
    try {
      work();
      return true;
    } catch (error) {
      return this.failed(`the call ${name}`, error, answer);
    } finally {
      this.caller = undefined;
    }
  }

  /**
   * Runs `run` in a shared commit, and `answer` once that is on disk. A fault in `answer` closes the caller's socket.
   */
  readonly inCommit = <T>(run: () => Outcome<T>, answer: Done<T>, ahead?: (ahead: Ahead) => void): void => {
    const from = this.caller;
    const finish = (outcome: Outcome<T>) => {
      if (!this.faults.guarded("an answer", () => answer(outcome))) from?.end("faulty");
    };
    const place = from?.prefix ?? nowhere;
    // Only a prefix with too many calls waiting is refused; others are not affected.
    if (place !== nowhere && this.commits.waitingFrom(place) >= waitingMax) answer(tooOften(waitingWaitMs));
    else this.commits.inTurn(place, run, finish, ahead);
  };

  /** Answers when `outcome` settles. It rejects only by a fault of the server, and the call is answered then too. */
  readonly awaiting = <T>(outcome: Promise<Outcome<T>>, answer: Done<T>): void => {
    const from = this.caller;
    outcome
      .then(answer, (error) => void this.failed("a call", error, answer))
      .catch((error) => {
        this.faults.caught("an answer", error);
        from?.end("faulty");
      });
  };

  /** Counts and answers `error`. Returns true if it was no fault: the disk was full or the database away. */
  private failed(place: string, error: unknown, answer: Done<never>): boolean {
    const isPassing = error instanceof LogFullError || error instanceof LogAwayError;
    this.faults.caught(place, error);
    answer(refuse(error instanceof LogFullError ? "storage-full" : "unavailable"));
    return isPassing;
  }
}
