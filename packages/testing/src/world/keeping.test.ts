/**
 * Keeping and letting go, with people: an account that is deleted, and what others see of it; room that is given back.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "@yanshu/client";
import { databaseBytes } from "@yanshu/store";
import { fromHex } from "@yanshu/wire";
import type { Person } from "./person.ts";
import { World } from "./world.ts";

setDefaultTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "yanshu-keeping-"));
afterAll(() => rmSync(folder, { recursive: true }));

const dayMs = 86_400_000;

function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).map((_, at) => (at * 2_654_435_761) >>> 24);
}

/** Every id, key and address of 16 bytes or more that stands in this device's database as a value of its own. */
function idsOf(person: Person): readonly Uint8Array[] {
  const column = (sql: string) => person.disk.all<{ it: Uint8Array }>(sql).map(({ it }) => it);
  const entries = person.disk
    .all<{ it: Uint8Array }>("SELECT bytes AS it FROM account_entries WHERE account = ?", fromHex(person.account))
    .map(({ it }) => it);
  return [
    fromHex(person.account),
    ...column("SELECT address AS it FROM addresses"),
    ...column("SELECT id AS it FROM own_blobs"),
    ...column("SELECT value AS it FROM meta WHERE key = 'inception'"),
    ...entries,
  ];
}

function filesHold(path: string, needle: Uint8Array): boolean {
  return readdirSync(path).some((name) => readFileSync(join(path, name)).includes(needle));
}

const isNew = (person: Person) => person.view("status").phase === "new";

test("[KP1] [KP2] [DS57] a deleted account is on none of its devices that hear of it, and nowhere in home's files", async () => {
  const world = new World({ seed: 900, files: true, logPath: join(folder, "yanshu.db") });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await ann.api.sendFile(chat, { source: new Blob([bytesOf(50_000)]), name: "a.pdf", type: "application/pdf" });
  await world.until("the file is at home", () => world.blobs?.files.size === 1 && ann.view("status").unsent === 0);
  await world.pass(60_000); // The vault has it.
  ben.crash(); // Away, so that messages to him wait.
  await ann.say(chat, "see you");
  await world.pass(5_000);
  const ids = [...idsOf(ann), ...idsOf(tablet)];
  const account = fromHex(ann.account);
  expect(ids.length).toBeGreaterThan(10);
  expect(filesHold(folder, account)).toBe(true);

  await world.during(ann.api.deleteAccount());
  expect(ann.view("status").phase).toBe("leaving");
  await world.until("both devices are wiped", () => isNew(ann) && isNew(tablet), 120_000);
  for (const device of [ann, tablet]) {
    expect(device.view("chats")).toEqual([]);
    expect(
      device.disk.all("SELECT 1 FROM messages UNION ALL SELECT 1 FROM people UNION ALL SELECT 1 FROM meta"),
    ).toEqual([]);
    expect(device.files?.size).toBe(0);
    expect(Buffer.from(device.takeSnapshot()).includes(account)).toBe(false);
  }
  expect(world.blobs?.files.size).toBe(0);
  await world.pass(dayMs);
  expect(ids.filter((id) => filesHold(folder, id))).toEqual([]);
  expect(world.bugs()).toEqual([]);

  // A person whose device was wiped can begin anew.
  await world.during(ann.api.createAccount({ name: "Ann again", link: world.inviteLink }));
  await ben.switchOn();
  await world.befriend(ann, ben);
  expect(world.bugs()).toEqual([]);
});

test("[KP3] friends see nothing until they write, and a group goes on without its owner", async () => {
  const world = new World({ seed: 901 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  await world.befriend(ben, cat);
  const group = await world.group(ann, [ben, cat], "Dinner");
  const chat = ben.chat("Ann");
  await ann.say(chat, "eight?");
  await world.until("Ben reads", () => ben.reads(chat).includes("eight?"));
  const before = ben.lines(chat);
  await world.during(ann.api.deleteAccount());
  await world.until("it is deleted", () => isNew(ann), 120_000);
  await world.until("the group is two", () => ben.view("conversation", group)?.members.length === 2, 120_000);
  expect(ben.view("conversation", group)?.members.find(({ role }) => role === "owner")).toBeDefined();
  await cat.say(group, "and nine?");
  await world.until("the group goes on", () => ben.reads(group).includes("and nine?"));
  expect(ben.lines(chat)).toEqual(before);
  expect(ben.reads(chat)).toContain("eight?");
  await ben.say(chat, "are you there?");
  expect(ben.lines(chat).at(-1)).toBe("not-contacts");
  await world.pass(60_000);
  expect(world.bugs()).toEqual([]);
});

test("[KP1] begun and cut off, it is done once home can be reached; without a network it is not begun", async () => {
  const world = new World({ seed: 902 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  ann.client.network(false);
  expect(await world.during(ann.api.deleteAccount().catch((error: { code: string }) => error.code))).toBe("offline");
  expect(ann.view("status").phase).toBe("ready");
  ann.client.network(true);
  await world.until("she is back", () => ann.view("status").network === "online");
  await world.during(ann.api.deleteAccount());
  ann.crash();
  await world.pass(5_000);
  await ann.switchOn();
  expect(ann.view("status").phase).toBe("leaving");
  await world.until("it is deleted", () => isNew(ann), 120_000);
  expect(world.bugs()).toEqual([]);
});

test("[KP2] home's word wipes nobody: a device that was away is signed out, and its person wipes it", async () => {
  const world = new World({ seed: 903 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "here");
  const tablet = await world.linkDevice(ann);
  await world.until("it has the chat", () => tablet.view("chats").some((row) => row.conversation === chat));
  tablet.crash();
  await world.during(ann.api.deleteAccount());
  await world.until("it is deleted", () => isNew(ann), 120_000);
  await tablet.switchOn();
  await world.until("it is signed out", () => tablet.view("status").phase === "signed-out");
  expect(tablet.view("chats").some((row) => row.conversation === chat)).toBe(true);
  await world.during(tablet.api.wipeDevice());
  expect(isNew(tablet)).toBe(true);
  expect(tablet.disk.all("SELECT 1 FROM messages UNION ALL SELECT 1 FROM meta")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[KP4] what is deleted gives back its bytes: long texts, and files", async () => {
  const world = new World({ seed: 904, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.api.sendFile(chat, { source: new Blob([bytesOf(300_000)]), name: "a.pdf", type: "application/pdf" });
  const said: Hex[] = [];
  for (let i = 0; i < 60; i++) {
    said.push(await ann.say(chat, `${i} ${"长".repeat(4_000)}`));
    await world.pass(300);
  }
  await world.until("all is sent", () => ann.view("status").unsent === 0);
  await world.until("Ben has it", () => ben.reads(chat).length >= 60);
  const file = ben.items(chat).flatMap(({ body }) => (body.kind === "file" ? [body.file.handle] : []))[0] ?? "";
  await ben.api.moveFile(file);
  await world.until("the file is here", () => ben.view("transfer", file).state === "here");
  await world.pass(10_000);
  const before = databaseBytes(ben.disk);
  const words = 60 * 4_000 * 3;
  expect(before).toBeGreaterThan(words);

  const name = (id: Hex) => ({ author: ann.account, id });
  await ben.api.deleteMessages(chat, said.slice(0, 30).map(name));
  await world.pass(10_000);
  const half = databaseBytes(ben.disk);
  expect(before - half).toBeGreaterThan((words / 2) * 0.6);
  expect(ben.files?.size).toBe(1);
  await ben.api.deleteChat(chat, "here");
  await world.pass(10_000);
  expect(before - databaseBytes(ben.disk)).toBeGreaterThan(words * 0.85);
  expect(ben.files?.size).toBe(0);
  expect(world.bugs()).toEqual([]);
});

test("[F-2i-6] [KP5] [KP6] what a chat takes is told by kind, and what lies at home is cleared and comes back as it was", async () => {
  const world = new World({ seed: 905, files: true });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const chat = await world.befriend(ann, ben);
  const other = await world.befriend(ben, cat);
  const file = bytesOf(1_300_000);
  await ann.api.sendFile(chat, { source: new Blob([file]), name: "a.pdf", type: "application/pdf" });
  await ann.say(chat, "长".repeat(1_000));
  await cat.say(other, "short");
  const handleIn = (person: Person) =>
    person.items(chat).flatMap(({ body }) => (body.kind === "file" ? [body.file.handle] : []))[0] ?? "";
  await world.until("it is there", () => handleIn(ben) !== "" && ben.reads(other).includes("short"));
  const report = () => world.during(ben.api.storage());
  const chatIn = async (id: Hex) => (await report()).chats.find((row) => row.conversation === id);
  expect(await chatIn(chat)).toMatchObject({ title: "Ann", clearable: 0, photos: 0 });
  expect((await chatIn(chat))?.files).toBeLessThan(1_000); // Its name; nothing of the file is here.
  await ben.api.moveFile(handleIn(ben));
  await world.until("it is here", () => ben.view("transfer", handleIn(ben)).state === "here");
  const full = await chatIn(chat);
  expect(full?.files).toBeGreaterThan(1_300_000);
  expect(full?.clearable).toBeGreaterThan(1_300_000);
  expect(full?.text).toBeGreaterThan(3_000);
  expect((await report()).chats.map(({ conversation }) => conversation)).toEqual([chat, other]);
  expect((await report()).home).toMatchObject({ days: 30 });

  expect(await world.during(ben.api.clearFiles(other))).toBe(0);
  const freed = await world.during(ben.api.clearFiles(chat));
  expect(freed).toBe(full?.clearable ?? 0);
  expect(ben.files?.size).toBe(0);
  expect(await chatIn(chat)).toMatchObject({ clearable: 0 });
  expect(ben.view("transfer", handleIn(ben)).state).toBe("away");
  const again = await world.during(ben.api.readFile(handleIn(ben), 0, file.length));
  expect(Buffer.compare(again, file)).toBe(0);

  // What home keeps no more is not cleared: it is here alone.
  await world.during(ben.api.moveFile(handleIn(ben)));
  await world.until("it is here again", () => ben.view("transfer", handleIn(ben)).state === "here");
  await world.pass(31 * dayMs);
  expect(await chatIn(chat)).toMatchObject({ clearable: 0 });
  expect(await world.during(ben.api.clearFiles())).toBe(0);
  expect(ben.files?.size).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[KP6] a message whose files are still on their way is not cleared", async () => {
  const world = new World({ seed: 906, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  ann.client.network(false);
  await ann.api.sendFile(chat, { source: new Blob([bytesOf(80_000)]), name: "a.pdf", type: "application/pdf" });
  await world.pass(2_000);
  const held = ann.files?.size;
  expect(await world.during(ann.api.clearFiles())).toBe(0);
  expect(ann.files?.size).toBe(held);
  ann.client.network(true);
  await world.until("it arrives", () => ben.items(chat).some(({ body }) => body.kind === "file"));
  expect(await world.during(ann.api.clearFiles())).toBeGreaterThan(80_000);
  expect(world.bugs()).toEqual([]);
});
