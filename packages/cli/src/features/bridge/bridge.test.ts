/** Bots of five libraries as they are published, each behind a bridge at the real server (docs/spec/bridge.md). */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sceneIn } from "@yanshu/mini";
import type { Device } from "../../device.ts";
import { dot } from "../../testkit/dot.ts";
import { TestServer } from "../../testkit/server.ts";
import { bugs, type Running, Terminal, until } from "../../testkit/terminal.ts";

setDefaultTimeout(120_000);
const server = new TestServer();
const folder = mkdtempSync(join(tmpdir(), "yanshu-bridge-"));
const picture = join(folder, "dot.png");
const terminals: Terminal[] = [];
const running: Running[] = [];
const bots: Bun.Subprocess[] = [];
const ann = new Terminal();
let app: Device;
const libraries = ["wechat", "co-wechat", "node-easywechat"] as const;
const behind = new Map<string, Awaited<ReturnType<typeof withBot>>>();

beforeAll(async () => {
  await server.start();
  terminals.push(ann);
  await ann.says("create", "--name", "Ann", server.invite);
  writeFileSync(picture, dot);
  for (const library of libraries) {
    behind.set(library, await withBot(library, ...(library === "wechat" ? [] : ["--aes"])));
    await ann.says("add", behind.get(library)?.printed.link ?? "", "--greeting", "你好");
  }
  app = await ann.app();
});
afterAll(async () => {
  await app.end();
  for (const bot of bots) bot.kill();
  for (const one of running) one.interrupt();
  await Promise.all(running.map(({ done }) => done));
  for (const terminal of terminals) terminal.remove();
  rmSync(folder, { recursive: true });
  await server.remove();
  expect(bugs).toEqual([]);
});

function freePort(): number {
  const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port } = taken;
  void taken.stop(true);
  return port as number;
}

type Printed = { readonly link: string; readonly url: string; readonly appid: string; readonly secret: string };

/** An account, its bridge, and the bot of a library. */
async function withBot(library: string, ...options: readonly string[]) {
  const terminal = new Terminal();
  terminals.push(terminal);
  await terminal.says("create", "--name", library, server.invite);
  const [port, botPort] = [freePort(), freePort()];
  const words = ["bridge", `http://127.0.0.1:${botPort}/wx`, "--port", `${port}`, "--json", ...options];
  const bridge = terminal.start(words);
  running.push(bridge);
  await until("the bridge is there", () => bridge.out().endsWith("\n"));
  const printed = JSON.parse(bridge.out()) as Printed;
  const start = async () => {
    const kit = join(import.meta.dir, "../../testkit");
    const command = ["node", "-r", join(import.meta.dir, "home.cjs"), join(kit, "wechat-bots.cjs")];
    const child = Bun.spawn([...command, library, `${botPort}`, picture], {
      cwd: folder,
      stdout: "pipe",
      stderr: "inherit",
      env: { ...process.env, BOT: JSON.stringify(printed), YANSHU_BRIDGE: printed.url },
    });
    bots.push(child);
    await child.stdout.getReader().read();
    return child;
  };
  return { terminal, bridge, printed, start, bot: await start() };
}

const chatOf = (library: string) => {
  const chat = app.client.view("chats", []).find(({ title }) => title === library);
  if (chat === undefined) throw new Error(`Ann has no chat with ${library}`);
  return chat.conversation;
};

function held(library: string): readonly string[] {
  const { items } = app.client.view("timeline", [chatOf(library), 100]);
  return items.flatMap(({ body, mine }) => {
    if (body.kind === "system") return [];
    return [`${mine ? "> " : ""}${body.kind === "text" ? body.text : body.kind}`];
  });
}

/** Ann says something; returns what followed it, in an order of its own: a call may come before an answer. */
async function says(library: string, words: string, answers: number): Promise<readonly string[]> {
  const before = held(library).length;
  await app.client.api.sendText(chatOf(library), words);
  await until(`${library} answers ${words}`, () => held(library).length > before + answers);
  return held(library)
    .slice(before + 1)
    .toSorted();
}

const isGreeted = (library: string) => until(`${library} greets`, () => held(library).length === 3);

test("[PA31] [PA39] a bot written with wechat and wechat-api answers, sends later, and gets what came while it was off", async () => {
  const { bot, start, terminal, bridge } = behind.get("wechat") as NonNullable<ReturnType<typeof behind.get>>;
  await isGreeted("wechat");
  expect(held("wechat")).toEqual(["> 你好", "欢迎关注 subscribe", "收到：你好"]);

  bot.kill();
  await bot.exited;
  await app.client.api.sendText(chatOf("wechat"), "吃了吗？<&>");
  await start();
  await until("it is answered", () => held("wechat").length === 5);
  expect(held("wechat").slice(3)).toEqual(["> 吃了吗？<&>", "收到：吃了吗？<&>"]);

  expect(await says("wechat", "新闻", 1)).toEqual(["雁书\n寄到\nhttps://example.org/a?b=1&c=2"]);
  expect(await says("wechat", "稍后", 2)).toEqual(["收到：稍后", "这是稍后的话"]);
  expect(await says("wechat", "图", 2)).toEqual(["photos", "收到：图"]);
  expect(await says("wechat", "谁", 2)).toEqual(["收到：谁", "是 Ann"]);

  // A code with a scene: who follows is told of by SCAN, who comes by it follows by it.
  const [code = ""] = await says("wechat", "码", 2);
  const [link = "", isShown] = code.split(" ");
  expect(isShown).toBe("true");
  const key = sceneIn(link) ?? "";
  const before = held("wechat").length;
  await app.client.api.pressService(chatOf("wechat"), { words: "扫了码", key });
  await until("the scan is answered", () => held("wechat").length === before + 2);
  expect(held("wechat").at(-1)).toBe("欢迎关注 SCAN 门口");
  const ben = new Terminal();
  terminals.push(ben);
  await ben.says("create", "--name", "Ben", server.invite);
  const bens = await ben.app();
  await bens.client.api.requestContact({ link, greeting: "你好", scanned: true });
  const chatOfBen = () => bens.client.view("chats", []).find(({ title }) => title === "wechat");
  await until("Ben's chat is open", () => chatOfBen()?.state === "open");
  const conversation = chatOfBen()?.conversation ?? "";
  await bens.client.api.pressService(conversation, { words: "扫了码", key });
  const told = () =>
    bens.client
      .view("timeline", [conversation, 100])
      .items.flatMap(({ body, mine }) => (body.kind === "text" && !mine ? [body.text] : []));
  await until("Ben is greeted", () => told().length === 2);
  expect(told()).toEqual(["欢迎关注 subscribe qrscene_门口", "收到：你好"]);
  await bens.end();

  // Left to a person: the chat is unread on the account's own devices, and the bot says nothing.
  await app.client.api.sendText(chatOf("wechat"), "人工");
  expect(await says("wechat", "再来", 1)).toEqual(["收到：再来"]);
  bridge.interrupt();
  await bridge.done;
  const [chat] = await terminal.value<readonly { title: string; isMarkedUnread: boolean }[]>("chats");
  expect(chat).toMatchObject({ title: "Ann", isMarkedUnread: true });
});

test("[PA36] a picture goes to the bot and back, and a place is words and degrees to it", async () => {
  const source = new Blob([dot]);
  const one = { source, type: "image/png", width: 1, height: 1, placeholder: new Uint8Array() } as const;
  await isGreeted("co-wechat");
  await app.client.api.sendPhotos(chatOf("co-wechat"), { pictures: [one], caption: "" });
  await until("it comes back", () => held("co-wechat").length === 5);
  expect(held("co-wechat").slice(3)).toEqual(["> photos", "photos"]);
  await app.client.api.sendLocation(chatOf("co-wechat"), { lat: 31.2, lon: 121.5, name: "外滩" });
  await until("it is answered", () => held("co-wechat").length === 7);
  expect(held("co-wechat").at(-1)).toBe("location 外滩");
});

test("[PA33] bots written with co-wechat and node-easywechat answer in the mode that encrypts", async () => {
  for (const library of ["co-wechat", "node-easywechat"]) {
    await until(`${library} greets`, () => held(library).length >= 3);
    expect(held(library).slice(0, 3)).toEqual(["> 你好", "欢迎关注 subscribe", "收到：你好"]);
    expect(await says(library, "稍后", 2)).toEqual(["收到：稍后", "这是稍后的话"]);
  }
  expect(await says("node-easywechat", "]]> <&>", 1)).toEqual(["收到：]]> <&>"]);
  expect(await says("co-wechat", "模板", 2)).toEqual(["serviceForm", "收到：模板"]);
});

test("[PA32] an answer that nobody can read is told as such", async () => {
  // `co-wechat` escapes nothing: the end of a CDATA section in it makes an answer that is no XML.
  expect(await says("co-wechat", "]]>", 1)).toEqual([
    "The program of this account can’t answer right now. Try again later",
  ]);
});
