/**
 * Fling: a minute in which a long conversation flies past, mostly back in time, on a processor a quarter as fast.
 * Each frame is asked how much of the log was covered with rows. The gesture is a wheel's, which the browser scrolls
 * as it does a finger's, but steadily: a thumb's throws are as fast at first, and slow down.
 */
import { positionStep } from "@yanshu/store";
import { here, phoneSize, spentMs, type Tab } from "../browser/chromium.ts";
import { atChats, withLongChat } from "../browser/long-chat.ts";
import { percentile, row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const seconds = 60;
const slower = 4;
/** How far at a time, and how fast: five screens a second. */
const flightPx = 12_000;
const flightPxPerSecond = 4_000;

type Flung = {
  readonly frames: readonly number[];
  readonly covered: readonly number[];
  readonly orders: number;
  readonly busyMs: number;
};

export const fling: Scenario = {
  name: "fling",
  isLong: true,
  about:
    "100,000 messages in one conversation of the real app (phone size, CPU 4 times slower): scrolled for 60 s by 4,000 points a second, five times back in time for each time on",
  run: async (conditions) =>
    withLongChat(conditions.quick ? 500 : 100_000, async (chat) => {
      const tab = await atChats(chat);
      await tab.click("chat-row");
      await tab.until(here("bubble"));
      await Bun.sleep(1_000);
      await tab.send("Emulation.setCPUThrottlingRate", { rate: slower });
      const { frames, covered, orders, busyMs } = await flung(tab, conditions.quick ? 3 : seconds);
      return [
        row("fling: frame, p50", percentile(frames, 0.5), "ms"),
        row("fling: frame, p95", percentile(frames, 0.95), "ms", unlessQuick(conditions, { atMost: 20 })),
        row("fling: frame, slowest", Math.max(...frames), "ms"),
        row("fling: frames", frames.length, "frames"),
        row("fling: main thread's work a frame, slowed down", busyMs / frames.length, "ms"),
        row(
          "fling: least of the log covered with rows",
          Math.min(...covered) * 100,
          "%",
          unlessQuick(conditions, { atLeast: 90 }),
        ),
        row("fling: from the newest to the oldest seen", orders, "messages", unlessQuick(conditions, { atLeast: 600 })),
      ];
    }),
};

async function flung(tab: Tab, forSeconds: number): Promise<Flung> {
  await tab.ask(`globalThis.flung = { frames: [], covered: [], oldest: Infinity, newest: -Infinity, stop: false };
    (() => {
      let before;
      const look = (nowMs) => {
        if (before !== undefined) flung.frames.push(nowMs - before);
        before = nowMs;
        const log = ${here("log")};
        const frame = log.getBoundingClientRect();
        const rows = log.querySelectorAll("[data-order]:not([hidden])");
        const [first, last] = [rows[0], rows[rows.length - 1]];
        const top = Math.max(frame.top, first.getBoundingClientRect().top);
        const bottom = Math.min(frame.bottom, last.getBoundingClientRect().bottom);
        // The log's own edges are not rows: at its newest end a little air stands under the last.
        const end = log.scrollTop > -20 ? frame.bottom : bottom;
        flung.covered.push(Math.max(0, end - top) / frame.height);
        flung.oldest = Math.min(flung.oldest, Number(first.dataset.order));
        flung.newest = Math.max(flung.newest, Number(last.dataset.order));
        if (!flung.stop) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    })()`);
  await tab.send("Performance.enable");
  const busyBefore = await spentMs(tab, "TaskDuration");
  const startMs = performance.now();
  for (let n = 0; performance.now() - startMs < forSeconds * 1_000; n++) {
    const isUp = n % 6 !== 5;
    await tab.send("Input.synthesizeScrollGesture", {
      x: phoneSize.width / 2,
      y: phoneSize.height / 2,
      yDistance: isUp ? flightPx : -flightPx,
      speed: flightPxPerSecond,
      gestureSourceType: "mouse",
    });
  }
  const busyMs = (await spentMs(tab, "TaskDuration")) - busyBefore;
  await tab.ask("flung.stop = true");
  const { frames, covered, oldest, newest } = await tab.ask<{
    frames: number[];
    covered: number[];
    oldest: number;
    newest: number;
  }>("flung");
  return { frames, covered, orders: (newest - oldest) / positionStep, busyMs };
}
