/**
 * Alarm: home served a version of the app that nobody accepted, or told the browser to delete everything
 * (docs/spec/web.md WE34, WE36). From then on this window loads no more code and does not reload, because home could
 * answer with a hostile program. features/guard/alarm.tsx is its screen.
 */
import { signal } from "@preact/signals";

export type Alarm = "swapped" | "wiped";

/** Once set, the alarm stays for the life of the page. */
export const alarm = signal<Alarm | undefined>(undefined);

export function raise(kind: Alarm): void {
  alarm.value ??= kind;
}

/** Reloads the page, or opens `path` in its place. Does nothing under an alarm. */
export function beginAgain(path?: string): void {
  if (alarm.peek() !== undefined) return;
  if (path === undefined) location.reload();
  else location.replace(path);
}
