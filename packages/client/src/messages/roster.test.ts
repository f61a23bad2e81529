/** Who was there when something was said (docs/spec/sync.md SY2, SY9a). */
import { expect, test } from "bun:test";
import type { Group } from "@yanshu/mls";
import { rosterBytes, somebodyJoined } from "./roster.ts";

const account = (start: number, rest: number) => new Uint8Array(32).fill(start, 0, 8).fill(rest, 8);

test("[SY9a] [SY2] an account whose id begins like a member's is somebody else", () => {
  const [ann, like] = [account(1, 2), account(1, 3)];
  const roster = rosterBytes({ members: [{ account: ann }] } as unknown as Group);
  expect(somebodyJoined(roster, [ann])).toBe(false);
  expect(somebodyJoined(roster, [ann, like])).toBe(true);
});
