/**
 * Answers: how a call comes to its answer, at once, with a commit or after a while. A fault in it is counted, answered,
 * and ends nothing but what it concerns (docs/spec/delivery.md DS110).
 */
import type { Faults } from "../core/faults.ts";
import type { GroupCommit } from "../core/group-commit.ts";
import { type Done, type Outcome, refuse, tooOften } from "../core/outcome.ts";
import { type Ahead, LogAwayError, LogFullError } from "../log/log.ts";
import type { Caller } from "./caller.ts";

/** Calls from one place that wait for their turn. */
export const waitingMax = 256;
export const waitingWaitMs = 1_000;
/** Where this machine's own, and tests', come from. */
export const nowhere = "";

export class Answers {
  /** The caller whose call is being begun: what is left of it after the commit concerns them alone. */
  private caller: Caller | undefined;
  private readonly commits: GroupCommit;
  private readonly faults: Faults;

  constructor(commits: GroupCommit, faults: Faults) {
    this.commits = commits;
    this.faults = faults;
  }

  /** Begins a call. Returns false when it failed by a fault of ours; then, too, it is answered. */
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
   * Runs `run` in a shared commit. What is to be done once it is on disk: a fault in it closes the socket that it is
   * for.
   */
  readonly inCommit = <T>(run: () => Outcome<T>, answer: Done<T>, ahead?: (ahead: Ahead) => void): void => {
    const from = this.caller;
    const finish = (outcome: Outcome<T>) => {
      if (!this.faults.guarded("an answer", () => answer(outcome))) from?.end("faulty");
    };
    const place = from?.prefix ?? nowhere;
    // A place that is that far ahead of its own answers waits; nobody else does.
    if (place !== nowhere && this.commits.waitingFrom(place) >= waitingMax) answer(tooOften(waitingWaitMs));
    else this.commits.inTurn(place, run, finish, ahead);
  };

  /** A promise of ours rejects only by a fault; it must not stay unanswered. */
  readonly awaiting = <T>(outcome: Promise<Outcome<T>>, answer: Done<T>): void => {
    const from = this.caller;
    outcome
      .then(answer, (error) => void this.failed("a call", error, answer))
      .catch((error) => {
        this.faults.caught("an answer", error);
        from?.end("faulty");
      });
  };

  /** Returns whether it was no fault, but a disk or a database that cannot just now. */
  private failed(place: string, error: unknown, answer: Done<never>): boolean {
    const isPassing = error instanceof LogFullError || error instanceof LogAwayError;
    this.faults.caught(place, error);
    answer(refuse(error instanceof LogFullError ? "storage-full" : "unavailable"));
    return isPassing;
  }
}
