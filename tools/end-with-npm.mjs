/**
 * npm runs a script in a shell, which passes no signal on when npm is told to end: it is gone then, and this process is
 * somebody else's child (docs/spec/delivery.md DS113).
 */
const lookMs = 250;

/** Calls `end` once, when the npm that started this process is gone; never where none did. */
export function endWithNpm(end) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, lookMs);
  timer.unref();
}
