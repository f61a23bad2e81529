/** Faults: exceptions in the effects that follow calls are caught and counted (docs/spec/calls.md CA152). */
import { signal } from "@preact/signals";

/** Number of faults since the page was loaded; in the attribute `data-faults` of the root element of calls. */
export const faults = signal(0);

/** Runs `follow` in an effect and catches its exception: an effect that throws would not run again. */
export function careful<T>(follow: (value: T) => void, value: T): void {
  try {
    follow(value);
  } catch {
    faults.value = faults.peek() + 1;
  }
}
