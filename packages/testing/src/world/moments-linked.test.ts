/** A device that is linked has of Moments what the others have, and what they lack it knows it lacks (MO80–MO82). */
import { expect, setDefaultTimeout, test } from "bun:test";
import { cellName } from "@yanshu/client/moments";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type Bytes, decodeClientFrame, fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { dropPush, isPushOf } from "./drops.ts";
import { friends, looked, OpenHome, range, texts, words } from "./moments.ts";
import { stepOf } from "./world.ts";

setDefaultTimeout(120_000);

const crypto = createBunCrypto();
const hourMs = 3_600_000;
const comments = (person: Person, post: string) => person.view("moment", post)?.comments.map(({ text }) => text) ?? [];
const gaps = (person: Person) => person.view("momentsFeed", range).gaps.map(({ count }) => count);
const holeOf = (person: Person, word: string) =>
  person.disk.get<{ name: Bytes }>("SELECT name FROM moment_words WHERE id = ?", fromHex(word))?.name as Bytes;

/** Takes a hole from home. Returns how to lay it back. */
function withheld(home: OpenHome, name: Bytes): () => void {
  const value = home.value(name);
  if (value === undefined) throw new Error("home has no such hole");
  home.withhold(name);
  return () => home.lay(name, value);
}

test("[MO80] a linked device reads the words that wait on the device beside it, and none that was taken back", async () => {
  const home = new OpenHome();
  const world = new World({ seed: 990, files: true, logPath: home.path });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const post = await ben.api.postMoment(words("一"));
  await looked(world, ben, ann);
  const late = await ben.api.commentMoment(post, "late");
  const slip = await ben.api.commentMoment(post, "slip");
  await world.pass(3_000);
  const layLate = withheld(home, holeOf(ben, late));
  const laySlip = withheld(home, holeOf(ben, slip));
  // Their headers are read, and their words wait.
  await looked(world, ann);
  await ben.api.deleteMomentComment(slip);
  await looked(world, ben, ann);
  expect(comments(ann, post)).toEqual([]);
  const tablet = await world.linkDevice(ann);
  await world.pass(5_000);
  layLate();
  laySlip();
  await looked(world, ann, tablet);
  await world.pass(2 * hourMs);
  expect([comments(ann, post), comments(tablet, post)]).toEqual([["late"], ["late"]]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO81] a linked device shows the gaps that the device beside it has, and both are filled", async () => {
  const home = new OpenHome();
  const world = new World({ seed: 991, files: true, logPath: home.path });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  await ben.api.postMoment(words("零"));
  await looked(world, ben, ann);
  const way = ann.disk.get<{ way: Bytes; next: number }>(
    "SELECT way, next FROM moment_ways WHERE account = ?",
    fromHex(ben.account),
  );
  await ben.api.postMoment(words("一"));
  await ben.api.postMoment(words("二"));
  await world.pass(3_000);
  withheld(home, cellName(crypto, way?.way as Bytes, way?.next as number));
  await world.pass(hourMs);
  await looked(world, ann);
  expect([texts(ann), gaps(ann)]).toEqual([["二", "零"], [1]]);
  const tablet = await world.linkDevice(ann);
  await world.pass(5_000);
  await looked(world, tablet);
  expect([texts(tablet), gaps(tablet)]).toEqual([["二", "零"], [1]]);
  for (let hour = 0; hour < 72 && gaps(ann).length + gaps(tablet).length > 0; hour++) await world.pass(hourMs);
  await looked(world, ann, tablet);
  for (const one of [ann, tablet]) expect([texts(one), gaps(one)]).toEqual([["二", "一", "零"], []]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO82] what a friend tells before a linked device is in their chat reaches it, and so do posts and words", async () => {
  const world = new World({ seed: 992, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.beginLinking(ann);
  await world.during(tablet.api.confirmJoin(true));
  // All is said to the new device already; what puts it into the chat with Ben does not come home.
  let commits = 0;
  world.network.overhear = (_, owner, frame) => {
    const post = owner === ann.device ? decodeClientFrame(frame) : undefined;
    if (post?.type === "post" && post.post.header.mode === "commit" && ++commits === 1)
      world.network.cutOff(ann.device);
  };
  await world.during(ann.api.confirmWords(true));
  await world.until("she is cut off", () => commits > 0);
  // Ben uses Moments for the first time: what he says in the chat goes to those who are in it.
  const post = await ben.api.postMoment(words("一"));
  await ben.api.commentMoment(post, "first");
  await looked(world, ben);
  world.network.letBack(ann.device);
  await world.until("the device is added everywhere", () => stepOf(ann) === "done" && stepOf(tablet) === "done");
  await looked(world, ann, tablet);
  await world.pass(hourMs);
  for (const one of [ann, tablet]) expect([texts(one), comments(one, post)]).toEqual([["一"], ["first"]]);
  expect(world.bugs()).toEqual([]);
});

test("[MO83] of many logs that come in one look the last is read, and what is said in it is shown", async () => {
  const { world, people } = await friends(993, "Ben", "Ann", "Cleo");
  const [ben, ann, cleo] = people as [Person, Person, Person];
  const post = await ben.api.postMoment(words("一"));
  await looked(world, ben, ann, cleo);
  // While Ann is away Cleo is let go again and again: each time another log takes the place of the one that she knows.
  ann.crash();
  for (let time = 0; time < 20; time++) {
    await ben.api.setMomentsWith(cleo.account, { chatsOnly: true });
    await world.pass(2_000);
    await ben.api.setMomentsWith(cleo.account, { chatsOnly: false });
    await world.pass(2_000);
  }
  await ben.api.commentMoment(post, "last");
  await looked(world, ben);
  await ann.switchOn();
  await looked(world, ann);
  const own = ben.disk.all("SELECT key FROM moment_own_logs ORDER BY since_ms DESC LIMIT 16");
  const held = "SELECT key FROM moment_logs WHERE account = ? ORDER BY since_ms DESC";
  expect(ann.disk.all(held, fromHex(ben.account))).toEqual(own);
  expect(comments(ann, post)).toEqual(["last"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO120] own devices that differ in who is a friend make no logs in turn without end, and agree afterwards", async () => {
  const { world, people } = await friends(994, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const tablet = await world.linkDevice(ann);
  await world.pass(180_000);
  const post = await ann.api.postMoment(words("一"));
  await looked(world, ann, tablet, ben);
  // Her tablet has asked him anew, say, and has not heard that he is a friend.
  const hold = (state: string) =>
    tablet.disk.transaction(() =>
      tablet.disk.run("UPDATE contacts SET state = ? WHERE account = ?", state, fromHex(ben.account)),
    );
  const logs = () => ann.disk.all("SELECT key FROM moment_own_logs").length;
  const before = logs();
  hold("requested");
  for (let time = 0; time < 100; time++) {
    await looked(world, ann, tablet);
    await world.pass(2_000);
  }
  expect(logs() - before).toBeLessThan(10);
  hold("contact");
  await world.pass(hourMs);
  await ann.api.commentMoment(post, "still here");
  await looked(world, ann, tablet, ben);
  expect(comments(ben, post)).toEqual(["still here"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO160] own devices that each hold somebody else for no friend make few logs in turn, and agree afterwards", async () => {
  const { world, people } = await friends(996, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  const tablet = await world.linkDevice(ann);
  await world.pass(180_000);
  const post = await ann.api.postMoment(words("一"));
  await looked(world, ann, tablet, ben, cleo);
  const hold = (on: Person, friend: Person, state: string) =>
    on.disk.transaction(() =>
      on.disk.run("UPDATE contacts SET state = ? WHERE account = ?", state, fromHex(friend.account)),
    );
  const logs = () => ann.disk.all("SELECT key FROM moment_own_logs").length;
  const before = logs();
  hold(tablet, ben, "requested");
  hold(ann, cleo, "requested");
  for (let time = 0; time < 100; time++) {
    await looked(world, ann, tablet);
    await world.pass(2_000);
  }
  expect(logs() - before).toBeLessThan(20);
  hold(tablet, ben, "contact");
  hold(ann, cleo, "contact");
  await world.pass(hourMs);
  await ann.api.commentMoment(post, "still here");
  await tablet.api.commentMoment(post, "and here");
  await looked(world, ann, tablet, ben, cleo);
  for (const one of [ben, cleo]) expect(comments(one, post)).toEqual(["still here", "and here"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO120] who was blocked is told no log by an own device from which home withholds that they were", async () => {
  const { world, people } = await friends(995, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const tablet = await world.linkDevice(ann);
  await world.pass(180_000);
  const post = await ann.api.postMoment(words("一"));
  await looked(world, ann, tablet, ben);
  const dropped = dropPush(world, tablet.device, "application");
  // Nor does the phone hear that the tablet asks for it.
  world.network.meddle(ann.device, (frame) => (isPushOf(frame, "application") ? [] : [frame]));
  await ann.api.block(ben.account);
  await world.pass(2_000);
  expect(dropped()).toBe(1);
  await ann.api.postMoment(words("二"));
  for (let time = 0; time < 10; time++) {
    await looked(world, ann, tablet);
    await world.pass(2_000);
  }
  await ann.api.commentMoment(post, "not for him");
  await looked(world, ann, tablet, ben);
  await world.pass(hourMs);
  await looked(world, tablet, ben);
  expect([texts(ben), comments(ben, post)]).toEqual([["一"], []]);
  expect(world.bugs()).toEqual([]);
});
