/** A friend whose client was changed, or who dropped a device (docs/spec/moments.md MO27 to MO29). */
import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cellName } from "@yanshu/client/moments";
import { createBunCrypto } from "@yanshu/mls/bun";
import { Holes } from "@yanshu/server/holes";
import { type Bytes, type ConversationId, fromHex, toHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { looked, texts, words } from "./moments.ts";
import { chatWith, saysUnchecked } from "./turned.ts";

setDefaultTimeout(300_000);

const crypto = createBunCrypto();
const read = <T>(person: Person, sql: string, ...args: Uint8Array[]) => person.disk.all<T>(sql, ...args);
const counted = (person: Person, what: string) =>
  read<{ count: number }>(person, "SELECT count FROM diagnostics WHERE what = ?1", what as never)[0]?.count ?? 0;

test("[MO14][MO27] what a device knew that a friend dropped leads to nothing that comes after", async () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-moments-"));
  const path = join(folder, "log.sqlite");
  const world = new World({ seed: 953, files: true, logPath: path });
  const [ann, ben, cleo] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cleo")];
  await world.befriend(ann, ben);
  await world.befriend(ben, cleo);
  const tablet = await world.linkDevice(ann);
  await ann.api.postMoment(words("一"));
  const post = await ben.api.postMoment(words("Ben 一"));
  await looked(world, ann, tablet, ben, cleo);
  expect(texts(tablet)).toContain("Ben 一");
  const ben32 = fromHex(ben.account);
  const ways = read<{ way: Bytes; next: number }>(tablet, "SELECT way, next FROM moment_ways WHERE account = ?", ben32);
  const logs = read<{ key: Bytes; heads: Bytes }>(
    tablet,
    "SELECT key, heads FROM moment_logs WHERE account = ?",
    ben32,
  );
  expect([ways.length, logs.length]).toEqual([1, 1]);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(5_000);
  await looked(world, ann, ben, cleo);
  await ben.api.postMoment(words("Ben 二"));
  await ben.api.commentMoment(post, "好");
  await looked(world, ben, ann, cleo);
  await looked(world, ann, cleo);
  for (const person of [ann, cleo]) {
    expect(texts(person)).toContain("Ben 二");
    expect(person.view("moment", post)?.comments.map(({ text }) => text)).toEqual(["好"]);
  }
  const home = new Database(path, { readonly: true });
  const stands = (name: Bytes) => home.query("SELECT 1 FROM holes WHERE hole = ?").get(name) !== null;
  for (const { way, next } of ways) {
    expect(stands(cellName(crypto, way, next - 1))).toBe(true); // Read, and not yet cleared: such a name is found.
    const ahead = Array.from({ length: 64 }, (_, at) => cellName(crypto, way, next + at));
    expect(ahead.filter(stands)).toEqual([]);
  }
  const [spoken] = read<{ key: Bytes }>(ben, "SELECT key FROM moment_own_logs ORDER BY since_ms DESC LIMIT 1");
  expect(logs.map(({ key }) => toHex(key))).not.toContain(toHex(spoken?.key as Bytes));
  for (const { heads } of logs)
    for (let at = 0; at < heads.length; at += 16) expect(stands(heads.slice(at, at + 16))).toBe(false);
  expect(world.bugs()).toEqual([]);
  home.close();
  rmSync(folder, { recursive: true, force: true });
});

test("[MO27] a post that is put between a friend's word of a dropped device and the answer is read by them", async () => {
  const world = new World({ seed: 961, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await ann.api.postMoment(words("一"));
  await world.pass(1); // Of one moment, chance orders them.
  await ben.api.postMoment(words("Ben 一"));
  await looked(world, ann, tablet, ben);
  const theirs = () => read<{ theirs: number }>(ben, "SELECT theirs FROM moment_friends")[0]?.theirs ?? 0;
  const honest = Holes.prototype.putAll;
  const body = Promise.withResolvers<void>();
  let held = 0;
  // Home is slow with the body alone: the round comes after it, and a friend's word comes meanwhile.
  Holes.prototype.putAll = async function (this: Holes, put, ...rest) {
    if (put.holes.length === 1 && held++ === 0) await body.promise;
    return honest.call(this, put, ...rest);
  } as typeof honest;
  try {
    await ben.api.postMoment(words("Ben 二"));
    await world.pass(1_000);
    await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
    for (let at = 0; theirs() < 2 && at < 20; at++) await world.pass(200);
    expect([held, theirs(), texts(ben)[0]]).toEqual([1, 2, "Ben 二"]);
    body.resolve();
    await world.pass(1_000);
  } finally {
    Holes.prototype.putAll = honest;
  }
  await looked(world, ben, ann);
  await looked(world, ann);
  expect(texts(ann)).toEqual(["Ben 二", "Ben 一", "一"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO13][MO28] who is let go, comes back and is let go again has no log of what comes", async () => {
  const world = new World({ seed: 954, files: true });
  const [ann, ben, eve] = [await world.person("Ann"), await world.person("Ben"), await world.person("Eve")];
  await world.befriend(ann, ben);
  await world.befriend(ann, eve);
  await ann.api.postMoment(words("零"));
  await eve.api.postMoment(words("e"));
  await looked(world, ann, ben, eve);
  for (const chatsOnly of [true, false]) {
    await ann.api.setMomentsWith(eve.account, { chatsOnly });
    await looked(world, ann, eve);
  }
  const held = () =>
    read<{ key: Bytes }>(eve, "SELECT key FROM moment_logs WHERE account = ?", fromHex(ann.account)).map(({ key }) =>
      toHex(key),
    );
  const spoken = () =>
    read<{ key: Bytes }>(ann, "SELECT key FROM moment_own_logs ORDER BY since_ms DESC").map(({ key }) => toHex(key))[0];
  await saysUnchecked(world, eve, chatWith(eve, ann.account), [{ kind: "momentsGap" }]);
  await world.pass(65_000);
  await looked(world, ann, eve);
  expect(held()).toContain(spoken() ?? "");
  await ann.api.setMomentsWith(eve.account, { chatsOnly: true });
  await looked(world, ann, ben, eve);
  expect(held()).not.toContain(spoken() ?? "");
  expect(world.bugs()).toEqual([]);
});

test("[MO29] a friend who asks over and over makes nobody say it over and over", async () => {
  const world = new World({ seed: 957, files: true });
  const [ann, eve] = [await world.person("Ann"), await world.person("Eve")];
  await world.befriend(ann, eve);
  await ann.api.postMoment(words("零"));
  await eve.api.postMoment(words("e"));
  await looked(world, ann, eve);
  const fillings = () => read<{ count: number }>(ann, "SELECT count(*) AS count FROM moment_clears")[0]?.count ?? 0;
  const asked = async () => {
    const [way, log] = [crypto.random(32), crypto.random(32)];
    await saysUnchecked(world, eve, chatWith(eve, ann.account), [
      { kind: "moments", way, generation: 1, log, heads: [], asks: true },
    ]);
    await world.pass(65_000);
  };
  await asked();
  const once = fillings();
  for (let time = 0; time < 3; time++) await asked();
  expect(fillings() - once).toBeLessThan(16); // No round of 64 more: what was read of theirs is all that is added.
});

test("[MO1] ways, logs and posts that a friend says in a group count for nothing", async () => {
  const world = new World({ seed: 958, files: true });
  const [ann, ben, eve] = [await world.person("Ann"), await world.person("Ben"), await world.person("Eve")];
  await world.befriend(ann, ben);
  await world.befriend(ann, eve);
  const group = await world.group(ann, [ben, eve], "Three");
  await eve.api.postMoment(words("e"));
  await looked(world, ann, eve);
  const held = () => [
    read(ann, "SELECT way FROM moment_ways ORDER BY way"),
    read(ann, "SELECT key FROM moment_logs ORDER BY key"),
    read(ann, "SELECT id FROM moments ORDER BY id"),
  ];
  const before = held();
  expect(before.map((rows) => rows.length > 0)).toEqual([true, true, true]);
  const [way, log] = [crypto.random(32), crypto.random(32)];
  const cells = [{ kind: 1, flags: 0, day: 20_000, payload: crypto.random(64) }];
  await saysUnchecked(world, eve, fromHex(group) as ConversationId, [
    { kind: "moments", way, generation: 1, log, heads: [] },
    { kind: "momentsAgain", cells, log, heads: [] },
  ]);
  await world.pass(10_000);
  expect(held()).toEqual(before);
  // In the chat of two they count, where they were asked for.
  ann.disk.run("UPDATE moment_friends SET owed = 1 WHERE account = ?", fromHex(eve.account));
  await saysUnchecked(world, eve, chatWith(eve, ann.account), [{ kind: "momentsAgain", cells, log, heads: [] }]);
  await world.pass(10_000);
  expect(held().map((rows, at) => rows.length - (before[at]?.length ?? 0))).toEqual([0, 1, 1]);
  expect(world.bugs()).toEqual([]);
});

/** Bodies of this author that wait, as if they had been told and were never put. */
function fill(person: Person, author: Person, count: number): void {
  const add = `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?2)
    INSERT INTO moments (id, author, secret, name, kind, at_ms, day, until_day, signed, state, got_ms, stamp_ms)
    SELECT randomblob(16), ?1, randomblob(32), randomblob(16), 'post', ?3, 0, 0, x'', 'wanted', ?3, ?3 FROM n`;
  person.disk.transaction(() => person.disk.run(add, fromHex(author.account), count, Date.now()));
}

test("[MO108] what a friend tells again counts where it was asked for, and four times for each question", async () => {
  const world = new World({ seed: 959, files: true });
  const [ann, eve] = [await world.person("Ann"), await world.person("Eve")];
  await world.befriend(ann, eve);
  await ann.api.postMoment(words("a"));
  await eve.api.postMoment(words("e"));
  await looked(world, ann, eve);
  const tablet = await world.linkDevice(ann);
  await looked(world, ann, tablet);
  const eves = fromHex(eve.account);
  const again = async () => {
    const cells = [{ kind: 1, flags: 0, day: 20_000, payload: crypto.random(64) }];
    await saysUnchecked(world, eve, chatWith(eve, ann.account), [
      { kind: "momentsAgain", cells, log: crypto.random(32), heads: [] },
    ]);
    await world.pass(10_000);
  };
  const held = () =>
    [ann, tablet].map((one) => read(one, "SELECT 1 FROM moments WHERE author = ? AND state = 'wanted'", eves).length);
  await again();
  expect([held(), counted(ann, "moments-unasked")]).toEqual([[0, 0], 1]);
  // A gap stays until it is answered: Ann asks for it, and her other device hears that she did.
  ann.disk.run("INSERT INTO moment_gaps (account, log, place, name, since_ms) VALUES (?, x'', 7, x'', 0)", eves);
  ann.disk.run("UPDATE moment_friends SET ask_ms = 1 WHERE account = ?", eves);
  eve.crash();
  await looked(world, ann, tablet);
  await eve.switchOn();
  await world.pass(10_000);
  expect(read(ann, "SELECT 1 FROM moment_gaps WHERE account = ?", eves)).toEqual([]);
  for (let time = 0; time < 5; time++) await again();
  expect(held()).toEqual([3, 3]); // Eve's own device gave the first answer.
  expect(world.bugs()).toEqual([]);
});

test("[MO109] an author of whom two thousand bodies wait fills nobody’s device, and nothing of theirs is lost", async () => {
  const world = new World({ seed: 961, files: true });
  const [ann, eve] = [await world.person("Ann"), await world.person("Eve")];
  await world.befriend(ann, eve);
  await ann.api.postMoment(words("a"));
  await eve.api.postMoment(words("e"));
  await looked(world, ann, eve, ann);
  const eves = fromHex(eve.account);
  fill(ann, eve, 2_000);
  await eve.api.postMoment(words("later"));
  await looked(world, eve, ann);
  ann.disk.run("UPDATE moment_friends SET owed = 1 WHERE account = ?", eves);
  ann.disk.run(
    "INSERT INTO moment_gaps (account, log, place, name, since_ms) VALUES (?, x'', 7, x'', ?)",
    eves,
    Date.now(),
  );
  const cells = [{ kind: 1, flags: 0, day: 20_000, payload: crypto.random(64) }];
  await saysUnchecked(world, eve, chatWith(eve, ann.account), [
    { kind: "momentsAgain", cells, log: crypto.random(32), heads: [] },
  ]);
  await world.pass(10_000);
  const waiting = () => read(ann, "SELECT 1 FROM moments WHERE author = ? AND state = 'wanted'", eves).length;
  expect([waiting(), texts(ann)]).toEqual([2_000, ["e", "a"]]);
  expect(read(ann, "SELECT 1 FROM moment_gaps WHERE account = ?", eves).length).toBe(1);
  // Looked for in vain for thirty days they are forgotten, and what stayed at home comes.
  ann.disk.run("UPDATE moments SET tries = 3, stamp_ms = 1 WHERE author = ? AND state = 'wanted'", eves);
  await world.pass(2 * 3_600_000);
  await looked(world, ann, ann);
  expect([waiting(), texts(ann)]).toEqual([0, ["later", "e", "a"]]);
  expect(world.bugs()).toEqual([]);
});

test("[MO107] an own device that does not know where a friend was told a log tells nothing of before, and the one that knows tells the rest", async () => {
  const world = new World({ seed: 967, files: true });
  const [ben, ann] = [await world.person("Ben"), await world.person("Ann")];
  await world.befriend(ben, ann);
  const post = await ann.api.postMoment(words("留着"));
  await ben.api.postMoment(words("Ben 的"));
  await looked(world, ann, ben);
  await ben.api.commentMoment(post, "好");
  await looked(world, ben, ann);
  const tablet = await world.linkDevice(ben);
  await looked(world, ben, tablet);
  const said = () => ann.view("moment", post)?.comments.map(({ text }) => text);
  expect(said()).toEqual(["好"]);
  const [bens, chat] = [fromHex(ben.account), chatWith(ann, ben.account)];
  ben.crash();
  // Ann has lost what she was told, and asks.
  for (const table of ["moment_ways", "moment_logs"]) ann.disk.run(`DELETE FROM ${table} WHERE account = ?`, bens);
  for (const table of ["moment_words", "moment_closed"]) ann.disk.run(`DELETE FROM ${table} WHERE author = ?`, bens);
  const [way, log] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  await saysUnchecked(world, ann, chat, [{ kind: "moments", way, generation: 1, log, heads: [], asks: true }]);
  await world.pass(70_000);
  await looked(world, tablet, ann, ann);
  const logs = () => ann.disk.all("SELECT 1 FROM moment_logs WHERE account = ?", bens).length;
  expect([logs() > 0, said()]).toEqual([true, []]);
  await ben.switchOn();
  await world.pass(70_000);
  await looked(world, ben, ann, ann);
  expect(said()).toEqual(["好"]);
  expect(world.bugs()).toEqual([]);
});
