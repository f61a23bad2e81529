/** Picking people, up to a number. */
import { expect, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import { afterTap } from "./picked.ts";

const row = (n: number) => ({ account: `${n}` as Hex });

test("[WE132] [F-2b-6] ten friends are picked, an eleventh is not until one is let go", () => {
  let picked: readonly { readonly account: Hex }[] = [];
  for (let n = 0; n < 12; n++) picked = afterTap(picked, row(n), 10);
  expect(picked).toEqual(Array.from({ length: 10 }, (_, n) => row(n)));
  picked = afterTap(picked, row(3), 10);
  picked = afterTap(picked, row(10), 10);
  expect(picked.map(({ account }) => account)).toEqual(["0", "1", "2", "4", "5", "6", "7", "8", "9", "10"]);
});

test("[WE132] without a number everybody is picked", () => {
  let picked: readonly { readonly account: Hex }[] = [];
  for (let n = 0; n < 40; n++) picked = afterTap(picked, row(n), undefined);
  expect(picked.length).toBe(40);
});
