/** What a browser that has seen a release takes from then on. */
import { afterEach, expect, test } from "bun:test";
import { pinned } from "@yanshu/release";
import { mayTake } from "./released.ts";

const before = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
afterEach(() => {
  if (before === undefined) Reflect.deleteProperty(globalThis, "localStorage");
  else Object.defineProperty(globalThis, "localStorage", before);
});

test("[RE13] a browser holds to what pinned keys signed, and to nothing that others signed", () => {
  const keeps = (by: readonly string[] | undefined) => {
    const text = JSON.stringify({ version: "999999.0.0", hash: "00".repeat(32), by });
    Object.defineProperty(globalThis, "localStorage", { configurable: true, value: { getItem: () => text } });
  };
  keeps(pinned.verifiers.slice(0, 2));
  expect(mayTake({ kind: "unsigned" })).toBe(false);
  for (const by of [["other.example+00000000+AA=="], [], undefined]) {
    keeps(by);
    expect(mayTake({ kind: "unsigned" })).toBe(true);
  }
});
