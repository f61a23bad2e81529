/** Work ahead: what nobody waits for, such as what searching needs, in small steps while nobody uses a window. */
const stepMs = 20;
const restMs = 3_000;
const busyMs = 500;

/**
 * Starts it; returns a function that stops it.
 *
 * @param workSome does one step; resolves with whether more is left. @param isBusy whether it must wait.
 */
export function workAheadOf(workSome: () => Promise<boolean>, isBusy: () => boolean): () => void {
  let isStopped = false;
  let next = setTimeout(work, restMs);
  function work(): void {
    if (isBusy()) {
      after(busyMs);
      return;
    }
    workSome().then(
      (isMore) => after(isMore ? stepMs : restMs),
      () => after(10 * restMs),
    );
  }
  function after(ms: number): void {
    if (!isStopped) next = setTimeout(work, ms);
  }
  return () => {
    isStopped = true;
    clearTimeout(next);
  };
}
