/**
 * Bot: an account whose messages a program answers, for as long as the program runs (docs/spec/terminal.md TE11). It is
 * the client of the command line without a person: who asks to write to it is accepted.
 */
import { resolve } from "node:path";
import type { Client, ClientApi } from "@yanshu/client";
import { answering, type Incoming, spared } from "./answering.ts";
import type { BunParts } from "./bun.ts";
import { openDevice, serverInLink } from "./device.ts";
import { Fault } from "./fault.ts";
import { homeOfLink, writeHome } from "./home.ts";

export type BotOptions = BunParts & {
  /** Where it lives; made when it is not there. One program at a time uses it. */
  readonly folder: string;
  /** An invitation or a contact link: where a bot that is new makes its account. */
  readonly link?: string | undefined;
  readonly name: string;
};

/** What is said to a message; undefined says nothing. */
export type Answer = (message: Incoming) => Promise<string | undefined> | string | undefined;

export type Bot = {
  readonly api: ClientApi;
  /** Live views, for a bot that does more than answer: it can see who calls, for instance. */
  readonly subscribe: Client["subscribe"];
  /** Its own contact link: a person who opens it can write to it. */
  readonly link: string;
  /** Rejects once it answers no more by itself: with what its program threw, or because the disk fails. */
  readonly failed: Promise<never>;
  /** Ends once what it is answering is done. */
  readonly end: () => Promise<void>;
};

const reachMsMax = 30_000;

/**
 * Opens the bot and answers whatever is unread, then and from now on, message by message. A message counts as read once
 * it was answered, so one during which the program dies is answered again.
 *
 * @throws Fault when the folder is in use, or the bot is new and there is no link.
 */
export async function openBot(options: BotOptions, answer: Answer): Promise<Bot> {
  const ending = new AbortController();
  const io = {
    ...options,
    env: process.env,
    isTerminal: false,
    interrupted: ending.signal,
    out: () => undefined,
    err: () => undefined,
    input: async () => "",
    ask: async () => undefined,
  };
  const folder = resolve(options.folder);
  const server = options.link === undefined ? undefined : await serverInLink(io, options.link);
  const home = server === undefined ? undefined : homeOfLink(options.link ?? "", server, false);
  const device = await openDevice(io, folder, home);
  const { api } = device.client;
  if (device.client.view("status", []).me === undefined) {
    if (home === undefined) {
      await device.end();
      throw new Fault("fault.home", { value: options.link ?? "" });
    }
    writeHome(folder, home);
    await api.createAccount({ name: options.name, link: options.link ?? "" });
  }
  await device.caughtUp({ waitMs: reachMsMax, untilDone: true }); // Else it waits for home, as a person's device does.

  const work = answering(device.client, {
    atOnce: 1,
    handle: async (message) => {
      const said = await answer(message);
      // Where it was taken out meanwhile, nothing is said.
      if (said !== undefined) await spared(api.sendText(message.chat, said));
      return true;
    },
  });
  return {
    api,
    subscribe: device.client.subscribe,
    link: await api.myLink(),
    failed: work.failed,
    async end() {
      ending.abort();
      await work.end();
      await device.end();
    },
  };
}
