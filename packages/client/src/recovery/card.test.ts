import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { pinyin } from "pinyin-pro";
import { areOnCard, cardOf, readCard as readBy } from "./card.ts";
import { shapes, sounds } from "./card-alike.ts";
import { loadCardLists } from "./card-lists.ts";

const key = Uint8Array.from({ length: 32 }, (_, n) => (n * 37 + 11) % 256);
const account = new Uint8Array(32).fill(7);
const lists = await loadCardLists();
const card = await cardOf(key, account, "yan.example");
const [hans, hant] = [card.inChinese["zh-Hans"], card.inChinese["zh-Hant"]];
const sha256 = (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest());
const readCard = (text: string) => readBy(text, sha256);
const read = (words: readonly string[]) => readCard(words.join(" "));
const changed = (words: readonly string[], place: number, word: string) => words.with(place, word);

test("[ID61] a card is English or Chinese, and each brings the same key back, without spaces and mixed", async () => {
  expect([card.words.length, hans.length, hant.length]).toEqual([24, 24, 24]);
  for (const [place, word] of card.words.entries()) {
    const at = lists.en.indexOf(word);
    expect([hans[place], hant[place]]).toEqual([lists["zh-Hans"][at], lists["zh-Hant"][at]]);
  }
  const mixed = card.words.map((word, place) => [word, hans[place], hant[place]][place % 3] ?? "");
  const texts = [
    card.words.join(" "),
    hans.join(""),
    hant.join("，"),
    mixed.join(" "),
    mixed.map((word, n) => `${n + 1}.${word}`).join("\n"),
  ];
  for (const text of texts) expect(await readCard(text)).toEqual({ kind: "card", masterKey: key });
  expect(
    await readCard(card.words.join("　").replace(/[a-z]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0))),
  ).toMatchObject({ kind: "card" });
});

test("[ID61] the two scripts of Chinese never give one character to two words", () => {
  for (const [at, word] of lists["zh-Hant"].entries()) expect([at, -1]).toContain(lists["zh-Hans"].indexOf(word));
});

test("[ID17] [ID61] two words are on the card in whichever script, and two others are not", async () => {
  const answers = (a: string, b: string) => [
    { place: 2, word: a },
    { place: 20, word: b },
  ];
  for (const words of [card.words, hans, hant])
    expect(await areOnCard(key, answers(words[2] ?? "", words[20] ?? ""))).toBe(true);
  expect(await areOnCard(key, answers(hans[2] ?? "", card.words[20]?.toUpperCase() ?? ""))).toBe(true);
  expect(await areOnCard(key, answers(hans[2] ?? "", hans[21] ?? ""))).toBe(false);
  expect(await areOnCard(key, answers(hans[2] ?? "", `${hans[20]}${hans[20]}`))).toBe(false);
  expect(await areOnCard(key, [{ place: 2, word: hans[2] ?? "" }])).toBe(false);
});

test("[ID30] [ID61] what is no word of a card is named, in either language", async () => {
  expect(await read(changed(hans, 4, "餃"))).toEqual({ kind: "word", place: 4, word: "餃" });
  expect(await read(changed(card.words, 4, "dumpling"))).toEqual({ kind: "word", place: 4, word: "dumpling" });
  expect(await read(hans.slice(1))).toEqual({ kind: "count", count: 23 });
  expect(await readCard("")).toEqual({ kind: "count", count: 0 });
});

/** Of all words, by the first other that `alike` takes for it, those with which the card fits no more. */
async function slips(words: readonly string[], alike: (word: string) => string | undefined) {
  const made: { place: number; word: string; text: readonly string[] }[] = [];
  for (const [place, word] of words.entries()) {
    const other = alike(word);
    if (other === undefined) continue;
    const text = changed(words, place, other);
    if ((await read(text)).kind === "sum") made.push({ place, word, text });
  }
  return made;
}

const ofSound = (list: readonly string[]) => (word: string) => {
  const at = list.indexOf(word);
  const group = Object.values(lists.sounds).find((places) => places.includes(at) && places.length > 1) ?? [];
  return list[group.find((other) => other !== at) ?? -1];
};
const ofShape = (word: string) => {
  const pair = shapes
    .trim()
    .split(/\s+/)
    .find((one) => one.includes(word));
  return pair === undefined
    ? undefined
    : Array.from(pair).find((other) => other !== word && lists["zh-Hans"].includes(other));
};
const ofLetters = (word: string) =>
  lists.en.find(
    (other) =>
      other !== word &&
      other.length === word.length &&
      Array.from(other).filter((letter, n) => letter !== word[n]).length === 1,
  );

test("[ID63] a word that was taken for one that sounds, looks or is spelled alike is named, and stands first or nearly", async () => {
  let [made, first] = [0, 0];
  for (const [words, alike] of [
    [hans, ofSound(lists["zh-Hans"])],
    [hant, ofSound(lists["zh-Hant"])],
    [hans, ofShape],
    [card.words, ofLetters],
  ] as const) {
    const slipped = await slips(words, alike);
    expect(slipped.length).toBeGreaterThan(0);
    for (const { place, word, text } of slipped) {
      const answer = await read(text);
      if (answer.kind !== "sum") throw new Error("it fits");
      made += 1;
      expect(answer.guesses.length).toBeLessThanOrEqual(3);
      if (JSON.stringify(answer.guesses).includes(JSON.stringify({ place, word }))) first += 1;
    }
  }
  // A few of many that sound alike fit by chance as well, and stand before it.
  expect(made).toBeGreaterThan(40);
  expect(first / made).toBeGreaterThan(0.85);
}, 60_000);

test("[ID63] two neighbours that were exchanged are named, and what is guessed fits", async () => {
  const place = 9;
  const text = changed(changed(hans, place, hans[place + 1] ?? ""), place + 1, hans[place] ?? "");
  const answer = await read(text);
  expect(answer).toMatchObject({ kind: "sum" });
  if (answer.kind !== "sum") return;
  expect(answer.guesses).toContainEqual([
    { place, word: hans[place] ?? "" },
    { place: place + 1, word: hans[place + 1] ?? "" },
  ]);
  for (const guess of answer.guesses) {
    const mended = guess.reduce((words, one) => changed(words, one.place, one.word), text);
    expect((await read(mended)).kind).toBe("card");
  }
});

test("[ID63] where nothing is likely nothing is named", async () => {
  const answer = await read(Array.from({ length: 24 }, (_, n) => lists.en[(n * 191 + 5) % 2048] ?? ""));
  if (answer.kind === "sum") expect(answer.guesses.length).toBeLessThanOrEqual(3);
  expect(answer.kind).toBe("sum");
});

test("[ID63] the sounds are those that pinyin-pro gives to the words", () => {
  const made = new Map<string, string>();
  for (const word of lists["zh-Hans"])
    for (const sound of new Set(pinyin(word, { multiple: true, toneType: "none", type: "array", v: true })))
      made.set(sound, `${made.get(sound) ?? ""}${word}`);
  const wanted = [...made].filter(([sound]) => /^[a-z]+$/.test(sound)).map(([sound, words]) => sound + words);
  expect(sounds.trim().split(/\s+/).toSorted()).toEqual(wanted.toSorted());
});
