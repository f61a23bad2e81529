/** People at their terminals, and the real server in a process of its own. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestServer } from "./testkit/server.ts";
import { bugs, Terminal, until } from "./testkit/terminal.ts";

setDefaultTimeout(60_000);
const server = new TestServer();
const terminals: Terminal[] = [];

beforeAll(() => server.start());
afterAll(async () => {
  for (const terminal of terminals) terminal.remove();
  await server.remove();
});

function terminal(): Terminal {
  const made = new Terminal();
  terminals.push(made);
  return made;
}

async function person(name: string): Promise<Terminal> {
  const made = terminal();
  await made.says("create", "--name", name, server.invite);
  return made;
}

async function befriended(asking: string, asked: string): Promise<readonly [Terminal, Terminal]> {
  const [one, other] = await Promise.all([person(asking), person(asked)]);
  await one.says("add", await other.says("link"), "--greeting", `我是${asking}`);
  await accepts(other, asking);
  await one.says("chats");
  return [one, other];
}

async function accepts(asked: Terminal, asking: string): Promise<void> {
  await asked.saysAtLast(asking, "requests");
  await asked.says("accept", asking);
}

type Item = { readonly body: { readonly kind: string; readonly text?: string }; readonly state: string };

async function texts(reader: Terminal, chat: string): Promise<readonly string[]> {
  const items = await reader.value<readonly Item[]>("read", chat, "--last", "1000");
  return items.flatMap(({ body }) => (body.text === undefined ? [] : [body.text]));
}

/** On a machine that stands still for a moment a command may take it for quiet before a message came. */
async function reads(reader: Terminal, chat: string, text: string): Promise<void> {
  for (let tries = 0; tries < 20; tries++) if ((await texts(reader, chat)).includes(text)) return;
  throw new Error(`“${text}” did not come`);
}

test.concurrent("[SY1] [SE3] [SY32] two people make accounts, become contacts, write, read, search and pin", async () => {
  const [ann, ben] = [terminal(), terminal()];
  expect(await ann.says("create", "--name", "Ann", server.invite)).toBe(`Welcome, Ann. Your server is ${server.name}.`);
  // A member's link also brings a newcomer onto the server.
  const link = await ann.says("link");
  expect(link).toStartWith(`${server.origin}/#c/`);
  expect(await ben.says("create", "--name", "本", link)).toContain("Ann gave you this link");
  expect(await ben.says("add", link, "--greeting", "还记得我吗？")).toBe(
    "Asked Ann. Once they accept, you can keep writing.",
  );
  expect(await ann.saysAtLast("本", "requests")).toMatch(/^1 {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}本: 还记得我吗？$/);
  expect(await ann.says("accept", "1")).toBe("You and 本 can write to each other now");
  expect(await ben.says("send", "Ann", "eight", "o'clock?")).toBe("Sent to Ann");
  expect(await ann.says("chats")).toMatch(/^1 {2}.* {2}本 \[2\] {2}eight o'clock\?$/);
  expect(await texts(ann, "本")).toEqual(["还记得我吗？", "eight o'clock?"]);
  expect(await ann.says("chats")).not.toContain("[2]");
  expect(await ann.value<unknown[]>("contacts")).toMatchObject([{ name: "本", trust: "none" }]);
  expect(await ann.says("search", "记得")).toMatch(/^\d{4}-.* {2}\[本\] 本: 还记得我吗？$/);
  expect(await ann.says("search", "火锅")).toBe("Nothing was said like that");
  expect(await ann.says("pin", "本")).toBe("本 stays on top");
  expect(await ann.says("mute", "本")).toBe("本 is muted");
  expect(await ann.value<unknown[]>("chats")).toMatchObject([{ title: "本", isPinned: true, isMuted: true }]);
  // A command that ends before its acknowledgement went gets the message once more, and knows it.
  const { "refused-replay": _again, ...odd } = await ann.value<Record<string, number>>("diagnostics");
  expect(odd).toEqual({});
});

test.concurrent("[SY3] [TE7] away while being written to: tail prints it all, once, in order, and what follows", async () => {
  const [ann, ben] = await befriended("Ann", "Ben");
  await ann.says("send", "Ben", "one");
  await ann.says("send", "Ben", "two");
  const tail = ben.start(["tail", "Ann"]);
  await until("both were printed", () => tail.out().includes("two"));
  await ann.says("send", "Ben", "three\nin two lines");
  await until("the third was printed", () => tail.out().includes("three"));
  tail.interrupt();
  const { code, out } = await tail.done;
  expect(code).toBe(0);
  expect(
    out
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^[\d: -]*/, "")),
  ).toEqual(["Ann: one", "Ann: two", "Ann: three ⏎ in two lines"]);
  // What was printed is read.
  expect(await ben.says("chats")).not.toContain("[3]");
});

test.concurrent("[TE7] a tail of everything names the chat, as a line of JSON for programs", async () => {
  const [ann, ben] = await befriended("Ann", "Ben");
  const tail = ben.start(["tail", "--json", "--peek"]);
  await until("it is listening", () => tail.err() === "" && tail.out() === "");
  await ann.says("send", "Ben", "hello");
  await until("it was printed", () => tail.out().includes("hello"));
  tail.interrupt();
  const lines = (await tail.done).out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([{ title: "Ann", mine: false, body: { kind: "text", text: "hello" } }]);
  expect(await ben.says("chats")).toContain("[2]"); // With the greeting: nothing was read.
});

test.concurrent("[GR26] [GR27] [GR28] [GR29] a group is joined by its link, by somebody new too; asked for, and dissolved", async () => {
  const [ann, ben] = await befriended("Anna", "Benno");
  await ann.says("group", "Choir", "Benno");
  const link = await ann.says("group-link", "Choir");
  expect(link).toStartWith(`${server.origin}/#g/`);
  const cat = terminal();
  await cat.says("create", "--name", "Cat", link);
  let said = "";
  const joining = cat.says("join", link, "--wait", "40").then((line) => {
    said = line;
  });
  // Somebody who leads the group has to look in meanwhile.
  while (said === "") await ann.says("chats");
  await joining;
  expect(said).toBe("You are in Choir");
  await cat.says("nickname", "Choir", "Alto");
  await cat.says("send", "Choir", "hello");
  await ben.says("chats");
  expect(await ben.says("read", "Choir")).toMatch(/Alto joined by the group’s link\n.*Alto: hello/s);
  expect(await ann.says("dissolve", "Choir")).toBe("Choir is dissolved");
  await ben.says("chats");
  expect(await ben.says("read", "Choir")).toContain("Anna dissolved this group");
});

test.concurrent("[GR16] a group of three: made, written in, read by all", async () => {
  const [ann, ben] = await befriended("Ann", "Ben");
  const cat = await person("猫");
  await cat.says("add", await ann.says("link"));
  await accepts(ann, "猫");
  expect(await ann.says("group", "Family 家", "Ben", "猫")).toBe("The group Family 家 is made");
  expect(await ben.says("send", "family 家", "dinner?")).toBe("Sent to Family 家");
  expect(await cat.says("send", "Family", "yes")).toBe("Sent to Family 家");
  for (const one of [ann, ben, cat]) expect(await texts(one, "Family 家")).toEqual(["dinner?", "yes"]);
});

test.concurrent("[ID12] [ID14] a second device: the same four words on both, then its chats and all that follows", async () => {
  const [ann, ben] = await befriended("Ann", "Ben");
  const tablet = terminal();
  const linking = tablet.start(["link-device", server.origin, "--lang", "zh"], { answers: ["y"] });
  await until("a link is shown", () => /#d\/\S+\n/.test(linking.out()));
  const link = /\S+#d\/\S+/.exec(linking.out())?.[0] as string;
  const approved = await ann.run(["approve", link, "--lang", "zh"], { answers: ["hm?", "y"] });
  expect(approved.err).not.toContain("yanshu:");
  expect(approved.code).toBe(0);
  const { code, out } = await linking.done;
  expect(code).toBe(0);
  const words = /^ {4}(\S {2}\S {2}\S {2}\S)$/m;
  expect(words.exec(out)?.[1]).toBe(words.exec(approved.out)?.[1] as string);
  expect(await tablet.says("chats")).toContain("Ben");
  await ben.says("send", "Ann", "to both of you");
  for (const one of [ann, tablet]) expect(await texts(one, "Ben")).toContain("to both of you");
  expect(await tablet.says("send", "Ben", "from the tablet")).toBe("Sent to Ben");
  expect(await texts(ben, "Ann")).toContain("from the tablet");
  expect((await ann.value<unknown[]>("devices")).length).toBe(2);
});

test.concurrent("[TE12] [ID46] a card is changed for another, which then brings the account back", async () => {
  const ann = await person("Ann");
  const { words } = await ann.value<{ words: readonly string[] }>("card");
  const wrong = await ann.run(["card", "--new"], { answers: [words.join(" "), "no", "no"] });
  expect(wrong.err).toContain("The old one goes on counting");
  expect((await ann.run(["card", "--new"], { answers: [] })).err).toContain("No card was read");
  let shown: readonly string[] = [];
  const reads = (question: string, err: string) => {
    shown = [...err.matchAll(/^ *\d+ {2}([a-z]+)$/gm)].map(([, word]) => word ?? "");
    return shown[Number(/Word (\d+)/.exec(question)?.[1]) - 1] ?? "";
  };
  const changed = await ann.run(["card", "--new"], { answers: [words.join(" "), reads, reads] });
  expect(changed.err).toContain("two words of this one came back");
  expect(changed.out).toBe(
    "The new card counts. The old one, a passkey and helpers of before bring nobody back any more\n",
  );
  const fresh = terminal();
  expect((await fresh.run(["restore", server.origin], { answers: [words.join(" ")] })).code).toBe(1);
  const { account } = await ann.value<{ account: string }>("status");
  const back = await fresh.run(["restore", server.origin], { answers: [shown.join(" ")] });
  expect(back.out).toContain("Welcome back");
  expect((await fresh.value<{ account: string }>("status")).account).toBe(account);
}, 60_000);

test.concurrent("[TE12] [ID30] [ID34] an account comes back by its card, with its people and what was said", async () => {
  const [ann, ben] = await befriended("Ann", "Ben");
  await ben.says("send", "Ann", "keep this");
  await reads(ann, "Ben", "keep this");
  const { words, code } = await ann.value<{ words: readonly string[]; code: string }>("card");
  expect(words).toHaveLength(24);
  const account = (await ann.value<{ account: string }>("status")).account;
  // What was said reaches the vault, and the people the recovery record, within half a minute.
  const listening = ann.start(["tail"]);
  await Bun.sleep(25_000);
  listening.interrupt();
  await listening.done;

  const fresh = terminal();
  const wrong = (answers: readonly string[]) => fresh.run(["restore", server.origin], { answers });
  expect((await wrong([])).err).toContain("No card was read");
  expect((await wrong([words.slice(1).join(" ")])).err).toContain("A card has 24 words; these are 23");
  expect((await wrong([["xyzzy", ...words.slice(1)].join(" ")])).err).toContain("“xyzzy”, word 1, stands on no card");
  const back = await fresh.run(["restore", server.origin], { answers: [words.join(" ").toUpperCase()] });
  expect(back.err).not.toContain("yanshu:");
  expect(back.err).toContain("People and groups are back, as your earlier device kept them on");
  expect(back.out).toBe(`Welcome back, Ann. Your server is ${server.name}. Contacts: 1. What was said follows\n`);
  expect((await fresh.value<{ account: string }>("status")).account).toBe(account);
  await reads(fresh, "Ben", "keep this");
  expect((await ann.run(["chats"])).err).toContain("was signed out");
  await fresh.says("send", "Ben", "it is me");
  await reads(ben, "Ann", "it is me");
  expect(await fresh.run(["restore", server.origin], { answers: [code] })).toMatchObject({ code: 1 });
  // By the code, and the first one stays.
  const second = terminal();
  await second.run(["restore", server.origin, "--keep"], { answers: [code] });
  expect((await fresh.value<unknown[]>("devices")).length).toBe(2);
}, 180_000);

test.concurrent("[TE12] [ID61] [ID63] a card in Chinese brings the account back, and a wrong word is named", async () => {
  const ann = await person("安");
  type Shown = {
    readonly words: readonly string[];
    readonly inChinese: Record<"zh-Hans" | "zh-Hant", readonly string[]>;
  };
  const { words, inChinese } = await ann.value<Shown>("card");
  const hans = inChinese["zh-Hans"];
  expect((await ann.run(["card", "--lang", "zh"])).out).toContain(` 1  ${hans[0]}  ${words[0]}\n`);
  const fresh = terminal();
  const says = (card: string) => fresh.run(["restore", server.origin], { answers: [card] });
  const swapped = hans.findIndex((word, place) => place < 23 && word !== hans[place + 1]);
  const wrong = hans.with(swapped, hans[swapped + 1] ?? "").with(swapped + 1, hans[swapped] ?? "");
  // One of 256 fits all the same, and is another's card.
  const told = (await says(wrong.join(""))).err;
  expect(told).toMatch(/do not fit together|no account/i);
  if (told.includes("do not fit")) expect(told).toContain(`word ${swapped + 1} is “${hans[swapped]}”`);
  const mixed = hans.map((word, place) => (place % 2 === 0 ? word : inChinese["zh-Hant"][place])).join("");
  expect((await says(mixed)).out).toContain("Welcome back");
}, 60_000);

test.concurrent("[TE10] without a yes nothing is added, and both sides say so", async () => {
  const ann = await person("Ann");
  for (const [answers, why] of [
    [["n"], "The words differed, so it stopped"],
    [[], "Nobody answered, so nothing was added"],
  ] as const) {
    const tablet = terminal();
    const again = tablet.start(["link-device", await ann.says("link")], { answers: ["y"] });
    await until("a link is shown", () => /#d\/\S+\n/.test(again.out()));
    const { code, err } = await ann.run(["approve", /\S+#d\/\S+/.exec(again.out())?.[0] as string], { answers });
    expect([code, err.trimEnd().split("\n").at(-1)]).toEqual([1, `yanshu: ${why}`]);
    expect(await again.done).toMatchObject({ code: 1 });
    expect((await ann.value<unknown[]>("devices")).length).toBe(1);
    expect((await tablet.run(["chats"])).err).toContain("Nobody lives here yet");
  }
});

test.concurrent("[TE3] a place means the list as it was printed, whatever has arrived since", async () => {
  const [ann, ben] = await befriended("Ann", "Ben");
  const cat = await person("Cat");
  await cat.says("add", await ann.says("link"));
  await accepts(ann, "Cat");
  await cat.says("chats");
  await ben.says("send", "Ann", "I am the latest");
  expect(await ann.says("chats")).toMatch(/^1 .*Ben.*\n2 .*Cat/);
  await cat.says("send", "Ann", "now I am");
  expect(await ann.says("send", "1", "for Ben")).toBe("Sent to Ben");
});

test.concurrent("[TE4] the folder is its owner's alone, held by one process, and let go of", async () => {
  const ann = await person("Ann");
  const modeOf = (path: string) => statSync(path).mode & 0o777;
  expect(modeOf(ann.folder)).toBe(0o700);
  expect(modeOf(join(ann.folder, "yanshu.db"))).toBe(0o600);
  const main = [process.execPath, join(import.meta.dir, "main.ts")];
  const env = { ...process.env, YANSHU_HOME: ann.folder, LANG: "zh_CN.UTF-8" };
  const tail = Bun.spawn([...main, "tail"], { env, stdout: "pipe", stderr: "pipe", stdin: "ignore" });
  const heard = tail.stderr.getReader();
  expect(new TextDecoder().decode((await heard.read()).value)).toBe("等着来信。按 Ctrl-C 结束\n");
  for (const file of ["yanshu.db-wal", "yanshu.db-shm"]) expect(modeOf(join(ann.folder, file))).toBe(0o600);
  expect(await ann.run(["chats"])).toMatchObject({
    code: 1,
    err: `yanshu: Another yanshu is using ${ann.folder}. End it first, or choose another folder with --data\n`,
  });
  tail.kill("SIGKILL");
  await tail.exited;
  expect(await ann.says("chats")).toBe("No chats yet");
});

test.concurrent("[TE1] [TE7] the process itself: what is piped in is sent, and Ctrl-C ends a tail with 0", async () => {
  const [ann, ben] = await befriended("Ann", "Ben");
  const main = [process.execPath, join(import.meta.dir, "main.ts")];
  const spawn = (device: Terminal, words: readonly string[], input = "") =>
    Bun.spawn([...main, ...words], {
      env: { ...process.env, YANSHU_HOME: device.folder, LANG: "en_US.UTF-8", LC_ALL: "" },
      stdin: new Blob([input]),
      stdout: "pipe",
      stderr: "pipe",
    });
  const sending = spawn(ann, ["send", "Ben"], "two\nlines\n");
  expect([await sending.exited, await new Response(sending.stdout).text()]).toEqual([0, "Sent to Ben\n"]);
  const tail = spawn(ben, ["tail"]);
  const reader = tail.stdout.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toEndWith("Ann: two ⏎ lines\n");
  tail.kill("SIGINT");
  expect(await tail.exited).toBe(0);
  const wrong = spawn(ben, ["send", "Nobody", "hello"]);
  expect([
    await wrong.exited,
    await new Response(wrong.stdout).text(),
    await new Response(wrong.stderr).text(),
  ]).toEqual([1, "", "yanshu: CHAT “Nobody” fits nothing here\n"]);
});

test.concurrent("[TE9] a QR is drawn where a person looks, and the link alone where a program does", async () => {
  const ann = await person("Ann");
  const link = await ann.says("link");
  const { out } = await ann.run(["link"], { isTerminal: true });
  expect(out).toContain("█");
  expect(out.trimEnd().split("\n").at(-1)).toBe(link);
  expect(await ann.value("link")).toEqual({ link });
  expect(await ann.says("link", "--reset")).not.toBe(link);
});

test.concurrent("[TE1] what the client refuses is one line, in words, in both languages", async () => {
  const ann = await person("Ann");
  const link = await ann.says("link");
  const cases = [
    [["add", link], "This is your own link", "这是你自己的链接"],
    [["add", "hello"], "This link can’t be read. Ask for it again", "这个链接认不出来，请对方再发一次"],
    [["create", "--name", "Ann", server.invite], "Somebody lives on this device already", "这台设备上已经有人了"],
    [["approve", link], "This link can’t be read. Ask for it again", "这个链接认不出来，请对方再发一次"],
    [["group", "", "Ben"], "CONTACT “Ben” fits nothing here", "CONTACT“Ben”这里没有"],
  ] as const;
  for (const [words, en, zh] of cases) {
    const said = await ann.run(words);
    expect([said.code, said.out]).toEqual([1, ""]);
    expect(said.err).toMatch(/^yanshu: [^\n]*\n$/);
    expect(said.err).toContain(en);
    expect((await ann.run([...words, "--lang", "zh"])).err).toContain(zh);
  }
  const nobody = terminal();
  expect((await nobody.run(["create", "--name", "  ", server.invite])).err).toContain("1 to 64 characters");
  const renewed = await ann.says("link", "--reset");
  expect(renewed).not.toBe(link);
  const ben = await person("Ben");
  expect((await ben.run(["add", link, "--json"])).err).toBe(
    '{"error":{"code":"link-reset","message":"This link doesn’t work any more. Ask for a new one"}}\n',
  );
  expect(await ben.says("add", renewed)).toContain("Asked Ann");
  expect((await ben.run(["send", "Ann", "  "])).err).toContain("There is nothing in it");
});

test("[TE6] [SY1] home is away: it waits in the outbox, is told, and goes with the next command, in order", async () => {
  const [ann, ben] = await befriended("Ann", "Ben");
  await server.kill();
  for (const text of ["one", "two"]) {
    const { code, out } = await ann.run(["send", "Ben", text, "--wait", "1"]);
    expect([code, out]).toEqual([
      0,
      "Waits in the outbox for Ben: it goes when the server can be reached and you run yanshu again\n",
    ]);
  }
  expect(await ann.value("send", "Ben", "three", "--wait", "1")).toMatchObject({ state: "sending" });
  const away = await ben.run(["read", "Ann"]);
  expect([away.code, away.err]).toEqual([0, "The server can’t be reached; this is what the device holds\n"]);
  expect((await ann.run(["add", await ann.says("link"), "--wait", "1"])).err).toContain("Can’t reach the server");
  await server.start();
  expect(await ann.says("send", "Ben", "four")).toBe("Sent to Ben");
  expect((await texts(ben, "Ann")).slice(1)).toEqual(["one", "two", "three", "four"]);
  expect(await ann.value("status")).toMatchObject({ unsent: 0, network: "online" });
});

test("[TE1] none of this met what only a bug makes", () => {
  expect(bugs).toEqual([]);
});

test.concurrent("[ME6] a file is sent from one disk and saved to another, byte for byte", async () => {
  const [ann, ben] = await befriended("Ann", "Ben");
  const folder = mkdtempSync(join(tmpdir(), "yanshu-cli-files-"));
  const bytes = crypto.getRandomValues(new Uint8Array(65_536));
  const path = join(folder, "四声部 final.pdf");
  writeFileSync(path, bytes);
  expect(await ann.says("send", "Ben", "给你", "--file", path)).toBe("Sent to Ben");
  expect(await ben.says("read", "Ann")).toContain("[File] 四声部 final.pdf (65.5 KB)");
  const saved = await ben.says("save", "Ann", "--to", join(folder, "out"));
  expect(saved).toContain("四声部 final.pdf");
  expect(new Uint8Array(readFileSync(join(folder, "out", "四声部 final.pdf")))).toEqual(bytes);
  // Nothing is written over.
  expect(await ben.says("save", "Ann", "--to", join(folder, "out"))).toContain("四声部 final (2).pdf");
  expect((await ann.run(["send", "Ben", "--file", join(folder, "none")])).err).toContain("ENOENT");
  rmSync(folder, { recursive: true });
});

test.concurrent("[AC1] [AC2] [AC5] a message is answered, given a face, and recalled, from a terminal", async () => {
  const [ann, ben] = await befriended("Ann R", "Ben R");
  await ann.says("send", "Ben R", "dinner at eight");
  expect(await ben.says("reply", "Ann R", "dinner", "I'll", "be", "there")).toBe("Sent to Ann R");
  expect(await ben.says("react", "Ann R", "dinner", "🍲")).toBe("They will see it");
  await ann.says("chats");
  const items = await ann.value<readonly (Item & { readonly reactions?: unknown })[]>("read", "Ben R");
  expect(items.find(({ body }) => body.text === "dinner at eight")?.reactions).toMatchObject([
    { emoji: "🍲", mine: false },
  ]);
  expect(items.at(-1)?.body).toMatchObject({ quote: { words: "dinner at eight", standing: "here" } });
  expect(await ann.says("recall", "Ben R", "dinner at eight")).toBe("Recalled");
  await ben.says("chats");
  expect(await ben.says("read", "Ann R")).toContain("* Ann R recalled a message");
  expect(await texts(ben, "Ann R")).not.toContain("dinner at eight");
  const { code, err } = await ben.run(["react", "Ann R", "dinner at", "🍲"]);
  expect([code, err]).toEqual([1, expect.stringContaining("MESSAGE")]);
});

test.concurrent("[ID25] [ID26] [TE3] somebody is introduced, and asks by the card, from a terminal", async () => {
  const [ann, ben] = await befriended("Ann C", "Ben C");
  const [cat] = await befriended("Cat C", "Ann C2");
  await cat.says("add", await ann.says("link"));
  await accepts(ann, "Cat C");
  await cat.says("send", "Ann C", "here I am");
  expect(await ann.says("read", "Cat C")).toContain("here I am");
  expect(await ann.says("introduce", "Ben C", "Cat C")).toBe("Sent to Ben C");
  expect(await ben.says("read", "Ann C")).toContain("[Card] Cat C");
  expect(await ben.says("ask", "Ann C", "--greeting", "Ann sends me")).toContain("Asked Cat C");
  expect(await cat.says("requests")).toContain("Ben C: Ann sends me");
  const { code, err } = await cat.run(["ask", "Ann C"]);
  expect([code, err]).toEqual([1, expect.stringContaining("CARD")]);
});

test.concurrent("[ID28] [ID29] a name is chosen, found and given up from a terminal", async () => {
  const [ann, ben] = await Promise.all([person("Ann H"), person("Ben H")]);
  expect(await ann.says("handle")).toBe("You have no Yanshu ID");
  expect(await ann.says("handle", "set", "Ann.h")).toBe("Yanshu ID: @ann.h");
  const { out, err } = await ben.run(["add", "@ann.h", "--greeting", "found you"]);
  expect(out).toContain("Asked Ann H");
  expect(err).toContain("Found by the ID @ann.h");
  expect(await ann.says("requests")).toContain("Ben H: found you");
  expect(await ann.says("handle", "off")).toContain("leads nobody to you");
  expect((await ben.run(["add", "@ann.h"])).err).toContain("Nobody has this ID");
  expect((await ben.run(["handle", "set", "ann.h"])).err).toContain("Somebody has this ID");
  expect((await ben.run(["handle", "set"])).err).toContain("NAME");
  expect((await ben.run(["handle", "rename"])).err).toContain("rename");
  expect(await ann.says("handle", "clear")).toBe("You have no Yanshu ID");
});

test.concurrent("[AC14] a text that is too long for a message goes as a file, from standard input too", async () => {
  const [ann, ben] = await befriended("Ann L", "Ben L");
  const long = `会议记录\n${"一件一件说。".repeat(1_000)}`;
  expect(await ann.says("send", "Ben L", long)).toBe("Sent to Ben L");
  expect(await ben.says("read", "Ann L")).toContain("[File] 会议记录.txt (18.0 KB)");
});
