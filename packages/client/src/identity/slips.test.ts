/** Who strayed, and which meeting places are known. */
import { expect, test } from "bun:test";
import {
  forgetLeftOutBeside,
  forgetLeftOutBy,
  forgetStrayed,
  insertConversation,
  isStrayed,
  migrate,
  migrations,
  noteAwaited,
  noteLeftOut,
  noteStrayed,
  readAwaited,
  setConversationState,
  writeMeta,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { AccountId, Address, Bytes, Capability, ConversationId, DeviceId } from "@yanshu/wire";
import { pack } from "../cbor.ts";
import {
  forgetOldStrays,
  notePlaces,
  noteStrays,
  readSlips,
  type Stray,
  soughtMsMax,
  straysBeyond,
  straysSought,
} from "./slips.ts";

const filled = (value: number, length: number) => new Uint8Array(length).fill(value);
const conversation = filled(7, 32) as ConversationId;

function stored() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  return db;
}

function stray(n: number, sinceMs: number): Stray {
  return {
    conversation,
    group: filled(8, 32),
    account: filled(n, 32) as AccountId,
    device: filled(n, 16) as DeviceId,
    address: filled(n, 16) as Address,
    sealKey: filled(n, 32),
    claimCap: filled(n, 16) as Capability,
    server: "yan.test",
    sinceMs,
  };
}

test("[HM85] who strayed may come in for ninety days and no longer", () => {
  const db = stored();
  const [old, late] = [stray(1, 1_000), stray(2, 2_000)];
  db.transaction(() => {
    noteStrays(db, [old, late]);
    for (const { account } of [old, late]) noteStrayed(db, conversation, account);
    forgetOldStrays(db, 1_000 + soughtMsMax);
  });
  const left = () => [old, late].map(({ account }) => isStrayed(db, conversation, account));
  expect(left()).toEqual([true, true]);
  db.transaction(() => forgetOldStrays(db, 1_001 + soughtMsMax));
  expect([left(), readSlips(db).strays.length]).toEqual([[false, true], 1]);
});

test("[HM83] of those who strayed nobody is looked for who was let in or sent away since, nor from a group that this person left", () => {
  const db = stored();
  const [here, gone] = [stray(1, 1_000), stray(2, 1_000)];
  db.transaction(() => {
    insertConversation(db, { conversation, kind: "group", state: "open", title: "Choir", activeMs: 0 });
    noteStrays(db, [here, gone]);
    for (const { account } of [here, gone])
      noteLeftOut(db, conversation, account, { groupId: filled(9, 16), founding: 2, ms: 1_000 });
    forgetStrayed(db, conversation, gone.account);
  });
  expect(straysSought(db)).toEqual([here]);
  db.transaction(() => setConversationState(db, conversation, "left"));
  expect(straysSought(db)).toEqual([]);
});

test("[HM85] who was left out ninety days ago has left, also beyond those who are looked for, and who lost a device never", () => {
  const db = stored();
  const many = Array.from(
    { length: 300 },
    (_, n) =>
      filled(0, 32)
        .fill(n & 255)
        .fill(n >> 8, 0, 1) as AccountId,
  );
  const by = { groupId: filled(9, 16), founding: 2, ms: 1_000 };
  const left = () => many.filter((account) => isStrayed(db, conversation, account)).length;
  db.transaction(() => {
    for (const account of many) noteLeftOut(db, conversation, account, by);
    noteStrayed(db, conversation, many[0] as AccountId);
    forgetOldStrays(db, 1_000 + soughtMsMax);
  });
  expect(left()).toBe(300);
  db.transaction(() => forgetOldStrays(db, 1_001 + soughtMsMax));
  expect([left(), isStrayed(db, conversation, many[0] as AccountId)]).toEqual([1, true]);
});

test("[HM86] who is awaited is so for ninety days and no longer", () => {
  const db = stored();
  const [old, late] = [filled(1, 32) as AccountId, filled(2, 32) as AccountId];
  db.transaction(() => {
    noteAwaited(db, conversation, old, 1_000);
    noteAwaited(db, conversation, late, 2_000);
    noteAwaited(db, conversation, old, 3_000);
    forgetOldStrays(db, 1_000 + soughtMsMax);
  });
  expect(readAwaited(db, conversation)).toEqual([old, late]);
  db.transaction(() => forgetOldStrays(db, 1_001 + soughtMsMax));
  expect(readAwaited(db, conversation)).toEqual([late]);
});

test("[HM85] a founding that came to nothing, or lost, left nobody out; one of before that stood did", () => {
  const db = stored();
  const [before, lost, ahead, given, stands] = [1, 2, 3, 4, 5].map((n) => filled(n, 16));
  const by = [
    [before, 2],
    [lost, 3],
    [ahead, 4],
    [given, 2],
    [stands, 3],
  ] as const;
  const account = (n: number) => filled(n, 32) as AccountId;
  db.transaction(() => {
    for (const [n, [groupId, founding]] of by.entries())
      noteLeftOut(db, conversation, account(n), { groupId: groupId as Bytes, founding, ms: 1_000 });
    forgetLeftOutBy(db, given as Bytes);
    forgetLeftOutBeside(db, { conversation, groupId: stands as Bytes, founding: 3 });
  });
  expect(by.map((_, n) => isStrayed(db, conversation, account(n)))).toEqual([true, false, false, false, true]);
});

test("[HM80] [HM90] a home says its own meeting places anew, and takes none away that it named first, whatever it says each day, nor any that another named", () => {
  const db = stored();
  let nowMs = 0;
  const say = (home: string, ...names: string[]) => db.transaction(() => notePlaces(db, home, names, nowMs));
  const named = (home: string) =>
    readSlips(db)
      .places.filter((one) => one.home === home)
      .map(({ name }) => name);
  say("one.test", "a.test", "b.test");
  say("two.test", "c.test", "d.test");
  // Who holds the home in its last days says a false name every second day, and the true ones between.
  for (let day = 1; day <= 40; day++) {
    nowMs = day * 86_400_000;
    say("two.test", ...(day % 2 === 1 ? [`false${day}.test`] : ["c.test", "d.test"]));
    expect(named("two.test")).toEqual(expect.arrayContaining(["c.test", "d.test"]));
    expect(named("two.test").length).toBeLessThanOrEqual(3 + 6);
  }
  nowMs += 86_400_000;
  say("two.test");
  expect(named("two.test").slice(0, 2)).toEqual(["c.test", "d.test"]);
  expect(named("two.test")).toHaveLength(6);
  expect(named("one.test")).toEqual(["a.test", "b.test"]);
  expect(readSlips(db).asked).toEqual({ server: "two.test", ms: nowMs });
  // Ninety days after a home said a name last it is known no more.
  nowMs = 40 * 86_400_000 + soughtMsMax;
  say("two.test");
  expect(named("two.test")).toEqual([]);
  for (const server of ["three.test", "four.test"]) say(server, "d.test");
  expect(readSlips(db).places.map(({ home }) => home)).toEqual(["four.test", "three.test", "one.test", "one.test"]);
});

test("[HM90] places that an earlier version stored are known", () => {
  const db = stored();
  const before = { places: [{ home: "one.test", names: ["a.test", "b.test"], ms: 5 }] };
  db.transaction(() => writeMeta(db, "slips", pack({ ...readSlips(db), ...before })));
  expect(readSlips(db).places.map(({ name, sinceMs, saidMs }) => [name, sinceMs, saidMs])).toEqual([
    ["a.test", 5, 5],
    ["b.test", 5, 5],
  ]);
});

test("[HM91] of more leaves than are kept one of each account counts before a second one; who has none left is named all the same", () => {
  const db = stored();
  const id = (n: number, length: number) => filled(n & 255, length).fill(n >> 8, 0, 1);
  const leaf = (n: number, account: number): Stray => ({
    ...stray(1, 1_000),
    account: id(account, 32) as AccountId,
    address: id(n, 16) as Address,
  });
  db.transaction(() => {
    insertConversation(db, { conversation, kind: "group", state: "open", title: "Choir", activeMs: 0 });
    // Ten people with forty leaves each, and then two hundred with one.
    noteStrays(
      db,
      Array.from({ length: 400 }, (_, n) => leaf(n, n % 10)),
    );
    noteStrays(
      db,
      Array.from({ length: 200 }, (_, n) => leaf(400 + n, 100 + n)),
    );
  });
  const accounts = () => new Set(readSlips(db).strays.map(({ account }) => account.join())).size;
  expect([readSlips(db).strays.length, accounts()]).toEqual([256, 210]);
  expect(straysBeyond(db)).toEqual([]);
  const many = Array.from({ length: 300 }, (_, n) => leaf(1_000 + n, 1_000 + n));
  db.transaction(() => {
    noteStrays(db, many);
    for (const { account } of many)
      noteLeftOut(db, conversation, account, { groupId: filled(9, 16), founding: 2, ms: 1_000 });
  });
  expect(readSlips(db).strays).toHaveLength(256);
  expect(straysBeyond(db).map(({ account }) => account)).toEqual(many.slice(0, 44).map(({ account }) => account));
  db.transaction(() => setConversationState(db, conversation, "left"));
  expect(straysBeyond(db)).toEqual([]);
});
