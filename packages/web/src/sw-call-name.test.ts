import { expect, test } from "bun:test";
import { callName } from "./sw-call-name.ts";

const names = JSON.parse('{"abcdefgh":"Maya","empty000":""}') as unknown;

test("[PU16] only a tag that the page kept has a name; what every object has is none", () => {
  expect(callName(names, "abcdefgh")).toBe("Maya");
  for (const tag of ["toString", "valueOf", "constructor", "__proto__", "empty000", "zzzzzzzz", ""])
    expect(callName(names, tag)).toBeUndefined();
  expect(callName(undefined, "abcdefgh")).toBeUndefined();
  expect(callName("Maya", "length")).toBeUndefined();
  expect(callName({ abcdefgh: 7 }, "abcdefgh")).toBeUndefined();
});

test("[PU11] [PU12] the wake-up after a ring names the caller of which was told, and nobody else", () => {
  expect(callName(names, "", "Maya")).toBe("Maya");
  expect(callName(names, "", "雁书 Yanshu")).toBeUndefined();
});
