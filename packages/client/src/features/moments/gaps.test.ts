/** What did not come of a friend, as it is noted. */
import { expect, test } from "bun:test";
import type { AccountId } from "@yanshu/wire";
import { filled, opened, standIn } from "../../testing/moments.ts";
import { noteGap } from "./gaps.ts";

const accountOf = (byte: number) => filled(byte) as AccountId;

test("[MO172] of one friend 1,024 gaps are noted, and of another one theirs", () => {
  const db = opened();
  const context = standIn(db);
  const log = new Uint8Array(32);
  const note = (by: number, at: number) => noteGap(context, accountOf(by), log, at, new Uint8Array(16).fill(at & 255));
  const noted = Array.from({ length: 1_100 }, (_, at) => note(1, at)).filter((is) => is);
  expect(noted).toHaveLength(1_024);
  expect(db.get("SELECT count(*) AS count FROM moment_gaps")).toEqual({ count: 1_024 });
  expect(note(2, 0)).toBe(true);
  db.close();
});
