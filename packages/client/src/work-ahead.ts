/**
 * Work ahead: what nobody waits for, such as what searching needs (docs/spec/search.md SE10): in small steps, not in
 * the first seconds of a start, and not while somebody uses the app or history is being fetched (VA21).
 */
import type { Cancel, Ports } from "./ports.ts";

const firstMs = 4_000;
const stepMs = 20;
const restMs = 3_000;
/** Pause between two looks whether `isBusy` has ended. */
const busyMs = 500;

/**
 * Starts it; returns a function that stops it.
 *
 * @param workSome does one step; resolves with whether more is left. @param isBusy whether it must wait.
 */
export function startWorkAhead(after: Ports["after"], workSome: () => Promise<boolean>, isBusy: () => boolean): Cancel {
  let isStopped = false;
  let cancel = after(firstMs, work);
  function work(): void {
    if (isBusy()) {
      again(busyMs);
      return;
    }
    workSome().then(
      (isMore) => again(isMore ? stepMs : restMs),
      () => again(10 * restMs), // Such as when the dictionary cannot be loaded now.
    );
  }
  function again(ms: number): void {
    if (!isStopped) cancel = after(ms, work);
  }
  return () => {
    isStopped = true;
    cancel();
  };
}
