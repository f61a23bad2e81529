/**
 * What a message, or what own devices tell, may not do here, and changes nothing (docs/spec/sync.md SY4–SY12, SY18,
 * SY50–SY52).
 */
import { expect, test } from "bun:test";
import { type Body, decodeBody, encodeBody, encodeMessage, encodeSyncItem, type Message } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  addGap,
  diagnosticCount,
  insertConversation,
  insertMessage,
  keepUnknownItem,
  learnPerson,
  readContact,
  readGaps,
  readOutboxOf,
  readPerson,
  readTooNew,
  readUnknownItems,
  tooNewPlaces,
  writeContact,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { Bytes } from "@yanshu/wire";
import type { Said } from "../core/engine.ts";
import { registryOf } from "../core/registry.ts";
import { coreKinds } from "../core-rooms.ts";
import { applyAfterUpdate } from "../delivery/after-update.ts";
import type { ClientFeature } from "../feature.ts";
import { mayEdit } from "../features/edits.ts";
import { clientFeatures } from "../features/index.ts";
import {
  anotherDevice,
  ben,
  bensDevice,
  bytes,
  cat,
  chatsIn,
  conversation,
  type Kind,
  nowMs,
} from "../testing/chat.ts";
import { applySync, isOfRecord } from "./own-devices.ts";

const chat = chatsIn(createBunCrypto(), () => openBunDatabase(":memory:"), clientFeatures);

const [recallMs, editMs] = [2 * 60_000, 15 * 60_000];
const text = (words: string): Body => ({ kind: "text", text: words });

test("[SY18] what a request says is kept up to its bounds, and no bound is set to who was let in", async () => {
  for (const [state, kept] of [
    ["request-in", 20],
    ["open", 22],
  ] as const) {
    const { db, hears, row } = await chat("direct", state);
    const all = Array.from({ length: 22 }, (_, at) => hears(text(`${at}`)));
    expect(all.filter(({ id }) => row(id) !== undefined)).toHaveLength(kept);
    expect(diagnosticCount(db, "request-passed-over")).toBe(22 - kept);
  }
});

test("[SY18] what was sent before its address was gone says nothing to who blocked or declined", async () => {
  for (const state of ["blocked", "declined"] as const) {
    const { hears, row } = await chat("direct", state);
    expect(row(hears(text("still here")).id)).toBeUndefined();
  }
});

test("[SY4] a number that was heard already is a repeat, whatever it says now", async () => {
  const { db, hears, row } = await chat("direct");
  hears(text("one"));
  const again = hears(text("two"), { seq: 1, id: bytes(9, 16) });
  expect(row(again.id)).toBeUndefined();
  expect(diagnosticCount(db, "repeat")).toBe(1);
});

test("[SY9] only the device that is asked answers", async () => {
  const { db, own, hears } = await chat("group");
  hears({ kind: "resendRequest", device: anotherDevice, seqs: [1] });
  expect(readOutboxOf(db, conversation)).toHaveLength(0);
  hears({ kind: "resendRequest", device: own.device, seqs: [1] });
  expect(readOutboxOf(db, conversation)).toHaveLength(1);
});

test("[SY9] said again counts only what was missing, under its own number, and never twice over", async () => {
  const { db, said, hears, row } = await chat("direct");
  hears(text("one"), { seq: 10, id: bytes(10, 16) });
  for (const seq of [5, 6]) addGap(db, conversation, bensDevice, ben, seq, nowMs);
  let next = 10;
  const again = (seq: number, message: Said) =>
    hears(
      { kind: "resend", seq, message: encodeMessage(message as Message) },
      { seq: ++next, id: bytes(100 + next, 16) },
    );
  const lost = said(text("lost"), { seq: 5, id: bytes(50, 16) });
  again(6, lost);
  again(7, { ...lost, seq: 7 }); // Nothing of that number is missing.
  again(6, said({ kind: "resend", seq: 5, message: encodeMessage(lost as Message) }, { seq: 6, id: bytes(51, 16) }));
  expect(row(lost.id)).toBeUndefined();
  again(5, lost);
  expect(row(lost.id)?.kind).toBe("text");
});

test("[SY11] what own devices tell each other is heard in their own conversation alone", async () => {
  const item = { kind: "person", account: cat, name: "Cat", stampMs: 1 } as const;
  for (const kind of ["group", "direct", "own"] as const) {
    const { db, ann, hears } = await chat(kind);
    hears({ kind: "sync", items: [encodeSyncItem(item)], complete: false }, {}, ann);
    expect(readPerson(db, cat)?.name).toBe(kind === "own" ? "Cat" : undefined);
  }
});

test("[SY8] an introduction counts in a group, of who is in it, and of nobody to themselves", async () => {
  const introduced = async (kind: Kind, account: Bytes | "own") => {
    const { db, own, hears } = await chat(kind);
    const who = account === "own" ? own.account : account;
    hears({ kind: "introduce", people: [{ account: who, name: "Somebody" }] });
    return readPerson(db, who)?.name;
  };
  expect(await introduced("group", ben)).toBe("Somebody");
  expect(await introduced("direct", ben)).toBeUndefined();
  expect(await introduced("group", "own")).toBeUndefined();
  expect(await introduced("group", cat)).toBeUndefined();
});

test("[ID24] that their card may be passed on is said in a chat of two, by the other one", async () => {
  const passing = async (kind: Kind, by: "ben" | "own") => {
    const { db, ann, bens, hears } = await chat(kind);
    const sender = by === "ben" ? bens : ann;
    learnPerson(db, { account: sender.account, name: "x", avatar: undefined, ownWord: false, stampMs: 0 });
    hears({ kind: "profile", name: "Ben", passing: bytes(3, 16) as never }, {}, sender);
    return readPerson(db, sender.account)?.passing ?? undefined;
  };
  expect(await passing("direct", "ben")).toEqual(bytes(3, 16));
  expect(await passing("group", "ben")).toBeUndefined();
  expect(await passing("direct", "own")).toBeUndefined();
});

test("[ID26] how somebody came to ask is theirs to say, and believed where it is seen", async () => {
  const group = bytes(44, 32);
  const source = async (via: Extract<Body, { kind: "greeting" }>["via"], by: "ben" | "own", isTrue: boolean) => {
    const { db, ann, bens, hears } = await chat("direct", "request-in");
    writeContact(db, ben, { state: "incoming" }, 1);
    if (isTrue) {
      insertConversation(db, { conversation: group, kind: "group", state: "open", activeMs: 0 });
      db.run("INSERT INTO members (conversation, account, role, place) VALUES (?, ?, 'member', 0)", group, ben);
      writeContact(db, cat, { state: "contact" }, 1);
    }
    const greeting: Body = { kind: "greeting", name: "Ben", text: "hello", ...(via === undefined ? {} : { via }) };
    const sender = by === "ben" ? bens : ann;
    hears(greeting, {}, sender);
    return (readContact(db, sender.account)?.source ?? "") !== "";
  };
  const inGroup = { kind: "group", conversation: group } as never;
  const byCard = { kind: "card", by: cat } as never;
  expect([await source(inGroup, "ben", true), await source(byCard, "ben", true)]).toEqual([true, true]);
  expect([await source(inGroup, "ben", false), await source(byCard, "ben", false)]).toEqual([false, false]);
  expect([await source(byCard, "own", true), await source(undefined, "ben", true)]).toEqual([false, false]);
});

test("[ID10] only who was asked accepts by writing: the one who asks does not by writing more", async () => {
  for (const [contact, after] of [
    ["requested", "contact"],
    ["incoming", "incoming"],
  ] as const) {
    const { db, hears } = await chat("direct", contact === "requested" ? "request-out" : "request-in");
    writeContact(db, ben, { state: contact }, 1);
    hears(text("hello"));
    expect(readContact(db, ben)?.state).toBe(after);
  }
});

test("[AC2] nothing is taken back late, nor what is nobody's message any more", async () => {
  const { hears, row, db } = await chat("direct");
  const said = hears(text("one"));
  hears({ kind: "recall", id: said.id }, { sentAtMs: nowMs + recallMs + 1 });
  expect(row(said.id)?.kind).toBe("text");
  hears({ kind: "recall", id: said.id }, { sentAtMs: nowMs + recallMs });
  expect(row(said.id)?.kind).toBe("recalled");
  const [line, body] = [bytes(77, 16), new TextEncoder().encode('{"kind":"friends"}')];
  insertMessage(db, { conversation, author: ben, id: line, atMs: nowMs, kind: "system", body, state: "sent" });
  hears({ kind: "recall", id: line });
  expect(row(line)?.kind).toBe("system");
});

test("[AC4] a text alone is said otherwise, not before it was said, and not late", async () => {
  const edited = async (after: number, body: Body = text("one")) => {
    const { hears, row } = await chat("direct");
    const said = hears(body, { sentAtMs: nowMs - editMs });
    hears({ kind: "edit", id: said.id, text: "two" }, { sentAtMs: nowMs - editMs + after });
    return (row(said.id)?.edited_ms ?? 0) > 0;
  };
  expect([await edited(editMs), await edited(editMs + 1), await edited(-1)]).toEqual([true, false, false]);
  expect(await edited(1, { kind: "greeting", name: "Ben", text: "hello" })).toBe(false);
  const may = (kind: string) => mayEdit({ kind, sent_ms: nowMs }, nowMs);
  expect([may("text"), may("greeting")]).toEqual([true, false]);
});

/** A client that lacks a feature sees its kind as one that is too new. */
const withoutPolls = clientFeatures.filter(({ kinds = [] }: ClientFeature) => !kinds.some((kind) => kind === "poll"));
const poll: Body = {
  kind: "poll",
  question: "When?",
  options: ["Mon", "Tue"],
  multiple: false,
  anonymous: false,
} as never;

test("[SY50] what is too new is kept once: under a name that is taken it is a repeat", async () => {
  const { db, hears, row } = await chat("direct", "open", withoutPolls);
  const said = hears(text("one"));
  hears(poll, { id: said.id });
  expect(row(said.id)?.kind).toBe("text");
  expect(tooNewPlaces(db, 0, 9)).toHaveLength(0);
  const place = () => tooNewPlaces(db, 0, 9)[0] ?? 0;
  hears(poll);
  expect(readTooNew(db, place())?.body).toEqual(encodeBody(poll));
});

test("[SY51] of an item that says nothing that can be read, nothing waits", async () => {
  const { db, ann, hears } = await chat("own");
  hears({ kind: "sync", items: [bytes(255, 9)], complete: false }, {}, ann);
  expect(readUnknownItems(db)).toHaveLength(0);
  expect(diagnosticCount(db, "newer-item")).toBe(1);
});

test("[SY51] after an update what a device told counts as long as the device is listed", async () => {
  const item = encodeSyncItem({ kind: "person", account: cat, name: "Cat", stampMs: 1 });
  const name = async (by: Bytes | "own") => {
    const { engine, db, own } = await chat("own");
    keepUnknownItem(db, item, by === "own" ? own.device : by);
    await applyAfterUpdate(engine);
    expect(readUnknownItems(db)).toHaveLength(0);
    return readPerson(db, cat)?.name;
  };
  expect([await name("own"), await name(anotherDevice)]).toEqual(["Cat", undefined]);
});

test("[SY52] after an update what was too new stands where it stood for itself, and nowhere else", async () => {
  const later = async (change: (world: Awaited<ReturnType<typeof chat>>, id: Bytes) => void) => {
    const world = await chat("direct", "open", withoutPolls);
    const { id } = world.hears(poll);
    change(world, id);
    await applyAfterUpdate({ ...world.engine, features: registryOf(clientFeatures, coreKinds) });
    return world.row(id)?.kind;
  };
  const inState = (state: string) => later(({ db }) => db.run("UPDATE conversations SET state = ?", state));
  expect(await later(() => undefined)).toBe("poll");
  expect([await inState("blocked"), await inState("declined")]).toEqual(["newer", "newer"]);
  expect(await later(({ db }) => db.run("UPDATE messages SET kind = 'deleted'"))).toBe("deleted");
  expect(await later(({ db }) => db.run("UPDATE messages SET kind = 'text'"))).toBe("text");
  expect(await later(({ db }) => db.run("DELETE FROM conversations"))).not.toBe("poll");
});

test("[KP2] [VA23] a recovery record says nothing of what was erased, nor which keys the vault has", () => {
  const says = (kind: string) => isOfRecord({ kind } as never);
  expect([says("contact"), says("erased"), says("vaultKeys")]).toEqual([true, false, false]);
});

test("[SY11] of two words of own devices about a contact the later one counts", async () => {
  const { engine, db, own } = await chat("own");
  const told = (remark: string, stampMs: number) => {
    const about = { account: ben, name: "Ben", state: "contact", verified: "none", history: {} } as const;
    db.transaction(() => applySync(engine, [{ kind: "contact", ...about, remark, stampMs } as never], own.device));
    return readContact(db, ben)?.remark;
  };
  expect([told("two", 2), told("one", 1), told("same", 2), told("three", 3)]).toEqual(["two", "two", "two", "three"]);
});

test("[SY63] a mark that is false takes the place of no gap that a message showed", async () => {
  const { db, bens, hears } = await chat("group");
  hears(text("one"), { seq: 1 });
  hears(text("three"), { seq: 3 });
  const cats = { ...bens, account: cat, device: anotherDevice, leaf: 2 };
  hears(text("?"), { seq: 1, id: bytes(99, 16), seen: [{ device: bensDevice, seq: 3 + 512 }] }, cats);
  const missing = readGaps(db, conversation).map(({ seq }) => seq);
  expect([missing.length, missing[0], missing.at(-1)]).toEqual([512, 2, 514]);
});

test("[SY63] of numbers that this device has not reached it says that nothing was said", async () => {
  const { db, own, hears } = await chat("group");
  hears({ kind: "resendRequest", device: own.device, seqs: [7, 8] });
  const said = readOutboxOf(db, conversation).map(({ body }) => decodeBody(body));
  expect(said).toEqual([{ kind: "unavailable", seqs: [0, 7, 8] }]);
});
