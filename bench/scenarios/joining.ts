/**
 * Joining: what being added to a large group costs whoever is added. Their browser has the app open at the list of
 * chats; a friend, who leads a group of 499 devices, adds them and says something.
 */
import { join } from "node:path";
import { createBunCrypto } from "@yanshu/mls/bun";
import { readMeta, readStoredList } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { accountIdOf, decodeLink, type UploadToken } from "@yanshu/wire";
import type { Tab } from "../browser/chromium.ts";
import { befriended, friendFolder, ownLink } from "../browser/friend.ts";
import { atChats, type Home, withHome } from "../browser/long-chat.ts";
import { gather, type Someone, someoneOf } from "../load/crowd.ts";
import type { Peer } from "../load/peer.ts";
import { greet, makePerson, signIn } from "../load/people.ts";
import { drawTokens } from "../load/tokens.ts";
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
      const tokens = await tokensAt(home);
      const tab = await atChats(home);
      await tab.ask(watch);
      const shown: number[] = [];
      const cpu: number[] = [];
      for (let n = 1; n <= (conditions.quick ? 1 : rounds); n++) {
        const peer = await paid(home, tokens[n - 1] as UploadToken);
        const round = await added(home, tab, peer, friend, link, devices, `第 ${n} 个大群`);
        peer.close();
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

/**
 * In the page: when each chat with something unread was first in the list, by the clock that all of this machine share.
 */
const watch = `
  globalThis.seen = {};
  const look = () => {
    for (const row of document.querySelectorAll('[data-testid="chat-row"]'))
      if (Number(row.dataset.unread) > 0) seen[row.querySelector(".name").textContent] ??= performance.timeOrigin + performance.now();
    setTimeout(look, 5);
  };
  look();`;

function urlOf({ origin }: Home): string {
  return origin.replace("http", "ws").concat("/ws");
}

/** One for each group, drawn by a member who does nothing else. */
async function tokensAt(home: Home): Promise<readonly UploadToken[]> {
  const invite = decodeLink(home.invite);
  if (invite?.kind !== "invite") throw new Error("not an invitation");
  const { peer, greeting } = await greet(urlOf(home));
  const person = makePerson("bench joining", 0, greeting.domain);
  await peer.call("register", { token: invite.link.token, inception: person.inception, entry: person.entry });
  peer.close();
  const member = await signIn(urlOf(home), person, 0);
  const tokens = await drawTokens(member, urlOf(home), rounds);
  member.close();
  return tokens;
}

/**
 * Nobody is signed in there, and what is large is taken (docs/spec/wire.md WI23): a Welcome with hundreds of device
 * lists.
 */
async function paid(home: Home, token: UploadToken): Promise<Peer> {
  const { peer } = await greet(urlOf(home));
  await peer.call("pay", { token });
  return peer;
}

async function added(home: Home, tab: Tab, peer: Peer, friend: Someone, link: string, devices: number, name: string) {
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
