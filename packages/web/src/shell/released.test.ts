/** What a browser that has seen a release takes from then on. */
import { afterEach, expect, test } from "bun:test";
import { headOf, keyPair, pinned, signNote } from "@yanshu/release";
import { testLogKey } from "@yanshu/release/testing";
import { areFilesOf, isDoubtful, keptSplit, mayTake } from "./released.ts";

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

test("[WE137] home has a browser fetch the files of the release, and no others", () => {
  const [hex, base64] = ["11".repeat(32), Buffer.alloc(32, 0x11).toString("base64")];
  const release = { version: "1.0.0", commit: "", previous: "", sbom: "", files: { "a.js": hex, "b.js": hex } };
  const verdict = { kind: "released", note: "", release } as unknown as Parameters<typeof areFilesOf>[1];
  expect(areFilesOf({ "a.js": base64 }, verdict)).toBe(true);
  expect(areFilesOf({ "a.js": base64, "fill.bin": base64 }, verdict)).toBe(false);
  expect(areFilesOf({ "a.js": Buffer.alloc(32, 0x22).toString("base64") }, verdict)).toBe(false);
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n}.js`, base64]));
  expect(areFilesOf(many(2_000), { kind: "unsigned" })).toBe(true);
  expect(areFilesOf(many(2_001), { kind: "unsigned" })).toBe(false);
});

test("[WE320] two logs stay told as long as the key that signed both is pinned", () => {
  const keeps = (text: string) =>
    Object.defineProperty(globalThis, "localStorage", { configurable: true, value: { getItem: () => text } });
  const head = (version: string, { secret, verifier } = testLogKey) =>
    signNote(headOf([`${version} ${"01".repeat(32)}`], { verifier }), secret);
  const heads = [head("1.0.0"), head("1.1.0")];
  keeps(JSON.stringify(heads));
  expect(keptSplit()).toBe(heads.join("\n"));
  const other = keyPair("other.example", new Uint8Array(32).fill(7));
  for (const text of [JSON.stringify([head("1.0.0"), head("1.1.0", other)]), heads.join("\n"), "[]", "null"]) {
    keeps(text);
    expect(keptSplit()).toBeUndefined();
  }
});

test("[WE320] home's word of the running version is told where it does not hold, and not where it says nothing of it", () => {
  const told = [{ kind: "split", ours: "", theirs: "" }, { kind: "unlogged" }, { kind: "shorter" }] as const;
  expect(told.map(isDoubtful)).toEqual([true, true, true]);
  // A family that builds its own app, and a home that already lays the next note, or still the one of before.
  const other = [{ kind: "unsigned" }, { kind: "other-code" }, { kind: "older", version: "", than: "" }] as const;
  expect(other.map(isDoubtful)).toEqual([false, false, false]);
});
