/** Who strayed, and which meeting places are known. */
import { expect, test } from "bun:test";
import { isStrayed, migrate, migrations, noteStrayed } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { AccountId, Address, Capability, ConversationId, DeviceId } from "@yanshu/wire";
import { forgetOldStrays, notePlaces, noteStrays, readSlips, type Stray, soughtMsMax } from "./slips.ts";

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

test("[HM80] a home says its own meeting places anew, and takes none away that another named", () => {
  const db = stored();
  let nowMs = 5;
  const say = (home: string, ...names: string[]) => db.transaction(() => notePlaces(db, home, names, nowMs));
  say("one.test", "a.test", "b.test");
  say("two.test", "c.test");
  for (let n = 0; n < 9; n++) say("two.test", `${n}.test`, `x${n}.test`, `y${n}.test`);
  expect(readSlips(db).places).toEqual([
    { home: "two.test", names: ["8.test", "x8.test", "y8.test"], ms: 5 },
    { home: "one.test", names: ["a.test", "b.test"], ms: 5 },
  ]);
  expect(readSlips(db).asked).toEqual({ server: "two.test", ms: 5 });
  // In its last days it may be in other hands: what it named stays for ninety days.
  const named = () => readSlips(db).places.map(({ home }) => home);
  nowMs += soughtMsMax - 1;
  say("two.test");
  expect(named()).toEqual(["two.test", "one.test"]);
  nowMs += 1;
  say("two.test");
  expect(named()).toEqual(["one.test"]);
});
