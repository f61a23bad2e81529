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
