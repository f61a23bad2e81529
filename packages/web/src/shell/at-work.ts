/**
 * At work: whether somebody touches, scrolls or types just now, in this window. What can wait, waits meanwhile (SE10):
 * on a small device the worker and the screen share a processor.
 */

/** After a sign nothing is listened for, so that a fling pays nothing for it; then one more sign is waited for. */
const deafMs = 1_000;
const waitMs = 500;
const signs = ["pointerdown", "keydown", "scroll"] as const;

/** @param tell hears it when they begin, and when they have rested for about a second. */
export function watchWork(page: EventTarget, tell: (isAtWork: boolean) => void): void {
  let isAtWork = false;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const options = { capture: true, passive: true };
  function worked(): void {
    clearTimeout(waiting);
    for (const sign of signs) page.removeEventListener(sign, worked, options);
    setTimeout(listen, deafMs);
    if (!isAtWork) tell(true);
    isAtWork = true;
  }
  function listen(): void {
    for (const sign of signs) page.addEventListener(sign, worked, options);
    if (!isAtWork) return;
    waiting = setTimeout(() => {
      isAtWork = false;
      tell(false);
    }, waitMs);
  }
  listen();
}
