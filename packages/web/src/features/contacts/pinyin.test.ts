/** Contacts in their order. */
import { expect, test } from "bun:test";
import type { ContactRow } from "@yanshu/client";
import { groupContacts, loadSyllables, matchesContact, plainSyllables } from "./pinyin.ts";

const person = (name: string, ownName = name): ContactRow => ({
  account: name,
  name,
  ownName,
  remark: name === ownName ? "" : name,
  face: { seal: name.charAt(0), pigment: 1 },
  trust: "none",
  blocked: false,
});

test("[WE4] surnames are read as surnames, Latin is merged, the rest is last", async () => {
  const people = ["曾国藩", "单雄信", "Zoe", "陈雨", "Chen Kevin", "👵 太婆", "欧阳娜娜", "12 号"].map((name) =>
    person(name),
  );
  const groups = groupContacts(people, await loadSyllables());
  expect(groups.map(({ letter, rows }) => [letter, ...rows.map((row) => row.name)])).toEqual([
    ["C", "Chen Kevin", "陈雨"],
    ["O", "欧阳娜娜"],
    ["S", "单雄信"],
    ["Z", "曾国藩", "Zoe"],
    ["#", "12 号", "👵 太婆"],
  ]);
});

test("[WE4] before the pinyin is loaded, Latin names already stand right", () => {
  const groups = groupContacts([person("Zoe"), person("Émile"), person("陈雨")], plainSyllables);
  expect(groups.map(({ letter }) => letter)).toEqual(["E", "Z", "#"]);
});

test("[WE4] a person is found by name, own name, pinyin and initials", async () => {
  const syllables = await loadSyllables();
  const aunt = person("小姨", "王芳");
  for (const query of ["小", "王芳", "xiaoyi", "Xiao Yi", "xy", "wf", ""]) {
    expect([query, matchesContact(aunt, query, syllables)]).toEqual([query, true]);
  }
  expect(matchesContact(aunt, "chen", syllables)).toBe(false);
});
