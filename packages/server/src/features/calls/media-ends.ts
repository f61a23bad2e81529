/** How the process of media ends (docs/spec/calls.md CA134, CA238): whether it hangs, and what the operator is told. */
import { readdirSync, readFileSync } from "node:fs";

/** What the system says of a process: whether one of its threads waits for its turn, and how much it ran in all. */
export type ProcessTurns = { readonly isWaiting: boolean; readonly ranMs: number };
export type Ending = { readonly code: number | null; readonly signal: string | null; readonly wasSilent: boolean };

/** Looks, one a second, without a word of the process: it hangs; or it began, and has not opened yet. */
const looksMax = 8;
const looksToOpenMax = 30;
/** A process that waits for its turn on a busy machine is given so many. */
const looksToRunMax = 30;
/** Who ran so long without a word does not wait for its turn: it runs without end. */
const ranMsMax = 2_000;
/** Of proc(5): USER_HZ, which is 100 on every architecture of Linux. */
const msOfTick = 10;

/**
 * @param looks since its last word. @param turns what the system says now; undefined: nothing.
 * @param ranMsBefore how much it had run at its last word.
 */
export function hangs(looks: number, isOpen: boolean, turns: () => ProcessTurns | undefined, ranMsBefore: number) {
  if (looks <= (isOpen ? looksMax : looksToOpenMax)) return false;
  if (looks > looksToRunMax) return true;
  const now = turns();
  return now === undefined || !now.isWaiting || now.ranMs - ranMsBefore >= ranMsMax;
}

/** Of a process and its threads, by proc(5); undefined on another system, or where it is gone. */
export function turnsOf(pid: number): ProcessTurns | undefined {
  try {
    let isWaiting = false;
    let ranMs = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "latin1");
      // The second field is the name in parentheses, and may itself hold spaces.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // Runnable, or waiting for a disk, as where its memory was swapped out.
      if (fields[0] === "R" || fields[0] === "D") isWaiting = true;
      ranMs += (Number(fields[11]) + Number(fields[12])) * msOfTick;
    }
    return { isWaiting, ranMs };
  } catch {
    return undefined;
  }
}

/** For the operator, in words. */
export function toldEnd({ code, signal, wasSilent }: Ending): string {
  const how = wasSilent
    ? "it hung and was ended"
    : signal === "SIGKILL"
      ? "by SIGKILL, as where memory runs out"
      : signal !== null
        ? `by ${signal}`
        : `with code ${code ?? "unknown"}`;
  return `the media of group calls ended (${how}), and begins anew`;
}
