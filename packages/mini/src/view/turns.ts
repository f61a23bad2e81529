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
  /** What it returns is gone on with piece by piece, before the next op. */
  readonly draw: (op: Op) => Iterator<unknown> | undefined;
  /** Lays out what was drawn: the browser would do it later, all at once. */
  readonly layOut: () => void;
  /** All ops of a message are drawn. */
  readonly drawn: () => void;
  readonly read: (message: Exclude<FromLogic, Drawn>) => void;
  /** More waits than may. Called once. */
  readonly end: () => void;
};

const turnLimits = {
  /** So long a turn takes, about, with the layout of what it drew. */
  turnMs: 8,
  /** Where the layout takes longer than that, no less than this is drawn between two. */
  drawMsMin: 1,
  /** So much of a second goes in turns that follow one another at once; then each is followed by a pause as long. */
  busyMsMax: 150,
  /** Nobody can lay out a part of a page: one that takes longer is followed by a pause of so many times as long. */
  longLayoutMs: 50,
  pausesOfLongLayout: 4,
  /** So many ops are drawn between two looks at the clock. */
  opsAtOnce: 32,
  /** So many may wait. */
  opsWaitingMax: 100_000,
} as const;

export function turns({ now, soon, later, draw, layOut, drawn, read, end }: TurnPorts): (message: FromLogic) => void {
  let waiting: FromLogic[] = [];
  let at = 0;
  let opsWaiting = 0;
  let isRunning = false;
  let isEnded = false;
  let isLaidOut = true;
  let rest: Iterator<unknown> | undefined;
  let drawMs: number = turnLimits.turnMs;
  let [since, busyMs] = [now(), 0];

  function next(first: FromLogic): void {
    if (first.kind !== "ops") {
      waiting.shift();
      read(first);
      return;
    }
    isLaidOut = false;
    if (rest !== undefined && rest.next().done !== true) return;
    rest = undefined;
    for (const op of first.ops.slice(at, at + turnLimits.opsAtOnce)) {
      at += 1;
      opsWaiting -= 1;
      const more = draw(op);
      if (more === undefined || more.next().done === true) continue;
      rest = more;
      return;
    }
    if (at < first.ops.length) return;
    waiting.shift();
    at = 0;
    drawn();
  }

  function run(): void {
    isRunning = false;
    if (waiting.length === 0) return;
    const began = now();
    if (began - since > 1_000) [since, busyMs] = [began, 0];
    let spentMs = 0;
    for (let [first] = waiting; first !== undefined && spentMs < drawMs; [first] = waiting) {
      next(first);
      spentMs = now() - began;
    }
    if (!isLaidOut) layOut();
    isLaidOut = true;
    const laidOutMs = now() - began - spentMs;
    drawMs = Math.max(turnLimits.drawMsMin, turnLimits.turnMs - laidOutMs);
    spentMs += laidOutMs;
    busyMs += spentMs;
    const pauses =
      laidOutMs > turnLimits.longLayoutMs ? turnLimits.pausesOfLongLayout : busyMs > turnLimits.busyMsMax ? 1 : 0;
    if (waiting.length === 0 && pauses === 0) return;
    isRunning = true;
    if (pauses === 0) soon(run);
    else later(run, spentMs * pauses);
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
