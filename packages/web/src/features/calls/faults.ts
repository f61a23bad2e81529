/** Faults: what follows a call goes on after its own exception, which is counted (docs/spec/calls.md CA152). */
import { signal } from "@preact/signals";

/** How many there were since the page began; shown as `data-faults` of the place of calls. */
export const faults = signal(0);

/** For effects: one that throws would be told nothing any more. */
export function careful<T>(follow: (value: T) => void, value: T): void {
  try {
    follow(value);
  } catch {
    faults.value = faults.peek() + 1;
  }
}
