/** The bridge where something is slow, away or too much: no library, the real server, and a program of this test. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClientError, type Hex } from "@yanshu/client";
import type { Device } from "../../device.ts";
import { dot } from "../../testkit/dot.ts";
import { TestServer } from "../../testkit/server.ts";
import { Terminal, until } from "../../testkit/terminal.ts";
import { type BridgeParts, openBridge } from "./bridge.ts";
import { Followers } from "./followers.ts";
import { MenuShelf } from "./menu.ts";
import { openidOf } from "./message.ts";
import { Scenes } from "./scenes.ts";
import { Shelf } from "./shelf.ts";
import { readXml, textAt } from "./xml.ts";

setDefaultTimeout(120_000);
const server = new TestServer();
const folder = mkdtempSync(join(tmpdir(), "yanshu-bridge-load-"));
const [clinic, ann] = [new Terminal(), new Terminal()];
const account = { appid: "wx0011223344556677", secret: "s3cret", token: "tok", aesKey: `${"a".repeat(42)}A` };
const openidKey = "k";
let device: Device;
let app: Device;
let chat: Hex;
/** What the program was told, in order: the event, or the words. */
let told: string[] = [];
let answer: (what: string) => Promise<Response> | Response = () => new Response("success");
const program = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const xml = readXml(await request.text());
    const what = textAt(xml, "Event") || textAt(xml, "Content");
    told.push(what);
    return answer(what);
  },
});
let bridge: ReturnType<typeof openBridge> | undefined;
let over = new AbortController();

beforeAll(async () => {
  await server.start();
  await clinic.says("create", "--name", "Clinic", server.invite);
  await ann.says("create", "--name", "Ann", server.invite);
  await ann.says("add", await clinic.says("link"), "--greeting", "hi");
  device = await clinic.app();
  app = await ann.app();
  await until("Ann's chat is there", () => app.client.view("chats", []).some(({ title }) => title === "Clinic"));
  chat = app.client.view("chats", []).find(({ title }) => title === "Clinic")?.conversation as Hex;
});
afterEach(async () => {
  over.abort();
  await bridge?.end();
  over = new AbortController();
  told = [];
  answer = () => new Response("success");
});
afterAll(async () => {
  await Promise.all([device.end(), app.end(), program.stop(true)]);
  for (const terminal of [clinic, ann]) terminal.remove();
  rmSync(folder, { recursive: true });
  await server.remove();
});

/** The clinic's bridge. @param given what is another way than it is. */
function open(given: Partial<BridgeParts["context"]>, followers = new Followers(folder), filesMsMax = 60_000): void {
  const io = { interrupted: over.signal } as BridgeParts["context"]["io"];
  const view: BridgeParts["context"]["view"] = (name, ...args) => device.client.view(name, args);
  bridge = openBridge({
    context: { device, api: device.client.api, view, io, ...given },
    bot: { url: `${program.url}wx`, account, isSealed: false, answerMsMax: 60_000 },
    shelf: new Shelf(join(folder, "media")),
    followers,
    menu: new MenuShelf(folder),
    scenes: new Scenes(folder, "s", Date.now),
    openidKey,
    backend: undefined,
    program: undefined,
    given: new Followers(folder, "given"),
    port: 1,
    filesMsMax,
    faultWords: "not now",
    wordsFor: ({ kind }) => `[${kind}]`,
    onAway: () => undefined,
  });
}
const isTold = (what: string) => until(`the program is told ${what}`, () => told.includes(what));

test("[PA31] who follows a program that has no time for it is told of once it has, and no second time", async () => {
  answer = (what) => new Response("", { status: what === "subscribe" ? 503 : 200 });
  open({});
  await isTold("hi");
  expect(told[0]).toBe("subscribe");
  answer = () => new Response("success");
  told = [];
  await app.client.api.sendText(chat, "one");
  await isTold("one");
  await app.client.api.sendText(chat, "two");
  await isTold("two");
  expect(told).toEqual(["subscribe", "one", "two"]);
});

/** Answers what was said before, then a photo of Ann's and words of hers; returns why the bridge ended, if it did. */
async function toldOfPhoto(readFile: BridgeParts["context"]["api"]["readFile"], filesMsMax?: number): Promise<unknown> {
  open({ api: { ...device.client.api, readFile } }, undefined, filesMsMax);
  let failed: unknown;
  bridge?.failed.catch((error: unknown) => (failed = error));
  await until("what was said before is answered", () => {
    const chats = device.client.view("chats", []);
    return chats.length > 0 && chats.every(({ unread }) => unread === 0);
  });
  told = [];
  const source = new Blob([dot, new Uint8Array(100_000)]);
  const one = { source, type: "image/png", width: 1, height: 1, placeholder: new Uint8Array() } as const;
  await app.client.api.sendPhotos(chat, { pictures: [one], caption: "" });
  await until("it is told, or the bridge ended", () => told.length > 0 || failed !== undefined);
  if (failed !== undefined) return failed;
  await app.client.api.sendText(chat, "after");
  await isTold("after");
  return undefined;
}

test("[PA31] a picture that cannot be had is told of in words, and the next message is answered", async () => {
  let asked = 0;
  const readFile = () => {
    asked++;
    return Promise.reject(new ClientError("offline"));
  };
  expect(await toldOfPhoto(readFile)).toBeUndefined();
  expect(told).toEqual(["[photos]", "after"]);
  expect(asked).toBe(3);
});

test("[PA45] a picture of which a home gives each part late is told of in words, and no further part is asked for", async () => {
  const parts: ((part: Uint8Array) => void)[] = [];
  const readFile = () => new Promise<Uint8Array>((resolve) => void parts.push(resolve));
  expect(await toldOfPhoto(readFile, 100)).toBeUndefined();
  expect(told).toEqual(["[photos]", "after"]);
  parts[0]?.(new Uint8Array(1));
  await app.client.api.sendText(chat, "at last");
  await isTold("at last");
  expect(parts).toHaveLength(1);
});

test("[PA31] of forty new contacts sixteen are told of at once", async () => {
  const contacts = Array.from({ length: 40 }, (_, i) => {
    const [person, conversation] = [`person ${i}`, `chat ${i}`].map((word) =>
      createHash("sha256").update(word).digest("hex"),
    );
    return { account: person as Hex, conversation: conversation as Hex, ownName: "", blocked: false };
  });
  const waiting: (() => void)[] = [];
  let most = 0;
  answer = async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    most = Math.max(most, waiting.length);
    await promise;
    return new Response("success");
  };
  const followers = new Followers(mkdtempSync(join(folder, "forty-")));
  const view = ((name, ...args) =>
    name === "contacts" ? contacts : device.client.view(name, args)) as BridgeParts["context"]["view"];
  open({ view }, followers);
  for (let count = 0; count < contacts.length; count++) {
    const left = Math.min(16, contacts.length - count);
    await until("all that may are being told of", () => waiting.length >= left);
    waiting.shift()?.();
  }
  await until("all are noted", () => contacts.every((one) => followers.has(openidOf(openidKey, one.account))));
  expect(most).toBe(16);
  expect(told).toHaveLength(40);
});
