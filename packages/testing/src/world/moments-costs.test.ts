/** What one friend, or home, may cost (docs/spec/moments.md MO49–MO52, MO84, MO88). */
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { hintOf, holeName, noWord } from "@yanshu/client/moments";
import { encodeBody, momentLimits } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { Holes } from "@yanshu/server/holes";
import { type AccountId, type Bytes, equalBytes, fromHex } from "@yanshu/wire";
import { encode } from "cborg";
import type { Person, WorldOptions } from "../index.ts";
import { all, feed, friends, looked, picture, texts, words } from "./moments.ts";

setDefaultTimeout(300_000);

const crypto = createBunCrypto();
const hourMs = 3_600_000;
const honest = { put: Holes.prototype.putAll, clear: Holes.prototype.clear, read: Holes.prototype.read };
afterEach(() => {
  Holes.prototype.putAll = honest.put;
  Holes.prototype.clear = honest.clear;
  Holes.prototype.read = honest.read;
});
const read = <T>(person: Person, sql: string, ...args: Uint8Array[]) => person.disk.all<T>(sql, ...args);
const counted = (person: Person, what: string) =>
  read<{ count: number }>(person, "SELECT count FROM diagnostics WHERE what = ?1", what as never)[0]?.count ?? 0;

/** How many places home is asked to read from now on in this test, each time. */
function placesRead(): readonly number[] {
  const asked: number[] = [];
  Holes.prototype.read = async function (this: Holes, args, prefix) {
    asked.push(args.names.length / 16);
    return honest.read.call(this, args, prefix);
  };
  return asked;
}

async function pair(seed: number) {
  const { world, people } = await friends(seed, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  await ann.api.postMoment(words("zero"));
  await world.pass(1_000);
  await ben.api.postMoment(words("of Ben"));
  await looked(world, ann, ben);
  return { world, ann, ben };
}

test("[MO72] [DS141] what waits for the tokens of another day says so, and goes by itself then", async () => {
  const config = { blobTokensFirst: 9, blobTokensPerDay: 9 };
  const { world, people } = await friends({ seed: 981, config }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const states = () => feed(ann).map(({ mine }) => mine?.state);
  for (let n = 0; states()[0] !== "later" && n < 9; n++) {
    await ann.api.postMoment({ ...words(`${n}`), ...(n === 1 && { pictures: [picture()] }) });
    await world.pass(2_000);
  }
  const unsent = feed(ann)[0]?.text as string;
  expect(states().slice(0, 2)).toEqual(["later", "sent"]);
  await ann.api.setStatus({ icon: "tea", text: "", audience: all });
  expect(ann.view("statuses").mine?.mine?.state).toBe("later");
  await looked(world, ann, ben);
  expect([states()[0], texts(ben).includes(unsent)]).toEqual(["later", false]);
  await world.pass(24 * hourMs);
  await looked(world, ben);
  expect([states()[0], texts(ben)[0]]).toEqual(["sent", unsent]);
  expect(world.bugs()).toEqual([]);
});

test("[MO161] who has no upload tokens left today sees what friends say all the same", async () => {
  const config = { blobTokensFirst: 9, blobTokensPerDay: 9 };
  const { world, people } = await friends({ seed: 982, config }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  for (let n = 0; feed(ann)[0]?.mine?.state !== "later" && n < 9; n++) {
    await ann.api.postMoment({ ...words(`${n}`), ...(n === 1 && { pictures: [picture()] }) });
    await world.pass(2_000);
  }
  const unsent = feed(ann)[0]?.text as string;
  await ben.api.postMoment(words("of Ben"));
  await looked(world, ben);
  await looked(world, ann);
  expect(feed(ann)[0]?.mine?.state ?? feed(ann)[1]?.mine?.state).toBe("later");
  expect(texts(ann).slice(0, 2)).toEqual(["of Ben", unsent]);
  expect(world.bugs()).toEqual([]);
});

test("[MO143] who opens the feed of one device where no post is new writes nothing, and what came is seen there and elsewhere", async () => {
  const { world, ann, ben } = await pair(984);
  const newest = (person: Person) => person.view("momentsNews").newest?.name;
  const seenMs = () => read<{ fed_ms: number }>(ann, "SELECT fed_ms FROM moment_settings")[0]?.fed_ms;
  const sees = async (person: Person) => {
    await world.pass(1_000);
    await person.api.seeMoments();
    await world.pass(1_000);
  };
  expect(newest(ann)).toBe("Ben");
  await sees(ann);
  const first = seenMs();
  expect([newest(ann), first]).toEqual([undefined, expect.any(Number)]);
  await ann.api.postMoment(words("own"));
  await sees(ann);
  expect(seenMs()).toBe(first);
  await ben.api.postMoment(words("more of Ben"));
  await looked(world, ann);
  expect(newest(ann)).toBe("Ben");
  await sees(ann);
  expect([newest(ann), Number(seenMs()) > Number(first)]).toEqual([undefined, true]);
  const tablet = await world.linkDevice(ann);
  await ben.api.postMoment(words("last of Ben"));
  await looked(world, ann, tablet);
  await sees(ann);
  await looked(world, tablet);
  expect(newest(tablet)).toBe(undefined);
  // What came later to the other device is seen there too, once the feed is opened here again.
  const second = seenMs();
  await sees(ann);
  expect(Number(seenMs())).toBeGreaterThan(Number(second));
  expect(world.bugs()).toEqual([]);
});

test("[MO98] words on a post that one does not see rest, and are read once it comes", async () => {
  const { world, people } = await friends(983, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const cleo = await world.person("Cleo");
  await world.befriend(ben, cleo); // She does not know Ann yet.
  await ben.api.postMoment(words("of Ben"));
  const post = await ann.api.postMoment(words("of Ann"));
  await looked(world, ann, ben, cleo);
  for (const said of ["one", "two"]) await ben.api.commentMoment(post, said);
  await looked(world, ben, ann, cleo);
  const waiting = (where: string) =>
    read<{ count: number }>(cleo, `SELECT count(*) AS count FROM moment_closed WHERE ${where}`)[0]?.count ?? 0;
  expect(waiting("true")).toBeGreaterThanOrEqual(2);
  expect(waiting("again_ms < 9e15")).toBe(0);
  expect(texts(cleo)).toEqual(["of Ben"]);
  await world.befriend(ann, cleo);
  await looked(world, ann, cleo);
  const shown = feed(cleo).find(({ text }) => text === "of Ann");
  expect(shown?.comments.map(({ text }) => text)).toEqual(["one", "two"]);
  expect([waiting("again_ms < 9e15"), world.bugs()]).toEqual([0, []]);
});

for (const place of [momentLimits.placeMax - 1, momentLimits.placeMax, 2 ** 53 - 1, 2 ** 53])
  test(`[MO49] who reads a friend at place ${place} links a device as ever`, async () => {
    const { world, ann, ben } = await pair(980);
    const [anns, bens] = [fromHex(ann.account), fromHex(ben.account)];
    ben.disk.transaction(() => ben.disk.run("UPDATE moment_ways SET next = ? WHERE account = ?", place, anns));
    ann.disk.transaction(() =>
      ann.disk.run(
        "INSERT OR REPLACE INTO moment_places (account, next) VALUES (?, ?)",
        bens,
        Math.min(place, momentLimits.placeMax),
      ),
    );
    for (const text of ["one", "two"]) await ann.api.postMoment(words(text));
    await looked(world, ann, ben);
    // The last place is read; nothing beyond it is.
    expect(texts(ben)).toEqual(place < momentLimits.placeMax ? ["one", "of Ben", "zero"] : ["of Ben", "zero"]);
    const next = () => read<{ next: number }>(ben, "SELECT next FROM moment_ways WHERE account = ?", anns)[0]?.next;
    expect(next()).toBe(Math.max(place, momentLimits.placeMax));
    const tablet = await world.linkDevice(ben);
    await looked(world, tablet);
    expect(texts(tablet)).toContain("zero");
    expect(world.bugs()).toEqual([]);
  });

test("[MO49] a friend who says that they go on beyond the last place is not heard", () => {
  const key = new Uint8Array(32);
  const said = (place: number) => ({ kind: "moments", way: key, generation: 1, log: key, heads: [], place }) as const;
  const again = (place: number) => ({ kind: "momentsAgain", cells: [], log: key, heads: [], place }) as const;
  for (const body of [said, again]) {
    expect(() => encodeBody(body(momentLimits.placeMax))).not.toThrow();
    for (const place of [momentLimits.placeMax + 1, 2 ** 53 - 1]) expect(() => encodeBody(body(place))).toThrow();
  }
});

test("[MO50] where home does not clear what was withdrawn, what waits goes all the same", async () => {
  const { world, ann, ben } = await pair(981);
  const slip = await ann.api.postMoment(words("slip"));
  await looked(world, ann, ben);
  let asked = 0;
  Holes.prototype.clear = (async () => {
    asked++;
    return { ok: false, error: "rate-limited" };
  }) as unknown as typeof honest.clear;
  await ann.api.deleteMoment(slip);
  await ann.api.postMoment(words("next"));
  await world.pass(30_000);
  expect(asked).toBeGreaterThan(0);
  expect(feed(ann)[0]?.mine?.state).toBe("sent");
  await looked(world, ben);
  expect(texts(ben)).toEqual(["next", "of Ben", "zero"]);
  // It is asked for again until home does.
  Holes.prototype.clear = honest.clear;
  await world.pass(hourMs);
  expect(read(ann, "SELECT 1 FROM moment_clears WHERE due_ms = 0")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[MO84] a device does not read what it put itself, and friends do", async () => {
  const { world, ann, ben } = await pair(983);
  const post = await ann.api.postMoment(words("mine"));
  await ann.api.commentMoment(post, "and more");
  await ann.api.likeMoment(post);
  await world.pass(2_000);
  expect(feed(ann)[0]?.comments.map(({ isSending }) => isSending)).toEqual([false]);
  const asked = placesRead();
  await world.during(ann.api.lookAtMoments());
  expect(asked).toEqual([]);
  await looked(world, ben);
  expect(asked.length).toBeGreaterThan(0);
  expect(texts(ben)[0]).toBe("mine");
  expect(feed(ben)[0]?.comments.map(({ text }) => text)).toEqual(["and more"]);
  expect(feed(ben)[0]?.likes.length).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[MO88] of four posts that wait a device that was away reads four places, and none behind them", async () => {
  const { world, ann, ben } = await pair(985);
  ben.crash();
  for (const text of ["1", "2", "3", "4"]) await ann.api.postMoment(words(text));
  await looked(world, ann);
  const asked = placesRead();
  await ben.switchOn();
  await looked(world, ben);
  expect(texts(ben).slice(0, 4)).toEqual(["4", "3", "2", "1"]);
  // The cells; then the bodies.
  expect(asked.slice(0, 2)).toEqual([4, 4]);
  expect(world.bugs()).toEqual([]);
});

test("[MO51] a friend who says that true bodies are false makes nobody put them again", async () => {
  const { world, ann, ben } = await pair(982);
  type Of = { name: Bytes; kept_day: number };
  const post = () =>
    read<Of>(ann, "SELECT name, kept_day FROM moments WHERE author = ?", fromHex(ann.account))[0] as Of;
  const kept = Math.floor(world.clock.nowMs() / (24 * hourMs)) - 3;
  ann.disk.transaction(() => ann.disk.run("UPDATE moments SET kept_day = ?", kept));
  const { name } = post();
  let puts = 0;
  Holes.prototype.putAll = async function (this: Holes, put, ...rest) {
    if (put.holes.some(({ secret }) => equalBytes(holeName(crypto, secret), name))) puts++;
    return honest.put.call(this, put, ...rest);
  } as typeof honest.put;
  const answered = () =>
    read<{ gap_ms: number }>(ann, "SELECT gap_ms FROM moment_friends WHERE account = ?", fromHex(ben.account))[0]
      ?.gap_ms ?? 0;
  for (let time = 0; time < 2; time++) {
    const before = answered();
    ben.disk.transaction(() =>
      ben.disk.run(
        "INSERT INTO moment_gaps (account, log, place, name, since_ms) VALUES (?, x'', 0, ?, ?)",
        fromHex(ann.account),
        name,
        (world.clock.nowMs() - 48 * hourMs) as never,
      ),
    );
    for (let hour = 0; hour < 72 && answered() === before; hour++) await world.pass(hourMs);
    expect(answered()).toBeGreaterThan(before);
    await world.pass(hourMs);
    await looked(world, ann);
    // When it was put is known as before: it ends at home no earlier for it.
    expect([time, puts, post().kept_day]).toEqual([time, 0, kept]);
  }
  expect(world.bugs()).toEqual([]);
});

test("[MO52] of one author 200 words that did not come are taken back on a post, and no more", async () => {
  const { world, ann, ben } = await pair(983);
  const posts = ["zero", "of Ben"].map((text) => fromHex(feed(ben).find((one) => one.text === text)?.id ?? ""));
  const [full, other] = posts as [Bytes, Bytes];
  const by = fromHex(ann.account);
  ben.disk.transaction(() => {
    for (let at = 0; at < momentLimits.takenBackMax; at++)
      ben.disk.run(
        "INSERT INTO moment_taken_back (post, about, author, got_ms) VALUES (?, ?, ?, 0)",
        full,
        crypto.random(16),
        by,
      );
  });
  ann.disk.transaction(() => {
    for (const post of [full, other]) {
      const id = crypto.random(16);
      const job = { kind: "delete", id, post, about: crypto.random(16), reply: noWord, atMs: 1, text: "" };
      ann.disk.run("INSERT INTO moment_puts (kind, args, about) VALUES ('word', ?, ?)", encode(job), id);
    }
  });
  const before = counted(ben, "moments-too-many-words");
  await looked(world, ann, ben);
  const kept = (post: Bytes) => read(ben, "SELECT 1 FROM moment_taken_back WHERE post = ? AND author = ?", post, by);
  expect([kept(full).length, kept(other).length]).toEqual([momentLimits.takenBackMax, 1]);
  expect(counted(ben, "moments-too-many-words")).toBe(before + 1);
  // What one author said within a day is counted without a look at what all others said.
  for (const table of ["moment_words", "moment_taken_back"]) {
    const sql = `EXPLAIN QUERY PLAN SELECT count(*) FROM ${table} WHERE author = ? AND got_ms > 5`;
    const [plan] = read<{ detail: string }>(ben, sql, by);
    expect(plan?.detail).toContain("(author=? AND got_ms>?)");
  }
  expect(world.bugs()).toEqual([]);
});

test("[MO171] words of a friend that nobody opens are tried by each comment once, and 64 of them in a look", async () => {
  let opened = 0;
  const wrapPorts: WorldOptions["wrapPorts"] = (ports, { name }) => {
    if (name !== "Ann") return ports;
    const open: typeof ports.crypto.open = (...args) => {
      opened++;
      return ports.crypto.open(...args);
    };
    return { ...ports, crypto: { ...ports.crypto, open } };
  };
  const { world, people } = await friends({ seed: 985, wrapPorts }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const post = await ann.api.postMoment(words("zero"));
  await looked(world, ann, ben);
  for (let at = 0; at < 12; at++) await world.during(ben.api.commentMoment(post, `${at}`));
  await looked(world, ben, ann);
  expect(ann.view("moment", post)?.comments.length).toBe(12);
  const by = fromHex(ben.account);
  const [log] = read<{ key: Bytes }>(ann, "SELECT key FROM moment_logs WHERE account = ?", by) as [{ key: Bytes }];
  type Of = { secret: Bytes; day: number; author: AccountId };
  const [of] = read<Of>(ann, "SELECT secret, day, author FROM moments WHERE id = ?", fromHex(post)) as [Of];
  // What a changed client lays: of each its header was read already, and noise stands where its word is to be.
  const laid = Array.from({ length: 100 }, () => ({ name: crypto.random(16), value: crypto.random(256) }));
  world.log.transaction(() =>
    world.log.features.moments.put(laid.map((hole) => ({ ...hole, expiresDay: 99_999, before: undefined }))),
  );
  ann.disk.transaction(() => {
    for (const { name } of laid)
      ann.disk.run(
        "INSERT INTO moment_closed (name, author, log, header, hint, day, got_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        name,
        by,
        log.key,
        crypto.random(16),
        hintOf(crypto, log.key, of),
        of.day & 255,
        world.clock.nowMs(),
      );
  });
  const tried = () => read(ann, "SELECT 1 FROM moment_closed WHERE tries > 0").length;
  await world.during(ann.api.lookAtMoments());
  expect(tried()).toBe(64);
  await looked(world, ann);
  expect(tried()).toBe(100);
  // A comment has each of them tried again: by that comment alone.
  opened = 0;
  await world.during(ben.api.commentMoment(post, "one more"));
  await looked(world, ben, ann);
  expect(ann.view("moment", post)?.comments.length).toBe(13);
  expect(opened).toBeLessThan(3 * 100);
  expect(world.bugs()).toEqual([]);
});
