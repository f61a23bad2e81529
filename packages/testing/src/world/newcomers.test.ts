/**
 * What newcomers of a group see of before: handed over by the member who let them in, and never taken for more
 * (docs/spec/groups.md GR32).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Hex, NewcomersSee } from "@yanshu/client";
import { encodeBody, encodeHandedPointer } from "@yanshu/content";
import { sealTo } from "@yanshu/mls";
import { fromHex, toHex } from "@yanshu/wire";
import { type Person, World, type WorldOptions } from "../index.ts";
import { dropPush } from "./drops.ts";
import { worldDomain } from "./person.ts";
import { crypto, groupOf, sayInTheDark } from "./turned.ts";

setDefaultTimeout(90_000);

const dayMs = 86_400_000;
const isIn = (person: Person, group: Hex) => person.view("conversation", group)?.state === "open";
/** What was said before, as a screen shows it: by whom, and by whose word. */
const handed = (person: Person, group: Hex) =>
  person
    .items(group)
    .flatMap(({ body, from, handedBy }) =>
      handedBy === undefined || body.kind !== "text" ? [] : [`${from.name}: ${body.text} (${handedBy.name})`],
    );
const counted = (person: Person, what: string) => person.client.diagnostics()[what] ?? 0;
const unread = (person: Person, group: Hex) =>
  person.view("chats").find(({ conversation }) => conversation === group)?.unread;

async function choir(choice: NewcomersSee, options: WorldOptions) {
  const world = new World({ files: true, ...options });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  if (choice !== "none") await choose(world, ann, [ann, ben], group, choice);
  return { world, ann, ben, cat, group };
}

async function choose(world: World, by: Person, all: readonly Person[], group: Hex, choice: NewcomersSee) {
  await by.api.setNewcomersSee(group, choice);
  await world.until("all know of the choice", () =>
    all.every((one) => one.view("conversation", group)?.newcomersSee === choice),
  );
}

async function talk(world: World, group: Hex, lines: readonly (readonly [Person, string])[]): Promise<void> {
  for (const [person, words] of lines) {
    await person.say(group, words);
    await world.pass(1_500);
  }
}

async function invite(world: World, by: Person, whom: Person, group: Hex): Promise<void> {
  if (!by.view("contacts").some(({ account }) => account === whom.account)) await world.befriend(by, whom);
  await by.api.addMembers(group, [whom.account]);
  await world.until(`${whom.name} is in`, () => isIn(whom, group));
}

async function join(world: World, by: Person, whom: Person, group: Hex): Promise<void> {
  await world.during(by.api.makeGroupLink(group, { days: 7 }));
  await world.until("there is a link", () => by.view("conversation", group)?.link !== undefined);
  const link = await world.during(by.api.groupLink(group));
  await world.during(whom.api.joinGroup(link ?? ""));
  await world.until(`${whom.name} is in`, () => isIn(whom, group));
}

test("[GR32] nothing is handed over unless it was chosen", async () => {
  const { world, ann, ben, cat, group } = await choir("none", { seed: 900 });
  await talk(world, group, [
    [ann, "before"],
    [ben, "before too"],
  ]);
  await invite(world, ann, cat, group);
  await ben.say(group, "welcome");
  await world.until("Cat reads", () => cat.reads(group).includes("welcome"));
  await world.pass(120_000);
  expect(cat.reads(group)).toEqual(["welcome"]);
  expect(ben.api.setNewcomersSee(group, "all")).rejects.toThrow("not-allowed");
  expect(world.bugs()).toEqual([]);
});

test("[F-1c-15] [GR32] by invitation all of before comes in its order, named by who hands it over; nothing of it is unread", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 901 });
  await talk(world, group, [
    [ann, "one"],
    [ben, "two"],
    [ann, "three"],
  ]);
  await ben.api.react(group, { author: ann.account, id: idOf(ann, group, "one") }, "👍", true);
  await world.pass(2_000);
  await invite(world, ben, cat, group); // A member, and nobody who leads.
  await ann.say(group, "welcome");
  await world.until("Cat has it all", () => handed(cat, group).length === 3 && cat.reads(group).length === 4);
  expect(cat.reads(group)).toEqual(["one", "two", "three", "welcome"]);
  expect(handed(cat, group)).toEqual(["Ann: one (Ben)", "Ben: two (Ben)", "Ann: three (Ben)"]);
  expect(cat.items(group).find(({ body }) => body.kind === "text" && body.text === "one")?.reactions).toMatchObject([
    { emoji: "👍", mine: false },
  ]);
  expect(unread(cat, group)).toBe(1);
  const { hits } = await world.during(cat.api.searchMessages({ query: "three", limit: 10 }));
  expect(hits).toHaveLength(1);
  expect(ann.lines(group)).toContain("history");
  expect(counted(cat, "handed-refused") + counted(cat, "handed-passed-over")).toBe(0);
  // What others hear of it is nothing: no row, no gap.
  expect([ann, ben].map((one) => one.reads(group))).toEqual(Array(2).fill(["one", "two", "three", "welcome"]));
  expect(world.bugs()).toEqual([]);
});

test("[GR32] a week is what the device that lets somebody in by the link counts back", async () => {
  const { world, ann, ben, cat, group } = await choir("week", { seed: 902 });
  await talk(world, group, [[ben, "long ago"]]);
  await world.pass(9 * dayMs);
  await talk(world, group, [
    [ben, "lately"],
    [ann, "just now"],
  ]);
  await join(world, ann, cat, group);
  await world.until("Cat has the week", () => handed(cat, group).length === 2);
  await world.pass(60_000);
  expect(handed(cat, group)).toEqual(["Ben: lately (Ann)", "Ann: just now (Ann)"]);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] what was recalled or deleted does not travel, and a recall that comes later takes it away", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 903 });
  await talk(world, group, [
    [ben, "kept"],
    [ben, "recalled"],
    [ben, "deleted at Ann's"],
    [ben, "to be recalled"],
  ]);
  await ben.api.recall(group, idOf(ben, group, "recalled"));
  await ann.api.deleteMessages(group, [{ author: ben.account, id: idOf(ann, group, "deleted at Ann's") }]);
  await world.pass(3_000);
  const late = idOf(ben, group, "to be recalled");
  await invite(world, ann, cat, group);
  await world.until("Cat has it", () => handed(cat, group).length === 2);
  await ben.api.recall(group, late);
  await world.until("it is gone", () => handed(cat, group).length === 1);
  expect(handed(cat, group)).toEqual(["Ben: kept (Ann)"]);
  const words = cat.disk.all<{ body: Uint8Array }>("SELECT body FROM messages").map(({ body }) => Buffer.from(body));
  for (const gone of ["recalled", "deleted at Ann's"]) expect(words.some((one) => one.includes(gone))).toBe(false);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] [AC11] a line that was changed before its list was handed over keeps its place for the newcomer", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 917 });
  const id = await ann.api.startChain(group, { title: "Sunday dinner", note: "", seeds: [] });
  const linesOf = (one: Person) => one.items(group).flatMap(({ body }) => (body.kind === "chain" ? body.lines : []));
  const texts = (one: Person) => linesOf(one).map(({ text }) => text);
  for (const text of ["Ann, 2", "Mum, 1"]) {
    await ann.api.writeLine(group, { author: ann.account, id }, text);
    await world.until("it stands there", () => texts(ben).includes(text));
  }
  await world.befriend(ben, cat);
  await ben.api.addMembers(group, [cat.account]);
  await world.until("Cat is in", () => isIn(cat, group));
  ben.crash(); // Before anything was handed over.
  await ann.api.writeLine(group, { author: ann.account, id }, "Ann, 3", linesOf(ann)[0]?.key);
  await world.until("Cat hears it", () => cat.disk.get("SELECT 1 FROM marks WHERE kind = 'line'") !== undefined);
  expect(texts(cat)).toEqual([]);
  await ben.switchOn();
  await world.until("Cat has the list", () => texts(cat).length === 2);
  for (const one of [ann, ben, cat]) expect(texts(one)).toEqual(["Ann, 3", "Mum, 1"]);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] a device that crashes while it hands over goes on, and nothing comes twice or is left out", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 904 });
  const said = Array.from({ length: 60 }, (_, at) => `${at} ${"words ".repeat(2_000)}`); // 720 KB in all: two parts.
  await world.during(said.reduce((all, words) => all.then(() => void ben.say(group, words)), Promise.resolve()));
  await world.until("Ann reads all", () => ann.reads(group).length === said.length, 300_000);
  await world.befriend(ann, cat);
  const places = () => ann.disk.all<{ place: number }>("SELECT place FROM handover_parts").length;
  await ann.api.addMembers(group, [cat.account]);
  await world.until("Ann owes Cat the history", () => ann.disk.get("SELECT 1 FROM handovers") !== undefined);
  ann.crash(); // Nothing of it has left.
  await world.pass(5_000);
  await ann.switchOn();
  await world.until("a part is told", () => places() === 1);
  ann.crash(); // In the middle.
  await world.pass(5_000);
  await ann.switchOn();
  await world.until("Cat has all", () => handed(cat, group).length === said.length, 300_000);
  expect(cat.reads(group)).toEqual(said);
  expect(places()).toBeGreaterThan(1);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] a newcomer who is away gets it later, on both devices, and on one that comes after them", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 905 });
  const tablet = await world.linkDevice(cat);
  await world.befriend(ann, cat);
  await talk(world, group, [
    [ann, "one"],
    [ben, "two"],
  ]);
  world.network.cutOff(cat.device);
  await ann.api.addMembers(group, [cat.account]);
  await world.until("the tablet has it", () => isIn(tablet, group) && handed(tablet, group).length === 2);
  await world.pass(3 * dayMs);
  world.network.letBack(cat.device);
  await world.until("the phone has it too", () => handed(cat, group).length === 2);
  for (const one of [cat, tablet]) expect(handed(one, group)).toEqual(["Ann: one (Ann)", "Ben: two (Ann)"]);
  await cat.say(group, "hello");
  await world.pass(120_000);
  const laptop = await world.linkDevice(cat);
  await world.until("the laptop has it, in its order", () => laptop.reads(group).length === 3, 300_000);
  expect(laptop.reads(group)).toEqual(["one", "two", "hello"]);
  expect(handed(laptop, group)).toEqual(["Ann: one (Ann)", "Ben: two (Ann)"]);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] who came by the link with two devices has it on both", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 906 });
  const tablet = await world.linkDevice(cat);
  await cat.api.setVault(false); // What comes does not come that way.
  await world.until("the tablet knows", () => !tablet.view("vault").isOn);
  await talk(world, group, [[ben, "before"]]);
  await join(world, ann, cat, group);
  await world.until("both have it", () => [cat, tablet].every((one) => handed(one, group).length === 1), 180_000);
  expect(handed(tablet, group)).toEqual(["Ben: before (Ann)"]);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] thousands come in several parts, the newest first, and stand in one order everywhere", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 907 });
  const count = 3_000;
  await talk(world, group, [[ben, "first"]]);
  await world.until("Ann reads", () => ann.reads(group).length === 1);
  fillHistory(ann, group, ben.account, count);
  await invite(world, ann, cat, group);
  await world.until("Cat has the newest", () => handed(cat, group).length > 0);
  expect(handed(cat, group).at(-1)).toBe(`Ben: written ${count - 1} (Ann)`);
  expect(handed(cat, group).length).toBeLessThan(count);
  await world.until("Cat has all", () => handed(cat, group).length === count + 1, 300_000);
  const expected = ["first", ...Array.from({ length: count }, (_, at) => `written ${at}`)];
  expect(cat.reads(group)).toEqual(expected);
  await cat.say(group, "so much to read");
  await world.pass(400_000);
  // Through her vault it comes to a device of hers that was not there, in the same order.
  const tablet = await world.linkDevice(cat);
  await world.until("the tablet has all", () => tablet.reads(group).length === count + 2, 600_000);
  expect(tablet.reads(group)).toEqual([...expected, "so much to read"]);
  expect(handed(tablet, group)).toHaveLength(count + 1);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] files are told where they lie, and fetched when they are looked at", async () => {
  const { world, ann, cat, group } = await choir("all", { seed: 908 });
  const bytes = new Uint8Array(30_000).fill(7);
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  await ann.api.sendFile(group, { source, name: "songs.txt", type: "text/plain" });
  await world.until("it is sent", () =>
    ann.items(group).some(({ body, state }) => body.kind === "file" && state === "sent"),
  );
  await invite(world, ann, cat, group);
  const file = () => cat.items(group).flatMap(({ body }) => (body.kind === "file" ? [body.file] : []))[0];
  await world.until("Cat sees it", () => file() !== undefined);
  const read = await world.during(cat.api.readFile(file()?.handle ?? "", 0, bytes.length));
  expect(Buffer.from(read)).toEqual(Buffer.from(bytes));
  expect(world.bugs()).toEqual([]);
});

test("[GR32] who comes back has their own copies, and between them what was said meanwhile", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 909 });
  await talk(world, group, [[ann, "before"]]);
  await invite(world, ann, cat, group);
  await world.until("Cat has it", () => handed(cat, group).length === 1);
  await talk(world, group, [
    [ben, "heard"],
    [cat, "said"],
  ]);
  await world.until("all read", () => [ann, ben].every((one) => one.reads(group).length === 3));
  await ann.api.removeMember(group, cat.account);
  await world.until("Cat is out", () => cat.view("conversation", group)?.state === "removed");
  await talk(world, group, [[ben, "missed"]]);
  await invite(world, ann, cat, group);
  await ann.say(group, "you are back");
  await world.until("Cat has it", () => cat.reads(group).length === 5);
  expect(cat.reads(group)).toEqual(["before", "heard", "said", "missed", "you are back"]);
  expect(handed(cat, group)).toEqual(["Ann: before (Ann)", "Ben: missed (Ann)"]);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] the choice outlives a founding that takes over, and is made with the group", async () => {
  const world = new World({ files: true, seed: 910 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const group = await ann.api.createGroup({ name: "Family", accounts: [ben.account], newcomersSee: "all" });
  await world.until("it is there", () => isIn(ben, group));
  expect([ann, ben].map((one) => one.view("conversation", group)?.newcomersSee)).toEqual(["all", "all"]);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] a member who did not let somebody in, and leads nothing, hands them nothing", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 911 });
  await talk(world, group, [[ann, "before"]]);
  await invite(world, ann, cat, group);
  await world.until("Cat has it", () => handed(cat, group).length === 1);
  await forge(world, ben, group, [{ author: ann.account, words: "Ben shall have the piano" }], cat.account);
  await world.until("it is refused", () => counted(cat, "handed-refused") > 0);
  await world.pass(60_000);
  expect(cat.reads(group)).toEqual(["before"]);
  // Once Ben leads the group, his word is as good as that of the member who let Cat in, and bears his name.
  await ann.api.setRole(group, ben.account, "admin");
  await world.until("Cat knows", () => roleOf(cat, group, ben) === "admin");
  await forge(world, ben, group, [{ author: ann.account, words: "Ben leads" }], cat.account);
  await world.until("it is taken", () => handed(cat, group).includes("Ann: Ben leads (Ben)"));
  expect(world.bugs()).toEqual([]);
});

test("[GR32] where nothing was to be handed over, or who hands it came later, nothing is taken", async () => {
  const { world, ann, ben, cat, group } = await choir("none", { seed: 912 });
  await invite(world, ann, cat, group);
  await choose(world, ann, [ann, ben, cat], group, "all"); // After Cat came: it is for those who come from now on.
  await forge(world, ann, group, [{ author: ben.account, words: "forged" }], cat.account);
  await world.until("it is refused", () => counted(cat, "handed-refused") === 1);
  const dan = await world.person("Dan");
  await invite(world, ann, dan, group);
  await ann.api.setRole(group, cat.account, "admin");
  const eve = await world.person("Eve");
  await invite(world, ann, eve, group);
  await ann.api.setRole(group, eve.account, "admin");
  await world.until("Dan knows", () => [cat, eve].every((one) => roleOf(dan, group, one) === "admin"));
  await forge(world, eve, group, [{ author: ben.account, words: "by who came later" }], dan.account);
  await world.until("it is refused", () => counted(dan, "handed-refused") === 1);
  await world.pass(60_000);
  expect([cat, dan].map((one) => handed(one, group))).toEqual([[], ["Ben: forged (Ann)"]]);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] who hands over can invent, under their own name alone: nothing that is here changes, and nobody speaks for the newcomer", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 913 });
  await invite(world, ann, cat, group);
  await talk(world, group, [[ben, "the true words"]]);
  await world.until("Cat reads", () => cat.reads(group).length === 1);
  const id = idOf(cat, group, "the true words");
  await forge(
    world,
    ann,
    group,
    [
      { author: ben.account, id, words: "other words" },
      { author: cat.account, words: "I owe Ann a house" },
      { author: ben.account, words: "invented", atMs: world.clock.nowMs() + 90 * dayMs },
    ],
    cat.account,
  );
  await world.until("it came", () => handed(cat, group).length === 1);
  expect(cat.reads(group)).toEqual(["invented", "the true words"]);
  expect(handed(cat, group)).toEqual(["Ben: invented (Ann)"]);
  expect(cat.items(group).every(({ atMs }) => atMs <= world.clock.nowMs())).toBe(true);
  expect(counted(cat, "handed-passed-over")).toBe(1);
  expect(cat.items(group).some(({ mine }) => mine)).toBe(false);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] what was handed over gives way to its author's own word, which is news", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 915 });
  await invite(world, ann, cat, group);
  await talk(world, group, [[ben, "heard"]]);
  await cat.api.markRead(group);
  dropPush(world, cat.device, "application");
  await talk(world, group, [[ben, "dropped by the operator"]]);
  expect(cat.reads(group)).toEqual(["heard"]);
  world.network.cutOff(ben.device); // Nobody says it again meanwhile.
  await owe(ann, group, cat.account);
  await world.until("Ann hands it over", () => handed(cat, group).length === 1);
  expect([handed(cat, group), unread(cat, group)]).toEqual([["Ben: dropped by the operator (Ann)"], 0]);
  world.network.letBack(ben.device);
  await world.until("Ben's own word is here", () => handed(cat, group).length === 0);
  expect(cat.reads(group)).toEqual(["heard", "dropped by the operator"]);
  expect(unread(cat, group)).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] what is told and is not there, or is no history, is counted, and what follows comes", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 914 });
  await talk(world, group, [[ben, "before"]]);
  const befriended = await world.befriend(ann, cat);
  expect(befriended).not.toBe(group);
  await ann.api.addMembers(group, [cat.account]);
  await world.until("Cat has it", () => isIn(cat, group) && handed(cat, group).length === 1);
  const held = await groupOf(ann, group);
  const leaf = held.members.find((one) => toHex(one.account) === cat.account);
  if (leaf === undefined) throw new Error("Cat has no leaf");
  const { device } = leaf;
  const nowhere = { server: worldDomain, id: crypto.random(16), key: crypto.random(32), bytes: 9, expiresDay: 1 };
  const sender = held.members.find((one) => one.leaf === held.ownLeaf)?.device;
  if (sender === undefined) throw new Error("Ann has no leaf");
  const epoch = held.keys.authenticator.slice(0, 16);
  const context = { purpose: "history", conversation: held.state.conversation, epoch, sender } as const;
  const sealed = (plain: Uint8Array) => sealTo(crypto, leaf.sealKey, context, plain);
  const told = async (place: number, of: Uint8Array) =>
    ({ kind: "handed", account: raw(cat.account), place, sealed: [{ reader: device, sealed: of }] }) as const;
  await sayInTheDark(world, ann, group, [
    await told(50, crypto.random(200)),
    await told(51, await sealed(crypto.random(40))),
    await told(52, await sealed(encodeHandedPointer(nowhere))),
    await told(53, await sealed(encodeHandedPointer({ ...nowhere, server: "evil.test" }))),
  ]);
  await world.until("all are let go", () => cat.disk.get("SELECT 1 FROM handed_parts WHERE done = 0") === undefined);
  await world.pass(5_000);
  expect([counted(cat, "handed-unopenable"), counted(cat, "handed-gone")]).toEqual([2, 2]);
  expect(handed(cat, group)).toEqual(["Ben: before (Ann)"]);
  expect(world.bugs()).toEqual([]);
});

test("[GR32] a part that is told to another account is not this one's, an own device hands nothing, and there is an end to what waits", async () => {
  const { world, ann, ben, cat, group } = await choir("all", { seed: 930 });
  await invite(world, ann, cat, group);
  const tablet = await world.linkDevice(cat);
  await world.until("it is in", () => isIn(tablet, group));
  await ann.api.setRole(group, cat.account, "admin");
  await world.until("Cat leads", () => roleOf(cat, group, cat) === "admin");
  await world.pass(5_000);
  const reader = raw(cat.view("status").me?.device ?? "");
  const told = (to: Person, place: number) =>
    ({ kind: "handed", account: raw(to.account), place, sealed: [{ reader, sealed: crypto.random(200) }] }) as const;
  const waiting = cat.disk.get<{ n: number }>("SELECT count(*) AS n FROM handed_parts")?.n ?? 0;
  cat.disk.run(
    `WITH RECURSIVE places (place) AS (SELECT 1000 UNION ALL SELECT place + 1 FROM places LIMIT ?)
     INSERT INTO handed_parts (conversation, by, place, address, sealed, done) SELECT ?, ?, place, x'', x'', 1 FROM places`,
    4_095 - waiting,
    raw(group),
    raw(ann.account),
  );
  const counts = () => [counted(cat, "handed-unopenable"), counted(cat, "handed-refused")];
  await sayInTheDark(world, tablet, group, [told(cat, 50)]);
  await world.until("the own device's is refused", () => counts().join() === "0,1");
  // What is Ben's is passed over, one more has room, and the next has none.
  await sayInTheDark(world, ann, group, [told(ben, 51), told(cat, 52), told(cat, 53)]);
  await world.until("the last was heard", () => counts().join() === "1,2");
  await world.pass(5_000);
  expect(counts()).toEqual([1, 2]);
});

const raw = (hex: Hex) => fromHex(hex);
const roleOf = (person: Person, group: Hex, who: Person) =>
  person.view("conversation", group)?.members.find(({ account }) => account === who.account)?.role;

type Forged = { readonly author: Hex; readonly words: string; readonly id?: Hex; readonly atMs?: number };

/** A device that does not keep the rules: its store says what nobody said, and that it is to be handed to `account`. */
async function forge(world: World, person: Person, group: Hex, said: readonly Forged[], account: Hex): Promise<void> {
  person.crash();
  const { disk } = person;
  disk.transaction(() => {
    disk.run("DELETE FROM messages WHERE conversation = ? AND kind = 'text'", raw(group));
    for (const { author, words, id, atMs = world.clock.nowMs() } of said)
      disk.run(
        `INSERT INTO messages (conversation, author, id, at_ms, sent_ms, kind, body, state) VALUES (?, ?, ?, ?, ?, 'text', ?, 'sent')`,
        raw(group),
        raw(author),
        id === undefined ? crypto.random(16) : raw(id),
        atMs,
        atMs,
        encodeBody({ kind: "text", text: words }),
      );
  });
  await person.switchOn();
  await owe(person, group, account);
}

/** A device that hands over what is not to be handed over (any more). */
async function owe(person: Person, group: Hex, account: Hex): Promise<void> {
  person.crash();
  const { disk } = person;
  disk.transaction(() => {
    disk.run("DELETE FROM handovers");
    disk.run("DELETE FROM handover_parts");
    disk.run(
      "INSERT INTO handovers (conversation, account, since_ms, below, place) VALUES (?, ?, 0, ?, 10)",
      raw(group),
      raw(account),
      Number.MAX_SAFE_INTEGER,
    );
  });
  await person.switchOn();
}

function idOf(person: Person, group: Hex, words: string): Hex {
  const found = person.items(group).find(({ body }) => body.kind === "text" && body.text === words);
  if (found === undefined) throw new Error(`nobody said "${words}"`);
  return found.id;
}

/** As if `author` had said so much: saying it would take minutes, and what is handed over is what stands here. */
function fillHistory(person: Person, group: Hex, author: Hex, count: number): void {
  const row = person.disk.get<{ body: Uint8Array; at_ms: number }>(
    "SELECT body, at_ms FROM messages WHERE conversation = ? AND kind = 'text' LIMIT 1",
    raw(group),
  );
  if (row === undefined) throw new Error("nothing was said");
  person.disk.transaction(() => {
    for (let at = 0; at < count; at++)
      person.disk.run(
        `INSERT INTO messages (conversation, author, id, at_ms, sent_ms, kind, body, state) VALUES (?, ?, ?, ?, ?, 'text', ?, 'sent')`,
        raw(group),
        raw(author),
        raw(at.toString(16).padStart(32, "0")),
        row.at_ms + at,
        row.at_ms + at,
        encodeBody({ kind: "text", text: `written ${at}` }),
      );
  });
}
