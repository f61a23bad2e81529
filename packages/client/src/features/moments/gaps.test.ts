/** What did not come of a friend, as it is noted. */
import { expect, test } from "bun:test";
import { migrate, migrations } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { AccountId } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { noteGap } from "./gaps.ts";

const accountOf = (byte: number) => new Uint8Array(32).fill(byte) as AccountId;

test("[MO172] of one friend 1,024 gaps are noted, and of another one theirs", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const context = { db, nowMs: () => 1, own: () => accountOf(9) } as unknown as FeatureContext;
  const log = new Uint8Array(32);
  const note = (by: number, at: number) => noteGap(context, accountOf(by), log, at, new Uint8Array(16).fill(at & 255));
  const noted = Array.from({ length: 1_100 }, (_, at) => note(1, at)).filter((is) => is);
  expect(noted).toHaveLength(1_024);
  expect(db.get("SELECT count(*) AS count FROM moment_gaps")).toEqual({ count: 1_024 });
  expect(note(2, 0)).toBe(true);
  db.close();
});
