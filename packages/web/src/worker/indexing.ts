/**
 * Indexing while nobody waits (docs/spec/search.md SE10): little by little, not in the first moments of a start, and
 * not while hands are at work in any window, or history is being fetched (VA21).
 */

const firstMs = 4_000;
const stepMs = 20;
const restMs = 3_000;
/** While hands are at work it is looked again whether they rest. */
const handsMs = 500;

/** @param indexSome does one step, and answers whether there is more to do.
 * @param isBusy whether it has to wait. */
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
