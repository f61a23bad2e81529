import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { Holes } from "@yanshu/server/holes";
import { type Bytes, fromHex, toHex } from "@yanshu/wire";
import type { Person } from "../index.ts";
import { friends, looked, range, texts, words } from "./moments.ts";

setDefaultTimeout(120_000);

const wordsTo = (text: string, people: readonly Person[]) =>
  words(text, { who: "only", tags: [], people: people.map(({ account }) => account) });
const stateOf = (person: Person) => person.view("momentsFeed", range).posts[0]?.mine?.state;
const counted = (person: Person, what: string) =>
  person.disk.all<{ count: number }>("SELECT count FROM diagnostics WHERE what = ?1", what as never)[0]?.count ?? 0;

async function friendsWhoLooked(seed: number, ...names: readonly string[]) {
  const made = await friends(seed, ...names);
  await looked(made.world, ...made.people);
  return made;
}

/** A home that lies, as by who runs it. */
const honest = { put: Holes.prototype.putAll, clear: Holes.prototype.clear };
type Put = Parameters<typeof honest.put>[0];
const setOf = ({ holes }: Put) => new Set(holes.map(({ secret }) => toHex(secret)));
afterEach(() => {
  Holes.prototype.putAll = honest.put;
  Holes.prototype.clear = honest.clear;
});

/** Answers `taken` to rounds, as long as it says. Returns the rounds that came. */
function lies(takenOf: (rounds: number) => readonly number[]): Set<string>[] {
  const rounds: Set<string>[] = [];
  Holes.prototype.putAll = async function (this: Holes, put, ...rest) {
    if (put.holes.length !== 64) return honest.put.call(this, put, ...rest);
    rounds.push(setOf(put));
    const taken = takenOf(rounds.length);
    return taken.length > 0 ? { ok: true, value: { taken } } : honest.put.call(this, put, ...rest);
  } as typeof honest.put;
  return rounds;
}

test("[MO23] a home that says of one hole that it is taken does not learn which of a round are cells", async () => {
  const { world, people } = await friendsWhoLooked(930, "Ann", "Ben", "Cleo", "Dan", "Eve", "Fay");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  const rounds = lies((round) => (round === 1 ? [0] : []));
  await ann.api.postMoment(wordsTo("some", [ben, cleo]));
  await looked(world, ...people);
  expect(rounds.length).toBeGreaterThan(1);
  for (const round of rounds) expect([...round].toSorted()).toEqual([...(rounds[0] as Set<string>)].toSorted());
  expect(texts(ben)).toEqual(["some"]);
  expect(counted(ann, "moments-false-taken")).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[MO25] what home says is taken, and is not, is neither dropped nor moved on, however long it says so", async () => {
  const { world, people } = await friendsWhoLooked(931, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const everything = Array.from({ length: 64 }, (_, at) => at);
  const rounds = lies(() => everything);
  await ann.api.postMoment(words("late"));
  for (let look = 0; look < 10; look++) await looked(world, ann, ben);
  expect(rounds.length).toBeGreaterThan(17);
  expect(stateOf(ann)).toBe("sending");
  expect(texts(ben)).toEqual([]);
  // Nothing grows by it.
  expect(new Set(rounds.flatMap((round) => [...round])).size).toBe(64);
  Holes.prototype.putAll = honest.put;
  await looked(world, ann, ben);
  expect(stateOf(ann)).toBe("sent");
  expect(texts(ben)).toEqual(["late"]);
  expect(ben.view("momentsFeed", range).gaps).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[MO24] who deletes a post shows home all of its round, and nothing that friends put", async () => {
  const { world, people } = await friendsWhoLooked(932, "Ann", "Ben", "Cleo", "Dan");
  const [ann, ben] = people as [Person, Person];
  const rounds = lies(() => []);
  const clears: Set<string>[] = [];
  Holes.prototype.clear = async function (this: Holes, asked, ...rest) {
    const secrets = (asked as { secrets: Bytes }).secrets;
    clears.push(
      new Set(Array.from({ length: secrets.length / 32 }, (_, at) => toHex(secrets.subarray(32 * at, 32 * at + 32)))),
    );
    return honest.clear.call(this, asked, ...rest);
  } as typeof honest.clear;
  const post = await ann.api.postMoment(wordsTo("some", [ben]));
  await looked(world, ...people);
  const friendly = fromHex("77".repeat(32));
  ann.disk.run("INSERT INTO moment_clears (secret, due_ms, is_own) VALUES (?, 0, 0)", friendly);
  await ann.api.deleteMoment(post);
  await looked(world, ann);
  const ofRound = clears.filter((clear) => [...(rounds[0] as Set<string>)].some((secret) => clear.has(secret)));
  expect(ofRound.length).toBe(1);
  expect([...(rounds[0] as Set<string>)].every((secret) => ofRound[0]?.has(secret))).toBe(true);
  expect(ofRound[0]?.has(toHex(friendly))).toBe(false);
  expect(clears.filter((clear) => clear.has(toHex(friendly))).length).toBe(1);
  for (const clear of clears) expect([64, 96, 128]).toContain(clear.size);
  expect(world.bugs()).toEqual([]);
});

test("[MO26] a post that waits while a device is dropped goes under the keys of after, and is read", async () => {
  const { world, people } = await friendsWhoLooked(933, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const tablet = await world.linkDevice(ann);
  await looked(world, ann, tablet, ben);
  let isShut = true;
  const before: string[] = [];
  const after: string[] = [];
  Holes.prototype.putAll = async function (this: Holes, put, ...rest) {
    (isShut ? before : after).push(...setOf(put));
    if (isShut) return { ok: false, error: { code: "unavailable" } };
    return honest.put.call(this, put, ...rest);
  } as typeof honest.put;
  await ann.api.postMoment(words("waits"));
  await world.pass(3_000);
  expect(before.length).toBeGreaterThan(0);
  expect(stateOf(ann)).toBe("sending");
  const known = [...before];
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(5_000);
  await world.during(ann.api.lookAtMoments());
  expect(ann.disk.all<{ generation: number }>("SELECT generation FROM moment_self")[0]?.generation).toBe(2);
  isShut = false;
  await world.pass(120_000); // Home refused it some times (MO163).
  await looked(world, ann, ben, ann, ben);
  expect(stateOf(ann)).toBe("sent");
  expect(texts(ben)).toEqual(["waits"]);
  // Nothing that the dropped device could name is put.
  expect(after.filter((secret) => known.includes(secret))).toEqual([]);
  expect(world.bugs()).toEqual([]);
});
