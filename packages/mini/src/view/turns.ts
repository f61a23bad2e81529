/**
 * Turns: what a program says is read and drawn a little at a time (docs/spec/programs.md PR59). The page that draws
 * shares its thread with the app in many browsers: ten thousand elements in one go would hold the app up.
 */
import type { FromLogic, Op } from "../logic/ops.ts";

type Drawn = Extract<FromLogic, { readonly kind: "ops" }>;
export type TurnPorts = {
  /** Milliseconds. */
  readonly now: () => number;
  /** Runs something in a turn of its own: at once, or after so many milliseconds. */
  readonly soon: (then: () => void) => void;
  readonly later: (then: () => void, ms: number) => void;
  readonly draw: (op: Op) => void;
  /** All ops of a message are drawn. */
  readonly drawn: () => void;
  readonly read: (message: Exclude<FromLogic, Drawn>) => void;
  /** More waits than may. Called once. */
  readonly end: () => void;
};

const turnLimits = {
  /** So long a turn takes, about. */
  turnMs: 8,
  /** So much of a second goes in turns that follow one another at once; then each is followed by a pause as long. */
  busyMsMax: 150,
  /** So many ops are drawn between two looks at the clock. */
  opsAtOnce: 32,
  /** So many may wait. */
  opsWaitingMax: 100_000,
} as const;

export function turns({ now, soon, later, draw, drawn, read, end }: TurnPorts): (message: FromLogic) => void {
  let waiting: FromLogic[] = [];
  let at = 0;
  let opsWaiting = 0;
  let isRunning = false;
  let isEnded = false;
  let [since, busyMs] = [now(), 0];

  function next(first: FromLogic): void {
    if (first.kind !== "ops") {
      waiting.shift();
      read(first);
      return;
    }
    const until = Math.min(at + turnLimits.opsAtOnce, first.ops.length);
    opsWaiting -= until - at;
    for (const op of first.ops.slice(at, until)) draw(op);
    at = until;
    if (at < first.ops.length) return;
    waiting.shift();
    at = 0;
    drawn();
  }

  function run(): void {
    isRunning = false;
    const began = now();
    if (began - since > 1_000) [since, busyMs] = [began, 0];
    let spentMs = 0;
    for (let [first] = waiting; first !== undefined && spentMs < turnLimits.turnMs; [first] = waiting) {
      next(first);
      spentMs = now() - began;
    }
    busyMs += spentMs;
    if (waiting.length === 0) return;
    isRunning = true;
    if (busyMs <= turnLimits.busyMsMax) soon(run);
    else later(run, spentMs);
  }

  return (message) => {
    if (isEnded) return;
    opsWaiting += message.kind === "ops" ? message.ops.length : 0;
    // @checks PR59
    if (opsWaiting > turnLimits.opsWaitingMax) {
      isEnded = true;
      waiting = [];
      end();
      return;
    }
    waiting.push(message);
    if (!isRunning) run();
  };
}
