/** What waits on a device has bounds, no matter who pours (docs/spec/groups.md GR18). */
import { expect, test } from "bun:test";
import { createMls } from "@yanshu/mls";
import { fromHex } from "@yanshu/wire";
import type { Person } from "./person.ts";
import { foundsChat, readRecipient, recipientOf, stranger, throwNotes, throwWelcome } from "./strangers.ts";
import { crypto, groupOf, postAsCommit, sayInTheDark } from "./turned.ts";
import { World } from "./world.ts";

const count = (person: Person, table: string) =>
  person.disk.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0;

function lastResortOf(person: Person): Uint8Array {
  const row = person.disk.get<{ bytes: Uint8Array }>("SELECT bytes FROM key_packages WHERE last_resort = 1");
  if (row === undefined) throw new Error("no last-resort package");
  return row.bytes;
}

test("[GR18] a hundred strangers wait for a word at most; who is known comes in all the same, and others once one is answered", async () => {
  const world = new World({ seed: 121 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const keyPackage = lastResortOf(ann);
  for (let i = 0; i < 103; i++) await foundsChat(world, await stranger(), keyPackage);
  await world.until("they are there", () => ann.view("requests").length >= 100);
  await world.pass(10_000);
  expect(ann.view("requests")).toHaveLength(100);
  expect(ann.view("status").areRequestsFull).toBe(true);
  expect([count(ann, "groups"), count(ann, "accounts")]).toEqual([100, 101]);
  expect(ann.client.diagnostics()["requests-full"]).toBe(3);
  // Ann asks Ben, who is no stranger then.
  const chat = await world.befriend(ann, ben);
  expect(ann.view("conversation", chat)?.state).toBe("open");
  const [first] = ann.view("requests");
  await ann.api.declineRequest(first?.conversation ?? "");
  expect(ann.view("status").areRequestsFull).toBe(false);
  await foundsChat(world, await stranger(), lastResortOf(ann));
  await world.until("one more is there", () => ann.view("requests").length === 100);
  expect(world.bugs()).toEqual([]);
}, 30_000);

test("[GR18.1] halves of Welcomes that never meet take no more room than they may, and hold up no request", async () => {
  const world = new World({
    seed: 122,
    config: {
      createsPerHour: { connection: 10_000, prefix: 10_000, region: 10_000, all: 10_000 },
      pieceBytesMax: { prefix: 64 << 20, all: 64 << 20 }, // Eighty at one moment.
    },
  });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const recipient = await recipientOf(world, ann);
  const nobody = await readRecipient(world, await (await stranger()).keyPackage(world.clock.nowMs()));
  // Envelopes whose note is for somebody else, of half a MiB each; then notes to which nothing belongs.
  for (let i = 0; i < 80; i++)
    await throwWelcome(world, { ...recipient, sealKey: nobody.sealKey }, [], new Uint8Array(500_000));
  await world.pass(5_000);
  const bytes = ann.disk.get<{ n: number }>("SELECT sum(length(envelope)) AS n FROM waiting")?.n ?? 0;
  expect(bytes).toBeGreaterThan(16 << 20);
  expect(bytes).toBeLessThanOrEqual(32 << 20);
  const notes = Array.from({ length: 80 }, () => {
    const [tag, key] = [world.chance.bytes(16), world.chance.bytes(32)];
    return { kind: "welcome" as const, tag, key };
  });
  await throwNotes(world, recipient, notes);
  await world.pass(5_000);
  expect(count(ann, "welcome_notes")).toBe(64);
  expect(ann.client.diagnostics()["half-dropped"]).toBeGreaterThan(16);
  const chat = await world.befriend(ben, ann);
  expect(ann.disk.get("SELECT state FROM conversations WHERE conversation = ?", fromHex(chat))).toEqual({
    state: "open",
  });
  expect(world.bugs()).toEqual([]);
});

test("[AC4] what waits for messages that never come has an end: edits, and what is set on them", async () => {
  const world = new World({ seed: 123 });
  const [ann, mal] = [await world.person("Ann"), await world.person("Mal")];
  const chat = await world.befriend(ann, mal);
  await world.pass(5_000);
  const id = () => world.chance.bytes(16);
  const author = fromHex(mal.account);
  const edits = Array.from({ length: 80 }, () => ({ kind: "edit" as const, id: id(), text: "changed", mentions: [] }));
  const marks = Array.from({ length: 280 }, () => ({
    kind: "react" as const,
    author,
    id: id(),
    emoji: "👍",
    on: true,
  }));
  await sayInTheDark(world, mal, chat, [...edits, ...marks]);
  await world.until("the last is there", () => count(ann, "heard") > 0 && count(ann, "marks") >= 256, 120_000);
  await world.pass(5_000);
  expect([count(ann, "edits"), count(ann, "marks")]).toEqual([64, 256]);
  expect(world.bugs()).toEqual([]);
});

test("[GR26.3] an owner who names an end that never comes keeps nobody's addresses for ever", async () => {
  const world = new World({ seed: 124 });
  const [mal, ann] = [await world.person("Mal"), await world.person("Ann")];
  const board = await world.group(mal, [ann], "Board");
  await mal.api.setRole(board, ann.account, "admin");
  await world.until("Ann leads", () => ann.view("conversation", board)?.may.decide === true);
  await world.pass(2 * 86_400_000);
  const group = await groupOf(mal, board);
  mal.crash();
  const mls = createMls(crypto, { nowMs: world.clock.nowMs });
  const link = { secret: crypto.random(16), token: crypto.random(16), expiresMs: 2 ** 52 };
  const prepared = await mls.prepare(group, { state: { ...group.state, link } }, () => "listed");
  if ("refused" in prepared) throw new Error(prepared.refused);
  await postAsCommit(world, group, prepared.commit, prepared.next);
  await world.pass(5_000);
  await ann.say(board, "a word"); // The occasion for fresh keys, and a fresh address with them.
  await world.pass(120_000);
  expect((await groupOf(ann, board)).epoch).toBe(prepared.next.epoch + 1);
  const kept = ann.disk.all<{ retire_ms: number }>("SELECT retire_ms FROM addresses WHERE retire_ms IS NOT NULL");
  expect(kept.length).toBeGreaterThan(0);
  for (const { retire_ms } of kept) expect(retire_ms).toBeLessThanOrEqual(world.clock.nowMs() + 31 * 86_400_000);
});

test("[SY18a] of a request no more is kept than may be, and the rest is asked for once it is accepted", async () => {
  const world = new World({ seed: 125 });
  const [ann, mal] = [await world.person("Ann"), await world.person("Mal")];
  const link = await world.during(ann.api.myLink());
  const chat = await world.during(mal.api.requestContact({ link, greeting: "hello", scanned: true }));
  await world.until("it is there", () => ann.view("requests").length === 1);
  await world.pass(5_000);
  for (let i = 0; i < 40; i++) await mal.say(chat, `line ${i}`);
  await world.pass(20_000);
  const kept = count(ann, "messages");
  expect(kept).toBeLessThanOrEqual(20);
  expect(ann.client.diagnostics()["request-passed-over"]).toBeGreaterThan(15);
  await ann.api.acceptRequest(chat);
  await mal.say(chat, "at last");
  await world.until("Ann reads all", () => ann.reads(chat).length === 42, 120_000);
  expect(world.bugs()).toEqual([]);
});
