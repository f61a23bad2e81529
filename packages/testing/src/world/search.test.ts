import { expect, test } from "bun:test";
import type { Hex, MessageSearch } from "@yanshu/client";
import { utf8 } from "@yanshu/wire";
import { type Person, World } from "../index.ts";

async function annAndBen(seed: number) {
  const world = new World({ seed });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const search = (person: Person, query: string, more: Partial<MessageSearch> = {}) =>
    world.during(person.api.searchMessages({ query, limit: 50, ...more }));
  /** What is found, as it is shown. */
  const finds = async (person: Person, query: string, more?: Partial<MessageSearch>) =>
    (await search(person, query, more)).hits.map(({ before, match, after }) => `${before}[${match}]${after}`);
  const says = async (from: Person, to: Person, where: Hex, text: string) => {
    await from.say(where, text);
    await world.until(`"${text}" arrives`, () => to.reads(where).includes(text));
  };
  return { world, ann, ben, chat, search, finds, says };
}

test("[SE1] [SE3] one character finds what was said, by anybody, in either script", async () => {
  const { world, ann, ben, chat, finds, says } = await annAndBen(70);
  await says(ann, ben, chat, "今晚吃餃子");
  await says(ben, ann, chat, "饺子馅我来调，GREAT");
  await says(ann, ben, chat, "七點到家");
  for (const person of [ann, ben]) {
    expect(await finds(person, "饺")).toEqual(["[饺]子馅我来调，GREAT", "今晚吃[餃]子"]);
    expect(await finds(person, "餃子")).toHaveLength(2);
    expect(await finds(person, "点到")).toEqual(["七[點到]家"]);
    expect(await finds(person, "great")).toEqual(["饺子馅我来调，[GREAT]"]);
    expect(await finds(person, "子馅")).toEqual(["饺[子馅]我来调，GREAT"]);
    expect(await finds(person, "馅子")).toEqual([]);
    expect(await finds(person, "great 饺")).toHaveLength(1);
    expect(await finds(person, "，")).toEqual([]);
  }
  await says(ben, ann, chat, "再来点饺子");
  expect(await finds(ann, "饺子")).toHaveLength(3);
  expect(world.bugs()).toEqual([]);
});

test("[SE3] a search is narrowed by chat, author, kind and time, and goes on where it left off", async () => {
  const { world, ann, ben, chat, search, finds, says } = await annAndBen(71);
  const cat = await world.person("Cat");
  const withCat = await world.befriend(ann, cat);
  await says(ann, cat, withCat, "sun in the morning");
  await says(ben, ann, chat, "sun at noon, see https://weather.test/sun");
  const noonMs = world.clock.nowMs() + 1;
  await world.pass(3_600_000);
  await says(ann, ben, chat, "sunset");
  expect(await finds(ann, "sun")).toHaveLength(3);
  expect(await finds(ann, "sun", { conversation: chat })).toHaveLength(2);
  expect(await finds(ann, "sun", { author: ben.account })).toEqual(["[sun] at noon, see https://weather.test/sun"]);
  expect(await finds(ann, "", { author: ben.account, conversation: chat })).toHaveLength(1);
  expect(await finds(ann, "", { kind: "link" })).toHaveLength(1);
  expect(await finds(ann, "sun", { fromMs: noonMs })).toEqual(["[sun]set"]);
  expect(await finds(ann, "sun", { toMs: noonMs })).toHaveLength(2);
  const first = await search(ann, "sun", { limit: 2 });
  expect([first.hits.length, first.hasMore]).toEqual([2, true]);
  const rest = await search(ann, "sun", { limit: 2, before: first.hits[1]?.order ?? 0 });
  expect([rest.hits.map(({ title }) => title), rest.hasMore]).toEqual([["Cat"], false]);
});

test("[SE4] what was deleted is found no more, and its words leave the device's file", async () => {
  const { ann, ben, world, chat, finds, says } = await annAndBen(72);
  await says(ann, ben, chat, "龘靐齉");
  await says(ann, ben, chat, "stays");
  expect(await finds(ben, "龘靐齉")).toEqual(["[龘靐齉]"]);
  const holds = (words: string) => Buffer.from(ben.takeSnapshot()).includes(utf8(words));
  expect(holds("靐")).toBe(true);
  await ben.api.deleteChat(chat, "here");
  expect(await finds(ben, "龘靐齉")).toEqual([]);
  while (await ben.client.workAhead());
  for (const character of "龘靐齉") expect([character, holds(character)]).toEqual([character, false]);
  expect(await finds(ann, "stays")).toEqual(["[stays]"]);
  expect(world.bugs()).toEqual([]);
});

test("[SE5] a hit leads to its place in the timeline, with what stands around it", async () => {
  const { ann, ben, chat, search, says, world } = await annAndBen(73);
  await says(ann, ben, chat, "the needle");
  for (let n = 1; n <= 120; n++) await ann.say(chat, `hay ${n}`);
  await world.until("all of it is there", () => ben.reads(chat).at(-1) === "hay 120");
  const hit = (await search(ben, "needle")).hits[0];
  expect(hit).toMatchObject({ conversation: chat, title: "Ann", from: { name: "Ann" }, match: "needle" });
  const view = ben.view("timeline", chat, 20, hit?.order ?? 0);
  const texts = view.items.flatMap(({ body }) => (body.kind === "text" ? [body.text] : []));
  expect(view.items.find(({ order }) => order === hit?.order)?.body).toMatchObject({ text: "the needle" });
  expect(texts).toContain("hay 9");
  expect([view.hasNewer, texts.length <= 20]).toEqual([true, true]);
  expect(ben.view("timeline", chat, 20).hasNewer).toBe(false);
});

test("[SE6] groups are listed with their members' names, also when they are hidden", async () => {
  const { world, ann, ben } = await annAndBen(74);
  const group = await world.group(ann, [ben], "包饺子");
  await ann.api.setHidden(group, true);
  await ann.api.setRemark(ben.account, "本子");
  expect(ann.view("groups")).toMatchObject([{ conversation: group, title: "包饺子", members: ["本子"] }]);
});

test("[SE7] the days on which something was said are known, with where they begin", async () => {
  const { world, ann, ben, chat, says } = await annAndBen(75);
  const dayMs = 86_400_000;
  const today = Math.floor(world.clock.nowMs() / dayMs) * dayMs;
  await says(ann, ben, chat, "today");
  await world.pass(2 * dayMs);
  await says(ann, ben, chat, "the day after tomorrow");
  const starts = [-1, 0, 1, 2, 3, 4].map((day) => today + day * dayMs);
  const days = await ben.api.daysWithMessages(chat, starts);
  expect(days.map((order) => order !== null)).toEqual([false, true, false, true, false]);
  const first = ben.view("timeline", chat, 2, days[3] ?? 0).items.find(({ order }) => order === days[3]);
  expect(first?.body).toMatchObject({ text: "the day after tomorrow" });
});
