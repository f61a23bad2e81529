/**
 * Outage: when the way of a call is made anew, as a pure function of whether voice comes (docs/spec/calls.md CA127,
 * CA268 in README.md). Voice never pauses, so that silence is seen before the browser or the system tell of it.
 */

export type Outage = {
  /** When voice was seen to come last, and how many packets had come by then. Nothing was looked at yet: 0. */
  readonly heardMs: number;
  readonly received: number;
  /** How often the way was begun anew since then, and when last. */
  readonly tries: number;
  readonly triedMs: number;
  /** When it was begun last at the first sign alone. */
  readonly signMs: number;
};

export type Look = {
  /** Voice packets so far. */
  readonly received: number;
  /** The other says that voice is sent. */
  readonly isDue: boolean;
  readonly nowMs: number;
};

/** A network holds up some packets for so long now and then: the way is begun anew beside the one that there is. */
const signMs = 500;
/** Such a network is not asked for another way all the time. */
const signEveryMs = 10_000;
/** For so long none is held up: the way is gone. */
export const silentMs = 1_200;
/** What was tried has so long, and twice as long each time. */
const againMs = 4_000;

export const noOutage: Outage = { heardMs: 0, received: 0, tries: 0, triedMs: 0, signMs: -signEveryMs };

/** @returns `isGone`: the way is gone. `isDue`: it is to be made anew now, which is counted as done. */
export function outageStep(
  before: Outage,
  { received, isDue, nowMs }: Look,
): { readonly next: Outage; readonly isGone: boolean; readonly isDue: boolean } {
  if (received !== before.received || before.heardMs === 0 || !isDue)
    return { next: { ...before, heardMs: nowMs, received, tries: 0 }, isGone: false, isDue: false };
  const silentForMs = nowMs - before.heardMs;
  const isGone = silentForMs >= silentMs;
  const tried = triedAt(before, nowMs);
  if (before.tries > 0) {
    const isLate = nowMs - before.triedMs >= againMs * 2 ** (before.tries - 1);
    return isLate ? { next: tried, isGone, isDue: true } : { next: before, isGone, isDue: false };
  }
  if (isGone) return { next: tried, isGone, isDue: true };
  // Before the first packet the other's microphone may still be opening.
  const isSign = received > 0 && silentForMs >= signMs && nowMs - before.signMs >= signEveryMs;
  return isSign ? { next: { ...tried, signMs: nowMs }, isGone, isDue: true } : { next: before, isGone, isDue: false };
}

/** The way is begun anew for another reason, or at a step's word. */
export function triedAt(before: Outage, nowMs: number): Outage {
  return { ...before, tries: before.tries + 1, triedMs: nowMs };
}
