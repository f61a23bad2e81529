/** Busy: while what a person asked for runs, it begins no second time (docs/spec/web.md WE340). */
import { useState } from "preact/hooks";

type Run = (work: () => Promise<unknown>) => Promise<void>;

/** Whether something that `run` was given still runs, and `run`. */
export function useBusy(): readonly [isBusy: boolean, run: Run] {
  const [isBusy, setBusy] = useState(false);
  const [run] = useState(() => oneAtATime(setBusy));
  return [isBusy, run];
}

/** Runs one work at a time, and drops what is asked for meanwhile. @param tell is called when one begins and ends. */
export function oneAtATime(tell: (isBusy: boolean) => void): Run {
  let isBusy = false;
  const set = (next: boolean) => {
    isBusy = next;
    tell(next);
  };
  return async (work) => {
    if (isBusy) return;
    set(true);
    try {
      await work();
    } finally {
      set(false);
    }
  };
}
