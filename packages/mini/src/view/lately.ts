/**
 * Lately: what a program shows in the app's own places, its toast and its bar, goes there a few times in a second, the
 * newest of each alone (docs/spec/programs.md PR14). Two hundred of them at once would each be drawn.
 */
import type { FromProgram } from "../frame-messages.ts";

const everyMs = 50;
const places: Readonly<Partial<Record<FromProgram["kind"], string>>> = {
  toast: "toast",
  "toast-off": "toast",
  page: "page",
};

/**
 * @param tell the app. @param later runs something after so many milliseconds.
 * @returns takes a message: at once where it is shown in none of those places.
 */
export function lately(
  tell: (message: FromProgram) => void,
  later: (work: () => void, ms: number) => void,
): (message: FromProgram) => void {
  const newest = new Map<string, FromProgram>();
  let isWaiting = false;

  function flush(): void {
    isWaiting = newest.size > 0;
    for (const message of newest.values()) tell(message);
    newest.clear();
    if (isWaiting) later(flush, everyMs);
  }

  return (message) => {
    const place = places[message.kind];
    if (place === undefined) {
      tell(message);
      return;
    }
    newest.delete(place);
    newest.set(place, message);
    // The first of a while goes at once.
    if (!isWaiting) flush();
  };
}
