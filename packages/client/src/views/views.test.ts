/**
 * Views over a real store, with rows put in by hand: what a person would see of them.
 */
import { describe, expect, test } from "bun:test";
import { encodeBody } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import * as store from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import {
  type AccountId,
  type Bytes,
  type ContentId,
  type ConversationId,
  deviceIdOf,
  encodeEntry,
  fromHex,
  nextEntryBody,
  toHex,
  utf8,
} from "@yanshu/wire";
import * as fc from "fast-check";
import type { TimelineStretch } from "../api/core.ts";
import { pack } from "../cbor.ts";
import { registryOf } from "../core/registry.ts";
import { clientFeatures } from "../features/index.ts";
import { knownConversationKinds } from "../kinds/index.ts";
import type { StoredLine } from "../values/stored-lines.ts";
import { readAnyView, readView, type ViewContext, viewTopics } from "./index.ts";

const bytes = (length: number, of: number): Bytes => new Uint8Array(length).fill(of);
const [lan, bob, carol, dora] = [bytes(32, 1), bytes(32, 2), bytes(32, 3), bytes(32, 4)] as [
  AccountId,
  AccountId,
  AccountId,
  AccountId,
];
const [withBob, family] = [bytes(32, 0xb0), bytes(32, 0xfa)] as [ConversationId, ConversationId];
const { sha256 } = createBunCrypto();

/** Lan's device: Bob and Carol are her contacts; a chat with Bob, and a family group of all four. */
function lansDevice() {
  const db = openBunDatabase(":memory:");
  store.migrate(db, store.migrations);
  for (const [account, name] of [
    [lan, "兰"],
    [bob, "Bob"],
    [carol, "欧阳卡萝"],
    [dora, "Dora"],
  ] as const)
    store.learnPerson(db, { account, name, avatar: undefined, ownWord: true, stampMs: 1 });
  for (const account of [bob, carol]) store.writeContact(db, account, { state: "contact" }, 1);
  store.insertConversation(db, { conversation: withBob, kind: "direct", peer: bob, state: "open", activeMs: 10 });
  store.insertConversation(db, { conversation: family, kind: "group", state: "open", activeMs: 20 });
  const roster = (title: string, roles: Partial<Record<"lan" | "bob", "owner" | "admin" | "member">> = {}) => ({
    title,
    avatar: undefined as Bytes | undefined,
    adminsAdd: false,
    adminsEdit: false,
    members: [
      { account: bob, role: roles.bob ?? "member" },
      { account: lan, role: roles.lan ?? "owner" },
      { account: carol, role: "member" },
      { account: dora, role: "member" },
    ] as store.MemberRow[],
  });
  store.writeRoster(db, family, roster("家"));

  let made = 0;
  function put(conversation: ConversationId, author: AccountId, kind: string, body: Bytes, state?: store.MessageState) {
    const id = bytes(16, 0);
    new DataView(id.buffer).setUint32(0, ++made);
    store.insertMessage(db, { conversation, author, id, atMs: 1_000 + made, kind, body, state: state ?? "sent" });
    return id;
  }
  const says = (conversation: ConversationId, author: AccountId, text: string, state?: store.MessageState) =>
    put(conversation, author, "text", encodeBody({ kind: "text", text }), state);
  const line = (conversation: ConversationId, author: AccountId, stored: StoredLine) =>
    put(conversation, author, "system", utf8(JSON.stringify(stored)));

  const context: ViewContext = {
    features: registryOf(clientFeatures),
    conversations: knownConversationKinds,
    database: db,
    own: { account: lan, device: deviceIdOf(sha256, bytes(32, 0x11)) },
    phase: "ready",
    network: "online",
    server: "home.test",
    reachesOthers: true,
    persistent: true,
    linking: { side: "none" },
    family: { asked: undefined, isAtHome: undefined, helping: { step: "none" }, meeting: undefined, fault: undefined },
    firstUnread: new Map(),
    nowMs: 5_000,
    transfer: () => ({ state: "away", direction: "down", done: 0, total: 0, expiresDay: 0 }),
    sha256,
  };
  const chat = (conversation: ConversationId) =>
    readView(context, "chats", []).find((row) => row.conversation === toHex(conversation));
  const timeline = (conversation: ConversationId, limit: number) =>
    readView(context, "timeline", [toHex(conversation), limit]);
  const texts = (conversation: ConversationId, limit: number) =>
    timeline(conversation, limit).items.map(({ body }) => (body.kind === "text" ? body.text : body.kind));
  const conversation = (id: ConversationId) => readView(context, "conversation", [toHex(id)]);
  return { db, context, put, says, line, chat, timeline, texts, conversation, roster };
}

describe("names", () => {
  test("[ID9] a remark outranks a person's own word, which outranks an introduction", () => {
    const { db, chat } = lansDevice();
    const told = (name: string, ownWord: boolean, stampMs: number) =>
      store.learnPerson(db, { account: bob, name, avatar: undefined, ownWord, stampMs });
    told("Bobby", true, 5);
    told("somebody's husband", false, 9);
    expect(chat(withBob)?.title).toBe("Bobby");
    store.writeContact(db, bob, { remark: "舅舅" }, 10);
    expect(chat(withBob)).toMatchObject({ title: "舅舅", faces: [{ seal: "舅", pigment: 3 }] });
    store.writeContact(db, bob, { state: "deleted" }, 11);
    expect(chat(withBob)?.title).toBe("Bobby");
  });

  test("[ID9] both names stand beside a contact, and who is unknown has none", () => {
    const { db, context } = lansDevice();
    store.writeContact(db, bob, { remark: "舅舅", trust: "scanned" }, 10);
    store.writeContact(db, bytes(32, 9), { state: "blocked" }, 1);
    store.writeContact(db, dora, { state: "incoming" }, 1);
    expect(readView(context, "contacts", [])).toMatchObject([
      {
        account: toHex(bob),
        name: "舅舅",
        ownName: "Bob",
        trust: "scanned",
        conversation: toHex(withBob),
        blocked: false,
      },
      { account: toHex(carol), name: "欧阳卡萝", remark: "", face: { seal: "欧阳", pigment: 4 } },
      { name: "", face: { seal: "" }, blocked: true },
    ]);
    expect(readView(context, "contacts", [])[1]).not.toHaveProperty("conversation");
  });

  test("[ID9] a group without a name bears those of the first four others, under their remarks", () => {
    const { db, chat, roster } = lansDevice();
    store.writeRoster(db, family, roster(""));
    store.writeContact(db, carol, { remark: "卡" }, 10);
    expect(chat(family)?.title).toBe("Bob、卡、Dora");
    expect(chat(family)?.faces.map(({ seal }) => seal)).toEqual(["兰", "B", "卡", "D"]); // The owner first.
    const many = Array.from({ length: 12 }, (_, i) => ({ account: bytes(32, 100 + i), role: "member" as const }));
    for (const { account } of many)
      store.learnPerson(db, { account, name: `M${account[0]}`, avatar: undefined, ownWord: true, stampMs: 1 });
    store.writeRoster(db, family, { ...roster(""), members: [...many, { account: lan, role: "owner" }] });
    expect(chat(family)?.title).toBe("M100、M101、M102、M103");
    expect(chat(family)?.faces).toHaveLength(9);
    store.writeRoster(db, family, { ...roster("家"), avatar: bytes(4, 7) });
    expect(chat(family)?.faces).toEqual([{ seal: "家", pigment: 1 + (0xfa % 7), picture: bytes(4, 7) }]);
  });
});

describe("timeline", () => {
  test("[SY13] a page is the newest items, oldest first, and says whether there are older ones", () => {
    const { db, says, line, put, texts, timeline } = lansDevice();
    says(withBob, bob, "one");
    says(family, carol, "elsewhere");
    line(withBob, bob, { kind: "friends" });
    put(withBob, bob, "profile", encodeBody({ kind: "profile", name: "Bob" }));
    says(withBob, lan, "two", "failed");
    put(withBob, bob, "newer", bytes(3, 0xff));
    put(withBob, bob, "greeting", encodeBody({ kind: "greeting", text: "hello", name: "Bob" }));
    expect(texts(withBob, 10)).toEqual(["one", "system", "two", "newer", "hello"]);
    expect(timeline(withBob, 5).hasOlder).toBe(false);
    expect(texts(withBob, 2)).toEqual(["newer", "hello"]);
    expect(timeline(withBob, 4).hasOlder).toBe(true);
    const [two] = timeline(withBob, 3).items;
    expect(two).toMatchObject({ mine: true, state: "failed", from: { name: "兰", isMe: true } });
    expect(timeline(withBob, 1).items[0]).toMatchObject({ mine: false, state: "sent", from: { name: "Bob" } });
    db.close();
  });

  test("[SY13] paging back through any mixture shows each item once, in one order", () => {
    const kinds = fc.constantFrom("text", "newer", "profile", "system");
    // One device for all of them: to make its tables takes longer than the rest.
    const { db, put, line, says, timeline } = lansDevice();
    let chats = 0;
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (mixture, step) => {
        const chat = bytes(32, ++chats) as ConversationId;
        store.insertConversation(db, { conversation: chat, kind: "group", state: "open", activeMs: 30 });
        for (const kind of mixture) {
          if (kind === "text") says(chat, bob, "x");
          else if (kind === "system") line(chat, bob, { kind: "friends" });
          else put(chat, bob, kind, bytes(1, 0));
        }
        const shown = mixture.filter((kind) => kind !== "profile").length;
        let limit = step;
        while (timeline(chat, limit).hasOlder) limit += step;
        const orders = timeline(chat, limit).items.map(({ order }) => order);
        expect(orders).toHaveLength(shown);
        expect(orders).toEqual([...new Set(orders)].sort((a, b) => a - b));
        expect(timeline(chat, step).items.map(({ order }) => order)).toEqual(orders.slice(-step));
      }),
      { numRuns: 40 },
    );
    db.close();
  });

  test("[SY13] a page next to an item holds what came before it, or from it on, and says what there is beyond", () => {
    const { context, says } = lansDevice();
    for (const text of ["1", "2", "3", "4", "5"]) says(withBob, bob, text);
    const orders = readView(context, "timeline", [toHex(withBob), 5]).items.map(({ order }) => order);
    const page = (limit: number, place: TimelineStretch) => {
      const { items, hasOlder, hasNewer } = readView(context, "timeline", [toHex(withBob), limit, place]);
      return [items.map(({ order }) => orders.indexOf(order) + 1).join(""), hasOlder, hasNewer];
    };
    const [, , third = 0, , last = 0] = orders;
    expect(page(1, { before: third })).toEqual(["2", true, true]);
    expect(page(9, { before: third })).toEqual(["12", false, true]);
    expect(page(9, { before: last + 1 })).toEqual(["12345", false, false]);
    expect(page(2, { from: third })).toEqual(["34", true, true]);
    expect(page(9, { from: third })).toEqual(["345", true, false]);
    expect(page(9, { from: last + 1 })).toEqual(["", true, false]);
  });

  test("[SY13] a page in the middle bears the faces that stand under its own items", () => {
    const { db, context, says } = lansDevice();
    const ids = ["1", "2", "3"].map((text) => says(withBob, bob, text));
    for (const id of ids)
      store.writeMark(db, withBob, bob, id as ContentId, {
        kind: "reaction",
        by: lan,
        key: "👍",
        value: pack(true),
        stamp_ms: 1,
      });
    const [, middle] = readView(context, "timeline", [toHex(withBob), 3]).items;
    const { items } = readView(context, "timeline", [toHex(withBob), 1, { before: (middle?.order ?? 0) + 1 }]);
    expect(items.map(({ body, reactions }) => [body.kind === "text" && body.text, reactions?.length])).toEqual([
      ["2", 1],
    ]);
  });

  test("[SY13] a conversation that is not there, or is no id, is empty instead of an error", () => {
    const { context, says, timeline } = lansDevice();
    says(withBob, bob, "one");
    for (const hex of [toHex(bytes(32, 0xee)), "", "../x", toHex(withBob).toUpperCase()]) {
      expect(readView(context, "timeline", [hex, 5])).toEqual({ items: [], hasOlder: false, hasNewer: false });
      expect(readView(context, "conversation", [hex])).toBeUndefined();
    }
    for (const limit of [0, -1, 1.5, Number.NaN]) expect(timeline(withBob, limit).items).toEqual([]);
  });

  test("[SY13] the place of the first unread item stays where it was when the chat was opened", () => {
    const { context, says } = lansDevice();
    says(withBob, bob, "one");
    const opened = { ...context, firstUnread: new Map([[toHex(withBob), 1]]) };
    expect(readView(opened, "timeline", [toHex(withBob), 5]).firstUnread).toBe(1);
    expect(readView(context, "timeline", [toHex(withBob), 5])).not.toHaveProperty("firstUnread");
  });

  test("[SY13] a system line bears the names that hold when it is read", () => {
    const { db, line, timeline } = lansDevice();
    line(family, lan, { kind: "added", by: toHex(lan), people: [toHex(bob), toHex(dora)] });
    line(family, lan, { kind: "role", by: toHex(lan), who: toHex(bob), role: "admin" });
    store.writeContact(db, bob, { remark: "舅舅" }, 10);
    const by = { account: toHex(lan), name: "兰", isMe: true };
    const uncle = { account: toHex(bob), name: "舅舅", isMe: false };
    const people = [uncle, { account: toHex(dora), name: "Dora", isMe: false }];
    expect(timeline(family, 9).items.map(({ body }) => body)).toEqual([
      { kind: "system", line: { kind: "added", by, people } },
      { kind: "system", line: { kind: "role", by, who: uncle, role: "admin" } },
    ]);
    expect(timeline(family, 9).items.every(({ mine }) => !mine)).toBe(true);
  });

  test("[SY13] a line of lost messages counts what is still missing, and goes when all was found", () => {
    const { db, says, line, timeline, chat } = lansDevice();
    says(family, dora, "before");
    line(family, bob, { kind: "lost", from: toHex(bob) });
    const device = bytes(32, 0xd0);
    for (const seq of [4, 5]) store.addGap(db, family, device, bob, seq, 1);
    store.addGap(db, family, bytes(32, 0xd1), carol, 1, 1);
    const from = { account: toHex(bob), name: "Bob", isMe: false };
    const asking = { kind: "system", line: { kind: "lost", from, count: 2, state: "asking" } } as const;
    store.markGone(db, family, device, 4);
    expect(timeline(family, 9).items.at(-1)?.body).toEqual(asking);
    expect(chat(family)?.preview).toEqual(asking);
    store.markGone(db, family, device, 5);
    expect(timeline(family, 9).items.at(-1)?.body).toMatchObject({ line: { count: 2, state: "gone" } });
    for (const seq of [4, 5]) store.fillGap(db, family, device, seq);
    expect(timeline(family, 9).items).toHaveLength(1);
    expect(chat(family)?.preview).toEqual({ kind: "text", text: "before", from: "Dora", mine: false });
  });
});

describe("unread", () => {
  test("[SY14] what others said after the read mark counts, and nothing else does", () => {
    const { db, context, says, line, put, chat } = lansDevice();
    says(family, bob, "read");
    store.setReadOrder(db, family, store.newestPosition(db, family));
    says(family, bob, "one");
    says(family, lan, "mine, from my other device");
    line(family, bob, { kind: "left", who: toHex(bob) });
    put(family, bob, "profile", encodeBody({ kind: "profile", name: "Bob" }));
    put(family, carol, "newer", bytes(3, 0xff));
    put(withBob, bob, "greeting", encodeBody({ kind: "greeting", text: "hi", name: "Bob" }));
    expect([chat(family)?.unread, chat(withBob)?.unread]).toEqual([2, 1]);
    expect(readView(context, "status", []).unread).toBe(3);
    store.setReadOrder(db, family, store.newestPosition(db, family));
    expect(chat(family)?.unread).toBe(0);
    expect(readView(context, "status", []).unread).toBe(1);
  });

  test("[SY14] the sum holds listed chats only: a request is counted as one", () => {
    const { db, context, put, says } = lansDevice();
    store.setConversationState(db, withBob, "request-in");
    put(withBob, bob, "greeting", encodeBody({ kind: "greeting", text: "请加我", name: "Bob" }));
    says(family, bob, "one");
    expect(readView(context, "status", [])).toMatchObject({ unread: 1, requests: 1 });
    expect(readAnyView(context, "requests", [])).toMatchObject([
      { account: toHex(bob), name: "Bob", greeting: "请加我", atMs: 1_001 },
    ]);
    store.setConversationState(db, withBob, "blocked");
    expect(readView(context, "status", [])).toMatchObject({ unread: 1, requests: 0 });
    expect(readAnyView(context, "requests", [])).toEqual([]);
  });
});

describe("chat list", () => {
  test("[SY15] a row shows the newest thing said, in a group with whose it is", () => {
    const { says, put, chat } = lansDevice();
    expect(chat(family)?.preview).toEqual({ kind: "none" });
    says(family, bob, "older");
    says(family, carol, "晚饭 \n 八点");
    put(family, dora, "profile", encodeBody({ kind: "profile", name: "Dora" }));
    expect(chat(family)?.preview).toEqual({ kind: "text", text: "晚饭 八点", from: "欧阳卡萝", mine: false });
    says(family, lan, "好");
    expect(chat(family)?.preview).toEqual({ kind: "text", text: "好", mine: true });
    says(withBob, bob, "hi");
    expect(chat(withBob)?.preview).toEqual({ kind: "text", text: "hi", mine: false });
    put(withBob, bob, "newer", bytes(3, 0xff));
    expect(chat(withBob)?.preview).toEqual({ kind: "none" });
  });

  test("[SY15] a long text is cut between characters, never inside one", () => {
    const { says, chat } = lansDevice();
    says(withBob, bob, "👨‍👩‍👧‍👦".repeat(121));
    expect(chat(withBob)?.preview).toMatchObject({ text: `${"👨‍👩‍👧‍👦".repeat(120)}…` });
    says(withBob, bob, "葛󠄀".repeat(120));
    expect(chat(withBob)?.preview).toMatchObject({ text: "葛󠄀".repeat(120) });
  });

  test("[SY15] the list holds what can be read, by its latest activity", () => {
    const { db, context, says, chat } = lansDevice();
    const listed = () => readView(context, "chats", []).map((row) => [row.title, row.state]);
    expect(listed()).toEqual([
      ["家", "open"],
      ["Bob", "open"],
    ]);
    store.touchConversation(db, withBob, 30);
    store.setFrozen(db, family, "fork");
    expect(listed()).toEqual([
      ["Bob", "open"],
      ["家", "frozen"],
    ]);
    store.setFrozen(db, family, undefined);
    for (const [state, shown] of [
      ["forming", "open"],
      ["request-out", "request-out"],
      ["removed", "removed"],
      ["newer-version", "newer-version"],
      ["request-in", undefined],
      ["declined", undefined],
      ["blocked", undefined],
      ["left", undefined],
    ] as const) {
      store.setConversationState(db, family, state);
      expect(chat(family)?.state).toBe(shown);
    }
    says(family, bob, "bye");
    expect(chat(family)?.state).toBe("left");
    store.insertConversation(db, { conversation: bytes(32, 5), kind: "own", state: "open", activeMs: 99 });
    expect(listed()).toHaveLength(2);
  });

  test("[SY15] a row tells of a draft and of what was not sent", () => {
    const { db, context, says, chat } = lansDevice();
    db.run("UPDATE conversations SET draft = 'soon' WHERE conversation = ?", withBob);
    const id = says(withBob, lan, "hello?", "waiting-tap");
    store.addToOutbox(db, {
      conversation: withBob,
      id,
      body: bytes(1, 0),
      shown: true,
      roster: undefined,
      createdMs: 1,
    });
    store.addToOutbox(db, {
      conversation: withBob,
      id: bytes(16, 9),
      body: bytes(1, 0),
      shown: false,
      roster: undefined,
      createdMs: 1,
    });
    store.setHeld(db, id, "waiting-tap");
    expect(chat(withBob)).toMatchObject({ draft: "soon", failed: false });
    store.setMessageState(db, withBob, lan, id, "failed");
    expect([chat(withBob)?.failed, chat(family)?.failed]).toEqual([true, false]);
    expect(readView(context, "status", []).unsent).toBe(1);
  });

  test("[SY15] three hundred chats take as many statements as two", () => {
    const { db, context, says } = lansDevice();
    const statements = (): number => {
      let count = 0;
      const all: typeof db.all = (sql, ...params) => {
        count++;
        return db.all(sql, ...params);
      };
      const get: typeof db.get = (sql, ...params) => {
        count++;
        return db.get(sql, ...params);
      };
      readView({ ...context, database: { ...db, all, get } }, "chats", []);
      return count;
    };
    const before = statements();
    for (let i = 0; i < 300; i++) {
      const conversation = sha256(Uint8Array.of(i, i >> 8));
      store.insertConversation(db, { conversation, kind: "direct", peer: conversation, state: "open", activeMs: i });
      says(conversation, conversation, "hi");
    }
    expect(statements()).toBe(before);
  });
});

describe("a conversation, devices, and what makes a view stale", () => {
  test("the rights of a member, an admin and an owner", () => {
    const { db, roster, conversation } = lansDevice();
    const may = () => conversation(family)?.may;
    const all = {
      write: true,
      add: true,
      remove: true,
      edit: true,
      appoint: true,
      leave: true,
      decide: true,
      dissolve: true,
    };
    const nothing = {
      write: false,
      add: false,
      remove: false,
      edit: false,
      appoint: false,
      leave: false,
      decide: false,
      dissolve: false,
    };
    expect(may()).toEqual(all);
    store.writeRoster(db, family, roster("家", { lan: "admin", bob: "owner" }));
    expect(may()).toEqual({ ...all, appoint: false, dissolve: false });
    store.writeRoster(db, family, roster("家", { lan: "member", bob: "owner" }));
    expect(may()).toEqual({ ...all, appoint: false, remove: false, decide: false, dissolve: false });
    store.writeRoster(db, family, { ...roster("家", { lan: "member", bob: "owner" }), approval: true });
    expect(may()).toMatchObject({ add: false, edit: true });
    store.writeRoster(db, family, { ...roster("家", { lan: "member" }), adminsAdd: true, adminsEdit: true });
    expect(may()).toEqual({ ...nothing, write: true, leave: true });
    store.setFrozen(db, family, "fork");
    expect(may()).toEqual({ ...nothing, leave: true });
    store.setFrozen(db, family, undefined);
    store.setConversationState(db, family, "removed");
    expect(may()).toEqual(nothing);
    expect(conversation(withBob)?.may).toEqual({ ...nothing, write: true });
  });

  test("the members of a group, the owner first, and the other person of a direct chat", () => {
    const { db, conversation } = lansDevice();
    store.writeContact(db, bob, { trust: "scanned" }, 9);
    expect(
      conversation(family)?.members.map(({ name, role, isMe, isContact }) => [name, role, isMe, isContact]),
    ).toEqual([
      ["兰", "owner", true, false],
      ["Bob", "member", false, true],
      ["欧阳卡萝", "member", false, true],
      ["Dora", "member", false, false],
    ]);
    expect(conversation(family)).toMatchObject({ trust: "none", title: "家" });
    expect(conversation(family)).not.toHaveProperty("peer");
    expect(conversation(withBob)).toMatchObject({ trust: "scanned", peer: toHex(bob), title: "Bob" });
  });

  test("the devices are those of the newest entry that holds", () => {
    const { db, context } = lansDevice();
    const keys = [bytes(32, 0x10), bytes(32, 0x11), bytes(32, 0x12)];
    const held = {
      account: lan,
      inception: bytes(1, 0),
      firstRoot: { key: bytes(32, 0), nextHash: bytes(32, 0), changes: 0 },
      entries: [],
      everListed: new Set<string>(),
      replaced: new Set<string>(),
      rival: [],
      frozenAt: undefined,
    };
    const put = (n: number, devices: readonly Bytes[], current: number) =>
      db.run(
        "INSERT INTO account_entries (account, n, bytes, current) VALUES (?, ?, ?, ?)",
        lan,
        n,
        encodeEntry(nextEntryBody(held, { devices }, bytes(32, 0)), bytes(64, 0)),
        current,
      );
    expect(readView(context, "devices", [])).toEqual([]);
    put(0, keys.slice(0, 1), 1);
    put(1, keys.slice(0, 2), 1);
    put(2, keys, 0);
    expect(readView(context, "devices", [])).toEqual([
      {
        device: toHex(deviceIdOf(sha256, bytes(32, 0x10))),
        isThis: false,
        order: 1,
        name: "",
        made: "",
        sinceMs: 0 as never,
      },
      {
        device: toHex(deviceIdOf(sha256, bytes(32, 0x11))),
        isThis: true,
        order: 2,
        name: "",
        made: "",
        sinceMs: 0 as never,
      },
    ]);
  });

  test("a device where nobody lives yet has empty views", () => {
    const { own: _, ...rest } = lansDevice().context;
    const db = openBunDatabase(":memory:");
    store.migrate(db, store.migrations);
    const context: ViewContext = { ...rest, own: undefined, database: db, phase: "new" };
    expect(readView(context, "status", [])).toEqual({
      phase: "new",
      network: "online",
      server: "home.test",
      persistent: true,
      isMending: false,
      cardConfirmed: false,
      unread: 0,
      requests: 0,
      areRequestsFull: false,
      unsent: 0,
    });
    for (const name of ["chats", "contacts", "requests", "devices"] as const)
      expect(readAnyView(context, name, [])).toEqual([]);
    expect(readView(context, "linking", [])).toEqual({ side: "none" });
  });

  test("the status says who lives here, and whether the card was confirmed", () => {
    const { db, context } = lansDevice();
    db.run("INSERT INTO meta (key, value) VALUES ('card-confirmed', ?)", fromHex("01"));
    expect(readView(context, "status", [])).toMatchObject({
      cardConfirmed: true,
      me: { account: toHex(lan), name: "兰", face: { seal: "兰", pigment: 2 } },
    });
  });

  test("a timeline is stale with its own conversation and with names, the list with chats and names", () => {
    expect(viewTopics("timeline", ["ab", 5])).toEqual(["conversation:ab", "people", "contacts"]);
    expect(viewTopics("conversation", ["ab"])).toContain("conversation:ab");
    expect(viewTopics("chats", [])).toEqual(["chats", "people"]);
    expect(viewTopics("devices", [])).toEqual(["devices"]);
  });
});
