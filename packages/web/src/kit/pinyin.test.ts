/** Contacts in their order. */
import { expect, test } from "bun:test";
import type { ContactRow } from "@yanshu/client";
import { groupByInitial, loadReader, matchesContact, matchesName, plainReader } from "./pinyin.ts";
import { zhuyinOf } from "./zhuyin.ts";

const person = (name: string, ownName = name): ContactRow => ({
  account: name,
  name,
  ownName,
  remark: name === ownName ? "" : name,
  phone: "",
  description: "",
  tags: [],
  isStarred: false,
  face: { seal: name.charAt(0), pigment: 1 },
  trust: "none",
  blocked: false,
  isPassedOn: true,
});

test("[WE4] surnames are read as surnames, Latin is merged, the rest is last", async () => {
  const people = ["曾国藩", "单雄信", "Zoe", "陈雨", "Chen Kevin", "👵 太婆", "欧阳娜娜", "12 号"].map((name) =>
    person(name),
  );
  const groups = groupByInitial(people, await loadReader(), "pinyin");
  expect(groups.map(({ initial, rows }) => [initial, ...rows.map((row) => row.name)])).toEqual([
    ["C", "Chen Kevin", "陈雨"],
    ["O", "欧阳娜娜"],
    ["S", "单雄信"],
    ["Z", "曾国藩", "Zoe"],
    ["#", "12 号", "👵 太婆"],
  ]);
});

test("[WE4] who is starred stands above all, and among the others too", () => {
  const people = [
    person("Zoe"),
    { ...person("Ann"), isStarred: true },
    { ...person("Bob"), isStarred: true, blocked: true },
  ];
  const groups = groupByInitial(people, plainReader, "pinyin");
  expect(groups.map(({ initial, rows }) => [initial, ...rows.map((row) => row.name)])).toEqual([
    ["★", "Ann"],
    ["A", "Ann"],
    ["B", "Bob"],
    ["Z", "Zoe"],
  ]);
});

test("[WE4] before the pinyin is loaded, Latin names already stand right", () => {
  const groups = groupByInitial([person("Zoe"), person("Émile"), person("陈雨")], plainReader, "pinyin");
  expect(groups.map(({ initial }) => initial)).toEqual(["E", "Z", "#"]);
});

test("[WE4] [SE6] a person is found by name, own name, pinyin and initials", async () => {
  const reader = await loadReader();
  const aunt = person("小姨", "王芳");
  for (const query of ["小", "王芳", "xiaoyi", "Xiao Yi", "xy", "wf", ""]) {
    expect([query, matchesContact(aunt, query, reader)]).toEqual([query, true]);
  }
  expect(matchesContact(aunt, "chen", reader)).toBe(false);
});

test("[SE6] a name is found in either script, by pinyin begun anywhere, and by initials mixed with it", async () => {
  const reader = await loadReader();
  const finds = (query: string) => matchesName(["曾國藩"], query, reader);
  for (const query of [
    "曾国",
    "國藩",
    "zgf",
    "zengguofan",
    "zeng",
    "zenggf",
    "zguofan",
    "gf",
    "ZGF",
    "z g f",
    "ㄗㄍㄈ",
    "ㄗㄥ",
  ])
    expect([query, finds(query)]).toEqual([query, true]);
  for (const query of ["cgf", "ceng", "zf", "engguo", "ㄘㄥ", "曾藩"])
    expect([query, finds(query)]).toEqual([query, false]);
  expect(matchesName(["Maya Rodríguez"], "rodri", reader)).toBe(true);
  expect(matchesName(["Maya Rodríguez"], "maro", reader)).toBe(true);
  expect(matchesName(["Maya Rodríguez"], "aya", reader)).toBe(true);
});

test("[WE4] a reader of Traditional finds people by the initials of zhuyin, and Latin names after them", async () => {
  const people = ["曾國藩", "單雄信", "Zoe", "陳雨", "歐陽娜娜", "白居易", "于右任"].map((name) => person(name));
  const groups = groupByInitial(people, await loadReader(), "zhuyin");
  expect(groups.map(({ initial, rows }) => [initial, ...rows.map((row) => row.name)])).toEqual([
    ["ㄅ", "白居易"],
    ["ㄔ", "陳雨"],
    ["ㄕ", "單雄信"],
    ["ㄗ", "曾國藩"],
    ["ㄩ", "于右任"],
    ["ㄡ", "歐陽娜娜"],
    ["Z", "Zoe"],
  ]);
});

test("[WE4] zhuyin is spelled by rule", () => {
  const spelled = "ma zhi ri si yi wu yu you wei wen weng yong jun xue quan nv lve er xiong liu gui lun zhuang yan ying"
    .split(" ")
    .map(zhuyinOf);
  expect(spelled.join(" ")).toBe(
    "ㄇㄚ ㄓ ㄖ ㄙ ㄧ ㄨ ㄩ ㄧㄡ ㄨㄟ ㄨㄣ ㄨㄥ ㄩㄥ ㄐㄩㄣ ㄒㄩㄝ ㄑㄩㄢ ㄋㄩ ㄌㄩㄝ ㄦ ㄒㄩㄥ ㄌㄧㄡ ㄍㄨㄟ ㄌㄨㄣ ㄓㄨㄤ ㄧㄢ ㄧㄥ",
  );
  expect(zhuyinOf("Maya")).toBeUndefined();
});
