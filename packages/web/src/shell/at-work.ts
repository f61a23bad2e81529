/**
 * At work: whether somebody touches, scrolls or types just now, in this window. What can wait, waits meanwhile (SE10):
 * on a small device the worker and the screen share a processor.
 */

/** Between two touches of one who reads on. */
const restMs = 1_000;
const signs = ["pointerdown", "keydown", "scroll"] as const;

/** @param tell hears it when they begin, and when they have rested for a second. */
export function watchWork(
  window: EventTarget,
  tell: (isAtWork: boolean) => void,
  nowMs = () => performance.now(),
): void {
  let lastMs = 0;
  let resting: ReturnType<typeof setTimeout> | undefined;
  function rest(): void {
    const leftMs = lastMs + restMs - nowMs();
    resting = leftMs > 0 ? setTimeout(rest, leftMs) : undefined;
    if (resting === undefined) tell(false);
  }
  function worked(): void {
    lastMs = nowMs();
    if (resting !== undefined) return;
    resting = setTimeout(rest, restMs);
    tell(true);
  }
  for (const sign of signs) window.addEventListener(sign, worked, { capture: true, passive: true });
}
