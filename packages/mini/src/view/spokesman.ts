/** Spokesman: when a program may say a line in a chat in a person's name (docs/spec/programs.md PR20). */
import type { FromProgram } from "../frame-messages.ts";

/** A touch is good for one line, so long; in each minute there are so many. */
const [touchMs, minuteMs, linesMax] = [5_000, 60_000, 3];

/**
 * Lets lines for people pass after a touch. It stands where touches are seen, and where the program's code is not.
 *
 * @param now milliseconds.
 * @returns `touched`: the person touched what the program drew. `passed`: the message, without a line that may not be
 *   said; its state goes on.
 * @checks PR20
 */
export function spokesman(now: () => number): {
  readonly touched: () => void;
  readonly passed: (message: FromProgram) => FromProgram;
} {
  let touchedAt = Number.NEGATIVE_INFINITY;
  let said: readonly number[] = [];

  function mayTalk(): boolean {
    const time = now();
    said = said.filter((at) => time - at < minuteMs);
    if (time - touchedAt > touchMs || said.length >= linesMax) return false;
    touchedAt = Number.NEGATIVE_INFINITY;
    said = [...said, time];
    return true;
  }

  return {
    touched: () => {
      touchedAt = now();
    },
    passed: (message) => {
      if (message.kind !== "share" || message.update.info === undefined || mayTalk()) return message;
      const { info: _, ...update } = message.update;
      return { ...message, update };
    },
  };
}

/**
 * Tells touches apart where the browser says only that there was one lately.
 *
 * @param now milliseconds.
 * @returns whether a look finds a touch that no look found before (PR41).
 */
export function touches(now: () => number): (isActive: boolean) => boolean {
  let [wasActive, countedAt] = [false, Number.NEGATIVE_INFINITY];
  return (isActive) => {
    const time = now();
    const isNew = isActive && (!wasActive || time - countedAt > touchMs);
    if (isNew) countedAt = time;
    wasActive = isActive;
    return isNew;
  };
}
