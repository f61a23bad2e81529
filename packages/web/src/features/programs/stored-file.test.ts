/** What a program stored, as a file and back. */
import { expect, test } from "bun:test";
import { storedFile, storedIn } from "./stored-file.ts";

test("[PR80] what a mini program or an app stored is the same after it was a file", () => {
  const json = { best: "2048", 树: '{"a":[1,null,"梨"]}', __proto: '"x"' };
  expect(storedIn(storedFile("ab", "果园", json, "json"), "json")).toEqual(json);
  // Texts that look like JSON stay as they are.
  const texts = { opened: "3", spaced: '{ "a": 1 }', quoted: '"x"', empty: "" };
  expect(storedIn(storedFile("ab", "板", texts, "texts"), "texts")).toEqual(texts);
});

test("[PR80] a file of anything else is none", () => {
  for (const text of ["", "{", "null", "3", '"x"', "[]", "{}", '{"stored":null}', '{"stored":[1]}', '{"stored":"x"}'])
    expect(storedIn(text, "json")).toBeUndefined();
  expect(storedIn('{"stored":{}}', "json")).toEqual({});
  // A file that somebody wrote by hand.
  expect(storedIn('{"stored":{"n":3}}', "texts")).toEqual({ n: "3" });
});
