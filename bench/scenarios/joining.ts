/**
 * Joining: what being added to a large group costs whoever is added. Their browser has the app open at the list of chats;
 * a friend, who leads a group of 499 devices, adds them and says something.
 */
import { join } from "node:path";
import { createBunCrypto } from "@yanshu/mls/bun";
import { readMeta, readStoredList } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { accountIdOf, decodeLink } from "@yanshu/wire";
import type { Tab } from "../browser/chromium.ts";
import { befriended, friendFolder, ownLink } from "../browser/friend.ts";
import { atChats, type Home, withHome } from "../browser/long-chat.ts";
import { gather, type Someone, someoneOf } from "../load/crowd.ts";
import { greet } from "../load/people.ts";
import { treeCpuSeconds } from "../process.ts";
import { middle, row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const goal = { atMost: 1_000 };
const waitMsMax = 60_000;
const rounds = 3;
const crypto = createBunCrypto();

export const joining: Scenario = {
  name: "joining",
  isLong: true,
  about:
    "somebody is added to a group of 500 devices of 500 accounts, and its founder says something at once: from the moment the Welcome leaves until the letter stands in their list of chats (real app, Chromium, phone size); the middle of three groups",
  run: (conditions) =>
    withHome(async (home) => {
      const devices = conditions.quick ? 12 : 500;
      const link = await ownLink(home);
      const { bot } = await befriended(home);
      await bot.end();
      const friend = await friendOf(home);
      const tab = await atChats(home);
      await tab.ask(watch);
      const shown: number[] = [];
      const cpu: number[] = [];
      for (let n = 1; n <= (conditions.quick ? 1 : rounds); n++) {
        const round = await added(home, tab, friend, link, devices, `第 ${n} 个大群`);
        shown.push(round.shownMs);
        cpu.push(round.cpuSeconds);
      }
      await tab.close();
      return [
        row("joining: first letter shown after", middle(shown), "ms", unlessQuick(conditions, goal)),
        row("joining: the slowest", Math.max(...shown), "ms"),
        row("joining: the browser's CPU, all processes", middle(cpu), "CPU-s"),
        row("joining: devices in the group", devices, "devices"),
      ];
    }),
};

/** In the page: when each chat with something unread was first in the list, by the clock that all of this machine share. */
const watch = `
  globalThis.seen = {};
  const look = () => {
    for (const row of document.querySelectorAll('[data-testid="chat-row"]'))
      if (Number(row.dataset.unread) > 0) seen[row.querySelector(".name").textContent] ??= performance.timeOrigin + performance.now();
    setTimeout(look, 5);
  };
  look();`;

async function added(home: Home, tab: Tab, friend: Someone, link: string, devices: number, name: string) {
  const { peer } = await greet(home.origin.replace("http", "ws").concat("/ws"));
  const read = decodeLink(link);
  if (read?.kind !== "contact") throw new Error("not a contact link");
  const crowd = await gather(peer, friend, read.link.server, name, devices - 1);
  const { packages, history } = await peer.call("claim", { capability: read.link.capability });
  const drawn = packages[0]?.package;
  if (drawn === undefined) throw new Error("no package of whoever is to be added");
  const cpuBefore = treeCpuSeconds(home.chromium.pid);
  const beganMs = await crowd.add(drawn, history);
  await crowd.say("大家好");
  await tab.until(`seen["${name}"]`, waitMsMax);
  const shownMs = (await tab.ask<number>(`seen["${name}"]`)) - beganMs;
  peer.close();
  return { shownMs, cpuSeconds: treeCpuSeconds(home.chromium.pid) - cpuBefore };
}

/** Who the bot was: its program has ended, and its account acts by other hands. */
async function friendOf(home: Home): Promise<Someone> {
  const db = openBunDatabase(join(friendFolder(home), "yanshu.db"));
  try {
    const [seed, inception] = [readMeta(db, "device-seed"), readMeta(db, "inception")];
    const list = inception && readStoredList(db, accountIdOf(crypto.sha256, inception));
    if (seed === undefined || list === undefined) throw new Error("nobody lives in that folder");
    return someoneOf({ inception: list.inception, entries: list.current }, await crypto.signatureKeyPair(seed));
  } finally {
    db.close();
  }
}
