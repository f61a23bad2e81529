/** Where friends live, and what a feed shows, are read once until something is written. */
import { expect, test } from "bun:test";
import { type Database, migrate, migrations, writeMeta } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { AccountId } from "@yanshu/wire";
import { type FeatureContext, pack, type ReadContext } from "../../feature.ts";
import { homesOf } from "./server.ts";
import { readFeed } from "./views.ts";

const account = (byte: number) => new Uint8Array(32).fill(byte) as AccountId;

function opened(): Database {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  return db;
}
const befriend = (db: Database, byte: number) =>
  db.run("INSERT INTO moment_friends (account) VALUES (?)", account(byte));

test("[MO94] where friends live is read once until something is written, and what they named counts", () => {
  const db = opened();
  let asked = 0;
  const allElsewhere = () => {
    asked++;
    return (_: AccountId, named?: string) => named;
  };
  const context = { db, own: () => account(1), server: { allElsewhere } } as unknown as FeatureContext;
  const homes = () => [1, 2, 3].map((byte) => homesOf(context)(account(byte)));
  expect([homes(), homes(), asked]).toEqual([[undefined, undefined, undefined], [undefined, undefined, undefined], 1]);
  writeMeta(
    db,
    "moment-homes",
    pack([
      { account: account(1), home: "mine.example" },
      { account: account(3), home: "far.example" },
    ]),
  );
  // What oneself says lies at home, whatever is named.
  expect([homes(), asked]).toEqual([[undefined, undefined, "far.example"], 2]);
  db.close();
});

test("[MO94] posts of a feed are read again where something was written, or a day begins, and else not", () => {
  const db = opened();
  let reads = 0;
  const database: Database = {
    ...db,
    all: (sql, ...params) => {
      if (sql.startsWith("SELECT * FROM moments")) reads++;
      return db.all(sql, ...params);
    },
  };
  const dayMs = 86_400_000;
  const at = (nowMs: number, isLooking: boolean, limit = 20) => {
    const read = { database, own: { account: account(1) }, nowMs, peopleIn: () => ({ load: () => undefined }) };
    return readFeed(read as unknown as ReadContext, { lookedMs: 0, isLooking, away: [] }, { limit });
  };
  expect([at(dayMs, true).isLooking, at(dayMs + 5, false).isLooking, reads]).toEqual([true, false, 1]);
  expect([at(dayMs, false, 40).posts, reads]).toEqual([[], 2]);
  expect([at(dayMs, false).posts, reads]).toEqual([[], 2]);
  befriend(db, 2);
  expect([at(dayMs, false).posts, reads]).toEqual([[], 3]);
  expect([at(2 * dayMs, false).posts, reads]).toEqual([[], 4]);
  db.close();
});
