/**
 * Bad input to Moments (docs/spec/moments.md): what a home lays, keeps back or repeats, and a friend who says too much,
 * or vanishes. Whatever it is, the rest comes, and what is missing is told.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import {
  cellName,
  type Header,
  holeName,
  noWord,
  openHeader,
  sealHeader,
  sealWord,
  wordIdOf,
  wordToSign,
} from "@yanshu/client/moments";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type AccountId, type Bytes, fromHex } from "@yanshu/wire";
import { stolenKey } from "../evidence/evil/ghost.ts";
import type { Person, World } from "../index.ts";
import { friends, looked, range, texts, words } from "./moments.ts";

setDefaultTimeout(300_000);

const crypto = createBunCrypto();
const dayMs = 86_400_000;
const read = <T>(person: Person, sql: string, ...args: Uint8Array[]) => person.disk.all<T>(sql, ...args);
const counted = (person: Person, what: string) =>
  read<{ count: number }>(person, "SELECT count FROM diagnostics WHERE what = ?1", what as never)[0]?.count ?? 0;
const wayFrom = (person: Person, of: Person) =>
  read<{ way: Bytes; next: number }>(
    person,
    "SELECT way, next FROM moment_ways WHERE account = ?",
    fromHex(of.account),
  )[0] as { way: Bytes; next: number };
const gaps = (person: Person) => person.view("momentsFeed", range).gaps.map(({ count }) => count);

/** Home lays what it likes where it likes. */
function lay({ log }: World, ...holes: readonly { readonly name: Bytes; readonly value: Bytes }[]): void {
  log.transaction(() => {
    log.features.moments.drop(holes.map(({ name }) => name));
    log.features.moments.put(holes.map((hole) => ({ ...hole, expiresDay: 99_999, before: undefined })));
  });
}
/** All that this person said is at home. */
const put = (world: World, person: Person) =>
  world.until(
    `home has all of ${person.name}'s`,
    () => read(person, "SELECT 1 FROM moment_puts LIMIT 1").length === 0,
    600_000,
  );
const valueAt = ({ log }: World, name: Bytes) => log.features.moments.held([name])[0]?.value;

test("[MO5] of a hundred cells home keeps one from its reader: it is told as a gap, asked for, and all hundred are there", async () => {
  const { world, people } = await friends(970, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  await ann.api.postMoment(words("零"));
  await looked(world, ann, ben);
  const { way, next } = wayFrom(ben, ann);
  // On two days: what pays for holes is given out by the day.
  for (let post = 1; post <= 100; post++) {
    await world.during(ann.api.postMoment(words(`第 ${post} 条`)));
    if (post === 50) await world.pass(dayMs);
  }
  await world.pass(60_000);
  await world.during(ann.api.lookAtMoments());
  await put(world, ann);
  const name = cellName(crypto, way, next + 57);
  expect(valueAt(world, name)).toBeDefined();
  world.log.transaction(() => world.log.features.moments.drop([name]));
  ann.crash(); // Away: nobody says it again, and the gap stays on the screen.
  await world.pass(3_600_000); // Ahead is looked once an hour.
  await world.during(ben.api.lookAtMoments());
  await world.pass(5_000);
  const shown = () => new Set(ben.view("momentsFeed", { limit: 1_000 }).posts.map(({ text }) => text)).size;
  expect([shown(), gaps(ben)]).toEqual([100, [1]]);
  await ann.switchOn();
  for (let hour = 0; hour < 30 && shown() < 101; hour++) {
    await world.pass(3_600_000);
    await world.during(ben.api.lookAtMoments());
  }
  expect(shown()).toBe(101);
  expect(gaps(ben)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[MO4][MO9] cells that home repeats at another place, or brings from another friend's way, show nothing", async () => {
  const { world, people } = await friends(971, "Ann", "Ben", "Eve");
  const [ann, ben, eve] = people as [Person, Person, Person];
  await world.befriend(ben, eve);
  await ann.api.postMoment(words("安的"));
  await eve.api.postMoment(words("伊的"));
  await looked(world, ann, ben, eve);
  const [anns, eves] = [wayFrom(ben, ann), wayFrom(ben, eve)];
  const cell = valueAt(world, cellName(crypto, anns.way, anns.next - 1)) as Bytes;
  expect(cell.length).toBe(96);
  lay(
    world,
    { name: cellName(crypto, anns.way, anns.next), value: cell },
    { name: cellName(crypto, eves.way, eves.next), value: cell },
  );
  await looked(world, ben);
  expect(texts(ben).toSorted()).toEqual(["安的", "伊的"].toSorted());
  expect(counted(ben, "moments-false-cell")).toBeGreaterThanOrEqual(2);
  expect(world.bugs()).toEqual([]);
});

test("[MO7][MO9] values of every size, of none that there is, and of noise, where cells, headers, words and bodies stand, end nothing", async () => {
  const { world, people } = await friends(972, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  await ann.api.postMoment(words("好的"));
  await looked(world, ann, ben);
  const post = await ann.api.postMoment(words("坏的"));
  await world.pass(3_000);
  const { way, next } = wayFrom(ben, ann);
  const row = read<{ name: Bytes }>(ann, "SELECT name FROM moments WHERE id = ?", fromHex(post))[0] as { name: Bytes };
  const sizes = [1, 97, 4_095, 96, 128, 256, 512, 1_024, 2_048, 4_096];
  const [log] = read<{ heads: Bytes }>(ben, "SELECT heads FROM moment_logs WHERE account = ?", fromHex(ann.account));
  const heads = [0, 16, 32, 48].map((at) => (log as { heads: Bytes }).heads.slice(at, at + 16));
  const body = valueAt(world, row.name) as Bytes;
  for (const size of sizes) {
    const noise = crypto.random(size);
    lay(world, { name: row.name, value: noise }, ...heads.map((name) => ({ name, value: noise })));
    lay(world, { name: cellName(crypto, way, next + 1), value: noise });
    await world.during(ben.api.lookAtMoments());
    await world.pass(2_000);
  }
  expect(texts(ben)).toContain("好的");
  expect(texts(ben)).not.toContain("坏的");
  expect(counted(ben, "moments-false-body")).toBeGreaterThan(0);
  expect(world.bugs()).toEqual([]);
  expect(body.length).toBeGreaterThanOrEqual(1_024);
});

test("[MO46] of ten thousand words by one friend two thousand are read in a day, and others' words as ever", async () => {
  const { world, people } = await friends(973, "Ann", "Ben", "Eve");
  const [ann, ben, eve] = people as [Person, Person, Person];
  await world.befriend(ben, eve);
  const post = await ann.api.postMoment(words("说吧"));
  await looked(world, ann, ben, eve);
  for (const one of [ben, eve]) await world.during(one.api.likeMoment(post));
  await looked(world, ben, eve, ann);
  const [all, sealed] = [10_000, 2_600];
  type Held = { secret: Bytes };
  const { secret } = read<Held>(eve, "SELECT secret FROM moments WHERE id = ?", fromHex(post))[0] as Held;
  const key = { author: fromHex(ann.account) as AccountId, secret };
  const [log] = read<{ key: Bytes; heads: Bytes }>(
    ann,
    "SELECT key, heads FROM moment_logs WHERE account = ?",
    fromHex(eve.account),
  ) as [{ key: Bytes; heads: Bytes }];
  const author = fromHex(eve.account) as AccountId;
  const signer = await stolenKey(eve);
  const [like] = read<{ header: Bytes }>(ann, "SELECT header FROM moment_words WHERE author = ?", author);
  const { header } = like as { header: Bytes };
  const { hint, day } = (await openHeader(crypto, log.key, header, valueAt(world, header) as Bytes)) as Header;
  const ahead = [0, 16, 32, 48].map((at) => log.heads.slice(at, at + 16));
  const names = [...ahead, ...Array.from({ length: all }, () => crypto.random(16))];
  const holes: { name: Bytes; value: Bytes }[] = [];
  for (let at = 0; at < all; at++) {
    if (at >= sealed) {
      holes.push({ name: names[at] as Bytes, value: crypto.random(128) }); // Nobody comes so far in a day.
      continue;
    }
    const [head, name, reply] = [names[at] as Bytes, holeName(crypto, crypto.random(32)), crypto.random(16)];
    const id = wordIdOf(crypto, author, fromHex(post), reply);
    const word = { kind: "comment", id, about: noWord, reply, atMs: world.clock.nowMs(), text: `${at}` } as const;
    const signature = await crypto.sign(signer.privateKey, wordToSign(crypto, author, key, name, word));
    const next = names.slice(at + 1, at + 5);
    holes.push(
      { name: head, value: await sealHeader(crypto, log.key, head, { day, hint, next, word: name }) },
      {
        name,
        value: (await sealWord(crypto, log.key, name, secret, undefined, { ...word, signature })) as Bytes,
      },
    );
  }
  lay(world, ...holes);
  for (let look = 0; look < 10; look++) await world.during(ann.api.lookAtMoments());
  const by = (person: Person) =>
    (ann.view("moment", post)?.comments ?? []).filter((one) => one.by.account === person.account);
  expect(by(eve).length).toBeLessThanOrEqual(2_000);
  expect(by(eve).length).toBeGreaterThan(1_000);
  expect(counted(ann, "moments-too-many-words")).toBeGreaterThan(0);
  await world.during(ben.api.commentMoment(post, "我也说一句"));
  await looked(world, ben, ann);
  expect(by(ben).map(({ text }) => text)).toEqual(["我也说一句"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO47] of an author who vanished what came stays, the gap is told for a month, and everybody else is read", async () => {
  const { world, people } = await friends(974, "Ben", "Ann", "Cleo");
  const [ben, ann, cleo] = people as [Person, Person, Person];
  await ann.api.postMoment(words("一"));
  await looked(world, ann, ben, cleo);
  const { way, next } = wayFrom(ben, ann);
  await ann.api.postMoment(words("二"));
  await ann.api.postMoment(words("三"));
  await put(world, ann);
  world.log.transaction(() => world.log.features.moments.drop([cellName(crypto, way, next)]));
  // Her devices are lost. Who deletes the account takes what is at home along (MO56).
  ann.crash();
  await world.pass(2 * 3_600_000);
  await world.during(ben.api.lookAtMoments());
  await world.pass(2_000);
  expect([texts(ben), gaps(ben)]).toEqual([["三", "一"], [1]]);
  await cleo.api.postMoment(words("我还在"));
  await looked(world, cleo, ben);
  expect(texts(ben)).toEqual(["我还在", "三", "一"]);
  for (const one of [ben, cleo]) one.crash();
  await world.pass(31 * dayMs);
  await ben.switchOn();
  await world.pass(60_000);
  await world.during(ben.api.lookAtMoments());
  await world.pass(3_600_000);
  expect([texts(ben), gaps(ben)]).toEqual([["我还在", "三", "一"], []]);
  expect(world.bugs()).toEqual([]);
});
