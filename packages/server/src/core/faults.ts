/**
 * Faults: exceptions that nobody foresaw, of a call, a timer, a thread or a driver (docs/spec/delivery.md DS110). One
 * ends what it concerns and never the process; it is counted, and told to the operator by the place where it happened.
 * What it says itself is not told, since it may hold what nobody shall log.
 */
import { LogAwayError, LogFullError } from "../log/log.ts";
import type { Clock } from "./ports.ts";
import { minuteMs } from "./rate.ts";

/** A place is told of once in this time, so that what happens without end fills no log. */
const restMs = minuteMs;

export class Faults {
  /** Since the start. */
  count = 0;
  /** Writes for which there was no room, or that the disk did not take. They are no faults of ours. */
  failedWrites = 0;
  /** Faults that were found in the database's file; what they concern is refused, all else is served (DS117). */
  damage = 0;
  private full: () => void = () => undefined;
  private readonly told = new Map<string, number>();
  private readonly tell: (line: string) => void;
  private readonly nowMs: () => number;

  constructor(tell: (line: string) => void = () => undefined, nowMs: () => number = () => performance.now()) {
    this.tell = tell;
    this.nowMs = nowMs;
  }

  /** Answers whether all of `work` was done. */
  guarded(place: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.caught(place, error);
      return false;
    }
  }

  /** Is told whenever there was no room. */
  onFull(full: () => void): void {
    this.full = full;
  }

  /** @param place of the program's own words: a call's name, a room. */
  caught(place: string, error: unknown): void {
    if (error instanceof LogFullError) {
      this.failedWrites++;
      this.full();
      this.say("a write failed: the disk is full, or takes no writes");
      return;
    }
    // Asked again by the caller that needs it; the port of readiness says it.
    if (error instanceof LogAwayError) return;
    this.count++;
    const code = (error as { code?: unknown } | undefined)?.code;
    if (typeof code === "string" && /^SQLITE_(?:CORRUPT|NOTADB)/.test(code)) this.damaged(Math.max(1, this.damage));
    this.say(`a fault in ${place}: ${kindOf(error)}`);
  }

  /** @param faults that were found in the file. */
  damaged(faults: number): void {
    if (faults === 0) return;
    this.damage = faults;
    this.say(
      "the database is damaged: keep this folder, make a copy of what can be read with `backup`, or put the last copy back with `restore`",
    );
  }

  private say(line: string): void {
    const nowMs = this.nowMs();
    if (nowMs < (this.told.get(line) ?? Number.NEGATIVE_INFINITY) + restMs) return;
    this.told.set(line, nowMs);
    this.tell(line);
  }
}

/** Timers that survive what they do. */
export function guardedClock(clock: Clock, faults: Faults): Clock {
  return {
    nowMs: clock.nowMs,
    after: (delayMs, work) => clock.after(delayMs, () => void faults.guarded("a timer", work)),
  };
}

/** What sort of error, and where in the program: never its message. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  const [, at = ""] = /\(?([\w.-]+\.(?:ts|js):\d+)(?::\d+)?\)?$/m.exec(error.stack ?? "") ?? [];
  return [error.name, typeof code === "string" && /^\w{1,40}$/.test(code) ? code : "", at].filter(Boolean).join(" ");
}
