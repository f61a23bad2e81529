/**
 * Web: what the app costs the device that it runs on: the bytes before the first screen, the start on a slow one, and a
 * letter that arrives while a long history is stored and its chat is looked at.
 */
import { here, spentMs, type Tab } from "../browser/chromium.ts";
import { befriended } from "../browser/friend.ts";
import { atChats, type Home, storeTask, withHome } from "../browser/long-chat.ts";
import { treeCpuSeconds } from "../process.ts";
import { middle, row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const slower = 4;
const startsMeasured = 5;
const goals = { shellKiB: { atMost: 60 }, readyMs: { atMost: 800 }, scriptMs: { atMost: 4 } };
/** One a time, as people write. */
const betweenMs = 250;
/** The vault is looked after every half minute at first. */
const restMsWanted = 40_000;
const restMsMax = 600_000;
const restShare = 0.1;
const lookMs = 2_000;

export const web: Scenario = {
  name: "web",
  isLong: true,
  about:
    "the real app with 100,000 messages stored (Chromium, phone size): bytes of the first load, compressed; a new tab until the list stands, CPU 4 times slower; letters of a friend that arrive one by one in the chat that is shown, at full speed, by the page's own thread",
  run: (conditions) =>
    withHome(async (home) => {
      const letters = conditions.quick ? 5 : 100;
      const { bot, chat } = await befriended(home);
      try {
        await storeTask(home, `task=many-chats&messages=${conditions.quick ? 500 : 100_000}`, "seeded");
        await (await atChats(home)).close(); // All is in the caches that a second start has.
        const starts: number[] = [];
        for (let n = 0; n < (conditions.quick ? 1 : startsMeasured); n++) starts.push(await slowStart(home));
        const tab = await atChats(home);
        await tab.click("chat-row");
        await tab.until(here("bubble"));
        const write = (n: number) => bot.api.sendText(chat, `第 ${n} 封：饺子好了`);
        const arrived = (n: number) => tab.until(`${here("log")}.textContent.includes("第 ${n} 封：")`);
        await write(0);
        await arrived(0);
        await tab.send("Performance.enable", { timeDomain: "threadTicks" });
        await atRest(home);
        const [cpu, before] = [treeCpuSeconds(home.chromium.pid), await work(tab)];
        for (let n = 1; n <= letters; n++) {
          await write(n);
          await Bun.sleep(betweenMs);
        }
        await arrived(letters);
        const [cpuAfter, after] = [treeCpuSeconds(home.chromium.pid), await work(tab)];
        await tab.close();
        return [
          row("web: first load", await firstLoadKiB(home), "KiB", goals.shellKiB),
          row(
            "web: start to list, CPU 4 times slower, p50",
            middle(starts),
            "ms",
            unlessQuick(conditions, goals.readyMs),
          ),
          row(
            "web: script a letter that arrives",
            (after.scriptMs - before.scriptMs) / letters,
            "ms",
            unlessQuick(conditions, goals.scriptMs),
          ),
          row("web: all work of the page a letter", (after.taskMs - before.taskMs) / letters, "ms"),
          row("web: the browser's CPU a letter, all processes", ((cpuAfter - cpu) * 1_000) / letters, "ms"),
          row("web: letters that arrived", letters, "letters"),
        ];
      } finally {
        await bot.end();
      }
    }),
};

async function slowStart({ origin, chromium }: Home): Promise<number> {
  const tab = await chromium.newTab();
  await tab.send("Emulation.setCPUThrottlingRate", { rate: slower });
  await tab.send("Page.addScriptToEvaluateOnNewDocument", {
    source: `const look = () => {
      if (${here("chat-row")} === null) setTimeout(look, 5);
      // What this frame holds is on the glass once the next one begins.
      else requestAnimationFrame(() => requestAnimationFrame((nowMs) => (globalThis.listShownMs = nowMs)));
    };
    look();`,
  });
  await tab.open(origin);
  await tab.until("globalThis.listShownMs");
  const ms = await tab.ask<number>("listShownMs");
  await tab.close();
  await Bun.sleep(500);
  return ms;
}

/** Script and style that a new browser had begun to load when it first painted something to read, compressed. */
async function firstLoadKiB({ origin, newProfile }: Home): Promise<number> {
  const tab = await (await newProfile()).newTab();
  await tab.open(origin);
  await tab.until("performance.getEntriesByName('first-contentful-paint').length > 0");
  const files = await tab.ask<readonly string[]>(`performance.getEntriesByType("resource")
    .filter(({ startTime }) => startTime <= performance.getEntriesByName("first-contentful-paint")[0].startTime)
    .map(({ name }) => name).filter((url) => /\\.(js|css)$/.test(new URL(url).pathname))`);
  const sizes = await Promise.all(
    files.map(async (url) => Bun.gzipSync(await (await fetch(url)).arrayBuffer()).length),
  );
  return sizes.length === 0 ? Number.NaN : sizes.reduce((sum, size) => sum + size) / 1_024;
}

/** What was put into the store is indexed and laid into the vault: nothing is done in the background any more. */
async function atRest({ chromium }: Home): Promise<void> {
  for (let restMs = 0, untilMs = performance.now() + restMsMax; restMs < restMsWanted; restMs += lookMs) {
    if (performance.now() > untilMs) throw new Error("the browser did not come to rest");
    const before = treeCpuSeconds(chromium.pid);
    await Bun.sleep(lookMs);
    if ((treeCpuSeconds(chromium.pid) - before) * 1_000 > restShare * lookMs) restMs = -lookMs;
  }
}

async function work(tab: Tab): Promise<{ readonly scriptMs: number; readonly taskMs: number }> {
  return { scriptMs: await spentMs(tab, "ScriptDuration"), taskMs: await spentMs(tab, "TaskDuration") };
}
