/**
 * Silence: which ring of which call a notice's button silenced (CA258, CA261 in features/calls/README.md). A ring is
 * known by its time and tag, which stay the same each time that it rings (docs/spec/push.md PU10, PU12).
 */
const from = 3;

/** The ring that a wake-up tells of. */
export function ringOf(wakeup: Uint8Array): string {
  return new TextDecoder().decode(wakeup.subarray(from));
}

/** @param kept what the button left, as cached; undefined: nothing. */
export function isSilencedRing(kept: unknown, ring: string): boolean {
  return typeof kept === "object" && kept !== null && "ring" in kept && kept.ring === ring;
}
