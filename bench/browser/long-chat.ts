/**
 * The app as people have it, with a long conversation: the server as shipped, the built web app, somebody who signs
 * up through its screens, and then letters put straight into the browser's store (worker.ts).
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { withFolder } from "../folder.ts";
import { freePort } from "../ports.ts";
import { type Chromium, here, startChromium, type Tab } from "./chromium.ts";
import { seedPage, siteIn } from "./site.ts";
import type { Cell, Statement } from "./worker.ts";

const root = join(import.meta.dirname, "../..");
const seedMsMax = 300_000;

export type LongChat = { readonly origin: string; readonly chromium: Chromium };
/** `profile` is that of whoever signed up; `newProfile` starts another browser, in which nobody lives yet. */
export type Home = LongChat & {
  readonly newProfile: () => Promise<Chromium>;
  /** Where the server keeps its own; whoever needs a place there makes a folder beside it. */
  readonly folder: string;
  readonly countsUrl: string;
  /** The standing invitation's link. */
  readonly invite: string;
  /** Has the server stopped, with its data in that folder, until `work` is done. */
  readonly whileStopped: (work: (data: string) => Promise<void> | void) => Promise<void>;
};

/** Messages in one conversation, ready to be measured; all is gone afterwards. */
export function withLongChat<T>(messages: number, work: (chat: LongChat) => Promise<T>): Promise<T> {
  return withHome(async (home) => {
    await storeTask(home, `task=one-chat&messages=${messages}`, "seeded");
    return work(home);
  });
}

const programs = { asShipped: "packages/server/src/main.ts", raised: "bench/raised-server.ts" } as const;

/**
 * A server, and somebody who signed up in a browser.
 *
 * @param browserFlags of each browser's command. @param serverFlags further ones of the server's.
 */
export function withHome<T>(
  work: (home: Home) => Promise<T>,
  which: keyof typeof programs = "asShipped",
  browserFlags: readonly string[] = [],
  serverFlags: readonly string[] = [],
): Promise<T> {
  return withFolder(async (folder) => {
    const site = await siteIn(folder);
    const [port, operatorPort] = [freePort(), freePort()];
    const origin = `http://localhost:${port}`;
    const data = join(folder, "data");
    mkdirSync(data);
    const flags = ["--port", `${port}`, "--data", data, "--operator-port", `${operatorPort}`, ...serverFlags];
    const started = () =>
      Bun.spawn([process.execPath, join(root, programs[which]), ...flags], {
        stdout: "pipe",
        stderr: "inherit",
        env: { ...process.env, NODE_ENV: "production", YANSHU_ASSETS: site },
      });
    let server = started();
    const whileStopped: Home["whileStopped"] = async (between) => {
      server.kill();
      await server.exited;
      await between(data);
      server = started();
      await inviteOf(server.stdout);
    };
    try {
      const invite = await inviteOf(server.stdout);
      const browsers: Chromium[] = [];
      const newProfile = async () => {
        const browser = await startChromium(join(folder, `profile-${browsers.length}`), browserFlags);
        browsers.push(browser);
        return browser;
      };
      try {
        const chromium = await newProfile();
        await signUp(chromium, invite, "妈妈");
        const countsUrl = `http://127.0.0.1:${operatorPort}/`;
        return await work({ origin, chromium, newProfile, folder, countsUrl, invite, whileStopped });
      } finally {
        for (const browser of browsers) await browser.stop();
      }
    } finally {
      server.kill();
      await server.exited;
    }
  });
}

export async function signUp(chromium: Chromium, invite: string, name: string): Promise<void> {
  const tab = await chromium.newTab();
  await tab.open(invite);
  await tab.click("start");
  await tab.until(here("name"));
  await tab.ask(`${here("name")}.focus()`);
  await tab.send("Input.insertText", { text: name });
  await tab.click("next");
  await tab.click("later");
  await tab.until(here("chats"));
  await tab.until("navigator.serviceWorker.controller !== null");
  await tab.close();
}

/**
 * Has the store of that browser filled, or read, while no tab of the app is open. Answers what the page says
 * (worker.ts).
 */
export async function storeTask(
  { chromium, origin }: LongChat,
  task: string,
  begins: "seeded" | "ids" | "floor",
): Promise<string> {
  const tab = await chromium.newTab();
  await tab.send("Network.enable");
  await tab.send("Network.setBypassServiceWorker", { bypass: true }); // It would answer with the app.
  await tab.open(`${origin}${seedPage}?${task}`);
  await tab.until(`/^(${begins}|failed)/.test(document.title)`, seedMsMax);
  const title = await tab.ask<string>("document.title");
  if (!title.startsWith(begins)) throw new Error(title);
  await tab.close();
  return title;
}

/**
 * Has statements run on the store of that browser while no tab of the app is open, one after another.
 *
 * @returns what the last of them reads.
 */
export async function runInStore(
  { chromium, origin }: LongChat,
  pieces: readonly (readonly Statement[])[],
): Promise<readonly Record<string, Cell>[]> {
  const tab = await chromium.newTab();
  await tab.send("Network.enable");
  await tab.send("Network.setBypassServiceWorker", { bypass: true });
  await tab.open(`${origin}${seedPage}?task=rows`);
  await tab.until("globalThis.give");
  let said = "rows []";
  for (const piece of pieces) {
    said = await tab.ask<string>(`give(${JSON.stringify(piece)})`);
    if (!said.startsWith("rows ")) throw new Error(said);
  }
  await tab.close();
  return JSON.parse(said.slice(5));
}

/** A new tab at the chat list, with everything loaded that the app loads ahead. @param first what is waited for. */
export async function atChats({ origin, chromium }: LongChat, first = "chat-row"): Promise<Tab> {
  const tab = await chromium.newTab();
  await tab.open(origin);
  await tab.until(here(first));
  let files = -1;
  for (let now = 0; now !== files; now = await tab.ask<number>("performance.getEntriesByType('resource').length")) {
    files = now;
    await Bun.sleep(500);
  }
  return tab;
}

async function inviteOf(output: ReadableStream<Uint8Array>): Promise<string> {
  let said = "";
  const decoder = new TextDecoder();
  for await (const chunk of output) {
    said += decoder.decode(chunk, { stream: true });
    const [link] = /http:\/\/localhost:\d+\/#i\/\S+/.exec(said) ?? [];
    if (link !== undefined) return link;
  }
  throw new Error(`the server ended: ${said}`);
}
