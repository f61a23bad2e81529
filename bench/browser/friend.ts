/**
 * Friend: somebody in a terminal, whom whoever lives in the browser has as a contact; who they are stands in
 * `friendFolder`.
 */
import { join } from "node:path";
import { type Bot, openBot } from "@yanshu/cli";
import { bunParts } from "@yanshu/cli/bun";
import type { Hex } from "@yanshu/client";
import { here, type Tab } from "./chromium.ts";
import { atChats, type Home } from "./long-chat.ts";

export function friendFolder({ folder }: Home): string {
  return join(folder, "friend");
}

/** Whoever lives in the browser asks a bot, which accepts. Then the browser has no tab of the app any more. */
export async function befriended(home: Home): Promise<{ readonly bot: Bot; readonly chat: Hex }> {
  const greeted = Promise.withResolvers<Hex>();
  const link = await ownLink(home);
  const bot = await openBot({ ...bunParts, folder: friendFolder(home), link, name: "外婆" }, ({ chat }) => {
    greeted.resolve(chat);
    return undefined;
  });
  const tab = await home.chromium.newTab();
  await tab.open(bot.link);
  await tab.click("send-request");
  const chat = await greeted.promise;
  await tab.until(`${here("conversation")}?.dataset.state === "open"`);
  await tab.close();
  const settled = await atChats(home);
  await settled.close();
  return { bot, chat };
}

/** The contact link of whoever lives in the browser. */
export async function ownLink({ origin, chromium }: Home): Promise<string> {
  const tab: Tab = await chromium.newTab();
  await tab.open(`${origin}/my-qr`);
  await tab.until(`/#c\\//.test(${here("my-link")}?.dataset.link)`);
  const link = await tab.ask<string>(`${here("my-link")}.dataset.link`);
  await tab.close();
  return link;
}
