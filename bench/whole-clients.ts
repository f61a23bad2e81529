/**
 * Whole clients: people with all that a device does, on Bun and in this process, at a server as it is shipped. Each
 * accepts by itself whoever asks.
 */
import { join } from "node:path";
import { type Bot, openBot } from "@yanshu/cli";
import { bunParts } from "@yanshu/cli/bun";
import type { Hex, ViewName, Views } from "@yanshu/client";
import { encodeLink, fromHex } from "@yanshu/wire";
import { withFolder } from "./folder.ts";
import { greet } from "./load/people.ts";
import { startServer } from "./server.ts";

const waitMsMax = 60_000;

/** A person, whose chats and messages can be looked at as a screen does. */
export type Someone = Bot & { readonly name: string };

type Home = {
  readonly folder: string;
  readonly invite: string;
  readonly owner: Someone;
  readonly others: readonly Someone[];
};

/** Somebody with so many contacts, all of one home. */
export async function withFamily<T>(others: number, work: (home: Home) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const server = await startServer(folder, "asShipped", { options: ["--pack-seconds", "1"] });
    const people: Someone[] = [];
    try {
      const invite = await inviteTo(server);
      for (let at = 0; at <= others; at += 1) {
        const name = at === 0 ? "妈妈" : `第${at}人`;
        const bot = await openBot({ ...bunParts, folder: join(folder, name), link: invite, name }, () => undefined);
        people.push({ ...bot, name });
        if (at > 0) await befriended(people[0] as Someone, people[at] as Someone);
      }
      return await work({ folder, invite, owner: people[0] as Someone, others: people.slice(1) });
    } finally {
      await Promise.all(people.map((one) => one.end()));
      await server.stop();
    }
  });
}

async function inviteTo({ url, registrationToken }: { readonly url: string; readonly registrationToken: string }) {
  const { peer, greeting } = await greet(url);
  peer.close();
  const link = { server: greeting.domain, token: fromHex(registrationToken) };
  return encodeLink(url.replace("ws", "http").replace(/\/ws$/, ""), { kind: "invite", link });
}

async function befriended(owner: Someone, other: Someone): Promise<void> {
  await owner.api.requestContact({ link: other.link, greeting: "你好", scanned: true });
  await comesTrue(`${other.name} accepts`, owner, "chats", [], (chats) =>
    chats.some(({ title, state }) => title === other.name && state === "open"),
  );
}

export async function groupOf(owner: Someone, others: readonly Someone[], name: string): Promise<Hex> {
  const contacts = seen(owner, "contacts", []);
  const accounts = others.map((one) => {
    const account = contacts.find((contact) => contact.name === one.name)?.account;
    if (account === undefined) throw new Error(`${one.name} is no contact`);
    return account;
  });
  const chat = await owner.api.createGroup({ name, accounts });
  await comesTrueForAll("is in the group", others, "chats", [], (chats) =>
    chats.some(({ conversation, state }) => conversation === chat && state === "open"),
  );
  return chat;
}

export function accountOf(one: Someone): Hex {
  const { me } = seen(one, "status", []);
  if (me === undefined) throw new Error(`${one.name} has no account`);
  return me.account;
}

/** A view as it is now. */
export function seen<N extends ViewName>(one: Someone, name: N, args: Views[N]["args"]): Views[N]["value"] {
  let now: unknown;
  one.subscribe(name, args, (value) => {
    now = value;
  })();
  return now as Views[N]["value"]; // Nothing is told of what there is not.
}

/** Waits as a screen does: the view is made again where it changed, and never to look. @throws Error after a minute. */
export function comesTrue<N extends ViewName>(
  what: string,
  one: Someone,
  name: N,
  args: Views[N]["args"],
  holds: (value: Views[N]["value"]) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`never came true: ${what}`)), waitMsMax);
    const stop = one.subscribe(name, args, (value) => {
      if (!holds(value)) return;
      clearTimeout(timer);
      queueMicrotask(() => stop()); // The first call is before there is anything to stop.
      resolve();
    });
  });
}

export async function comesTrueForAll<N extends ViewName>(
  what: string,
  all: readonly Someone[],
  ...[name, args, holds]: [name: N, args: Views[N]["args"], holds: (value: Views[N]["value"]) => boolean]
): Promise<void> {
  await Promise.all(all.map((one) => comesTrue(`${one.name} ${what}`, one, name, args, holds)));
}
