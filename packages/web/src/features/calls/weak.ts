/**
 * Weak: what a call sends over a bad way, as a pure step over what the browser measures each second (docs/spec/calls.md
 * CA124, CA125). Voice comes first: the picture is made small, then is not sent, before voice suffers.
 */

/** Of one second. */
export type Weather = {
  /** What the way to the other carries, in bits a second, as the browser estimates it; undefined before it does. */
  readonly outBps: number | undefined;
  /** Of what this device sends, and of what it receives: the share that did not come, 0 to 1. */
  readonly outLoss: number;
  readonly inLoss: number;
  readonly rttMs: number;
};

/** `all`: voice and picture; `small`: a small picture; `voice`: no picture; `least`: voice of the lowest rate. */
export type Level = "all" | "small" | "voice" | "least";

export type Weak = {
  readonly level: Level;
  /** The second before allowed less than `level`: one alone may be chance, of two in a row the better counts. */
  readonly less: Level | undefined;
  /** Since when the weather would allow more than `level`. */
  readonly calmSinceMs: number | undefined;
  /** How long it must be calm; and when more was sent again the last time. */
  readonly calmMs: number;
  readonly roseAtMs: number | undefined;
  /** What comes is lost so often that the other is asked to send each piece of voice twice. */
  readonly isLossy: boolean;
  /** The second before lost as much. */
  readonly lostBefore: boolean;
  readonly dryAtMs: number | undefined;
};

/** Before anything is sent again that was left out; twice as long each time that it was too much. */
const calmMsMin = 15_000;
const calmMsMax = 120_000;
const tooMuchMs = 10_000;

export const fair: Weak = {
  level: "all",
  less: undefined,
  calmSinceMs: undefined,
  calmMs: calmMsMin,
  roseAtMs: undefined,
  isLossy: false,
  lostBefore: false,
  dryAtMs: undefined,
};

const order: readonly Level[] = ["least", "voice", "small", "all"];
const bps = { all: 250_000, small: 130_000, voice: 50_000 } as const;
const lossMax = 0.1;
const rttMsMax = 700;
const lossyFrom = 0.03;
const lossyUntil = 0.01;

/** What a level sends, in bits a second. */
export const rates: Readonly<Record<Level, { readonly voice: number; readonly picture: number }>> = {
  all: { voice: 32_000, picture: 1_500_000 },
  small: { voice: 32_000, picture: 120_000 },
  voice: { voice: 24_000, picture: 0 },
  least: { voice: 16_000, picture: 0 },
};

/** @param hasPicture a way that carries voice alone is never measured beyond what voice takes. */
export function weakStep(before: Weak, weather: Weather, hasPicture: boolean, nowMs: number): Weak {
  return {
    ...before,
    ...lossStep(before, weather, nowMs),
    ...levelStep(before, allowed(weather, before, hasPicture), nowMs),
  };
}

function allowed({ outBps, outLoss, rttMs }: Weather, { level }: Weak, hasPicture: boolean): Level {
  if (outLoss > lossMax || rttMs > rttMsMax) return outBps !== undefined && outBps < bps.voice ? "least" : "voice";
  if (outBps === undefined) return "all";
  // While no picture goes the estimate cannot grow beyond voice: only calm tells that there may be more.
  const isBlind = !hasPicture || level === "voice" || level === "least";
  if (isBlind) return outBps < bps.voice ? "least" : "all";
  if (outBps < bps.voice) return "least";
  if (outBps < bps.small) return "voice";
  return outBps < bps.all ? "small" : "all";
}

function levelStep(before: Weak, most: Level, nowMs: number): Partial<Weak> {
  const { level, calmSinceMs, calmMs, roseAtMs } = before;
  const [at, may] = [order.indexOf(level), order.indexOf(most)];
  if (may < at) {
    if (before.less === undefined) return { less: most, calmSinceMs: undefined };
    const next = order[Math.max(may, order.indexOf(before.less))] as Level;
    const wasTooMuch = roseAtMs !== undefined && nowMs - roseAtMs <= tooMuchMs;
    const nextMs = wasTooMuch ? Math.min(calmMsMax, 2 * calmMs) : calmMsMin;
    return { level: next, less: undefined, calmSinceMs: undefined, calmMs: nextMs, roseAtMs: undefined };
  }
  if (may === at) return { less: undefined, calmSinceMs: undefined };
  const sinceMs = calmSinceMs ?? nowMs;
  if (nowMs - sinceMs < calmMs) return { less: undefined, calmSinceMs: sinceMs };
  // One step after the other.
  return { level: order[at + 1] as Level, less: undefined, calmSinceMs: undefined, roseAtMs: nowMs };
}

function lossStep({ isLossy, lostBefore, dryAtMs }: Weak, { inLoss }: Weather, nowMs: number): Partial<Weak> {
  if (inLoss > lossyFrom) return { isLossy: isLossy || lostBefore, lostBefore: true, dryAtMs: undefined };
  if (!isLossy || inLoss > lossyUntil) return { lostBefore: false, dryAtMs: undefined };
  const sinceMs = dryAtMs ?? nowMs;
  if (nowMs - sinceMs < calmMsMin) return { lostBefore: false, dryAtMs: sinceMs };
  return { isLossy: false, lostBefore: false, dryAtMs: undefined };
}

/**
 * How long what comes waits until it is heard: so long that a piece which is asked for again is there. Null: as the
 * browser likes.
 */
export function bufferMs({ isLossy }: Weak, { rttMs }: Weather): number | null {
  return isLossy ? Math.min(4_000, Math.round(rttMs) + 100) : null;
}
