/** Pace: how fast a program shares what it has with a chat (docs/spec/programs.md PR70). */
import type { MessageRef } from "@yanshu/client";

/** So many turns at once, and then one in each such time. */
const [burst, everyMs] = [10, 1_000];
/** An update takes one for each so many bytes. */
const turnBytes = 16 << 10;

type Ports = {
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** So many turns may wait. */
  readonly waitingMax: number;
};
/** Resolves when what is said may go, in order; rejects where too many wait, or it is not wanted any more. */
export type Pace = (said?: string, isWanted?: () => boolean) => Promise<void>;

export function createPace({
  nowMs = Date.now,
  wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  waitingMax = 100,
}: Partial<Ports> = {}): Pace {
  /** Until when turns that were taken last. */
  let takenMs = Number.NEGATIVE_INFINITY;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function go(turns: number, isWanted: () => boolean): Promise<void> {
    const must = () => {
      if (!isWanted()) throw new Error("it was closed");
    };
    must();
    const firstMs = Math.max(takenMs, nowMs() - burst * everyMs) + everyMs;
    const ms = firstMs - nowMs();
    if (ms > 0) await wait(ms);
    must();
    takenMs = firstMs + (turns - 1) * everyMs;
  }

  return (said = "", isWanted = () => true) => {
    const turns = Math.max(1, Math.ceil(new TextEncoder().encode(said).length / turnBytes));
    if (waiting + turns > waitingMax) return Promise.reject(new Error("too many wait"));
    waiting += turns;
    const mine = last.then(() => go(turns, isWanted)).finally(() => (waiting -= turns));
    last = mine.catch(() => undefined);
    return mine;
  };
}

const paces = new Map<string, Pace>();
const pacesMax = 200;

/** Of the program that a card brought: who opens it again has no other turns. */
export function paceIn(chat: string, { author, id }: MessageRef): Pace {
  const name = `${chat} ${author} ${id}`;
  const known = paces.get(name) ?? createPace();
  paces.delete(name);
  paces.set(name, known);
  const [oldest] = paces.keys();
  if (paces.size > pacesMax && oldest !== undefined) paces.delete(oldest);
  return known;
}
