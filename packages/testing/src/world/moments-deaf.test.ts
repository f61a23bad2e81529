/** What home withholds, or lays, and what its author took back, makes no friend deaf (docs/spec/moments.md MO34, MO35). */
import { expect, setDefaultTimeout, test } from "bun:test";
import { cellName } from "@yanshu/client/moments";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type Bytes, fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { feed, looked, OpenHome, range, texts, words } from "./moments.ts";

setDefaultTimeout(300_000);

const crypto = createBunCrypto();
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const read = <T>(person: Person, sql: string, ...args: Uint8Array[]) => person.disk.all<T>(sql, ...args);
const counted = (person: Person, what: string) =>
  read<{ count: number }>(person, "SELECT count FROM diagnostics WHERE what = ?1", what as never)[0]?.count ?? 0;
const gaps = (person: Person) => person.view("momentsFeed", range).gaps.map(({ count }) => count);
const wayFrom = (person: Person, of: Person) =>
  read<{ way: Bytes; next: number }>(
    person,
    "SELECT way, next FROM moment_ways WHERE account = ?",
    fromHex(of.account),
  )[0] as {
    way: Bytes;
    next: number;
  };
const logOf = (person: Person, of: Person) =>
  read<{ heads: Bytes }>(person, "SELECT heads FROM moment_logs WHERE account = ?", fromHex(of.account))[0] as {
    heads: Bytes;
  };

/** Hours pass, with looks, until it is so: three days at most. */
async function within(world: World, isSo: () => boolean): Promise<void> {
  for (let hour = 0; hour < 72 && !isSo(); hour++) await world.pass(hourMs);
}

async function pair(seed: number) {
  const home = new OpenHome();
  const world = new World({ seed, files: true, logPath: home.path });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  await ann.api.postMoment(words("zero"));
  await ben.api.postMoment(words("of Ben"));
  await looked(world, ann, ben);
  return { home, world, ann, ben };
}

for (const gone of [3, 6, 40])
  test(`[MO34] ${gone} posts that are deleted before a friend looks keep none that comes from them`, async () => {
    const { home, world, ann, ben } = await pair(950 + gone);
    const { way, next } = wayFrom(ben, ann);
    for (let at = 0; at < gone; at++) {
      const slip = await ann.api.postMoment(words(`slip ${at}`));
      await world.pass(2_000);
      await ann.api.deleteMoment(slip);
      await world.pass(2_000);
      // It does not wait for a look.
      expect(home.value(cellName(crypto, way, next + at))).toBeUndefined();
    }
    // Where far places are looked for, as many come as were gone at most.
    let came = 0;
    for (; came <= gone && !texts(ben).some((text) => text.startsWith("after")); came++) {
      await ann.api.postMoment(words(`after ${came}`));
      await world.pass(hourMs);
      await looked(world, ben);
    }
    expect(came).toBeLessThanOrEqual(gone < 8 ? 2 : 24);
    expect(texts(ben).filter((text) => text.startsWith("after")).length).toBe(came);
    expect(world.bugs()).toEqual([]);
    home.end();
  });

test("[MO34] who hears nothing for forty days asks, and goes on where the author says", async () => {
  const { home, world, ann, ben } = await pair(960);
  const { way, next } = wayFrom(ben, ann);
  for (let at = 0; at < 3; at++) {
    await ann.api.postMoment(words(`lost ${at}`));
    await world.pass(3_000);
    home.withhold(cellName(crypto, way, next + at));
  }
  await looked(world, ben);
  expect([texts(ben), gaps(ben)]).toEqual([["of Ben", "zero"], []]);
  for (const one of [ann, ben]) one.crash();
  await world.pass(41 * dayMs);
  await ben.switchOn();
  await world.pass(60_000);
  await looked(world, ben);
  // The log of after these days is withheld as well.
  await ann.switchOn();
  await world.pass(60_000);
  await looked(world, ann);
  for (let at = 3; at < 6; at++) home.withhold(cellName(crypto, way, next + at));
  await within(world, () => texts(ben).length === 5);
  expect(texts(ben)).toEqual(["lost 2", "lost 1", "lost 0", "of Ben", "zero"]);
  await ann.api.postMoment(words("next"));
  const post = feed(ben).find(({ text }) => text === "of Ben")?.id ?? "";
  await ann.api.commentMoment(post, "heard");
  await looked(world, ann, ben);
  expect(texts(ben)[0]).toBe("next");
  expect(
    feed(ben)
      .find(({ id }) => id === post)
      ?.comments.map(({ text }) => text),
  ).toEqual(["heard"]);
  expect(gaps(ben)).toEqual([]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO35] what home lays in the place of a cell is a gap, and not passed over: it is told, and asked for", async () => {
  const { home, world, ann, ben } = await pair(961);
  const { way, next } = wayFrom(ben, ann);
  await ann.api.postMoment(words("one"));
  await world.pass(3_000);
  const true_ = home.value(cellName(crypto, way, next)) as Bytes;
  home.lay(cellName(crypto, way, next), crypto.random(96));
  await world.during(ben.api.lookAtMoments());
  expect([texts(ben), gaps(ben), wayFrom(ben, ann).next]).toEqual([["of Ben", "zero"], [1], next]);
  // Home thinks better of it.
  home.lay(cellName(crypto, way, next), true_);
  await looked(world, ben);
  expect([texts(ben), gaps(ben)]).toEqual([["one", "of Ben", "zero"], []]);
  await ann.api.postMoment(words("two"));
  await world.pass(3_000);
  home.lay(cellName(crypto, way, next + 1), crypto.random(96));
  await looked(world, ben);
  expect(gaps(ben)).toEqual([1]);
  await within(world, () => texts(ben).includes("two"));
  await looked(world, ben);
  expect(texts(ben)).toEqual(["two", "one", "of Ben", "zero"]);
  expect(gaps(ben)).toEqual([]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO35] what home lays in the place of a header is a gap, and the log is heard where it goes on", async () => {
  const { home, world, ann, ben } = await pair(962);
  const post = feed(ann).find(({ text }) => text === "of Ben")?.id ?? "";
  const shown = () =>
    feed(ben)
      .find(({ id }) => id === post)
      ?.comments.map(({ text }) => text);
  const { heads } = logOf(ben, ann);
  for (const text of ["a", "b"]) await ann.api.commentMoment(post, text);
  await world.pass(3_000);
  for (const at of [0, 16, 32, 48]) home.lay(heads.slice(at, at + 16), crypto.random(128));
  await world.during(ben.api.lookAtMoments());
  expect([shown(), counted(ben, "moments-false-header")]).toEqual([[], 4]);
  await within(world, () => gaps(ben).length === 0);
  await ann.api.commentMoment(post, "c");
  await looked(world, ann, ben);
  expect(shown()).toEqual(["c"]);
  expect(gaps(ben)).toEqual([]);
  expect(world.bugs()).toEqual([]);
  home.end();
});
