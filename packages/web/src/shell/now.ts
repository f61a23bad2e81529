/**
 * The time for labels such as "today", in ms of `Date.now()`. Updated once a minute, so that labels change at midnight.
 */
import { signal } from "@preact/signals";

export const nowMs = signal(Date.now());
setInterval(() => {
  nowMs.value = Date.now();
}, 60_000);
