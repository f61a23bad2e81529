import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { insertConversation, migrate, migrations, noteKnownKinds, openFounded, readConversation } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { direct } from "./direct.ts";
import { group } from "./group.ts";
import { clientKinds, knownConversationKinds as kinds } from "./index.ts";
import { conversationKinds, sqlOf } from "./kind.ts";
import { own } from "./own.ts";

const named = (isSo: Parameters<typeof kinds.named>[0]) => kinds.named(isSo);

test("[RO16] each property holds for the kinds that it is meant for, and for no other", () => {
  expect(named(({ hasPeer }) => hasPeer)).toEqual(["direct"]);
  expect(named(({ hasOthers }) => !hasOthers)).toEqual(["own"]);
  expect(named(({ membersChange }) => membersChange)).toEqual(["group"]);
  expect(named(({ isFoundedOnce }) => isFoundedOnce)).toEqual(["group"]);
  expect(named(({ isFoundedAnew }) => isFoundedAnew)).toEqual(["direct"]);
  expect(named(({ believesOwnDevices }) => believesOwnDevices)).toEqual(["own"]);
  expect(named(({ believesPersonalWords }) => believesPersonalWords)).toEqual(["direct"]);
  expect(named(({ rules }) => rules.isLed)).toEqual(["group"]);
  expect(named(({ rules }) => rules.isJoined)).toEqual(["group"]);
  expect([group, direct, own].map(({ opens }) => opens)).toEqual(["by-members", "by-peer", "always"]);
  expect(named(({ isListed }) => isListed === "once-said")).toEqual(["own"]);
  expect(named(({ hasCalls }) => hasCalls)).toEqual(["direct"]);
  expect(named(({ hasGroupCalls }) => hasGroupCalls)).toEqual(["group"]);
});

test("[RO16] of a kind that is not known nothing is believed, and nobody is let in by its rules", () => {
  const later = kinds.of("feed");
  expect(kinds.knows("feed")).toBe(false);
  expect(later.believesOwnDevices || later.believesPersonalWords || later.membersChange || later.hasPeer).toBe(false);
  expect(later.opens).not.toBe("always");
  expect(later.requestKept.items).toBe(0);
  const { sha256 } = createBunCrypto();
  expect(later.rules.fits(sha256, new Uint8Array(32), [new Uint8Array(32)])).toBe(false);
  const asked = { leads: true, adminsOnlyAdd: false, approval: false, isDissolved: false, accounts: () => 1 };
  expect(later.rules.admits(asked)).toBe(false);
});

test("[RO16] two kinds of one name, or under one first byte of their ids, are no table", () => {
  expect(() => conversationKinds([...clientKinds, group])).toThrow();
  expect(() => conversationKinds([...clientKinds, { ...own, rules: { ...own.rules, name: "feed" } }])).toThrow();
});

test("[RO16] SQL that names kinds is made of the list that it is for", () => {
  const sql = sqlOf((all) => `kind IN ${all.sql(({ hasOthers }) => hasOthers)}`);
  expect(sql(kinds)).toBe("kind IN ('group', 'direct')");
  expect(sql(conversationKinds([own]))).toBe("kind IN ()");
});

test("[RO16] what this version does not know is put aside as newer, as far as it was open, and goes on once it does", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const states = ["open", "forming", "request-in", "left", "removed", "declined"] as const;
  const ids = states.map((_, at) => new Uint8Array(32).fill(at + 1));
  for (const [at, state] of states.entries())
    insertConversation(db, { conversation: ids[at] as Uint8Array, kind: "feed", state, activeMs: 0 });
  db.run("UPDATE conversations SET group_id = x'01' WHERE state = 'open'");
  const now = () => ids.map((id) => readConversation(db, id)?.state);
  noteKnownKinds(db, ["group"]);
  expect(now()).toEqual(["newer-version", "newer-version", "request-in", "left", "removed", "declined"]);
  noteKnownKinds(db, ["group", "feed"]);
  expect(now()).toEqual([...states]);
});

test("[GR48] what has a group and waits for one on an older version's disk is open", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const idOf = (byte: number) => new Uint8Array(32).fill(byte);
  const [held, waiting, left] = [idOf(1), idOf(2), idOf(3)];
  for (const id of [held, waiting])
    insertConversation(db, { conversation: id, kind: "group", state: "forming", activeMs: 0 });
  insertConversation(db, { conversation: left, kind: "group", state: "left", activeMs: 0 });
  db.run("UPDATE conversations SET group_id = x'01' WHERE conversation IN (?, ?)", held, left);
  openFounded(db);
  expect([held, waiting, left].map((id) => readConversation(db, id)?.state)).toEqual(["open", "forming", "left"]);
});
