/**
 * Devices of two versions beside one another (docs/spec/growth.md): what a later one says is kept by an older one,
 * shown as far as it was put into words, and applied in its place after an update. The older version is this one
 * without some kinds.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type ClientFeature, clientFeatures } from "@yanshu/client";
import { decodeRecoveryRecord, encodeBody, encodeRecoveryRecord, encodeSyncItem } from "@yanshu/content";
import { readMeta, writeMeta } from "@yanshu/store";
import { type CallName, decodeAs, encodeAs, frameHeadOf, fromHex, type Schema, toHex } from "@yanshu/wire";
import { type Person, World, type WorldOptions } from "../index.ts";
import { recipientOf, throwNotes } from "./strangers.ts";
import { type SaidBody, sayInTheDark } from "./turned.ts";

setDefaultTimeout(60_000);

/** Until what was said, and the recovery record, are at home. */
const soonMs = 60_000;

/** A world in which some devices lack some kinds. */
function ofTwoVersions(options: WorldOptions = {}) {
  const lacking = new Map<string, readonly string[]>();
  const world = new World({
    ...options,
    featuresOf: ({ device }) =>
      clientFeatures.map((feature: ClientFeature) => ({
        ...feature,
        kinds: feature.kinds?.filter((kind) => lacking.get(device)?.includes(kind) !== true) ?? [],
      })),
  });
  /** The device starts anew, with a version that has all kinds but these. */
  const becomes = async (person: Person, kinds: readonly string[]) => {
    person.crash();
    lacking.set(person.device, kinds);
    await person.switchOn();
  };
  return { world, becomes };
}

const anything: Schema<object> = { check: (value) => value as object };

/** A kind that no version has yet. */
function later(disposition: "message" | "notice" | "signal", fallback?: string): SaidBody {
  const bytes = encodeAs(anything, { kind: "dice", eyes: [6, 1] });
  return { kind: "unknown", bytes, disposition, ...(fallback === undefined ? {} : { fallback }) };
}

function shown(person: Person, chat: string) {
  return person.items(chat).flatMap(({ body, mine }) => {
    if (mine || (body.kind === "system" && body.line.kind !== "notice")) return [];
    if (body.kind === "system") return [`line ${body.line.kind === "notice" ? body.line.text : ""}`];
    return [body.kind === "text" ? body.text : body.kind === "newer" ? `newer ${body.fallback ?? ""}` : body.kind];
  });
}

function pollOf(person: Person, chat: string) {
  const [poll] = person.items(chat).flatMap(({ body }) => (body.kind === "poll" ? [body] : []));
  return poll && { question: poll.question, counts: poll.options.map(({ count }) => count) };
}

function unreadOf(person: Person, chat: string): number {
  return person.view("chats").find(({ conversation }) => conversation === chat)?.unread ?? 0;
}

const question = { question: "where?", options: ["here", "there"], isMultiple: false, isAnonymous: false };

test("[SY50] of a kind that nobody here knows, a message is shown in its sender's words and counts; a notice is a line; a signal is nothing", async () => {
  const world = new World({ seed: 900 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const before = { shown: shown(ben, chat), unread: unreadOf(ben, chat) };
  await sayInTheDark(world, ann, chat, [
    later("signal"),
    later("signal", "no words of a signal are shown"),
    later("message", "rolled a six"),
    later("notice"),
    later("notice", "rolled a one"),
    later("message"),
  ]);
  await world.until("they came", () => shown(ben, chat).length === before.shown.length + 3);
  expect(shown(ben, chat).slice(before.shown.length)).toEqual(["newer rolled a six", "line rolled a one", "newer "]);
  expect(unreadOf(ben, chat)).toBe(before.unread + 2);
  expect(ben.disk.all("SELECT 1 FROM too_new")).toHaveLength(6);
  expect(world.bugs()).toEqual([]);
});

test("[SY52] after an update what was too new stands in its place, with all that was done to it, and moves nothing", async () => {
  const { world, becomes } = ofTwoVersions({ seed: 901 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await becomes(ben, ["poll", "vote", "react", "pat"]);
  const begin = shown(ben, chat).length;
  const unread = unreadOf(ben, chat);
  const one = await ann.say(chat, "one");
  const poll = await ann.api.startPoll(chat, question);
  await ann.api.vote(chat, { author: ann.account, id: poll }, [1]);
  await ann.api.react(chat, { author: ann.account, id: one }, "❤️", true);
  await ann.api.pat(chat, ben.account);
  await ann.say(chat, "two");
  await world.until("all came", () => ben.reads(chat).includes("two"));
  expect(shown(ben, chat).slice(begin)).toEqual(["one", "newer ", "two"]);
  expect(unreadOf(ben, chat)).toBe(unread + 3);
  const [row] = ben.view("chats");

  await world.pass(3_600_000);
  await becomes(ben, []);
  expect(shown(ben, chat).slice(begin)).toEqual(["one", "poll", "two"]);
  expect(pollOf(ben, chat)).toEqual({ question: "where?", counts: [0, 1] });
  const heart = ben.items(chat).find(({ id }) => id === one)?.reactions;
  expect(heart?.map(({ emoji }) => emoji)).toEqual(["❤️"]);
  expect(ben.lines(chat)).toContain("pat");
  expect(unreadOf(ben, chat)).toBe(unread + 3);
  expect(ben.view("chats")[0]?.atMs).toBe(row?.atMs ?? 0);
  expect(ben.disk.all("SELECT 1 FROM too_new")).toEqual([]);
  await ben.api.vote(chat, { author: ann.account, id: poll }, [0]);
  await world.until("it goes on", () => pollOf(ann, chat)?.counts[0] === 1);
  expect(world.bugs()).toEqual([]);
});

test("[SY50] what is recalled, deleted or cleared is gone, also where it was too new to read", async () => {
  const { world, becomes } = ofTwoVersions({ seed: 902 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await becomes(ben, ["poll", "react"]);
  const kept = () => ben.disk.all("SELECT 1 FROM too_new").length;
  const poll = await ann.api.startPoll(chat, question);
  await world.until("it came", () => kept() === 1);
  await ann.api.recall(chat, poll);
  await world.until("it is gone", () => kept() === 0);
  await ann.api.startPoll(chat, question);
  await ann.api.react(chat, { author: ann.account, id: await ann.say(chat, "hi") }, "❤️", true);
  await world.until("both came", () => kept() === 2);
  await world.pass(1_000);
  await ben.api.deleteChat(chat, "here");
  expect(kept()).toBe(0);
  await becomes(ben, []);
  expect(pollOf(ben, chat)).toBeUndefined();
  expect(world.bugs()).toEqual([]);
});

test("[SY50] [SY52] under the name of what was said before nothing is kept: words, a recall and what was deleted stay as they are", async () => {
  const { world, becomes } = ofTwoVersions({ seed: 906 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await becomes(ben, ["poll"]);
  const [said, recalled, deleted] = [
    await ann.say(chat, "dinner"),
    await ann.say(chat, "oh"),
    await ann.say(chat, "hm"),
  ];
  await world.until("all came", () => ben.reads(chat).includes("hm"));
  await ann.api.recall(chat, recalled);
  await ben.api.deleteMessages(chat, [{ author: ann.account, id: deleted }]);
  await world.until("it is recalled", () => ben.lines(chat).includes("recalled"));
  const before = shown(ben, chat);
  const poll = { kind: "poll", question: "other words", options: ["a"], multiple: false, anonymous: false } as const;
  const ids = [said, recalled, deleted].map(fromHex);
  await sayInTheDark(world, ann, chat, [poll, poll, poll], 1, world.clock.nowMs(), 0, ids);
  await world.pass(10_000);
  expect(ben.disk.all("SELECT 1 FROM too_new")).toEqual([]);
  await becomes(ben, []);
  expect(shown(ben, chat)).toEqual(before);
  expect(world.bugs()).toEqual([]);
});

test("[SY50] [SY52] a notice that is recalled is gone, an edit of what is too new is settled with it, and a chat that is cleared stays so", async () => {
  const { world, becomes } = ofTwoVersions({ seed: 907 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await becomes(ben, ["text"]);
  const id = await ann.say(chat, "dinner at six");
  await ann.api.edit(chat, id, "dinner at seven");
  await world.until("it came", () => ben.items(chat).some(({ body }) => body.kind === "newer"));
  await world.pass(5_000);
  await becomes(ben, []);
  expect(ben.reads(chat)).toContain("dinner at seven");
  expect(ben.items(chat).find((item) => item.id === id)?.isEdited).toBe(true);

  const begin = shown(ben, chat).length;
  const [notice = new Uint8Array()] = await sayInTheDark(world, ann, chat, [later("notice", "rolled a one")]);
  await world.until("it stands", () => shown(ben, chat).length === begin + 1);
  await sayInTheDark(world, ann, chat, [{ kind: "recall", id: notice }], 1, world.clock.nowMs(), 1);
  await world.until("it is recalled", () => ben.disk.all("SELECT 1 FROM too_new").length === 0);
  expect(shown(ben, chat)).toHaveLength(begin);

  // By a clock that is years ahead.
  await sayInTheDark(world, ann, chat, [later("signal")], 1, world.clock.nowMs() + 10 ** 11, 2);
  await world.until("it is kept", () => ben.disk.all("SELECT 1 FROM too_new").length === 1);
  await ben.api.deleteChat(chat, "here");
  expect(ben.disk.all("SELECT 1 FROM too_new")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[SY51] what a device told that is out of the list by now is told on to nobody and applied nowhere; what wipes, and keys, wait for nothing", async () => {
  const { world, becomes } = ofTwoVersions({ seed: 908 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await world.until("it has the chat", () => tablet.view("conversation", chat)?.state === "open");
  await world.pass(soonMs);
  await becomes(ann, ["mark", "erased"]);
  await becomes(tablet, ["erased"]);
  await tablet.api.setMuted(chat, true);
  await world.until("it is kept", () => ann.disk.all("SELECT 1 FROM unknown_items").length === 1);
  const own = ann.disk.get<{ conversation: Uint8Array }>("SELECT conversation FROM conversations WHERE kind = 'own'");
  const erased = encodeSyncItem({ kind: "erased", stampMs: world.clock.nowMs() });
  const items = [erased, encodeAs(anything, { kind: "erased", stampMs: 1, more: 1 })];
  await sayInTheDark(world, tablet, toHex(own?.conversation ?? new Uint8Array()), [
    { kind: "sync", items, complete: false },
  ]);
  await world.pass(10_000);
  expect(ann.disk.all("SELECT 1 FROM unknown_items")).toHaveLength(1);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.until("it is out", () => tablet.view("status").phase === "signed-out");
  tablet.crash();
  await becomes(ann, []);
  expect(ann.view("chats").find(({ conversation }) => conversation === chat)?.isMuted).toBe(false);
  expect(ann.disk.all("SELECT 1 FROM unknown_items")).toEqual([]);
  expect(ann.view("status").phase).toBe("ready");
  expect(world.bugs()).toEqual([]);
});

test("[SY51] of what own devices tell one another each item stands alone; one that is unknown is kept, told on, and applied after an update", async () => {
  const { world, becomes } = ofTwoVersions({ seed: 903 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await world.until("it has the chat", () => tablet.view("conversation", chat)?.state === "open");
  await world.pass(soonMs);
  await becomes(tablet, ["mark"]);
  const isMuted = (one: Person) => one.view("chats").find(({ conversation }) => conversation === chat)?.isMuted;
  await ann.api.setMuted(chat, true);
  await ann.api.setRemark(ben.account, "brother");
  await world.until("what it knows came", () => tablet.view("contacts").some(({ name }) => name === "brother"));
  expect(isMuted(tablet)).toBe(false);
  expect(tablet.disk.all("SELECT 1 FROM unknown_items")).toHaveLength(1);

  // The one that knows is away: a further device learns it by the one that does not.
  ann.crash();
  const laptop = await world.linkDevice(tablet);
  await world.until("it is told", () => isMuted(laptop) === true);
  await becomes(tablet, []);
  expect(isMuted(tablet)).toBe(true);
  expect(tablet.disk.all("SELECT 1 FROM unknown_items")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[VA34] what the vault has of a later version is read again after an update, with its votes and in its place", async () => {
  const { world, becomes } = ofTwoVersions({ seed: 904 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "one");
  const poll = await ann.api.startPoll(chat, question);
  await ann.say(chat, "two");
  await world.until("Ben has it", () => ben.reads(chat).includes("two"));
  await ben.api.vote(chat, { author: ann.account, id: poll }, [0]);
  await world.until("it is counted", () => pollOf(ann, chat)?.counts[0] === 1);
  const { words } = await ann.api.recoveryCard();
  await world.pass(2 * soonMs);
  ann.crash();
  const fresh = await world.device("Ann");
  await becomes(fresh, ["poll", "vote"]);
  await world.during(fresh.api.restoreAccount({ card: words.join(" "), areOthersLost: true }));
  await world.until("history is there", () => fresh.reads(chat).includes("two"), 120_000);
  expect(pollOf(fresh, chat)).toBeUndefined();
  await world.pass(soonMs);
  await becomes(fresh, []);
  await world.until("it is read again", () => pollOf(fresh, chat) !== undefined, 120_000);
  expect(pollOf(fresh, chat)).toEqual({ question: "where?", counts: [1, 0] });
  const kinds = fresh
    .items(chat)
    .flatMap(({ body }) => (body.kind === "text" ? [body.text] : body.kind === "poll" ? ["poll"] : []));
  expect(kinds.slice(-3)).toEqual(["one", "poll", "two"]);
  expect(world.bugs()).toEqual([]);
});

test("[VA35] a recovery record keeps what a later version wrote into it, and gives it to the device that knows it", async () => {
  const { world, becomes } = ofTwoVersions({ seed: 905 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.api.setMuted(chat, true);
  const { words } = await ann.api.recoveryCard();
  const card = words.join(" ");
  await world.pass(2 * soonMs);
  ann.crash();
  const older = await world.device("Ann");
  await becomes(older, ["mark"]);
  await world.during(older.api.restoreAccount({ card, areOthersLost: true }));
  await world.until("it has the chat", () => older.view("conversation", chat)?.state === "open", 120_000);
  expect(older.disk.all("SELECT 1 FROM unknown_items")).toHaveLength(1);
  await older.api.setRemark(ben.account, "brother");
  await world.pass(2 * soonMs);
  older.crash();
  const fresh = await world.device("Ann");
  await world.during(fresh.api.restoreAccount({ card, areOthersLost: true }));
  const row = () => fresh.view("chats").find(({ conversation }) => conversation === chat);
  await world.until("it has the chat", () => row() !== undefined, 120_000);
  expect(row()?.isMuted).toBe(true);
  expect(world.bugs()).toEqual([]);
});

const more = [{ type: 7, data: new Uint8Array([1, 2, 3]) }];
function moreOf({ disk }: Person) {
  const held = readMeta(disk, "record-more");
  return held === undefined ? undefined : (decodeAs(anything, held, 4_096) as { readonly more: typeof more }).more;
}

test("[VA39] a device that takes a record tells the others what a later version added to it", async () => {
  const world = new World({ seed: 912 });
  const ann = await world.person("Ann");
  const { words } = await ann.api.recoveryCard();
  const tablet = await world.linkDevice(ann);
  await world.pass(2 * soonMs);
  tablet.crash();
  writeMeta(ann.disk, "record-more", encodeAs(anything, { stampMs: world.clock.nowMs(), more }));
  await ann.api.setProfile({ name: "Annie" });
  await world.pass(5 * soonMs); // The record is written anew within minutes.
  ann.crash();
  const third = await world.device("Ann");
  await world.during(third.api.restoreAccount({ card: words.join(" "), areOthersLost: false }));
  await world.until("it took the record", () => moreOf(third) !== undefined, 120_000);
  await tablet.switchOn();
  await world.until("it is told", () => moreOf(tablet) !== undefined, 120_000);
  expect(moreOf(tablet)).toEqual(more);
  expect(world.bugs()).toEqual([]);
});

test("[VA39] what a later version added to the record stays in it, whichever own device writes it", async () => {
  const world = new World({ seed: 910 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const { words } = await ann.api.recoveryCard();
  const card = words.join(" ");
  // As a later version of the program would have it stand there.
  writeMeta(ann.disk, "record-more", encodeAs(anything, { stampMs: world.clock.nowMs(), more }));
  await ann.api.setRemark(ben.account, "brother");
  await world.pass(2 * soonMs);
  ann.crash();
  const second = await world.device("Ann");
  await world.during(second.api.restoreAccount({ card, areOthersLost: true }));
  await world.until("it has the chat", () => second.view("conversation", chat)?.state === "open", 120_000);
  expect(moreOf(second)).toEqual(more);
  const third = await world.linkDevice(second);
  await world.until("it is told", () => moreOf(third) !== undefined);
  second.crash();
  await third.api.setRemark(ben.account, "big brother");
  await world.pass(2 * soonMs);
  third.crash();
  const fourth = await world.device("Ann");
  await world.during(fourth.api.restoreAccount({ card, areOthersLost: true }));
  await world.until("it has the chat", () => fourth.view("conversation", chat)?.state === "open", 120_000);
  expect(moreOf(fourth)).toEqual(more);
  expect(world.bugs()).toEqual([]);
});

test("[VA35] a record's items and additions that are unknown pass through as they are", () => {
  const item = encodeAs(anything, { kind: "weather", stampMs: 1 });
  const record = {
    keys: [],
    begins: [],
    items: [{ kind: "read" as const, conversation: fromHex("00".repeat(32)), upToMs: 1, stampMs: 1 }],
    unknownItems: [item],
    more: [{ type: 7, data: new Uint8Array([1, 2, 3]) }],
    rights: [],
    groups: [],
    people: [],
    ownFounding: 0,
  };
  expect(decodeRecoveryRecord(encodeRecoveryRecord(record))).toEqual(record);
});

test("[DS37] a note of a kind, or with a field, that nobody here knows is counted and passed over, and the next one is heard", async () => {
  const world = new World({ seed: 909 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const chat = await world.befriend(ann, ben);
  const recipient = await recipientOf(world, ben);
  const before = { counts: ben.client.diagnostics(), chats: ben.view("chats"), requests: ben.view("requests") };
  await throwNotes(world, recipient, [
    encodeAs(anything, { kind: "ring", call: new Uint8Array(16) }),
    encodeAs(anything, { kind: "answer", verdict: "waiting", minutes: 5 }),
    encodeAs(anything, { kind: "answer", verdict: "maybe" }),
  ]);
  await world.pass(10_000);
  expect(ben.client.diagnostics()).toEqual({ ...before.counts, "unopenable-note": 3 });
  expect([ben.view("chats"), ben.view("requests")]).toEqual([before.chats, before.requests]);
  // A Welcome's note, to the same device.
  const group = await world.group(ann, [ben], "Walks");
  await ann.say(group, "eight?");
  await world.until("it is read", () => ben.reads(group).includes("eight?"));
  await world.befriend(cat, ben);
  await ann.say(chat, "hi");
  await world.until("that too", () => ben.reads(chat).includes("hi"));
  expect(world.bugs()).toEqual([]);
});

/** Calls of what a home may lack that is older than the device: all but those by which people talk. */
const laterCalls: readonly CallName[] = [
  ...(["keepRecord", "readRecord", "vaultState", "vaultSwitch", "vaultAppend", "vaultRead", "vaultRewrite"] as const),
  ...([
    "everythingCounts",
    "everything",
    "blobTerms",
    "blobTokens",
    "keepFamily",
    "familyState",
    "keepPasskey",
  ] as const),
  ...(["passkeyState", "pushKey", "pushWaking", "setHandle"] as const),
];

test("[WI5] a home that is older than the device answers that it has no such call, and people talk as before", async () => {
  const asked = new Set<string>();
  const world = new World({
    seed: 910,
    wrapPorts: (ports) => ({
      ...ports,
      connect: (server, events) => {
        const socket = ports.connect(server, events);
        return {
          ...socket,
          send: (frame) => {
            const head = frameHeadOf(frame);
            if (head.type !== "call" || head.name === undefined || !laterCalls.includes(head.name))
              return socket.send(frame);
            asked.add(head.name);
            const unknown = Uint8Array.from(frame);
            unknown[nameAt] = "X".charCodeAt(0);
            return socket.send(unknown);
          },
        };
      },
    }),
  });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const group = await world.group(ann, [ben], "Walks");
  await ann.api.recoveryCard();
  const answers = [ann.api.setHandle("walker"), ann.api.homeCounts()].map((answer) =>
    answer.then(String, ({ code }: { code?: string }) => code),
  );
  expect(await world.during(Promise.all(answers))).toEqual(["refused", "refused"]);
  await world.pass(10 * soonMs);
  expect([...asked]).toEqual(expect.arrayContaining(["familyState", "vaultState", "setHandle", "everythingCounts"]));
  await ben.say(chat, "hi");
  await ann.say(group, "eight?");
  await world.until("both are read", () => ann.reads(chat).includes("hi") && ben.reads(group).includes("eight?"));
  const tablet = await world.linkDevice(ben);
  await world.until("the second device has the chat", () => tablet.view("conversation", chat)?.state === "open");
  await ann.say(chat, "home soon");
  await world.until("it reads", () => tablet.reads(chat).includes("home soon"));
  expect(world.bugs()).toEqual([]);
});

/** In a frame of a call: after its type, its number and the length of its name. */
const nameAt = 6;

test("[SY18a] [SY50] what is too new to read, and shows nothing, fills a request no further than what is shown", async () => {
  const world = new World({ seed: 920 });
  const [ann, mal] = [await world.person("Ann"), await world.person("Mal")];
  const link = await world.during(ann.api.myLink());
  const chat = await world.during(mal.api.requestContact({ link, greeting: "hello", scanned: false }));
  await world.until("it waits", () => ann.view("requests").length === 1);
  await world.pass(5_000);
  const many = Array.from({ length: 30 }, () => later("signal"));
  await sayInTheDark(world, mal, chat, many);
  await world.until("the last was heard", () => (ann.client.diagnostics()["request-passed-over"] ?? 0) > 0);
  await world.pass(5_000);
  const rows = ann.disk.all("SELECT 1 FROM too_new").length;
  expect([rows > 10, rows < 20, rows + (ann.client.diagnostics()["request-passed-over"] ?? 0)]).toEqual([
    true,
    true,
    30,
  ]);
});

test("[SY52] that somebody left, said when it was too new to read, puts nobody out who is in it by now", async () => {
  const { world, becomes } = ofTwoVersions({ seed: 921 });
  const [olga, ben, mal] = [await world.person("Olga"), await world.person("Ben"), await world.person("Mal")];
  const board = await world.group(olga, [ben, mal], "Board");
  await becomes(olga, ["poll"]);
  // As an older version would have kept it, of when Mal was there before.
  olga.disk.run(
    `INSERT INTO too_new (conversation, author, device, id, seq, position, at_ms, sent_ms, body)
     VALUES (?, ?, ?, ?, 1, 1, 1, 1, ?)`,
    fromHex(board),
    fromHex(mal.account),
    fromHex(mal.view("status").me?.device ?? ""),
    new Uint8Array(16).fill(7),
    encodeBody({ kind: "leave" }),
  );
  await becomes(olga, []);
  await ben.say(board, "still here?");
  await world.pass(120_000);
  expect([olga, ben].map((one) => one.view("conversation", board)?.members.length)).toEqual([3, 3]);
  expect([mal.reads(board).at(-1), olga.disk.all("SELECT 1 FROM too_new")]).toEqual(["still here?", []]);
  expect(world.bugs()).toEqual([]);
});

test("[SY52] a start without an update looks at nothing of what is too new", async () => {
  let looks = 0;
  const wrapPorts: WorldOptions["wrapPorts"] = (ports) => {
    const all: typeof ports.database.all = (sql, ...rest) => {
      if (/FROM too_new|FROM unknown_items/.test(sql)) looks++;
      return ports.database.all(sql, ...rest);
    };
    return { ...ports, database: { ...ports.database, all } };
  };
  const { world, becomes } = ofTwoVersions({ seed: 922, wrapPorts });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await becomes(ben, ["poll"]);
  await ann.api.startPoll(chat, question);
  await world.until("it waits", () => ben.disk.all("SELECT 1 FROM too_new").length === 1);
  const during = async (kinds: readonly string[]) => {
    looks = 0;
    await becomes(ben, kinds);
    return looks;
  };
  expect(await during(["poll"])).toBe(0);
  expect(await during([])).toBeGreaterThan(0);
  expect(await during([])).toBe(0);
});
