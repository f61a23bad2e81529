/**
 * Alarm: home handed out another program than it may, or told the browser to forget everything (docs/spec/web.md WE34,
 * WE36). From then on this window stays what it is: it loads nothing any more, and does not begin anew, for whatever it
 * loaded could be somebody else's. What it shows is features/guard/alarm.tsx.
 */
import { signal } from "@preact/signals";

export type Alarm = "swapped" | "wiped";

/** Once raised it stays for the life of the page. */
export const alarm = signal<Alarm | undefined>(undefined);

export function raise(kind: Alarm): void {
  alarm.value ??= kind;
}

/** The page begins anew, at `path` or where it is; under an alarm it does not. */
export function beginAgain(path?: string): void {
  if (alarm.peek() !== undefined) return;
  if (path === undefined) location.reload();
  else location.replace(path);
}
