/**
 * Marks of the vault that no feature would write, put there by a stolen device while it counted: they stop no device of
 * the account.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type Body, encodeBody, type VaultMessage } from "@yanshu/content";
import { type Bytes, fromHex } from "@yanshu/wire";
import { encode } from "cborg";
import { type Person, World } from "../index.ts";
import { crypto, deviceKeyOf, epochAt, forgeSegment, listAt } from "./evil-home.ts";

setDefaultTimeout(120_000);

const soonMs = 60_000;
const key16 = "00".repeat(16);
const noValue = Uint8Array.of(0xff);

type Marks = VaultMessage["marks"];
type Poison = { readonly said: Body; readonly marks: (by: Bytes, stampMs: number) => Marks };

const text: Body = { kind: "text", text: "marked" };
const chain: Body = { kind: "chain", title: "trip", note: "", seeds: [] };
const poll: Body = { kind: "poll", question: "when", options: ["a", "b"], multiple: false, anonymous: false };
const call: Body = { kind: "call", device: crypto.random(32) as never, media: "voice", rings: [] };
const ofWords = new Uint8Array(encode({ as: "x", seconds: -1, kind: "system", line: {} }));
const line = new Uint8Array(encode({ text: "me", sinceMs: 1 }));

const poisons: readonly Poison[] = [
  { said: text, marks: (by, stampMs) => [{ kind: "reaction", by, key: "👍", value: noValue, stampMs }] },
  {
    said: text,
    marks: (by, stampMs) => [{ kind: "reaction", by: by.slice(1), key: "👍", value: Uint8Array.of(0xf5), stampMs }],
  },
  { said: text, marks: (_, stampMs) => [{ kind: "pin", by: new Uint8Array(), key: "", value: noValue, stampMs }] },
  { said: poll, marks: (by, stampMs) => [{ kind: "vote", by, key: "", value: noValue, stampMs }] },
  { said: call, marks: (by, stampMs) => [{ kind: "callEnd", by, key: "", value: ofWords, stampMs }] },
  { said: chain, marks: (by, stampMs) => [{ kind: "line", by, key: "no hex", value: line, stampMs }] },
  {
    said: chain,
    // Two under one name: they would be merged.
    marks: (by, stampMs) => [0, 1].map((n) => ({ kind: "line", by, key: key16, value: noValue, stampMs: stampMs + n })),
  },
];

function expectAll(one: Person, chat: string): void {
  expect(one.view("chats").length).toBeGreaterThan(0);
  const kinds = one.items(chat).map(({ body }) => body.kind);
  for (const { said } of poisons) expect(kinds).toContain(said.kind as never);
  expect(one.reads(chat)).toEqual(expect.arrayContaining(["before", "later"]));
  expect(one.client.view("pins", [chat])).toEqual([]);
  expect(one.disk.all("SELECT kind FROM marks")).toEqual([]);
  expect(one.client.diagnostics()["vault-newer"] ?? 0).toBeGreaterThanOrEqual(poisons.length);
}

test("[VA37] marks that no feature would write are passed over: chats are shown, and the vault goes on", async () => {
  const world = new World({ seed: 9300 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await ben.say(chat, "before");
  await world.until("both have it", () => [ann, tablet].every((one) => one.reads(chat).includes("before")));
  await world.pass(2 * soonMs);
  const by = await deviceKeyOf(tablet);
  const key = tablet.disk.get<{ key: Bytes }>("SELECT key FROM vault_keys")?.key ?? new Uint8Array();
  const epoch = epochAt(await listAt(world, ann.account));
  const atMs = world.clock.nowMs() - 1_000;
  const author = fromHex(ben.account) as VaultMessage["author"];
  const messages = poisons.map(
    ({ said, marks }, n): VaultMessage => ({
      conversation: fromHex(chat) as VaultMessage["conversation"],
      author,
      id: crypto.random(16) as VaultMessage["id"],
      order: new Uint8Array(7).fill(240 + n),
      atMs,
      sentMs: atMs,
      editedMs: 0,
      kind: said.kind,
      body: encodeBody(said),
      versions: [],
      marks: marks(author, atMs),
    }),
  );
  await forgeSegment(world, ann.account, { key, by, epoch, held: { messages } });
  ann.crash();
  await ann.switchOn();
  await world.pass(5 * soonMs);
  await ann.say(chat, "later");
  await world.pass(20 * soonMs);
  expectAll(ann, chat);
  expect(ann.items(chat).find(({ body }) => body.kind === "call")?.body).toMatchObject({ as: "missed" });
  const fresh = await world.linkDevice(ann);
  await world.pass(20 * soonMs);
  expectAll(fresh, chat);
  expect(world.bugs()).toEqual([]);
});

/** Ben asks Ann, and she has it. */
async function polled(seed: number) {
  const world = new World({ seed });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.during(
    ben.api.startPoll(chat, { question: "when", options: ["a", "b"], isMultiple: false, isAnonymous: false }),
  );
  const pollOf = () => ann.items(chat).find(({ body }) => body.kind === "poll");
  await world.until("it is here", () => pollOf() !== undefined);
  return { world, ann, ben, chat, pollOf };
}

test("[SY57] a message that its feature cannot show stands as too new, and what changes is still told", async () => {
  const { world, ann, ben, chat, pollOf } = await polled(9301);
  const shown = pollOf();
  ann.disk.run(
    "INSERT INTO marks (conversation, author, id, kind, by, key, value, stamp_ms) VALUES (?, ?, ?, 'vote', ?, '', ?, 1)",
    fromHex(chat),
    fromHex(ben.account),
    fromHex(shown?.id ?? ""),
    fromHex(ben.account),
    noValue,
  );
  await ben.say(chat, "later");
  await world.until("what came later is read", () => ann.reads(chat).includes("later"));
  expect(pollOf()).toBeUndefined();
  expect(ann.items(chat).find(({ id }) => id === shown?.id)?.body).toEqual({ kind: "newer" });
  expect(ann.view("chats").some(({ conversation }) => conversation === chat)).toBe(true);
  expect(ann.client.diagnostics()["unexpected"]).toBeGreaterThan(0);
  // A screen that could not draw it tells so.
  await ann.api.countUnshown();
  expect(ann.client.diagnostics()["unshown"]).toBe(1);
});

test("[VA37] a mark that stood in the store before marks were looked at goes at the next start, is counted, and keeps nothing from view", async () => {
  const { world, ann, ben, chat, pollOf } = await polled(9302);
  const { id } = pollOf() ?? { id: "" };
  await world.during(ann.api.react(chat, { author: ben.account, id }, "👍", true));
  const put = (kind: string, by: string, value: Bytes) =>
    ann.disk.run(
      "INSERT INTO marks (conversation, author, id, kind, by, key, value, stamp_ms) VALUES (?, ?, ?, ?, ?, '', ?, 1)",
      fromHex(chat),
      fromHex(ben.account),
      fromHex(id),
      kind,
      fromHex(by),
      value,
    );
  put("vote", ben.account, noValue);
  put("pin", "", noValue);
  ann.disk.run("DELETE FROM meta WHERE key = 'marks-looked-at'");
  expect(pollOf()).toBeUndefined();
  ann.crash();
  await ann.switchOn();
  await world.until("it is shown", () => pollOf() !== undefined);
  expect(ann.client.view("pins", [chat])).toEqual([]);
  expect(ann.disk.all("SELECT kind FROM marks")).toEqual([{ kind: "reaction" }]);
  expect(ann.client.diagnostics()["stray-mark"]).toBe(2);
});
