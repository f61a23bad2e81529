/** A mini program that its publisher gave, and the publisher’s server behind the bridge (docs/spec/programs.md). */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClientError, type Hex, type MessageRef } from "@yanshu/client";
import { packProgram } from "@yanshu/mini/compile";
import { play } from "@yanshu/mini/testkit";
import type { Device } from "../../device.ts";
import { TestServer } from "../../testkit/server.ts";
import { Terminal, until } from "../../testkit/terminal.ts";
import { addressAt, answerOf, sessionsOf } from "./backend.ts";
import { openBridge } from "./bridge.ts";
import { fairPlaces } from "./fair.ts";
import { Followers } from "./followers.ts";
import { MenuShelf } from "./menu.ts";
import { openidOf } from "./message.ts";
import { Scenes } from "./scenes.ts";
import { Shelf } from "./shelf.ts";

setDefaultTimeout(120_000);
const server = new TestServer();
const folder = mkdtempSync(join(tmpdir(), "yanshu-backend-"));
const [shop, ann] = [new Terminal(), new Terminal()];
const account = { appid: "wx0011223344556677", secret: "s3cret", token: "tok", aesKey: `${"a".repeat(42)}A` };
const over = new AbortController();
let device: Device;
let app: Device;
let bridge: ReturnType<typeof openBridge> | undefined;
/** What the shop's server was asked, by whom as far as it can tell. */
const asked: string[] = [];
const ordered: unknown[] = [];
const heard: Headers[] = [];
const backend = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request, { requestIP }) {
    const { pathname, search, searchParams } = new URL(request.url);
    if (pathname === "/wx") return new Response("success");
    asked.push(`${requestIP.call(backend, request)?.address} ${request.method} ${pathname}${search}`);
    if (pathname === "/v1/goods") return Response.json({ goods: [`${searchParams.get("kind")}茶`, "乌龙茶"] });
    heard.push(request.headers);
    if (pathname === "/v1/large") return new Response('"'.repeat(90_000));
    if (pathname === "/v1/away") return Response.redirect("http://127.0.0.2/");
    if (pathname === "/v1/login") {
      const { code } = (await request.json()) as { code: string };
      const { appid, secret } = account;
      const path = `/sns/jscode2session?appid=${appid}&secret=${secret}&js_code=${code}`;
      if (bridge === undefined) throw new Error("no bridge");
      const session = await bridge.calls(new Request(`http://127.0.0.1${path}`));
      return Response.json({ token: ((await session.json()) as { openid: string }).openid });
    }
    ordered.push([request.headers.get("authorization"), request.headers.get("x-real-ip"), await request.text()]);
    return new Response("已下单", { status: 201 });
  },
});

beforeAll(async () => {
  await server.start();
  await shop.says("create", "--name", "茶铺", server.invite);
  await ann.says("create", "--name", "Ann", server.invite);
  await ann.says("add", await shop.says("link"), "--greeting", "hi");
  device = await shop.app();
  app = await ann.app();
});
afterAll(async () => {
  over.abort();
  await bridge?.end();
  await Promise.all([device.end(), app.end(), backend.stop(true)]);
  for (const terminal of [shop, ann]) terminal.remove();
  rmSync(folder, { recursive: true });
  await server.remove();
});

const script = `Page({ data: { said: "", goods: [] }, onLoad() {
  const add = (words) => this.setData({ said: this.data.said + words + ";" });
  wx.request({ url: "https://api.tea.example/v1/goods", data: { kind: "绿" }, success: ({ data }) => this.setData({ goods: data.goods }), fail: ({ errMsg }) => add(errMsg) });
  wx.request({ url: "https://other.example/v1/away", fail: ({ errMsg }) => add(errMsg) });
  wx.request({ url: "file:///etc/passwd", method: "TRACE", fail: ({ errMsg }) => add(errMsg) });
  wx.login({ success: ({ code }) => wx.request({ url: "https://api.tea.example/v1/login", method: "POST", data: { code },
    success: ({ data }) => { this.token = data.token; add("logged in") } }) }) },
  buy() { wx.request({ url: "https://api.tea.example/v1/order", method: "POST", data: { of: "绿茶", n: 2 },
    header: { "content-type": "application/x-www-form-urlencoded", Authorization: this.token, "X-Real-IP": "8.8.8.8" },
    success: ({ data, statusCode }) => this.setData({ said: statusCode + data }) }) } })`;

async function program(): Promise<Uint8Array> {
  const files = {
    "app.json": '{ "pages": ["pages/a/a"] }',
    "pages/a/a.wxml":
      '<view wx:for="{{goods}}" wx:key="*this">{{item}}</view><text class="said">{{said}}</text><view bindtap="buy">买</view>',
    "pages/a/a.js": script,
  };
  const sources = new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  return (await packProgram(sources, { name: "茶铺", version: "1" })).bytes;
}

const chatOf = (one: Device, title: string) =>
  one.client.view("chats", []).find((chat) => chat.title === title)?.conversation as Hex;
const cardsIn = (one: Device, chat: Hex): readonly MessageRef[] =>
  one.client
    .view("timeline", [chat, 100])
    .items.flatMap(({ body, from, id }) => (body.kind === "file" ? [{ author: from.account, id: id as Hex }] : []));

let packed: Parameters<typeof openBridge>[0]["program"];
const bridgeParts = (): Parameters<typeof openBridge>[0] => ({
  context: {
    device,
    api: device.client.api,
    view: (name, ...args) => device.client.view(name, args),
    io: { interrupted: over.signal } as Parameters<typeof openBridge>[0]["context"]["io"],
  },
  bot: { url: `${backend.url}wx`, account, isSealed: false, answerMsMax: 5_000 },
  shelf: new Shelf(join(folder, "media")),
  followers: new Followers(folder),
  menu: new MenuShelf(folder),
  scenes: new Scenes(folder, "s", Date.now),
  openidKey: "k",
  backend: `${backend.url}`,
  program: packed,
  given: new Followers(folder, "given"),
  port: 1,
  faultWords: "not now",
  wordsFor: ({ kind }) => `[${kind}]`,
  onAway: () => undefined,
});
const annsAccount = () => app.client.view("status", []).me?.account ?? "";

test("[PR53] [PR54] [PA41] a program that a shop gave lists, logs in and orders at the shop's own server, which sees the bridge alone", async () => {
  const bytes = (await program()) as Uint8Array<ArrayBuffer>;
  packed = { id: "1", name: "茶铺.ymp", bytes };
  bridge = openBridge(bridgeParts());
  const isOpen = (one: Device, title: string) =>
    one.client.view("chats", []).some((chat) => chat.title === title && chat.state === "open");
  await until("both have the chat", () => isOpen(app, "茶铺") && isOpen(device, "Ann"));
  const chat = chatOf(app, "茶铺");
  await until("it is here", () => cardsIn(app, chat).length === 1);
  const [card] = cardsIn(app, chat) as [MessageRef];
  const { api } = app.client;
  expect(await api.givenProgram(chat)).toMatchObject({ card, name: "茶铺" });
  const self = await api.joinProgram(chat, card);
  // It is named to the person, and not to the program.
  expect(self.publisher).toBe("茶铺");

  const wants: unknown[] = [];
  const played = await play(
    bytes,
    {},
    async ({ kind, what, words }) => {
      if (kind === "want") wants.push(what);
      return kind === "write" ? { words: await api.writeForProgram(chat, card, String(words)) } : {};
    },
    { address: self.address, name: self.name, hasPublisher: true },
  );
  const says = (words: string) => until(words, () => played.text().includes(words));
  await says("绿茶 乌龙茶");
  await says("logged in");
  await says("request:fail connect error");
  await says("request:fail invalid url");
  expect(wants).toEqual(["publisher"]);
  await played.tap("买");
  await says("201已下单");
  const openid = openidOf("k", app.client.view("status", []).me?.account ?? "");
  expect(ordered).toEqual([[openid, null, "of=%E7%BB%BF%E8%8C%B6&n=2"]]);
  expect(asked.toSorted()).toEqual([
    "127.0.0.1 GET /v1/away",
    "127.0.0.1 GET /v1/goods?kind=%E7%BB%BF",
    "127.0.0.1 POST /v1/login",
    "127.0.0.1 POST /v1/order",
  ]);
  // Nobody sees the questions: no bubble, nothing unread.
  expect(device.client.view("timeline", [chatOf(device, "Ann"), 100]).items.map(({ body }) => body.kind)).not.toContain(
    "newer",
  );
  expect(device.client.view("programAsks", [])).toEqual([]);
});

test("[PR53] what one gave oneself has nobody to ask, and a question that is none, or of another machine, reaches nobody", async () => {
  const chat = chatOf(app, "茶铺");
  await app.client.api.sendFile(chat, { source: new Blob(["PK"]), name: "自己.ymp", type: "" });
  await until("it is there", () => cardsIn(app, chat).length === 2);
  const [own] = cardsIn(app, chat).filter(({ author }) => author === app.client.view("status", []).me?.account);
  if (own === undefined) throw new Error("hers");
  const { api } = app.client;
  expect((await api.joinProgram(chat, own)).publisher).toBeUndefined();
  const refused = await api.writeForProgram(chat, own, "{}").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ClientError);
  expect((refused as ClientError).code).toBe("not-allowed");
  const parts = { url: `${backend.url}`, sessions: sessionsOf(Date.now), isOver: over.signal };
  const before = asked.length;
  for (const [words, fail] of [
    ["", "invalid data"],
    ["7", "invalid data"],
    ['{"kind":"request","method":"GET"}', "invalid url"],
    ['{"kind":"request","url":"x:../../admin","method":"GET"}', "invalid url"],
    ['{"kind":"other","url":"http://a/","method":"GET"}', "invalid url"],
    ['{"kind":"request","url":"http://a/","method":"CONNECT"}', "invalid method"],
    ['{"kind":"request","url":"http://a/","method":"POST","body":7}', "invalid data"],
  ] as const)
    expect(JSON.parse(await answerOf(parts, "o1", "q1", words))).toEqual({ fail });
  const large = await answerOf(parts, "o1", "q1", '{"kind":"request","url":"http://a/v1/large","method":"GET"}');
  expect(JSON.parse(large)).toEqual({ fail: "data too large" });
  const none = await answerOf(
    { ...parts, url: undefined },
    "o1",
    "q1",
    '{"kind":"request","url":"http://a/","method":"GET"}',
  );
  expect(JSON.parse(none)).toEqual({ fail: "no network" });
  expect(asked.slice(before)).toEqual(["127.0.0.1 GET /v1/large"]);
});

test("[PR58] nothing that a program asks leads out of the address that the owner named", () => {
  const at = (wanted: string, base = "http://127.0.0.1:3000/mini/") => addressAt(base, wanted)?.href;
  expect(at("https://api.tea.example/v1/goods?kind=%E7%BB%BF#top")).toBe(
    "http://127.0.0.1:3000/mini/v1/goods?kind=%E7%BB%BF",
  );
  expect(at("https://api.tea.example/%E5%80%8D/a.b/..c")).toBe("http://127.0.0.1:3000/mini/%E5%80%8D/a.b/..c");
  expect(at("https://api.tea.example")).toBe("http://127.0.0.1:3000/mini/");
  expect(at("https://a//b/", "http://127.0.0.1:3000")).toBe("http://127.0.0.1:3000//b/");
  for (const wanted of [
    "x:../../admin",
    "foo:/\\..\\..\\secret",
    "foo:v2",
    "file:///etc/passwd",
    "http:../admin",
    "https://a/../admin",
    "https://a/b/./c",
    "https://a/%2e%2E/admin",
    "https://a/b/..%2fadmin",
    "https://a/%252e%252e/admin",
    `https://a/%${"25".repeat(9)}2e./admin`,
    `https://a/%${"25".repeat(50_000)}2e./admin`,
    "https://a/..%5c..%5cadmin",
    "https://a\\..\\admin",
    "https://a/..;/admin",
    "https://a/..%3f/admin",
    "https://a/..%20/admin",
    "https://a/%c0%ae./admin",
    "https://a/.\t./admin",
    "https://a/%00",
    "http://[/admin",
    "/admin",
    "",
  ])
    expect(at(wanted)).toBeUndefined();
});

test("[PR58] of headers those alone are passed on that a program may say, and each question has a name", async () => {
  const parts = { url: `${backend.url}`, sessions: sessionsOf(Date.now), isOver: over.signal };
  const may = {
    Accept: "text/plain",
    Authorization: "Bearer t",
    Cookie: "s=1",
    "X-Shop-Token": "t1",
    token: "t2",
    "if-none-match": "e",
  };
  const mayNot = {
    "X-WX-OPENID": "o-else",
    "X-WX-Token": "x",
    "X-Real-IP": "8.8.8.8",
    "CF-Connecting-IP": "8.8.8.8",
    "X-Client-IP": "8.8.8.8",
    "X-Forwarded": "for=8.8.8.8",
    "X-Forwarded-Access-Token": "x",
    "X-Original-URL": "/admin",
    "X-HTTP-Method-Override": "DELETE",
    "Idempotency-Key": "mine",
    Via: "x",
    "X-Forwarded-For": "8.8.8.8",
    Host: "else",
    "Accept-Language": 7,
  };
  const question = { kind: "request", url: "http://a/v1/headers", method: "GET", headers: { ...may, ...mayNot } };
  await answerOf(parts, "o1", "q7", JSON.stringify(question));
  const [headers] = heard.slice(-1);
  if (headers === undefined) throw new Error("it was asked");
  for (const [name, value] of Object.entries(may)) expect(headers.get(name)).toBe(value);
  const ours = ["Host", "Idempotency-Key", "Via", "X-Forwarded-For"];
  expect(["idempotency-key", "via", "x-forwarded-for"].map((name) => headers.get(name))).toEqual([
    "q7",
    "1.1 yanshu-bridge",
    "0.0.0.0",
  ]);
  for (const name of Object.keys(mayNot).filter((name) => !ours.includes(name))) expect(headers.get(name)).toBeNull();
  expect(headers.get("host")).not.toBe("else");
});

test("[PR58] who asks without end waits behind themselves, and is told so", async () => {
  const inPlace = fairPlaces<string>({ atOnce: 3, eachAtOnce: 2, eachWaiting: 4, waiting: 6 });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const asks = (who: string, name: string) =>
    inPlace(who, () => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    });
  const eve = Array.from({ length: 8 }, (_, at) => asks("eve", `e${at}`));
  expect(begun).toEqual(["e0", "e1"]);
  // Two are asked, four wait; the others are told at once.
  expect(await Promise.all(eve.slice(6))).toEqual([undefined, undefined]);
  const [ann, ben] = [asks("ann", "a0"), asks("ben", "b0")];
  expect(begun).toEqual(["e0", "e1", "a0"]);
  ends.get("e0")?.();
  expect(await eve[0]).toBe("e0");
  await Promise.resolve();
  expect(begun).toEqual(["e0", "e1", "a0", "b0"]);
  // Where too much waits of all, who has most waiting makes room.
  const cid = [asks("cid", "c0"), asks("cid", "c1"), asks("cid", "c2")];
  expect(await eve[5]).toBeUndefined();
  for (const name of ["e1", "a0", "b0"]) ends.get(name)?.();
  expect(await Promise.all([eve[1], ann, ben])).toEqual(["e1", "a0", "b0"]);
  await Promise.resolve();
  expect(begun.slice(4)).toEqual(["e2", "c0", "e3"]);
  expect(cid).toHaveLength(3);
});

test("[PR58] a question of another time is not asked, and who asks it is told that the clocks differ", async () => {
  const { api } = device.client;
  const chat = chatOf(device, "Ann");
  const said: (readonly [string, ...unknown[]])[] = [];
  const ask = (id: string, atMs: number) => {
    const one = { chat, ask: { author: annsAccount(), id }, by: annsAccount(), atMs, words: '{"kind":"login"}' };
    return { ...one };
  };
  const asks = [ask("01", Date.now() + 3_600_000), ask("02", Date.now() - 3_600_000), ask("03", Date.now())];
  const other = openBridge({
    ...bridgeParts(),
    context: {
      ...bridgeParts().context,
      api: {
        ...api,
        answerToProgram: async (_: Hex, { id }: MessageRef, words?: string) => {
          said.push([id, Object.keys(JSON.parse(words ?? "{}") as object)[0], words?.includes("clock differs")]);
        },
      },
      view: ((name: string, ...args: unknown[]) =>
        name === "programAsks" ? asks : device.client.view(name as never, args as never)) as never,
    },
  });
  await until("all three are answered", () => said.length === 3);
  expect(said.toSorted(([one], [other]) => one.localeCompare(other))).toEqual([
    ["01", "fail", true],
    ["02", "fail", true],
    ["03", "code", false],
  ]);
  // One that is there again is let go, and not asked a second time.
  const [card] = cardsIn(app, chatOf(app, "茶铺")).filter(({ author }) => author !== annsAccount());
  if (card === undefined) throw new Error("the shop's");
  await app.client.api.writeForProgram(chatOf(app, "茶铺"), card, '{"kind":"login"}');
  await until("they are let go", () => said.length >= 6);
  expect(said.slice(3).every(([, answer]) => answer === undefined)).toBe(true);
  await other.end();
});
