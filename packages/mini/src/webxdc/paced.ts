/** Paced work: of what comes faster, the newest is done (docs/spec/programs.md PR42). */
export type Clock = {
  /** Milliseconds. */
  readonly now: () => number;
  /** @returns what calls it off. */
  readonly after: (ms: number, work: () => void) => () => void;
};

/** @returns what asks for the work: it is done once in `leastMs` milliseconds at most. */
export function paced<T>(leastMs: number, clock: Clock, work: (newest: T) => void): (asked: T) => void {
  let callOff = () => {};
  let doneAtMs = Number.NEGATIVE_INFINITY;
  return (asked) => {
    callOff();
    callOff = clock.after(Math.max(0, doneAtMs + leastMs - clock.now()), () => {
      doneAtMs = clock.now();
      work(asked);
    });
  };
}
