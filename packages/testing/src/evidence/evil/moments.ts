/**
 * Moments, with an operator who does as they like with holes (docs/spec/moments.md MO5, MO9): what they withhold shows,
 * and what they lay, with all keys of a friend who helps them, stands on no screen.
 */
import {
  cellKinds,
  cellName,
  hintOf,
  noWord,
  postPayload,
  sealCell,
  sealHeader,
  sealWord,
  wordIdOf,
  wordToSign,
} from "@yanshu/client/moments";
import { type AccountId, type Bytes, fromHex } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import type { World } from "../../world/world.ts";
import { allOf } from "../check.ts";
import { type Attack, people, watchedWorld } from "./attack.ts";
import { crypto, stolenKey } from "./ghost.ts";
import { diagnosticsOf, noticed } from "./operator.ts";

const everybody = { who: "all" } as const;
const range = { limit: 50 };
const hourMs = 3_600_000;
/** Longer than holes are laid for. */
const farDay = 99_999;

const texts = (person: Person) => person.view("momentsFeed", range).posts.map(({ text }) => text);
const gaps = (person: Person) => person.view("momentsFeed", range).gaps;

function rowOf<T>(person: Person, sql: string, ...args: Uint8Array[]): T {
  const row = person.disk.get<T>(sql, ...args);
  if (row === undefined) throw new Error(`nothing to go by: ${sql}`);
  return row;
}

type Way = { readonly way: Bytes; readonly next: number };
const wayFrom = (person: Person, of: Person) =>
  rowOf<Way>(person, "SELECT way, next FROM moment_ways WHERE account = ?", fromHex(of.account));

/** Everybody looks, twice over: what one says is there when the next looks. */
async function looked(world: World, ...all: readonly Person[]): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await world.pass(2_000);
    for (const person of all) await world.during(person.api.lookAtMoments());
  }
  await world.pass(2_000);
}

function lay({ log }: World, name: Bytes, value: Bytes): void {
  log.transaction(() => log.features.moments.put([{ name, value, expiresDay: farDay, before: undefined }]));
}

export const withheldPost: Attack = async (weakness = {}) => {
  const world = watchedWorld(617, weakness, { files: true });
  const [ann, ben] = await people(world, "Ann", "Ben");
  await world.befriend(ann, ben);
  const post = (text: string) => world.during(ann.api.postMoment({ text, pictures: [], audience: everybody }));
  await post("zero");
  await looked(world, ann, ben);
  const { way, next } = wayFrom(ben, ann);
  await post("withheld");
  await world.pass(3_000);
  const name = cellName(crypto, way, next);
  const stood = world.log.features.moments.held([name])[0] !== undefined;
  world.log.transaction(() => world.log.features.moments.drop([name]));
  await world.during(ben.api.lookAtMoments());
  const wasHidden = texts(ben).join() === "zero";
  await post("next");
  await world.pass(3_000);
  ann.crash(); // Who could say it again is away: the gap stays.
  await world.pass(hourMs);
  await world.during(ben.api.lookAtMoments());
  const isTold = gaps(ben).length === 1 && gaps(ben)[0]?.count === 1;
  const comesNext = texts(ben).join() === "next,zero";
  await ann.switchOn();
  // It is asked for at a moment of chance within a day (MO36).
  let isRecovered = false;
  for (let hour = 0; hour < 26 && !isRecovered; hour++) {
    await world.pass(hourMs);
    isRecovered = texts(ben).join() === "next,withheld,zero";
  }
  return allOf(
    "P4.withheld-post",
    "a post of Moments of which home withholds a reader's cell: told at the next one, asked for, and recovered",
    {
      "the next one arrives": comesNext,
      "told as a gap": isTold,
      recovered: isRecovered,
      "the gap is closed": gaps(ben).length === 0,
    },
    stood && wasHidden,
    diagnosticsOf(ben),
  );
};

/** Of a comment and of a like home keeps the word back, and gives the header that names it (MO59). */
export const withheldWord: Attack = async (weakness = {}) => {
  const world = watchedWorld(619, weakness, { files: true });
  const [ann, ben] = await people(world, "Ann", "Ben");
  await world.befriend(ann, ben);
  const post = await world.during(ben.api.postMoment({ text: "of Ben", pictures: [], audience: everybody }));
  await looked(world, ben, ann);
  const saidOn = () => {
    const view = ben.view("moment", post);
    return `${view?.comments.map(({ text }) => text).join()} ${view?.likes.length}`;
  };
  await ann.api.commentMoment(post, "withheld");
  await ann.api.likeMoment(post);
  await world.pass(3_000);
  const held = ann.disk.all<{ name: Bytes }>("SELECT name FROM moment_words").map(({ name }) => name);
  const stood = world.log.features.moments.held(held).filter((hole) => hole !== undefined).length;
  world.log.transaction(() => world.log.features.moments.drop(held));
  for (let look = 0; look < 2; look++) await looked(world, ben);
  const wasHidden = saidOn() === " 0";
  ann.crash(); // Who could say it again is away: the gap stays.
  let hours = 0;
  for (; hours < 30 && gaps(ben).length === 0; hours++) await world.pass(hourMs);
  const isTold = gaps(ben).length === 1 && gaps(ben)[0]?.count === 2;
  await ann.switchOn();
  for (hours = 0; hours < 60 && saidOn() !== "withheld 1"; hours++) await world.pass(hourMs);
  return allOf(
    "P4.withheld-word",
    "a comment and a like of which home keeps back the words: told a day later, asked for, and put again",
    { "told as gaps": isTold, "said again": saidOn() === "withheld 1", "the gaps are closed": gaps(ben).length === 0 },
    stood === 2 && wasHidden,
    diagnosticsOf(ben),
  );
};

/** Eve is a friend of both, and gives the operator all her keys. */
export const forgedMoments: Attack = async (weakness = {}) => {
  const world = watchedWorld(618, weakness, { files: true });
  const [ann, ben, eve] = await people(world, "Ann", "Ben", "Eve");
  await world.befriend(ann, ben);
  await world.befriend(ann, eve);
  await world.befriend(ben, eve);
  const post = await world.during(ann.api.postMoment({ text: "for all", pictures: [], audience: everybody }));
  const hidden = await world.during(
    ann.api.postMoment({
      text: "not for Ben",
      pictures: [],
      audience: { who: "except", people: [ben.account] },
    }),
  );
  await looked(world, ann, ben, eve);
  await ben.api.likeMoment(post);
  await eve.api.postMoment({ text: "of Eve", pictures: [], audience: everybody });
  await looked(world, ben, ann, eve, ben);

  type Held = { readonly secret: Bytes; readonly name: Bytes; readonly day: number };
  const held = (id: string) => rowOf<Held>(eve, "SELECT secret, name, day FROM moments WHERE id = ?", fromHex(id));
  // Where Ben's log goes on: a comment in his name.
  const { key, heads } = rowOf<{ key: Bytes; heads: Bytes }>(
    eve,
    "SELECT key, heads FROM moment_logs WHERE account = ?",
    fromHex(ben.account),
  );
  const { secret, day } = held(post);
  const [head, name] = [heads.slice(0, 16), world.chance.bytes(16)];
  const [bens, reply] = [fromHex(ben.account) as AccountId, world.chance.bytes(16)];
  const of = { author: fromHex(ann.account) as AccountId, secret };
  const word = {
    kind: "comment",
    id: wordIdOf(crypto, bens, fromHex(post), reply),
    about: noWord,
    reply,
    atMs: world.clock.nowMs(),
    text: "never said",
  } as const;
  const signer = weakness.stolenKey === true ? await stolenKey(ben) : await stolenKey(eve);
  const bytes = wordToSign(crypto, bens, of, name, word);
  const signature = await crypto.sign(signer.privateKey, bytes);
  const next = Array.from({ length: 4 }, () => world.chance.bytes(16));
  const hint = hintOf(crypto, key, of);
  lay(world, head, await sealHeader(crypto, key, head, { day: day & 255, hint, next, word: name }));
  lay(world, name, (await sealWord(crypto, key, name, secret, undefined, { ...word, signature })) as Bytes);
  // Where Eve's cells go on: a post of Ann's that is not for Ben, in Eve's name; and noise.
  const way = wayFrom(ben, eve);
  const shown = held(hidden);
  const payload = postPayload(shown.secret, shown.name);
  const cell = { kind: cellKinds.post, flags: 0, day: shown.day, payload };
  lay(world, cellName(crypto, way.way, way.next), await sealCell(crypto, way.way, way.next, cell));
  lay(world, cellName(crypto, way.way, way.next + 1), world.chance.bytes(96));
  await looked(world, ann, ben, eve);
  const saidOn = (person: Person) => person.view("moment", post)?.comments.map(({ text }) => text) ?? ["no post"];
  return allOf(
    "P4.forged-moments",
    "words and cells that home lays for Moments, with all keys of a friend of both: none is shown",
    {
      "no word in another's name": [ann, eve].every((one) => saidOn(one).length === 0),
      "no post in another's name": texts(ben).toSorted().join() === "for all,of Eve",
      "the word is noticed": noticed(ann, "moments-false-word") > 0,
      "the post is noticed": noticed(ben, "moments-false-body") > 0,
      "the noise is noticed": noticed(ben, "moments-false-cell") > 0,
    },
    texts(eve).includes("not for Ben"),
    `${diagnosticsOf(ann)}; ${diagnosticsOf(ben)}`,
  );
};
