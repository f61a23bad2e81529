import { expect, test } from "bun:test";
import type { AccountId } from "@yanshu/wire";
import { isNamedLeftOut, namedMax, nameLeftOut, strikeLeftOut } from "./left-out.ts";

const account = (n: number) => new Uint8Array(32).fill(n) as AccountId;
const many = (from: number, count: number) => Array.from({ length: count }, (_, n) => account(from + n));

test("[GR57] names are bounded together, and the newest come first; other additions stay", () => {
  const other = { type: 9, data: Uint8Array.of(1) };
  const first = { more: nameLeftOut({ more: [other] }, many(1, 20)) };
  const second = { more: nameLeftOut(first, many(100, 60)) };
  expect(second.more.map(({ type, data }) => [type, data.length])).toEqual([
    [1, 256],
    [2, 256],
    [3, 256],
    [4, 256],
    [9, 1],
  ]);
  expect(many(100, 60).every((one) => isNamedLeftOut(second, one))).toBe(true);
  expect(many(1, 20).filter((one) => isNamedLeftOut(second, one))).toHaveLength(namedMax - 60);
  expect(nameLeftOut(first, [account(5)], 0)).toEqual([other]);
});

test("[GR57] who is struck is named no more", () => {
  const named = { more: nameLeftOut({}, many(1, 2)) };
  const struck = { more: strikeLeftOut(named, account(1)) };
  expect([isNamedLeftOut(struck, account(1)), isNamedLeftOut(struck, account(2))]).toEqual([false, true]);
  expect(strikeLeftOut(struck, account(2))).toEqual([]);
});
