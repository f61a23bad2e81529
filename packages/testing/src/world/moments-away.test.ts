/**
 * Friends who are away for long (docs/spec/moments.md MO65): what was put for them meanwhile waits for them at home.
 */
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { Holes } from "@yanshu/server/holes";
import { fromHex } from "@yanshu/wire";
import type { Person } from "../index.ts";
import { friends, looked, OpenHome, range, texts, words } from "./moments.ts";

setDefaultTimeout(120_000);

const dayMs = 86_400_000;

for (const isRemade of [true, false])
  test(`[MO65] who is away for forty days, one after the other, misses nothing, ${isRemade ? "though home makes its table anew each day" : "of a home that never does"}`, async () => {
    const home = new OpenHome();
    const options = isRemade ? { seed: 985, logPath: home.path } : { seed: 986 };
    const { world, people } = await friends(options, "Ann", "Ben", "Cleo");
    const [ann, ben, cleo] = people as [Person, Person, Person];
    await world.befriend(ben, cleo);
    const first = await ann.api.postMoment(words("Ann 0"));
    await ben.api.postMoment(words("Ben 0"));
    await looked(world, ann, ben, cleo);
    // Each is there for some minutes only, while nobody else is, and after thirty days speaks in another log.
    const alone = async (person: typeof ann, days: number, says: (text: string) => Promise<unknown>, text: string) => {
      for (const one of [ann, ben, cleo]) if (one.isOn) one.crash();
      await world.pass(days * dayMs);
      await person.switchOn();
      await world.pass(60_000);
      await person.api.postMoment(words(text));
      await says(`${text} says`);
      await looked(world, person);
    };
    const saysOn = (one: typeof ann) => (text: string) => one.api.commentMoment(first, text);
    for (const [at, days] of [1, 13, 13, 13].entries()) await alone(ann, days, saysOn(ann), `Ann ${at + 1}`);
    for (const [at, days] of [1, 13, 13, 14].entries()) await alone(ben, days, saysOn(ben), `Ben ${at + 1}`);
    await alone(cleo, 1, saysOn(cleo), "Cleo");
    // Now all are there again.
    for (const one of [ann, ben]) await one.switchOn();
    await world.pass(120_000);
    await looked(world, ann, ben, cleo);
    const all = texts(cleo);
    expect(all.length).toBe(11);
    for (const one of [ann, ben, cleo]) {
      expect(texts(one)).toEqual(all);
      expect(one.view("moment", first)?.comments.length).toBe(9);
      expect(one.view("momentsFeed", range).gaps).toEqual([]);
    }
    expect(world.bugs()).toEqual([]);
    home.end();
  });

const honest = Holes.prototype.lookFor;
afterEach(() => {
  Holes.prototype.lookFor = honest;
});

test("[MO90] who comes back sees new posts before the words that were said meanwhile are read", async () => {
  const { world, people } = await friends(987, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const first = await ann.api.postMoment(words("old"));
  await looked(world, ann, ben);
  await ben.api.postMoment(words("of Ben"));
  await looked(world, ann, ben);
  ben.crash();
  for (let n = 0; n < 20; n++) await ann.api.commentMoment(first, `${n}`);
  await ann.api.postMoment(words("new"));
  await world.pass(2_000);
  await ben.switchOn();
  /** At each question to home, what stood on Ben's screen. */
  const stood: { readonly newest: string | undefined; readonly comments: number }[] = [];
  Holes.prototype.lookFor = function (this: Holes, ...call) {
    stood.push({ newest: texts(ben)[0], comments: ben.view("moment", first)?.comments.length ?? 0 });
    return honest.apply(this, call);
  };
  await looked(world, ben);
  const before = stood.findIndex(({ newest }) => newest === "new");
  expect(before).toBeGreaterThan(0);
  expect(stood[before]?.comments).toBe(0);
  expect(stood.length - before).toBeGreaterThan(5); // Words take as many questions more.
  expect(ben.view("moment", first)?.comments.length).toBe(20);
  expect(world.bugs()).toEqual([]);
});

test("[MO103] who comes back reads words some at a time, and not all once the last was found", async () => {
  const { world, people } = await friends(986, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const old = await ann.api.postMoment(words("old"));
  await looked(world, ann, ben);
  for (const one of [ann, ben]) one.crash();
  await world.pass(2 * dayMs);
  for (const one of [ann, ben]) await one.switchOn();
  const newer = await ann.api.postMoment(words("newer"));
  await looked(world, ann, ben);
  ben.crash();
  for (const post of [old, newer]) for (let n = 0; n < 18; n++) await ann.api.commentMoment(post, `${n}`);
  await world.pass(2_000);
  await ben.switchOn();
  const sql = "SELECT count(*) AS count FROM moment_words WHERE post = ?";
  const count = (post: string) => ben.disk.all<{ count: number }>(sql, fromHex(post))[0]?.count ?? 0;
  /** After each transaction in which words came. */
  const stood: string[] = [];
  const { disk } = ben;
  const { transaction } = disk;
  Object.assign(disk, {
    transaction: <T>(work: () => T): T => {
      const value = transaction.call(disk, work) as T;
      const now = `${count(newer)} and ${count(old)}`;
      if (now !== (stood.at(-1) ?? "0 and 0")) stood.push(now);
      return value;
    },
  });
  await looked(world, ben);
  Object.assign(disk, { transaction });
  expect([["18 and 0", "0 and 18"].includes(stood[0] ?? ""), stood.slice(1)]).toEqual([true, ["18 and 18"]]);
  expect(world.bugs()).toEqual([]);
});

test("[MO104] of more than a thousand bodies all are looked for in one look", async () => {
  const { world, people } = await friends(985, "Ben", "Ann");
  const [ben] = people as [Person, Person];
  const others = await Promise.all(["Cleo", "Dan", "Eva", "Finn", "Gus"].map((name) => world.person(name)));
  for (const one of others) await world.befriend(ben, one);
  const add = `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 200)
    INSERT INTO moments (id, author, secret, name, kind, at_ms, day, until_day, signed, state, got_ms, stamp_ms)
    SELECT randomblob(16), contacts.account, randomblob(32), randomblob(16), 'post', ?1, 0, 0, x'', 'wanted', ?1, ?1
    FROM contacts, n WHERE contacts.state = 'contact'`;
  ben.disk.transaction(() => ben.disk.run(add, Date.now()));
  await looked(world, ben);
  const [tries] = ben.disk.all<{ least: number; most: number; count: number }>(
    "SELECT min(tries) AS least, max(tries) AS most, count(*) AS count FROM moments WHERE state = 'wanted'",
  );
  expect(tries?.count).toBe(1_200);
  expect(tries?.least).toBeGreaterThan(0);
  expect(tries?.most).toBe(tries?.least);
});

test("[MO91] forty posts are kept in a few transactions, and a crash between two loses none", async () => {
  const { world, people } = await friends(988, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  await ann.api.postMoment(words("first"));
  await looked(world, ann, ben);
  ben.crash();
  for (let n = 0; n < 40; n++) await ann.api.postMoment(words(`${n}`));
  await world.pass(5_000);
  await ben.switchOn();
  /** How many posts stood after each transaction in which some came. */
  const stood: number[] = [];
  const { disk } = ben;
  const { transaction } = disk;
  Object.assign(disk, {
    transaction: <T>(work: () => T): T => {
      const value = transaction.call(disk, work) as T;
      const [here] = disk.all<{ posts: number }>("SELECT count(*) AS posts FROM moments WHERE state = 'here'");
      if (here !== undefined && here.posts !== (stood.at(-1) ?? 1)) stood.push(here.posts);
      if (stood.length === 1 && ben.isOn) ben.crash();
      return value;
    },
  });
  await world.pass(90_000);
  expect(stood.length).toBe(1);
  expect(stood[0]).toBeGreaterThan(10);
  Object.assign(disk, { transaction });
  await ben.switchOn();
  await looked(world, ben);
  expect(texts(ben).length).toBe(41);
  expect(ben.view("momentsFeed", range).gaps).toEqual([]);
  expect(world.bugs()).toEqual([]);
});
