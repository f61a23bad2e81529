/**
 * Lately: what a program shows in the app's own places, its toast and its bar, goes there a few times in a second, the
 * newest of each alone (docs/spec/programs.md PR14). Two hundred of them at once would each be drawn. An app's way to
 * another of its pages is led in the same way (PR42).
 */
import type { FromProgram } from "../frame-messages.ts";

const everyMs = 50;
const places: Readonly<Partial<Record<FromProgram["kind"], string>>> = {
  toast: "toast",
  "toast-off": "toast",
  page: "page",
};

/**
 * Of what comes faster, the newest of each place is done; the first of a while goes at once.
 *
 * @param placeOf undefined: it goes at once, and waits for nothing.
 * @param later runs something after so many milliseconds.
 */
export function newest<T>(
  leastMs: number,
  placeOf: (one: T) => string | undefined,
  work: (one: T) => void,
  later: (then: () => void, ms: number) => void,
): (one: T) => void {
  const waiting = new Map<string, T>();
  let isWaiting = false;

  function flush(): void {
    isWaiting = waiting.size > 0;
    const all = [...waiting.values()];
    waiting.clear();
    for (const one of all) work(one);
    if (isWaiting) later(flush, leastMs);
  }

  return (one) => {
    const place = placeOf(one);
    if (place === undefined) {
      work(one);
      return;
    }
    waiting.delete(place);
    waiting.set(place, one);
    if (!isWaiting) flush();
  };
}

/** @param tell the app. */
export function lately(
  tell: (message: FromProgram) => void,
  later: (then: () => void, ms: number) => void,
): (message: FromProgram) => void {
  return newest(everyMs, ({ kind }) => places[kind], tell, later);
}
