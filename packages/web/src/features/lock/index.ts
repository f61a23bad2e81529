/**
 * The lock of the app (README.md WE30, WE31), and the screen of the alarm, under which nothing is loaded any more
 * (docs/spec/web.md WE34–WE36).
 */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

const locked = lazily(() => import("./lock-screen.tsx").then((m) => m.LockScreen));

export const lock = webFeature({
  whole: { locked, alarm: lazily(() => import("./alarm.tsx").then((m) => m.AlarmScreen)) },
  inMe: () => import("./in-me.ts"),
  start: () => import("./guard.ts"),
  workerGone: () => import("./guard.ts"),
});
