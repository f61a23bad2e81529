/**
 * Steady: what browsers and server take for the time and for chance while pictures are taken, so that a picture that is
 * taken again is the same: the day is always the same evening, and keys, and with them seals, are too.
 *
 * Each of the two functions stands alone, for it also travels as text into pages and workers.
 */
import type { BrowserContext, Page } from "@playwright/test";

/** Where a page keeps how far its clock stands from the real one, for its next start. */
const key = "steady.shiftMs";

/** The clock goes as the real one does, so far beside it. Answers how to set it anew. */
export function shiftClock(shiftMs: number): (ms: number) => void {
  const real = Date.now.bind(Date);
  let shift = shiftMs;
  const now = () => real() + shift;
  globalThis.Date = new Proxy(Date, {
    construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
  return (ms) => {
    shift = ms;
  };
}

/** Chance becomes a sequence that `seed` decides (sfc32). */
function seedChance(seed: string): void {
  const state = [1, 2, 3, 4].map((round) => {
    let hash = 2166136261 ^ round;
    for (const one of `${round} ${seed}`) hash = Math.imul(hash ^ one.charCodeAt(0), 16777619);
    return hash | 0;
  });
  const next = () => {
    const [a = 0, b = 0, c = 0, count = 0] = state;
    const sum = (a + b + count) | 0;
    state.splice(0, 4, b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + sum) | 0, (count + 1) | 0);
    return sum;
  };
  for (let i = 0; i < 16; i++) next();
  Crypto.prototype.getRandomValues = <T extends ArrayBufferView>(array: T): T => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i++) bytes[i] = next() & 255;
    return array;
  };
}

/** Runs in each page before anything else; hands clock and seed on to its worker, by the worker's name. */
function inPage(person: string, shiftMs: number, kept: string, shift: typeof shiftClock): void {
  if (!location.protocol.startsWith("http")) return;
  const here = () => Number(localStorage.getItem(kept) ?? shiftMs);
  const set = shift(here());
  new BroadcastChannel(kept).addEventListener("message", ({ data }) => set(data as number));
  const Real = Worker;
  globalThis.Worker = class extends Real {
    constructor(url: string | URL, options?: WorkerOptions) {
      const starts = Number(localStorage.getItem(`${kept} starts`) ?? 0) + 1;
      localStorage.setItem(`${kept} starts`, `${starts}`);
      super(url, { ...options, name: JSON.stringify({ shiftMs: here(), seed: `${person} ${starts}` }) });
    }
  };
}

/** The first thing that the app's worker runs. */
export const workerStart = `
const { shiftMs, seed } = JSON.parse(self.name);
const set = (${shiftClock.toString()})(shiftMs);
(${seedChance.toString()})(seed);
new BroadcastChannel(${JSON.stringify(key)}).addEventListener("message", ({ data }) => set(data));
`;

/** Before the first page of a profile is opened. */
export async function makeSteady(context: BrowserContext, person: string, shiftMs: number): Promise<void> {
  const given = [person, shiftMs, key].map((one) => JSON.stringify(one)).join(", ");
  await context.addInitScript({ content: `(${inPage.toString()})(${given}, ${shiftClock.toString()});` });
}

/** From now on it is so late for this person. */
export async function setClock(page: Page, shiftMs: number): Promise<void> {
  await page.evaluate(
    ([kept, ms]) => {
      localStorage.setItem(kept, `${ms}`);
      const channel = new BroadcastChannel(kept);
      channel.postMessage(ms);
      channel.close();
    },
    [key, shiftMs] as const,
  );
}
