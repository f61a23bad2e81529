/**
 * Indexing for search in the background (docs/spec/search.md SE10): in small steps, not in the first seconds of a
 * start, and not while somebody uses a window or history is being fetched (VA21).
 */

const firstMs = 4_000;
const stepMs = 20;
const restMs = 3_000;
/** Pause between two looks whether `isBusy` has ended. */
const handsMs = 500;

/**
 * Starts indexing; returns a function that stops it.
 *
 * @param indexSome does one step; resolves with whether more is left.
 * @param isBusy whether indexing must wait.
 */
export function startIndexing(indexSome: () => Promise<boolean>, isBusy: () => boolean): () => void {
  let next = setTimeout(index, firstMs);
  let isStopped = false;
  function index(): void {
    if (isBusy()) {
      after(handsMs);
      return;
    }
    indexSome().then(
      (isMore) => after(isMore ? stepMs : restMs),
      () => after(10 * restMs), // Such as when the dictionary cannot be loaded now.
    );
  }
  function after(ms: number): void {
    if (!isStopped) next = setTimeout(index, ms);
  }
  return () => {
    isStopped = true;
    clearTimeout(next);
  };
}
