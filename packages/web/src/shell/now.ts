/**
 * A clock for labels such as "today": turns once a minute, so that midnight passes on screen too.
 */
import { signal } from "@preact/signals";

export const nowMs = signal(Date.now());
setInterval(() => {
  nowMs.value = Date.now();
}, 60_000);
