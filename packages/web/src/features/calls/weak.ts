/**
 * Weak: what a call sends over a bad connection, as a pure function of what the browser measures each second
 * (docs/spec/calls.md CA124, CA125). Voice has priority: the picture is first made small, then dropped.
 */

/** Measurements of one second. */
export type Weather = {
  /** The browser's estimate of the outgoing bandwidth in bits per second; undefined: not known yet. */
  readonly outBps: number | undefined;
  /** Share of lost packets, 0 to 1: of those that this device sends, and of those sent to it. */
  readonly outLoss: number;
  readonly inLoss: number;
  readonly rttMs: number;
};

/** `all`: voice and picture; `small`: a small picture; `voice`: no picture; `least`: voice of the lowest rate. */
export type Level = "all" | "small" | "voice" | "least";

export type Weak = {
  readonly level: Level;
  /** The lower level that the last second allowed. One such second may be chance; after two the better one is taken. */
  readonly less: Level | undefined;
  /** Since when the measurements allow a higher level; undefined: they do not. */
  readonly calmSinceMs: number | undefined;
  /** How long they must allow it before the level rises; and when it rose last. */
  readonly calmMs: number;
  readonly roseAtMs: number | undefined;
  /** So many voice packets are lost that the other party is asked to send each twice (RED). */
  readonly isLossy: boolean;
  /** The last second had such a loss. */
  readonly lostBefore: boolean;
  readonly dryAtMs: number | undefined;
};

/** Wait before the level rises; doubled each time that a rise was too much. */
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

/** Bitrates of each level, in bits per second. */
export const rates: Readonly<Record<Level, { readonly voice: number; readonly picture: number }>> = {
  all: { voice: 32_000, picture: 1_500_000 },
  small: { voice: 32_000, picture: 120_000 },
  voice: { voice: 24_000, picture: 0 },
  least: { voice: 16_000, picture: 0 },
};

/** Voice packets since the beginning of the connection, as the browser counts them (W3C webrtc-stats). */
export type VoiceCounts = {
  /** A packet that came by being sent again is received, and lost no more. */
  readonly received: number;
  readonly lost: number;
  /** How often this device asked for lost ones (NACK). */
  readonly asked: number;
  /** Without those that were sent again; and how often the other device asked for lost ones. */
  readonly sent: number;
  readonly askedBack: number;
};

export const noVoice: VoiceCounts = { received: 0, lost: 0, asked: 0, sent: 0, askedBack: 0 };

/**
 * Shares of voice packets that the network lost between two measurements, 0 to 1. What is asked for again counts: the
 * browser's own count forgets each packet that came late, and most of those are too late to be played.
 */
export function lossBetween(before: VoiceCounts, now: VoiceCounts): { readonly into: number; readonly out: number } {
  const since = (name: keyof VoiceCounts) => Math.max(0, now[name] - before[name]);
  const share = (part: number, whole: number) => Math.min(1, part / Math.max(1, whole));
  return {
    into: share(Math.max(since("lost"), since("asked")), since("lost") + since("received")),
    out: share(since("askedBack"), since("sent")),
  };
}

/** The next state. @param hasPicture false: the estimate cannot exceed what voice needs, so it limits nothing above. */
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
  // Without a picture the estimate cannot grow beyond voice: only time without loss suggests more bandwidth.
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
  // One level at a time.
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
 * The jitter buffer's target in ms: with loss, long enough for a resent packet to arrive. Null: the browser's default.
 */
export function bufferMs({ isLossy }: Weak, { rttMs }: Weather): number | null {
  return isLossy ? Math.min(4_000, Math.round(rttMs) + 100) : null;
}
