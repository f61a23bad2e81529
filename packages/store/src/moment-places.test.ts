/** Places of cells, by themselves: those that were spent before they had a table stay spent. */
import { expect, test } from "bun:test";
import { toHex } from "@yanshu/wire";
import { openBunDatabase } from "./bun/index.ts";
import {
  migrate,
  migrations,
  readMomentPlace,
  readMomentPlaces,
  spendMomentPlaces,
  writeMomentPlace,
} from "./index.ts";

test("[MO149] places that an earlier version spent stay spent, and each further one is spent once", () => {
  const db = openBunDatabase(":memory:");
  const [ann, ben, cleo] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  migrate(
    db,
    migrations.filter(({ version }) => version < 94),
  );
  db.run("INSERT INTO moment_friends (account, out_next, told) VALUES (?, 7, 1)", ann);
  db.run("INSERT INTO moment_friends (account, out_next, told) VALUES (?, 0, 1)", ben);
  migrate(db, migrations);
  expect([...readMomentPlaces(db)]).toEqual([[toHex(ann), 7]]);
  const written = db.written("moment_friends");
  expect(db.transaction(() => spendMomentPlaces(db, [ben, ann, cleo, ann]))).toEqual([0, 7, 0, 8]);
  expect([ann, ben, cleo].map((one) => readMomentPlace(db, one))).toEqual([9, 1, 1]);
  // Of all at once, and of some of them, where another stands at its first place again.
  const held = readMomentPlaces(db);
  expect(db.transaction(() => spendMomentPlaces(db, [cleo, ann, ben], held))).toEqual([1, 9, 1]);
  expect(db.transaction(() => spendMomentPlaces(db, [ann, ben, ann], readMomentPlaces(db)))).toEqual([10, 2, 11]);
  writeMomentPlace(db, cleo, 0);
  expect(db.transaction(() => spendMomentPlaces(db, [ben, ann], readMomentPlaces(db)))).toEqual([3, 12]);
  expect([ann, ben, cleo].map((one) => readMomentPlace(db, one))).toEqual([13, 4, 0]);
  expect(db.written("moment_friends")).toBe(written);
  expect(db.get("SELECT told FROM moment_friends WHERE account = ?", ann)).toEqual({ told: 1 });
  db.close();
});
