/** The bot of the guide, as it is printed there, against the real server. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBot } from "./bot.ts";
import { bunParts } from "./bun.ts";
import { TestServer } from "./testkit/server.ts";
import { Terminal, until } from "./testkit/terminal.ts";

setDefaultTimeout(60_000);
const root = join(import.meta.dir, "../../..");
const server = new TestServer();
const terminals: Terminal[] = [];
let folder = "";

beforeAll(async () => {
  await server.start();
  // In the clone, where the guide puts it: it imports this repository's packages by name.
  mkdirSync(join(root, "test-results"), { recursive: true });
  folder = mkdtempSync(join(root, "test-results", "bot-"));
});
afterAll(async () => {
  for (const terminal of terminals) terminal.remove();
  rmSync(folder, { recursive: true, force: true });
  await server.remove();
});

for (const [language, says] of [
  ["en", { hello: "You said: I'm Ann", word: "You said: dinner?" }],
  ["zh", { hello: "你说：I'm Ann", word: "你说：dinner?" }],
] as const) {
  test(`[TE11] the bot of the ${language} guide has twenty lines, accepts, and answers what was said, once`, async () => {
    const program = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, `docs/guide/${language}/bot.md`), "utf8"))?.[1];
    expect(program?.trimEnd().split("\n").length).toBeLessThanOrEqual(20);
    const path = join(folder, `${language}.ts`);
    writeFileSync(path, program ?? "");

    const ann = new Terminal();
    terminals.push(ann);
    await ann.says("create", "--name", "Ann", server.invite);
    let bot = await started(path, server.invite);
    await ann.says("add", bot.link, "--greeting", "I'm Ann");
    const chat = language === "en" ? "Echo" : "回声";
    await reads(ann, chat, ["I'm Ann", says.hello]);
    await ann.says("send", chat, "dinner?");
    await reads(ann, chat, ["I'm Ann", says.hello, "dinner?", says.word]);

    // What is written while it is off is answered when it is back, which takes no invitation.
    await bot.end();
    await ann.says("send", chat, "dinner?");
    bot = await started(path);
    await reads(ann, chat, ["I'm Ann", says.hello, "dinner?", says.word, "dinner?", says.word]);
    await bot.end();
  });
}

test("[TE11] a message that comes while another is answered is given next, and each is given once", async () => {
  const ann = new Terminal();
  terminals.push(ann);
  await ann.says("create", "--name", "Ann", server.invite);
  const given: string[] = [];
  const { promise: mayAnswer, resolve: letAnswer } = Promise.withResolvers<void>();
  const options = { ...bunParts, folder: join(folder, "slow"), link: server.invite, name: "Slow" };
  const bot = await openBot(options, async ({ text }) => {
    given.push(text);
    await mayAnswer;
    return undefined;
  });
  await ann.says("add", bot.link, "--greeting", "one");
  await until("the first is being answered", () => given.length === 1);
  await ann.says("send", "Slow", "two");
  const newest = Promise.withResolvers<void>();
  const stop = bot.subscribe("chats", [], ([chat]) => chat?.unread === 2 && newest.resolve());
  await newest.promise;
  stop();
  letAnswer();
  await until("the second is given", () => given.length === 2);
  await bot.end();
  expect(given).toEqual(["one", "two"]);
});

test("[PA44] one that writes faster than a bot answers does not keep it from others: their chats have their turn first", async () => {
  const [ann, ben] = [new Terminal(), new Terminal()];
  terminals.push(ann, ben);
  await ann.says("create", "--name", "Ann", server.invite);
  await ben.says("create", "--name", "Ben", server.invite);
  const given: string[] = [];
  const { promise: mayAnswer, resolve: letAnswer } = Promise.withResolvers<void>();
  const options = { ...bunParts, folder: join(folder, "fair"), link: server.invite, name: "Fair" };
  const bot = await openBot(options, async ({ text }) => {
    given.push(text);
    await mayAnswer;
    return undefined;
  });
  let unread: readonly number[] = [];
  const stop = bot.subscribe("chats", [], (chats) => (unread = chats.map((chat) => chat.unread)));
  await ann.says("add", bot.link, "--greeting", "ann 1");
  await until("the first is being answered", () => given.length === 1);
  await ann.says("send", "Fair", "ann 2");
  await ben.says("add", bot.link, "--greeting", "ben 1");
  await until("Ben's chat is there", () => unread.length === 2);
  await ann.says("send", "Fair", "ann 3");
  await ben.says("send", "Fair", "ben 2");
  await ann.says("send", "Fair", "ann 4");
  await until("all are there, and Ann's is the newest", () => unread.join() === "4,2");
  letAnswer();
  await until("all are given", () => given.length === 6);
  stop();
  await bot.end();
  expect(given).toEqual(["ann 1", "ben 1", "ann 2", "ben 2", "ann 3", "ann 4"]);
});

test("[TE11] a bot that is let in and taken out while it answers goes on, and answers nothing twice", async () => {
  const ann = new Terminal();
  terminals.push(ann);
  await ann.says("create", "--name", "Ann", server.invite);
  const given: string[] = [];
  const gates = new Map<string, { readonly opened: Promise<void>; readonly open: () => void }>();
  for (const word of ["first", "last"]) {
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    gates.set(word, { opened, open });
  }
  const options = { ...bunParts, folder: join(folder, "group"), link: server.invite, name: "Walker" };
  const bot = await openBot(options, async ({ text }) => {
    given.push(text);
    await gates.get(text)?.opened;
    return `You said: ${text}`;
  });
  await ann.says("add", bot.link, "--greeting", "hello");
  await ann.saysAtLast("You said: hello", "read", "Walker");
  const app = await ann.app();
  const { api } = app.client;
  let chats: readonly { readonly title: string; readonly unread: number; readonly state: string }[] = [];
  const stop = bot.subscribe("chats", [], (value) => (chats = value));
  const isIn = (unread: number) =>
    chats.some((one) => one.title === "Walk" && one.state === "open" && one.unread === unread);
  const [walker] = app.client.view("contacts", []);
  const account = walker?.account as NonNullable<typeof walker>["account"];

  // The line that says who let it in is unread, and nobody said it.
  const group = await api.createGroup({ name: "Walk", accounts: [account] });
  await until("it is in, and has read so", () => isIn(0));
  await api.sendText(group, "first");
  await until("the first is being answered", () => given.includes("first"));
  await api.removeMember(group, account);
  await until("it is out", () => chats.some(({ title, state }) => title === "Walk" && state === "removed"));
  gates.get("first")?.open();

  // Of the second time, that line stands behind a message that was answered.
  await api.addMembers(group, [account]);
  await until("it is in again, and has read so", () => isIn(0));
  await api.sendText(group, "last");
  await until("the last is being answered", () => given.includes("last"));
  gates.get("last")?.open();
  await until("the last is answered", () =>
    app.client
      .view("timeline", [group, 100])
      .items.some(({ body }) => body.kind === "text" && body.text === "You said: last"),
  );
  stop();
  await app.end();
  await bot.end();
  expect(given).toEqual(["hello", "first", "last"]);
});

test("[TE11] a bot whose program throws tells so, and nobody's rejection is left over", async () => {
  const ann = new Terminal();
  terminals.push(ann);
  await ann.says("create", "--name", "Ann", server.invite);
  const options = { ...bunParts, folder: join(folder, "broken"), link: server.invite, name: "Broken" };
  const bot = await openBot(options, () => {
    throw new Error("the program is broken");
  });
  await ann.says("add", bot.link, "--greeting", "hello");
  expect(await bot.failed.catch((error: Error) => error.message)).toBe("the program is broken");
  await bot.end();
});

type Item = { readonly body: { readonly kind: string; readonly text?: string } };

async function reads(reader: Terminal, chat: string, texts: readonly string[]): Promise<void> {
  let held: readonly string[] = [];
  for (let tries = 0; tries < 150 && held.length < texts.length; tries++) {
    const items = await reader.value<readonly Item[]>("read", chat, "--last", "100").catch(() => []);
    held = items.flatMap(({ body }) => (body.text === undefined ? [] : [body.text]));
    if (held.length < texts.length) await Bun.sleep(250);
  }
  expect(held).toEqual([...texts]);
}

/** The bot once it has said its link. */
async function started(path: string, ...invite: string[]) {
  const child = Bun.spawn([process.execPath, path, `${path}-data`, ...invite], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  let said = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    if (said.includes("\n")) break;
  }
  return {
    link: said.trim(),
    async end() {
      child.kill("SIGINT");
      expect(await child.exited).toBe(0);
    },
  };
}
