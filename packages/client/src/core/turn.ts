/**
 * Turn: one piece of work at a time. Everything that reads MLS state, computes and then writes runs
 * in a turn, so no two of them interleave; the write itself is one synchronous transaction.
 */
export type Turn = {
  /** Runs `work` after all work given before it. If it fails, only its own caller gets the error. */
  readonly take: <T>(work: () => Promise<T> | T) => Promise<T>;
  /** Resolves when nothing is waiting or running. */
  readonly idle: () => Promise<void>;
};

export function createTurn(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    take(work) {
      waiting++;
      const mine = last.then(work).finally(() => {
        waiting--;
      });
      last = mine.catch(() => undefined);
      return mine;
    },
    async idle() {
      while (waiting > 0) await last;
    },
  };
}
