import { expect, test } from "bun:test";
import { migrate, migrations, writeMeta } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { encodeHomeBody, encodeHomeRecord } from "@yanshu/wire";
import { pack } from "../cbor.ts";
import {
  isReserveByRemoved,
  newOtherHome,
  noteGone,
  noteRemoved,
  putOtherHome,
  readOtherHome,
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

test("[HM71] of the homes that an earlier version stored, those are left that are neither the reserve nor where the account is; what is stored now says so itself", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const bytes = new Uint8Array(32);
  const said = { account: bytes, base: bytes, homes: ["first.test", "own.test"], n: 0, entryHash: bytes, seq: 1 };
  const body = encodeHomeBody({ v: 1, ...said, signer: bytes });
  const all = ["left.test", "reserve.test", "first.test"].map((server) => newOtherHome(server));
  db.transaction(() => {
    writeMeta(db, "home-record", encodeHomeRecord(body, new Uint8Array(64)));
    writeMeta(db, "other-home", pack({ all, reserve: "reserve.test" }));
  });
  const isFormer = (server: string) => readOtherHome(db, server)?.isFormer;
  const formers = () => ["left.test", "reserve.test", "first.test"].map(isFormer);
  expect(formers()).toEqual([true, undefined, undefined]);
  db.transaction(() => {
    putOtherHome(db, newOtherHome("tried.test"));
    setReserveHome(db, undefined);
  });
  expect([...formers(), isFormer("tried.test")]).toEqual([true, undefined, undefined, undefined]);
  db.transaction(() => {
    noteGone(db, "first.test", newOtherHome("own.test"));
    putOtherHome(db, newOtherHome("again.test"));
  });
  expect(["own.test", "left.test", "tried.test", "again.test"].map(isFormer)).toEqual([
    true,
    true,
    undefined,
    undefined,
  ]);
});
