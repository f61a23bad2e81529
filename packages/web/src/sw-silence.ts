/**
 * Silence: which ring of which call a notice's button silenced (CA258, CA261, PU17 in features/calls/README.md). A ring
 * is known by its time and tag, which stay the same each time that it rings (docs/spec/push.md PU10, PU12).
 *
 * With home's data both would say who called when, so they are in memory alone: this worker stays awake for as long as
 * the call may ring.
 */
const from = 3;
/** After this time a ring is told as one that was (PU11). */
const silenceMs = 90_000;

const silenced = new Set<string>();

/** The ring that a wake-up tells of. */
export function ringOf(wakeup: Uint8Array): string {
  return new TextDecoder().decode(wakeup.subarray(from));
}

/**
 * Silences a ring. Resolves once it is forgotten; until then this worker must not end.
 * @param ring as a notice keeps it. Notices of older versions have none, and nothing is silenced.
 */
export async function silenceRing(ring: unknown, wait: (ms: number) => Promise<unknown>): Promise<void> {
  if (typeof ring !== "string") return;
  silenced.add(ring);
  await wait(silenceMs);
  silenced.delete(ring);
}

export const isSilencedRing = (ring: string): boolean => silenced.has(ring);
