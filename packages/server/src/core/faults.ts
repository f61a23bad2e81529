/**
 * Faults: exceptions that nobody foresaw, in a call, a timer, a thread or a driver (docs/spec/delivery.md DS110). A
 * fault ends what met it, such as a call or a connection, never the process. It is counted. The operator reads where it
 * happened, but never the message of the exception, which may hold private data.
 */
import { LogAwayError, LogFullError } from "../log/log.ts";
import type { Clock } from "./ports.ts";
import { minuteMs } from "./rate.ts";

/** The same line is logged once in this time at most, so that a fault that repeats does not fill the log. */
const restMs = minuteMs;

export class Faults {
  /** Faults since the server's start. */
  count = 0;
  /** Writes that failed because the disk was full or took no writes. They do not count as faults. */
  failedWrites = 0;
  /**
   * How many errors are in the database's file. Calls that need a damaged page are refused, all others served (DS117).
   */
  damage = 0;
  private full: () => void = () => undefined;
  private readonly told = new Map<string, number>();
  private readonly tell: (line: string) => void;
  private readonly nowMs: () => number;

  /** @param tell writes one line to the operator's log. */
  constructor(tell: (line: string) => void = () => undefined, nowMs: () => number = () => performance.now()) {
    this.tell = tell;
    this.nowMs = nowMs;
  }

  /** Runs `work` and catches what it throws. Returns whether it ran to its end. */
  guarded(place: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.caught(place, error);
      return false;
    }
  }

  /** `full` is called at each write that failed. There is one such function: a later one replaces it. */
  onFull(full: () => void): void {
    this.full = full;
  }

  /**
   * Counts and logs an exception.
   *
   * @param place where it happened, in fixed words of the program, such as `the call post`; no data of users.
   */
  caught(place: string, error: unknown): void {
    if (error instanceof LogFullError) {
      this.failedWrites++;
      this.full();
      this.say("a write failed: the disk is full, or takes no writes");
      return;
    }
    // The database is away. The caller tries again, and `/readyz` shows it.
    if (error instanceof LogAwayError) return;
    this.count++;
    const code = (error as { code?: unknown } | undefined)?.code;
    // One error at least; the check of the whole file (`main.ts`) may have counted more.
    if (typeof code === "string" && /^SQLITE_(?:CORRUPT|NOTADB)/.test(code)) this.damaged(Math.max(1, this.damage));
    this.say(`a fault in ${place}: ${kindOf(error)}`);
  }

  /** @param faults how many errors were found in the database's file. */
  damaged(faults: number): void {
    if (faults === 0) return;
    this.damage = faults;
    this.say(
      "the database is damaged: keep this folder, make a copy of what can be read with `backup`, or put the last copy back with `restore`",
    );
  }

  /** The tables cannot be made anew yet (DS198): no write failed, and no reserve is to be given up for it. */
  lackedRoom(): void {
    this.say("what was deleted leaves traces in the file: the disk lacks room to make its tables anew, see `status`");
  }

  private say(line: string): void {
    const nowMs = this.nowMs();
    if (nowMs < (this.told.get(line) ?? Number.NEGATIVE_INFINITY) + restMs) return;
    this.told.set(line, nowMs);
    this.tell(line);
  }
}

/** A clock whose timers catch what their work throws. */
export function guardedClock(clock: Clock, faults: Faults): Clock {
  return {
    nowMs: clock.nowMs,
    after: (delayMs, work) => clock.after(delayMs, () => void faults.guarded("a timer", work)),
  };
}

/** The error's name, its code, and the file and line where it was thrown. Never its message. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  const [, at = ""] = /\(?([\w.-]+\.(?:ts|js):\d+)(?::\d+)?\)?$/m.exec(error.stack ?? "") ?? [];
  return [error.name, typeof code === "string" && /^\w{1,40}$/.test(code) ? code : "", at].filter(Boolean).join(" ");
}
