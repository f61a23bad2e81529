/** A friend with a changed client, against another friend (docs/spec/moments.md MO32, MO33). */
import { expect, setDefaultTimeout, test } from "bun:test";
import { cellKinds, cellName, noWord, postPayload, sealCell } from "@yanshu/client/moments";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type Bytes, fromHex } from "@yanshu/wire";
import { encode } from "cborg";
import { type Person, World } from "../index.ts";
import { feed, looked, OpenHome, texts, words } from "./moments.ts";

setDefaultTimeout(120_000);

const crypto = createBunCrypto();
const read = <T>(person: Person, sql: string, ...args: Uint8Array[]) => person.disk.all<T>(sql, ...args);
const counted = (person: Person, what: string) =>
  read<{ count: number }>(person, "SELECT count FROM diagnostics WHERE what = ?1", what as never)[0]?.count ?? 0;
const comments = (person: Person, text: string) =>
  feed(person)
    .find((post) => post.text === text)
    ?.comments.map((one) => one.text);

type Way = { way: Bytes; next: number };
const wayFrom = (person: Person, of: Person) =>
  read<Way>(person, "SELECT way, next FROM moment_ways WHERE account = ?", fromHex(of.account))[0] as Way;
/** Names of the headers that this person looks for next. */
function headsOf(person: Person, of: Person): readonly Bytes[] {
  type Log = { heads: Bytes };
  const [log] = read<Log>(person, "SELECT heads FROM moment_logs WHERE account = ?", fromHex(of.account));
  return [0, 1, 2, 3].map((at) => (log as Log).heads.slice(16 * at, 16 * at + 16));
}

/** All are friends of each other, each has posted once, and all have read it. */
async function circle(seed: number, ...names: readonly string[]) {
  const home = new OpenHome();
  const world = new World({ seed, files: true, logPath: home.path });
  const people: Person[] = [];
  for (const name of names) people.push(await world.person(name));
  for (const [at, one] of people.entries()) for (const other of people.slice(at + 1)) await world.befriend(one, other);
  for (const one of people) await one.api.postMoment(words(`of ${one.name}`));
  await looked(world, ...people);
  return { home, world, people };
}

/** What a changed client says in its own log. */
function says(person: Person, kind: string, post: string, about: Bytes, id = crypto.random(16)): void {
  const job = { kind, id, post: fromHex(post), about, reply: noWord, atMs: 1, text: kind === "comment" ? "false" : "" };
  person.disk.transaction(() =>
    person.disk.run("INSERT INTO moment_puts (kind, args, about) VALUES ('word', ?, ?)", encode(job), id),
  );
}

/** Home keeps from its readers what stands there, until it is given back. */
function withheld(home: OpenHome, ...names: readonly Bytes[]): () => void {
  const held = names.flatMap((name) => {
    const value = home.value(name);
    return value === undefined ? [] : [{ name, value }];
  });
  expect(held.length).toBeGreaterThan(0);
  for (const { name } of held) home.withhold(name);
  return () => {
    for (const { name, value } of held) home.lay(name, value);
  };
}

test("[MO32] a friend who tells another's post first, as their own, takes it from nobody", async () => {
  const { home, world, people } = await circle(940, "Ann", "Ben", "Eve");
  const [ann, ben, eve] = people as [Person, Person, Person];
  const [anns, eves] = [wayFrom(ben, ann), wayFrom(ben, eve)];
  const post = await ann.api.postMoment(words("for all"));
  await looked(world, ann, eve);
  type Held = { secret: Bytes; name: Bytes; day: number };
  const held = read<Held>(eve, "SELECT secret, name, day FROM moments WHERE id = ?", fromHex(post))[0] as Held;
  const giveBack = withheld(home, cellName(crypto, anns.way, anns.next));
  const payload = postPayload(held.secret, held.name);
  const cell = { kind: cellKinds.post, flags: 0, day: held.day, payload };
  home.lay(cellName(crypto, eves.way, eves.next), await sealCell(crypto, eves.way, eves.next, cell));
  await looked(world, ben);
  expect(texts(ben)).not.toContain("for all");
  giveBack();
  await looked(world, ben);
  expect(feed(ben).map(({ author, text }) => [author.name, text])).toContainEqual(["Ann", "for all"]);
  // What is said on it is bound to whose it is as well.
  await ben.api.commentMoment(post, "seen");
  await looked(world, ben, ann);
  expect(comments(ann, "for all")).toEqual(["seen"]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO33] who posts hides nothing on another's post, though the word was not read yet; its own poster does", async () => {
  const { home, world, people } = await circle(941, "Ann", "Ben", "Cleo", "Eve");
  const [ann, ben, cleo, eve] = people as [Person, Person, Person, Person];
  const [ofAnn, ofEve] = ["of Ann", "of Eve"].map((text) => feed(eve).find((one) => one.text === text)?.id ?? "");
  const stays = await ben.api.commentMoment(ofAnn as string, "stays");
  const goes = await ben.api.commentMoment(ofAnn as string, "goes");
  await looked(world, ben, ann, eve);
  const giveBack = withheld(home, ...headsOf(cleo, ben));
  expect(comments(eve, "of Ann")).toEqual(["stays", "goes"]);
  for (const about of [stays, goes]) {
    says(eve, "hide", ofEve as string, fromHex(about));
    says(eve, "delete", ofAnn as string, fromHex(about));
  }
  await looked(world, eve, cleo);
  await ann.api.hideMomentComment(goes);
  await looked(world, ann, cleo);
  expect(comments(cleo, "of Ann")).toEqual([]);
  giveBack();
  await looked(world, cleo);
  expect(comments(cleo, "of Ann")).toEqual(["stays"]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO33] a word under another's id takes nothing from them, and is not shown", async () => {
  const { home, world, people } = await circle(942, "Ann", "Ben", "Cleo", "Eve");
  const [ann, ben, cleo, eve] = people as [Person, Person, Person, Person];
  const post = feed(eve).find(({ text }) => text === "of Ann")?.id ?? "";
  const said = await ben.api.commentMoment(post, "true");
  await looked(world, ben, eve);
  const giveBack = withheld(home, ...headsOf(cleo, ben));
  says(eve, "comment", post, noWord, fromHex(said));
  await looked(world, eve, cleo, ann);
  expect(comments(cleo, "of Ann")).toEqual([]);
  giveBack();
  await looked(world, cleo, ann);
  for (const one of [ann, cleo]) expect([one.name, comments(one, "of Ann")]).toEqual([one.name, ["true"]]);
  expect(counted(cleo, "moments-false-word")).toBe(1);
  expect(world.bugs()).toEqual([]);
  home.end();
});
