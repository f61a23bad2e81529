/**
 * At work: whether somebody touches, scrolls or types in this window now. Background work waits meanwhile (SE10),
 * because on a small device the worker and the screen share a processor.
 */

/** An event removes the listeners for `deafMs`, so that a fling costs nothing; then `waitMs` without one are rest. */
const deafMs = 1_000;
const waitMs = 500;
const signs = ["pointerdown", "keydown", "scroll"] as const;

/** @param tell called with true at the first event, and with false after about 1.5 s without one. */
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
