import { expect, test } from "bun:test";
import { migrate, migrations } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import {
  isReserveByRemoved,
  newOtherHome,
  noteGone,
  noteRemoved,
  readReserve,
  reserveWithout,
  setReserveHome,
} from "./other-home.ts";

const [laptop, phone] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

/** The phone named one reserve, then the laptop another one. */
function twoNamed() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  db.transaction(() => {
    setReserveHome(db, "first.test", phone);
    setReserveHome(db, "thief.test", laptop);
  });
  return db;
}

test("[HM65] who goes to another home than the reserve still knows who named it, that it was a removed device, and the one before", () => {
  const db = twoNamed();
  const isListed = (key: Uint8Array) => key[0] !== 1; // The laptop is removed.
  db.transaction(() => noteRemoved(db, isListed));
  expect(isReserveByRemoved(db)).toBe(true);
  db.transaction(() => noteGone(db, "new.test", newOtherHome("old.test")));
  expect(readReserve(db)?.server).toBe("thief.test");
  expect(isReserveByRemoved(db)).toBe(true);
  expect(reserveWithout(db, isListed)).toBe("first.test");
});

test("[HM65] who goes to the reserve has none any more, and no fallback that is home", () => {
  const db = twoNamed();
  db.transaction(() => noteGone(db, "thief.test", newOtherHome("old.test")));
  expect(readReserve(db)).toBeUndefined();
  expect(isReserveByRemoved(db)).toBe(false);
  const again = twoNamed();
  again.transaction(() => noteGone(again, "first.test", newOtherHome("old.test")));
  expect(readReserve(again)?.server).toBe("thief.test");
  expect(reserveWithout(again, () => false)).toBe("thief.test");
});
