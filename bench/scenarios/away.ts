/**
 * Away: what catching up costs the person. Their browser was closed while a friend wrote 10,000 messages; then they
 * open it.
 */
import type { Bot } from "@yanshu/cli";
import type { Hex } from "@yanshu/client";
import { here } from "../browser/chromium.ts";
import { befriended } from "../browser/friend.ts";
import { type Home, withHome } from "../browser/long-chat.ts";
import { threadsCpuSeconds, treeCpuSeconds } from "../process.ts";
import { row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const goals = { listMs: { atMost: 1_000 }, allMs: { atMost: 2_500 } };
const waitMsMax = 600_000;
const writtenAtOnce = 100;
/** As Chromium calls it; that of the tab is the only one while it is open. */
const workerThread = "DedicatedWorker";

/** In each page, from its beginning: when the list stood, and when all messages were counted in it. */
const watch = (messages: number) => `
  globalThis.at = {};
  const look = () => {
    const row = ${here("chat-row")};
    if (row !== null) at.list ??= performance.now();
    if (Number(row?.dataset.unread) >= ${messages}) at.all = performance.now();
    else setTimeout(look, 10);
  };
  look();`;

export const away: Scenario = {
  name: "away",
  isLong: true,
  about:
    "a friend wrote 10,000 messages to somebody whose browser was closed: from opening it until the chat list stands, and until all of them are decrypted, stored and counted there (real app, Chromium, phone size)",
  run: (conditions) =>
    withHome(async (home) => {
      const messages = conditions.quick ? 200 : 10_000;
      const { bot, chat } = await befriended(home);
      try {
        const seconds = await written(home, bot, chat, messages);
        const tab = await home.chromium.newTab();
        await tab.send("Page.addScriptToEvaluateOnNewDocument", { source: watch(messages) });
        const cpuBefore = treeCpuSeconds(home.chromium.pid);
        await tab.open(home.origin);
        await tab.until("globalThis.at?.all", waitMsMax);
        const cpu = treeCpuSeconds(home.chromium.pid) - cpuBefore;
        const workerCpu = threadsCpuSeconds(home.chromium.pid, workerThread);
        const at = await tab.ask<{ readonly list: number; readonly all: number }>("at");
        await tab.close();
        return [
          row("away: list stands after", at.list, "ms", unlessQuick(conditions, goals.listMs)),
          row("away: all messages after", at.all, "ms", unlessQuick(conditions, goals.allMs)),
          row("away: the browser's CPU, all processes", cpu, "CPU-s"),
          row("away: CPU of the worker that decrypts and stores", workerCpu, "CPU-s"),
          row("away: messages", messages, "messages"),
          row("away: writing them, a second", messages / seconds, "messages/s"),
        ];
      } finally {
        await bot.end();
      }
    }, "raised"),
};

/** Until the server has taken them all. @returns how many seconds that took. */
async function written({ countsUrl }: Home, bot: Bot, chat: Hex, messages: number): Promise<number> {
  const startedMs = performance.now();
  const before = await postsAt(countsUrl);
  for (let n = 0; n < messages; n += writtenAtOnce) {
    for (let i = n; i < Math.min(messages, n + writtenAtOnce); i++)
      await bot.api.sendText(chat, `第 ${i + 1} 封：火锅好了，早点回家，路上小心`);
    while ((await postsAt(countsUrl)) - before < Math.min(messages, n + writtenAtOnce)) await Bun.sleep(5);
  }
  return (performance.now() - startedMs) / 1_000;
}

async function postsAt(countsUrl: string): Promise<number> {
  return ((await (await fetch(countsUrl)).json()) as { readonly posts: number }).posts;
}
