/**
 * What home withholds, or lays, and what its author took back, makes no friend deaf (docs/spec/moments.md MO34–MO38).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { cellName, hintOf, openBody, sealBody } from "@yanshu/client/moments";
import { createBunCrypto } from "@yanshu/mls/bun";
import { Holes } from "@yanshu/server/holes";
import { type AccountId, type Bytes, equalBytes, fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { feed, looked, nobodyLooks, OpenHome, range, texts, words } from "./moments.ts";

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
  await world.pass(1_000);
  await ben.api.postMoment(words("of Ben"));
  await looked(world, ann, ben);
  return { home, world, ann, ben };
}

test("[MO67] who looks after six posts were deleted has no gap, and reads the next at once", async () => {
  const { home, world, ann, ben } = await pair(949);
  const { way, next } = wayFrom(ben, ann);
  for (let at = 0; at < 6; at++) {
    const slip = await ann.api.postMoment(words(`slip ${at}`));
    // Home has it, or it waits still.
    if (at % 2 === 0) await world.pass(2_000);
    const value = home.value(cellName(crypto, way, next + at));
    await ann.api.deleteMoment(slip);
    await world.pass(2_000);
    // It does not wait for a look.
    if (value !== undefined) expect(home.value(cellName(crypto, way, next + at))).not.toEqual(value);
  }
  await world.during(ben.api.lookAtMoments());
  await world.during(ben.api.lookAtMoments());
  await ann.api.postMoment(words("after"));
  await world.pass(2_000);
  await world.during(ben.api.lookAtMoments());
  expect(texts(ben)).toEqual(["after", "of Ben", "zero"]);
  expect(gaps(ben)).toEqual([]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

for (const gone of [3, 6, 10])
  test(`[MO34] ${gone} cells that are gone before a friend looks keep none that comes from them`, async () => {
    const { home, world, ann, ben } = await pair(950 + gone);
    const { way, next } = wayFrom(ben, ann);
    for (let at = 0; at < gone; at++) {
      const slip = await ann.api.postMoment(words(`slip ${at}`));
      await world.pass(2_000);
      await ann.api.deleteMoment(slip);
      await world.pass(2_000);
      home.withhold(cellName(crypto, way, next + at));
    }
    // Where far places are looked for, as many come as were gone at most.
    let came = 0;
    for (; came <= gone && !texts(ben).some((text) => text.startsWith("after")); came++) {
      await ann.api.postMoment(words(`after ${came}`));
      await world.pass(hourMs);
      await looked(world, ben);
    }
    expect(came).toBeLessThanOrEqual(gone < 8 ? 2 : 6);
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

test("[MO36] a gap is asked for hours after it was met, at a moment of chance, and once", async () => {
  const { home, world, ann, ben } = await pair(963);
  const { way, next } = wayFrom(ben, ann);
  const friend = () =>
    read<{ asked_ms: number; ask_ms: number }>(
      ben,
      "SELECT asked_ms, ask_ms FROM moment_friends WHERE account = ?",
      fromHex(ann.account),
    )[0] as { asked_ms: number; ask_ms: number };
  const waits: number[] = [];
  for (let at = 0; at < 6; at += 2) {
    for (const text of ["lost", "came"]) await ann.api.postMoment(words(`${text} ${at}`));
    await world.pass(3_000);
    home.withhold(cellName(crypto, way, next + at));
    const before = friend().asked_ms;
    await world.pass(hourMs);
    await looked(world, ben);
    expect([gaps(ben), friend().asked_ms]).toEqual([[1], before]);
    waits.push(friend().ask_ms - world.clock.nowMs());
    await world.pass(friend().ask_ms - world.clock.nowMs() - 60_000);
    await looked(world, ben);
    expect(friend().asked_ms).toBe(before);
    await within(world, () => gaps(ben).length === 0);
    expect([gaps(ben), friend().ask_ms]).toEqual([[], 0]);
    expect(texts(ben)).toContain(`lost ${at}`);
    await nobodyLooks(world, dayMs);
  }
  for (const wait of waits) {
    expect(wait).toBeGreaterThan(hourMs / 2);
    expect(wait).toBeLessThan(dayMs);
  }
  expect(new Set(waits).size).toBe(3);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO37] a body that is false is looked for again, told as a gap a day later, and put again by its author", async () => {
  const { home, world, ann, ben } = await pair(964);
  const post = await ann.api.postMoment(words("true"));
  await world.pass(3_000);
  type Row = { readonly name: Bytes; readonly secret: Bytes };
  const [row] = read<Row>(ann, "SELECT name, secret FROM moments WHERE id = ?", fromHex(post));
  const { name, secret } = row as Row;
  const body = home.value(name) as Bytes;
  home.lay(name, crypto.random(body.length));
  await looked(world, ben);
  expect([texts(ben), gaps(ben), counted(ben, "moments-false-body")]).toEqual([["of Ben", "zero"], [], 1]);
  // One that opens and reads as hers, and that she did not sign: a device of hers that was dropped has the secret.
  const { bytes } = (await openBody(crypto, secret, name, body)) as { readonly bytes: Bytes };
  const changed = bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
  const [forged] = (await sealBody(crypto, secret, () => name, changed)) as readonly Bytes[];
  home.lay(name, forged as Bytes);
  await looked(world, ben);
  expect([texts(ben), gaps(ben)]).toEqual([["of Ben", "zero"], []]);
  // Home thinks better of it: then nothing was missed.
  home.lay(name, body);
  await within(world, () => texts(ben).length === 3);
  expect([texts(ben), gaps(ben)]).toEqual([["true", "of Ben", "zero"], []]);
  const second = await ann.api.postMoment(words("second"));
  await world.pass(3_000);
  const [other] = read<{ name: Bytes }>(ann, "SELECT name FROM moments WHERE id = ?", fromHex(second));
  home.lay((other as { name: Bytes }).name, crypto.random(body.length));
  await looked(world, ben);
  expect(gaps(ben)).toEqual([]);
  await within(world, () => gaps(ben).length > 0);
  expect(gaps(ben)).toEqual([1]);
  await within(world, () => texts(ben).includes("second"));
  expect([texts(ben)[0], gaps(ben)]).toEqual(["second", []]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO38] a word that does not open is read later and later, and no more than 200 of one author on a post", async () => {
  const { home, world, ann, ben } = await pair(965);
  const post = feed(ann).find(({ text }) => text === "of Ben")?.id ?? "";
  const said = await ann.api.commentMoment(post, "heard");
  await world.pass(3_000);
  const [word] = read<{ name: Bytes }>(ann, "SELECT name FROM moment_words WHERE id = ?", fromHex(said));
  const name = (word as { name: Bytes }).name;
  const value = home.value(name) as Bytes;
  home.lay(name, crypto.random(value.length));
  const asked: number[] = [];
  const honest = Holes.prototype.read;
  Holes.prototype.read = async function (this: Holes, { names }, prefix) {
    for (let at = 0; at < names.length; at += 16)
      if (equalBytes(names.subarray(at, at + 16), name)) asked.push(world.clock.nowMs());
    return honest.call(this, { names }, prefix);
  };
  try {
    await world.pass(4 * dayMs);
  } finally {
    Holes.prototype.read = honest;
  }
  // At the first looks, then after one, two, four … hours; her own device, which reads her log as well, no more often.
  // What a cover's header names waits beside it, and answers to no post.
  const ofWord = "SELECT tries FROM moment_closed WHERE name = ?";
  const [{ tries }] = read<{ tries: number }>(ben, ofWord, name) as [{ tries: number }];
  expect(tries).toBeGreaterThan(6);
  expect(tries).toBeLessThan(11);
  expect(asked.length).toBeLessThanOrEqual(2 * tries + 4);
  home.lay(name, value);
  for (let hours = 0; hours < 72; hours++) await world.pass(hourMs);
  expect(
    feed(ben)
      .find(({ id }) => id === post)
      ?.comments.map(({ text }) => text),
  ).toEqual(["heard"]);
  // A friend with a changed client says what nobody can open.
  type Log = { key: Bytes };
  const [log] = read<Log>(ben, "SELECT key FROM moment_logs WHERE account = ?", fromHex(ann.account)) as [Log];
  type Of = { secret: Bytes; day: number; author: AccountId };
  const [of] = read<Of>(ben, "SELECT secret, day, author FROM moments WHERE id = ?", fromHex(post)) as [Of];
  ben.disk.transaction(() => {
    for (let at = 0; at < 300; at++)
      ben.disk.run(
        "INSERT INTO moment_closed (name, author, log, header, hint, day, got_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        crypto.random(16),
        fromHex(ann.account),
        log.key,
        crypto.random(16),
        hintOf(crypto, log.key, of),
        of.day & 255,
        world.clock.nowMs() + at, // Not long over: the day’s tidying would take it.
      );
  });
  await looked(world, ben);
  expect(read(ben, "SELECT 1 FROM moment_closed WHERE secret <> x''").length).toBe(200);
  expect(counted(ben, "moments-too-many-words")).toBe(100);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO54] an answer that was tried just before what it answers came is shown at the next look", async () => {
  const { home, world, ann, ben } = await pair(967);
  const dan = await world.person("Dan");
  await world.befriend(ben, dan);
  await world.befriend(ann, dan);
  const post = feed(ben).find(({ text }) => text === "of Ben")?.id ?? "";
  await looked(world, ann, ben, dan, ann, ben, dan);
  const shown = () => dan.view("moment", post)?.comments.map(({ text }) => text);
  const nameOf = (person: Person, id: string) =>
    read<{ name: Bytes }>(person, "SELECT name FROM moment_words WHERE id = ?", fromHex(id))[0]?.name as Bytes;
  const first = await ann.api.commentMoment(post, "asked");
  await looked(world, ann, ben);
  const answer = await ben.api.commentMoment(post, "answered", first);
  await world.pass(3_000);
  const value = home.value(nameOf(ann, first)) as Bytes;
  home.withhold(nameOf(ann, first));
  // Some looks, within the hour in which nothing is looked for far ahead.
  for (let at = 0; at < 3; at++) await world.during(dan.api.lookAtMoments());
  expect(shown()).toEqual([]);
  // The answer is the first that is tried.
  const set = "UPDATE moment_closed SET got_ms = ?, again_ms = 0 WHERE name = ?";
  dan.disk.run(set, 1, nameOf(ben, answer));
  dan.disk.run(set, 2, nameOf(ann, first));
  home.lay(nameOf(ann, first), value);
  await world.during(dan.api.lookAtMoments());
  expect(shown()).toEqual(["asked"]);
  await world.during(dan.api.lookAtMoments());
  expect(shown()).toEqual(["asked", "answered"]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO59] a word that home keeps back is a gap a day later, is put again by its author, and shown", async () => {
  const { home, world, ann, ben } = await pair(968);
  const post = feed(ann).find(({ text }) => text === "of Ben")?.id ?? "";
  const shown = () => ben.view("moment", post);
  const nameOf = (id: string) =>
    read<{ name: Bytes }>(ann, "SELECT name FROM moment_words WHERE id = ?", fromHex(id))[0]?.name as Bytes;
  const said = await ann.api.commentMoment(post, "kept back");
  await ann.api.likeMoment(post);
  await world.pass(3_000);
  const [like] = read<{ name: Bytes }>(ann, "SELECT name FROM moment_words WHERE kind = 'like'");
  for (const name of [nameOf(said), (like as { name: Bytes }).name]) home.withhold(name);
  await looked(world, ben);
  await looked(world, ben);
  expect([shown()?.comments, shown()?.likes, gaps(ben)]).toEqual([[], [], []]);
  await within(world, () => gaps(ben).length > 0);
  expect(gaps(ben)).toEqual([2]);
  await within(world, () => shown()?.comments.length === 1 && shown()?.likes.length === 1);
  await looked(world, ben);
  expect([shown()?.comments.map(({ text }) => text), shown()?.likes.length, gaps(ben)]).toEqual([["kept back"], 1, []]);
  // Its author takes it back before it is read: nothing was missed.
  const slip = await ann.api.commentMoment(post, "slip");
  await world.pass(3_000);
  home.withhold(nameOf(slip));
  await looked(world, ben);
  await ann.api.deleteMomentComment(slip);
  await world.pass(3_000);
  for (let hour = 0; hour < 30; hour++) await world.pass(hourMs);
  expect([gaps(ben), read(ben, "SELECT 1 FROM moment_closed WHERE secret <> x''")]).toEqual([[], []]);
  // Who says that a word is missing which stands has nothing put.
  const puts: number[] = [];
  const honest = Holes.prototype.putAll;
  Holes.prototype.putAll = async function (this: Holes, put, ...rest) {
    puts.push(put.holes.length);
    return honest.call(this, put, ...rest);
  } as typeof honest;
  ben.disk.run(
    "INSERT INTO moment_gaps (account, log, place, name, since_ms) VALUES (?, x'', 0, ?, ?)",
    fromHex(ann.account),
    nameOf(said),
    world.clock.nowMs() - 2 * dayMs,
  );
  await within(world, () => gaps(ben).length === 0);
  await looked(world, ann, ben);
  Holes.prototype.putAll = honest;
  expect([gaps(ben), puts]).toEqual([[], []]);
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
  const names = [0, 16, 32, 48].map((at) => heads.slice(at, at + 16));
  // All four are spent: what is laid where she says the next is in her own way, and waits (MO25).
  for (let at = 0; names.some((name) => home.value(name) === undefined); at++) {
    await ann.api.commentMoment(post, `lost ${at}`);
    await world.pass(3_000);
  }
  for (const name of names) home.lay(name, crypto.random(128));
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

test("[MO41] two own devices that speak at one moment leave no place of their log empty, and all of it is heard", async () => {
  const { home, world, ann, ben } = await pair(966);
  const tablet = await world.linkDevice(ann);
  await looked(world, ann, tablet);
  const post = feed(ann).find(({ text }) => text === "of Ben")?.id ?? "";
  const said: string[] = [];
  for (let at = 0; at < 8; at++) {
    const texts = [`phone ${at}`, `tablet ${at}`];
    said.push(...texts);
    const both = [ann.api.commentMoment(post, texts[0] as string), tablet.api.commentMoment(post, texts[1] as string)];
    await world.during(Promise.all(both));
    await looked(world, ann, tablet, ben);
    expect([at, gaps(ben)]).toEqual([at, []]);
  }
  const shown =
    feed(ben)
      .find(({ id }) => id === post)
      ?.comments.map(({ text }) => text) ?? [];
  expect(shown.toSorted()).toEqual(said.toSorted());
  expect(world.bugs()).toEqual([]);
  home.end();
});
