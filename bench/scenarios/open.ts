/**
 * Open: how long a person waits for the app, and for a long conversation in it (FEATURES 2j-9).
 */
import { here, type Tab, watchScript } from "../browser/chromium.ts";
import { atChats, type LongChat, withLongChat } from "../browser/long-chat.ts";
import { middle, row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const rounds = 10;
/** Longer than the app keeps the view of a chat that was left, so that each opening reads the store. */
const forgottenMs = 6_000;

export const open: Scenario = {
  name: "open",
  about:
    "100,000 messages in one conversation of the real app (phone size): a new tab until the list stands, a tap until the newest rows do; 10 times each, each time read anew",
  run: async (conditions) =>
    withLongChat(conditions.quick ? 500 : 100_000, async (chat) => {
      const tab = await atChats(chat); // All is in the caches that a second start has.
      await tab.ask(watchScript);
      const opened: number[] = [];
      for (let round = 0; round < (conditions.quick ? 2 : rounds); round++) opened.push(await openChat(tab));
      await tab.close();
      const started: number[] = [];
      for (let round = 0; round < (conditions.quick ? 2 : rounds); round++) started.push(await start(chat));
      return [
        row("open: tap to newest rows, p50", middle(opened), "ms", unlessQuick(conditions, { atMost: 300 })),
        row("open: tap to newest rows, slowest", Math.max(...opened), "ms"),
        row("open: cold start to list, p50", middle(started), "ms", unlessQuick(conditions, { atMost: 1_000 })),
        row("open: cold start to list, slowest", Math.max(...started), "ms"),
      ];
    }),
};

async function openChat(tab: Tab): Promise<number> {
  await Bun.sleep(forgottenMs);
  await tab.until(here("chat-row"));
  const ms = await tab.ask<number>(`(async () => {
    const row = ${here("chat-row")};
    const tapped = new Promise((resolve) => addEventListener("click", (event) => resolve(event.timeStamp), { once: true, capture: true }));
    row.click();
    const shown = await shownAfter(() => isInSight([...document.querySelectorAll("[data-testid=bubble]")].at(-1)));
    return shown - await tapped;
  })()`);
  await tab.ask("history.back()");
  return ms;
}

async function start({ origin, chromium }: LongChat): Promise<number> {
  const tab = await chromium.newTab();
  await tab.send("Page.addScriptToEvaluateOnNewDocument", {
    source: `${watchScript} globalThis.listShown = shownAfter(() => isInSight(${here("chat-row")}));`,
  });
  await tab.open(origin);
  await tab.until("globalThis.listShown");
  const ms = await tab.ask<number>("listShown");
  await tab.close();
  await Bun.sleep(500);
  return ms;
}
