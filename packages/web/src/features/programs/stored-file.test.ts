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

test("[PR85] a program that stores what is deep or broken makes no file that is many times as large, or none", () => {
  const deep = `${"[".repeat(2_000)}${"0,".repeat(20_000)}0${"]".repeat(2_000)}`;
  const bottomless = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  const stored = { deep, bottomless, broken: '1},"other":{', ["__proto__"]: '"x"', 'a"b': "[1, 2]" };
  const file = storedFile("ab", "果园", stored, "json");
  expect(file.length).toBeLessThan(2 * (deep.length + bottomless.length));
  expect(storedIn(file, "json")).toBeUndefined();
  const { bottomless: _, ...rest } = stored;
  const back = storedIn(storedFile("ab", "果园", rest, "json"), "json") ?? {};
  expect(back["deep"]).toBe(deep);
  expect(Object.entries(back).slice(1)).toEqual([
    ["broken", JSON.stringify(rest.broken)],
    ["__proto__", '"x"'],
    ['a"b', "[1,2]"],
  ]);
});
