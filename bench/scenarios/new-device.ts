/**
 * New device: how long whoever links one waits for the app, and for all that was ever said (docs/spec/vault.md VA20).
 */
import { goTo, here, type Tab } from "../browser/chromium.ts";
import { type LongChat, storeTask, withHome } from "../browser/long-chat.ts";
import { row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const waitMsMax = 900_000;
const newest = "最新的一句";

export const newDevice: Scenario = {
  name: "new-device",
  isLong: true,
  about:
    "100,000 messages over several chats on a device whose vault is filled, two browsers of their own on this machine: from the tap that confirms the words until the newest row is shown, and until all of the vault was read; then the names of all messages are compared",
  run: async (conditions) =>
    withHome(async (home) => {
      const messages = conditions.quick ? 1_000 : 100_000;
      await storeTask(home, `task=many-chats&messages=${messages}`, "seeded");
      const old = await home.chromium.newTab();
      const filledFromMs = performance.now();
      await open(old, `${home.origin}/me/devices`, "vault-state");
      await old.until(`${figure("bytes")} > 0 && ${isSettled}`, waitMsMax);
      const fillMs = performance.now() - filledFromMs;
      const fresh = await home.newProfile();
      const tab = await fresh.newTab();
      const linked = await link(home.origin, old, tab);
      await tab.until(`${here("chats")} && document.body.textContent.includes("${newest}")`, 60_000);
      const usableMs = performance.now() - linked;
      await goTo(tab, "/me/devices", "vault-state");
      await tab.until(isRead, waitMsMax);
      const wholeMs = performance.now() - linked;
      await Promise.all([old.close(), tab.close()]);
      const there: LongChat = { origin: home.origin, chromium: fresh };
      const [before, after] = [await namesIn(home), await namesIn(there)];
      return [
        row("new-device: filling the vault", messages / (fillMs / 1_000), "messages/s"),
        row("new-device: usable after", usableMs / 1_000, "s", unlessQuick(conditions, { atMost: 10 })),
        row("new-device: all text after", wholeMs / 1_000, "s", unlessQuick(conditions, { atMost: 120 })),
        row("new-device: messages on the old device", before.count, "messages", { atLeast: messages }),
        row("new-device: messages on the new device", after.count, "messages", { atLeast: messages }),
        row("new-device: sets of names that differ", before.hash === after.hash ? 0 : 1, "sets", { atMost: 0 }),
      ];
    }),
};

/** An expression for what the screen of the devices says of the vault. */
function figure(name: "done" | "of" | "waiting" | "bytes"): string {
  return `Number(${here("vault-state")}?.dataset.${name} ?? -1)`;
}
const isSettled = `${figure("waiting")} === 0`;
const isRead = `${figure("of")} > 0 && ${figure("done")} === ${figure("of")}`;

async function open(tab: Tab, url: string, testId: string): Promise<void> {
  await tab.open(url);
  await tab.until(here(testId));
}

/** Answers when the words were confirmed. */
async function link(origin: string, old: Tab, fresh: Tab): Promise<number> {
  await fresh.open(`${origin}/`);
  await fresh.click("used");
  await fresh.until(`/#d\\//.test(${here("device-link")}?.dataset.link)`);
  const code = await fresh.ask<string>(`${here("device-link")}.dataset.link`);
  await old.click("link-device");
  await old.until(here("paste-link"));
  await old.ask(`${here("paste-link")}.focus()`);
  await old.send("Input.insertText", { text: code });
  await old.click("open-link");
  await old.until(here("words-same"));
  const atMs = performance.now();
  await fresh.click("join-yes");
  await old.click("words-same");
  return atMs;
}

async function namesIn(chat: LongChat): Promise<{ readonly count: number; readonly hash: string }> {
  const [, count = "0", hash = ""] = (await storeTask(chat, "task=ids", "ids")).split(" ");
  return { count: Number(count), hash };
}
