/** Moments of friends who live at two homes (docs/spec/moments.md MO76–MO79, docs/spec/peers.md PE56). */
import { expect, test } from "bun:test";
import { hintOf } from "@yanshu/client/moments";
import { createBunCrypto } from "@yanshu/mls/bun";
import { peersPort, provide } from "@yanshu/server";
import type { AccountId } from "@yanshu/wire";
import { feed, looked, picture, range, texts, words } from "./moments.ts";
import { PairPage, records } from "./pair-page.ts";
import { type PeerWires, worldOfPeers } from "./peer-homes.ts";
import type { Person } from "./person.ts";
import { calls, type World } from "./world.ts";

const crypto = createBunCrypto();
const seen = (person: Person, text: string) => feed(person).find((one) => one.text === text);
const comments = (person: Person, text: string) => seen(person, text)?.comments.map((one) => one.text);
const away = (person: Person) => person.view("momentsFeed", range).away;
const holesAt = ({ features }: World["log"]) => features.moments.totals().holes;
/** Tunnels that were begun between the homes, by clients of either (PE44). */
const tunnels = ({ said }: PeerWires) => said.filter((message) => message[0] === 0x30).length;
const gaps = (person: Person) => person.disk.all("SELECT 1 FROM moment_gaps").length;

test("[MO76] [MO79] [PE56] friends of two homes read, like, answer and take back, each at the home of who says it", async () => {
  const { world, personThere, there } = worldOfPeers({ seed: 2351, files: true });
  const [ann, ben, cal] = [await world.person("Ann"), await personThere("Ben"), await personThere("Cal")];
  await world.befriend(ann, ben);
  await world.befriend(ann, cal);
  await world.befriend(ben, cal);
  await looked(world, ann, ben, cal);
  const [own, other] = [holesAt(world.log), holesAt(there.log)];
  const id = await world.during(ann.api.postMoment({ ...words("包饺子"), pictures: [picture()] }));
  await looked(world, ann, ben, cal);
  // What Ann posts lies at her home alone.
  expect(holesAt(world.log)).toBeGreaterThan(own);
  expect(holesAt(there.log)).toBe(other);
  expect([texts(ben), texts(cal)]).toEqual([["包饺子"], ["包饺子"]]);
  const shown = seen(ben, "包饺子")?.pictures[0]?.file.handle ?? "";
  expect((await world.during(ben.api.readFile(shown, 0, 4_000))).length).toBe(3_000);
  // Words of each lie at their own home; friends of both read them.
  await world.during(ben.api.likeMoment(id));
  const said = await world.during(ben.api.commentMoment(id, "给我留几个"));
  await looked(world, ben, ann);
  expect(holesAt(there.log)).toBeGreaterThan(other);
  await world.during(ann.api.commentMoment(id, "好", said));
  await looked(world, ann, ben, cal);
  for (const person of [ann, ben, cal]) expect(comments(person, "包饺子")).toEqual(["给我留几个", "好"]);
  expect(seen(cal, "包饺子")?.likes.map(({ account }) => account)).toEqual([ben.account]);
  await world.during(ben.api.deleteMomentComment(said));
  await looked(world, ben, cal);
  expect(comments(cal, "包饺子")).toEqual(["好"]);
  // What was read is cleared where it was read, once it is due.
  const read = () =>
    ben.disk.all<{ server: string }>("SELECT server FROM moment_clears WHERE is_own = 0").map(({ server }) => server);
  expect(read()).toEqual(["yan.test"]);
  ben.disk.run("UPDATE moment_clears SET due_ms = ? WHERE is_own = 0", world.clock.nowMs());
  const before = holesAt(world.log);
  await looked(world, ben);
  expect([read(), before - holesAt(world.log)]).toEqual([[], 1]);
  // A post that is taken back goes from both.
  await world.during(ann.api.deleteMoment(id));
  await looked(world, ann, ben, cal);
  expect([texts(ann), texts(ben), texts(cal)]).toEqual([[], [], []]);
  expect([gaps(ben), gaps(cal), away(ben)]).toEqual([0, 0, []]);
  expect(world.bugs()).toEqual([]);
});

test("[MO77] [MO78] a home that does not answer is named, keeps nothing else from coming, and what lies there comes later, once a minute", async () => {
  const { world, personThere, wires } = worldOfPeers({ seed: 2352, files: true });
  const [ann, ben, eve] = [await world.person("Ann"), await personThere("Ben"), await world.person("Eve")];
  await world.befriend(ann, ben);
  await world.befriend(ann, eve);
  await looked(world, ann, ben, eve);
  wires.cut();
  await world.during(ben.api.postMoment(words("from the other home")));
  await world.during(eve.api.postMoment(words("from here")));
  await looked(world, ben, eve, ann);
  expect([texts(ann), away(ann), gaps(ann)]).toEqual([["from here"], ["ben.test"], 0]);
  wires.mend();
  await looked(world, ann);
  expect([texts(ann), away(ann), gaps(ann)]).toEqual([["from here", "from the other home"], [], 0]);
  // A body and a word that are known of and not here are looked for no less often, and are no gap, for a home that
  // did not answer.
  const here = feed(ann).find(({ text }) => text === "from the other home");
  await world.during(ben.api.commentMoment(here?.id ?? "", "说得好"));
  await looked(world, ben, ann);
  expect(comments(ann, "from the other home")).toEqual(["说得好"]);
  const ofBen = `hex(author) = '${ben.account.toUpperCase()}'`;
  type Said = { log: Uint8Array; secret: Uint8Array; author: AccountId };
  const [said] = ann.disk.all<Said>(
    `SELECT w.log, m.secret, m.author FROM moment_words AS w JOIN moments AS m ON m.id = w.post WHERE hex(w.author) = '${ben.account.toUpperCase()}'`,
  ) as [Said];
  ann.disk.run(
    `INSERT INTO moment_closed (name, author, log, header, hint, day, got_ms, secret)
     SELECT w.name, w.author, w.log, w.header, ?, m.day & 255, w.got_ms, m.secret
     FROM (SELECT * FROM moment_words WHERE ${ofBen}) AS w JOIN moments AS m ON m.id = w.post`,
    hintOf(crypto, said.log, said),
  );
  ann.disk.run(`DELETE FROM moment_words WHERE ${ofBen}`);
  wires.cut();
  for (let times = 0; times < 3; times++) await looked(world, ann);
  const tries = (of: string) => ann.disk.get<{ most: number }>(`SELECT max(tries) AS most FROM ${of}`)?.most;
  expect([tries("moment_closed"), gaps(ann)]).toEqual([0, 0]);
  ann.disk.run(`UPDATE moments SET state = 'wanted', signed = x'', matched = 0 WHERE ${ofBen}`);
  for (let times = 0; times < 3; times++) await looked(world, ann);
  expect([texts(ann), tries("moments"), gaps(ann)]).toEqual([["from here"], 0, 0]);
  wires.mend();
  await looked(world, ann);
  expect(texts(ann)).toEqual(["from here", "from the other home"]);
  expect(comments(ann, "from the other home")).toEqual(["说得好"]);
  // While Moments are on the screen for five minutes, home is asked every twelve seconds, the other once a minute;
  // those who do not look at them ask each quarter of an hour.
  const begun = tunnels(wires);
  await world.during(ann.api.showMoments(true));
  await world.pass(5 * 60_000);
  await world.during(ann.api.showMoments(false));
  expect(tunnels(wires) - begun).toBeGreaterThanOrEqual(4);
  expect(tunnels(wires) - begun).toBeLessThanOrEqual(8);
  expect(world.bugs()).toEqual([]);
});

test("[PE58] [MO71] [CA250] posts of who moved are read, and their call is met, at the home where they are now, whose leaf is at the home of before", async () => {
  const { world, home, personThere, wires } = worldOfPeers({ seed: 2353, files: true });
  const third = home("third.test", [provide(peersPort, wires.portOf("third.test")), calls]);
  wires.add("third.test", () => third.running);
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  const chat = await world.befriend(ann, ben);
  await looked(world, ann, ben);
  await world.during(ann.api.postMoment(words("before")));
  await looked(world, ann, ben);
  expect(texts(ben)).toEqual(["before"]);
  await world.during(ann.api.moveHome(third.inviteLink));
  await world.pass(30_000);
  const there = holesAt(third.log);
  await world.during(ann.api.postMoment(words("after")));
  await looked(world, ann, ben);
  expect(holesAt(third.log)).toBeGreaterThan(there);
  expect([texts(ben), away(ben), gaps(ben)]).toEqual([["after", "before"], [], 0]);
  // Told once, and not at each look.
  const rows = () => wires.said.filter((message) => message[0] === 0x20).length;
  const before = rows();
  await looked(world, ann, ann);
  expect(rows()).toBe(before);
  const [annPage, benPage] = [new PairPage(ann), new PairPage(ben)];
  await world.until("both homes have calls", () => annPage.view.areThere && benPage.view.areThere);
  await world.during(ann.api.startCall(chat, "voice", annPage.host));
  await world.until("it rings", () => benPage.at === "ringing" && annPage.view.now?.isReached === true);
  expect([third.running?.counts().roomSeats, world.server.counts().rooms]).toEqual([2, 0]);
  await ben.api.answerCall(benPage.view.now?.call ?? "", benPage.host);
  await world.until("they talk", () => annPage.at === "talking" && benPage.at === "talking");
  await ben.api.hangUp();
  await world.until("it is over", () => annPage.at === "idle" && benPage.at === "idle");
  await world.until("both have the record", () =>
    [ann, ben].every((one) => records(one, chat).join() === "voice ended"),
  );
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[MO79] a home that never clears keeps no other from it and is not asked for ever, and what was read at the home of before a move is cleared there", async () => {
  const { world, personThere, there } = worldOfPeers({ seed: 2354, files: true });
  const [ann, ben, cal] = [await world.person("Ann"), await personThere("Ben"), await personThere("Cal")];
  await world.befriend(ann, ben);
  await world.befriend(ben, cal);
  await looked(world, ann, ben, cal);
  await world.during(ann.api.postMoment(words("from here")));
  await world.during(cal.api.postMoment(words("from there")));
  await looked(world, ann, cal, ben);
  const read = (where: string) =>
    ben.disk.all<{ server: string }>(`SELECT server FROM moment_clears WHERE is_own = 0 AND ${where} ORDER BY server`);
  const ofOthers = "server <> 'dead.test'";
  expect(read(ofOthers).map(({ server }) => server)).toEqual(["ben.test", "yan.test"]);
  await world.during(ben.api.moveHome(world.inviteLink));
  await world.pass(60_000);
  // Before all others, and more than are cleared in one look.
  ben.disk.run(
    `WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
     INSERT INTO moment_clears (secret, due_ms, is_own, server)
     SELECT unhex(printf('00%062x', i)), 1, 0, 'dead.test' FROM n`,
  );
  ben.disk.run("UPDATE moment_clears SET due_ms = ? WHERE is_own = 0", world.clock.nowMs());
  const [here, far] = [holesAt(world.log), holesAt(there.log)];
  await looked(world, ben);
  expect(read(ofOthers)).toEqual([]);
  expect([here - holesAt(world.log), far - holesAt(there.log)]).toEqual([1, 1]);
  expect(read("server = 'dead.test'").length).toBe(6001);
  ben.disk.run("UPDATE moment_clears SET due_ms = ? WHERE is_own = 0", world.clock.nowMs() - 401 * 86_400_000);
  await looked(world, ben);
  expect(read("server = 'dead.test'")).toEqual([]);
  expect(world.bugs()).toEqual([]);
}, 60_000);
