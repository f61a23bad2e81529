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
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { AccountId, Address, Bytes, Capability, ConversationId, DeviceId } from "@yanshu/wire";
import { forgetOldStrays, notePlaces, noteStrays, readSlips, type Stray, soughtMsMax, straysSought } from "./slips.ts";

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

test("[HM80] a home says its own meeting places anew, and takes none away that another named", () => {
  const db = stored();
  let nowMs = 5;
  const say = (home: string, ...names: string[]) => db.transaction(() => notePlaces(db, home, names, nowMs));
  say("one.test", "a.test", "b.test");
  say("two.test", "c.test");
  for (let n = 0; n < 9; n++) {
    nowMs++;
    say("two.test", `${n}.test`, `x${n}.test`, `y${n}.test`);
  }
  expect(readSlips(db).places).toEqual([
    { home: "two.test", names: ["8.test", "x8.test", "y8.test"], ms: 14 },
    { home: "two.test", names: ["c.test"], ms: 5 },
    { home: "two.test", names: ["0.test", "x0.test", "y0.test"], ms: 6 },
    { home: "one.test", names: ["a.test", "b.test"], ms: 5 },
  ]);
  expect(readSlips(db).asked).toEqual({ server: "two.test", ms: 14 });
  // In its last days it may be in other hands, and name none, or others: what it named first stays for ninety days.
  const named = () => readSlips(db).places.flatMap(({ names }) => names[0] ?? "");
  nowMs = 4 + soughtMsMax;
  say("two.test");
  expect(named()).toEqual(["c.test", "0.test", "a.test"]);
  nowMs++;
  say("two.test", "0.test", "false.test");
  expect(named()).toEqual(["0.test", "x0.test", "a.test"]);
  nowMs++;
  say("two.test");
  expect(named()).toEqual(["0.test", "a.test"]);
  for (const server of ["three.test", "four.test"]) say(server, "d.test");
  expect(readSlips(db).places.map(({ home }) => home)).toEqual(["four.test", "three.test", "two.test"]);
});
