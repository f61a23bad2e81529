/** What a round spends, and its holes. */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type AccountId, type Bytes, toHex } from "@yanshu/wire";
import { cellKinds, cellSecret, noncesAtOnce, openCell, wayTo } from "./sealed.ts";
import {
  type CellTo,
  holesOf,
  packCells,
  packSpent,
  type Spent,
  sealRound,
  unpackCells,
  unpackSpent,
} from "./spent.ts";

const crypto = createBunCrypto();
const filled = (byte: number, length = 32) => new Uint8Array(length).fill(byte);
const account = (n: number) => Uint8Array.from({ length: 32 }, (_, at) => (at < 2 ? n >> (8 * at) : 7)) as AccountId;
const [root, post] = [filled(1), filled(2)];
const count = noncesAtOnce + 40;
const cells = Array.from(
  { length: count },
  (_, n): CellTo => ({ to: account(n), kind: cellKinds.post, flags: n % 3 === 0 ? 1 : 0, payload: filled(5, 64) }),
);
const wayOf = (friend: AccountId, theirs = 1) => wayTo(crypto, root, 1, friend, theirs);
const spent: Spent = {
  root,
  generation: 1,
  day: 20_000,
  seed: filled(9),
  drawn: count + 10,
  filled: 10,
  isTried: false,
  at: cells.map((_, nth) => ({ nth, place: nth % 5, draw: nth })),
  fillings: Array.from({ length: 10 }, (_, of) => ({ of, draw: count + of })),
  theirs: {},
};
const sealed = (one: Spent) => sealRound(crypto, one, cells, { post }, wayOf);
const all = ({ at, fillings }: Awaited<ReturnType<typeof sealed>>) => [...at.map(({ hole }) => hole), ...fillings];
const nonceOf = ({ value }: { readonly value: Bytes }) => toHex(value.subarray(0, 12));

test("[MO92] cells and what was spent for them are read from the store as they were written", () => {
  expect(unpackCells(packCells(cells))).toEqual(cells);
  expect(packCells(cells).length).toBeLessThan(count * 36);
  expect(unpackSpent(packSpent(spent))).toEqual(spent);
  const again: Spent = {
    ...spent,
    at: spent.at.map((one) => (one.nth === 3 ? { ...one, was: filled(8) } : one)),
    fillings: [...spent.fillings, { of: filled(6), draw: 400, was: filled(4) }],
    theirs: { 2: 3 },
  };
  expect(unpackSpent(packSpent(again))).toEqual(again);
  expect(packSpent(spent).length).toBeLessThan(count * 8);
});

test("[MO92] each try of a round has the same holes, which open, and no two have one nonce", async () => {
  const [first, second] = [await sealed(spent), await sealed(unpackSpent(packSpent(spent)))];
  expect(second).toEqual(first);
  for (const { cell, place, hole } of first.at)
    expect(await openCell(crypto, wayOf(cell.to), place, hole.value)).toEqual({
      kind: cell.kind,
      flags: cell.flags,
      day: 20_000,
      payload: cell.payload,
    });
  const holes = all(first);
  expect(new Set(holes.map(nonceOf)).size).toBe(holes.length);
  expect(new Set(holes.map(({ secret }) => toHex(secret))).size).toBe(count + 10);
  expect(holes.every(({ value }) => value.length === 96)).toBe(true);
});

test("[MO92] another seed, and another draw, give other bytes; those of all others stay", async () => {
  const first = await sealed(spent);
  const other = await sealed({ ...spent, seed: filled(10) });
  for (const [at, hole] of all(other).entries()) {
    const before = all(first)[at] as { readonly secret: Bytes; readonly value: Bytes };
    expect([toHex(hole.secret) === toHex(before.secret), toHex(hole.value) === toHex(before.value)]).toEqual([
      true,
      false,
    ]);
  }
  const moved = {
    ...spent,
    at: spent.at.map((one) => (one.nth === 4 ? { nth: 4, place: 90, draw: count + 10 } : one)),
  };
  const next = await sealed(moved);
  const differs = all(next).flatMap(({ value }, at) =>
    toHex(value) === toHex((all(first)[at] as { readonly value: Bytes }).value) ? [] : [at],
  );
  expect(differs).toEqual([4]);
  expect(nonceOf((next.at[4] as (typeof next.at)[number]).hole)).not.toBe(
    nonceOf((first.at[4] as (typeof first.at)[number]).hole),
  );
});

test("[MO92][MO122] what of a round is put, and is to be cleared, is by the way that a friend had when its place was spent", async () => {
  const dropped = { ...spent, theirs: { 2: 3 } };
  const { at, fillings } = await sealRound(crypto, dropped, cells, { post }, wayOf);
  const [, , third] = at;
  const way = wayTo(crypto, root, 1, account(2), 3);
  expect(third?.hole.secret).toEqual(cellSecret(crypto, way, third?.place ?? 0));
  const row = { cells: packCells(cells), spent: packSpent(dropped) };
  const found = holesOf({ crypto } as unknown as Parameters<typeof holesOf>[0], row, { post });
  expect(found).toEqual([
    ...at.map(({ cell, place, hole }) => ({ secret: hole.secret, account: cell.to, place })),
    ...fillings.map(({ secret }) => ({ secret, account: new Uint8Array(), place: 0 })),
  ]);
});
