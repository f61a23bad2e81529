/** Who is let go while something waits (docs/spec/moments.md MO48). */
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { Holes } from "@yanshu/server/holes";
import { fromHex, toHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { feed, friends, looked, picture, range, texts, withoutRoom, words } from "./moments.ts";

setDefaultTimeout(120_000);

const honest = Holes.prototype.putAll;
afterEach(() => {
  Holes.prototype.putAll = honest;
});
const dayMs = 86_400_000;

test("[MO48] a post that failed and is sent again is told to nobody who was let go meanwhile", async () => {
  let isFull = true;
  const world = new World({
    seed: 971,
    files: true,
    wrapPorts: withoutRoom((name) => isFull && name === "Ann"),
  });
  const people: Person[] = [];
  for (const name of ["Ann", "Ben", "Cleo", "Dan", "Eve", "Fay"]) people.push(await world.person(name));
  const [ann, ben, cleo, dan, eve, fay] = people as [Person, Person, Person, Person, Person, Person];
  for (const other of people.slice(1)) await world.befriend(ann, other);
  const post = await world.during(ann.api.postMoment({ ...words("late"), pictures: [picture()] }));
  await looked(world, ...people);
  expect(feed(ann)[0]?.mine?.state).toBe("failed");
  await ann.api.setMomentsWith(ben.account, { hidesMine: true });
  await ann.api.setMomentsWith(cleo.account, { chatsOnly: true });
  await ann.api.deleteContact(dan.account);
  await ann.api.block(eve.account);
  await world.pass(dayMs);
  isFull = false;
  await ann.api.resendMoment(post);
  await world.pass(5_000);
  await looked(world, ...people);
  expect(feed(ann)[0]?.mine?.state).toBe("sent");
  expect([ben, cleo, dan, eve, fay].map((one) => [one.name, texts(one)])).toEqual([
    ["Ben", []],
    ["Cleo", []],
    ["Dan", []],
    ["Eve", []],
    ["Fay", ["late"]],
  ]);
  expect(world.bugs()).toEqual([]);
});

for (const isLost of [false, true])
  test(`[MO48] a post that waits${isLost ? ", though home has it," : ""} is told to nobody who was let go`, async () => {
    const { world, people } = await friends(isLost ? 973 : 972, "Ann", "Ben", "Cleo", "Dan");
    const [ann, ben, cleo, dan] = people as [Person, Person, Person, Person];
    await looked(world, ...people);
    const rounds: (readonly [name: string, value: string])[][] = [];
    let isShut = true;
    // Home does what is asked, or does not, and says neither.
    Holes.prototype.putAll = async function (this: Holes, put, ...rest) {
      if (put.holes.length !== 64) return honest.call(this, put, ...rest);
      rounds.push(put.holes.map(({ secret, value }) => [toHex(secret), toHex(value)]));
      if (!isShut) return honest.call(this, put, ...rest);
      if (isLost) await honest.call(this, put, ...rest);
      return { ok: false, error: "unavailable" };
    } as typeof honest;
    await ann.api.postMoment(words("late"));
    await world.pass(2_000);
    expect(rounds.length).toBeGreaterThan(0);
    await ann.api.setMomentsWith(ben.account, { hidesMine: true });
    await ann.api.setMomentsWith(cleo.account, { chatsOnly: true });
    await world.pass(60_000);
    isShut = false;
    await looked(world, ann);
    await looked(world, ...people);
    expect([ben, cleo, dan].map((one) => [one.name, texts(one)])).toEqual([
      ["Ben", []],
      ["Cleo", []],
      ["Dan", ["late"]],
    ]);
    expect(dan.view("momentsFeed", range).gaps).toEqual([]);
    // By what differs home learns nothing: all names are those of before, and all values are others.
    const first = new Map(rounds[0]);
    const again = rounds.find((round) => round.some(([name, value]) => first.has(name) && first.get(name) !== value));
    expect(again?.map(([name]) => name).toSorted()).toEqual([...first.keys()].toSorted());
    expect(again?.filter(([name, value]) => first.get(name) === value)).toEqual([]);
    expect(world.bugs()).toEqual([]);
  });

test("[MO53] who blocks a friend and takes it back has the keys that were on their way meanwhile", async () => {
  const { world, people } = await friends(974, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  await ben.api.showMoments(true);
  await ben.api.showMoments(false);
  await world.pass(5_000);
  ben.crash();
  await ann.api.postMoment(words("before"));
  await world.pass(5_000);
  await ben.switchOn();
  await ben.api.block(ann.account);
  await world.pass(5_000);
  const post = await ann.api.postMoment(words("meanwhile"));
  await ann.api.commentMoment(post, "in the first log");
  await world.pass(5_000);
  await ann.api.deleteContact(cleo.account);
  await world.pass(5_000);
  await ann.api.commentMoment(post, "in the second");
  expect(ben.disk.all("SELECT * FROM moment_logs WHERE account = ?", fromHex(ann.account))).toEqual([]);
  await ben.api.unblock(ann.account);
  await world.pass(5_000);
  await ann.api.postMoment(words("after"));
  await looked(world, ann, ben);
  expect([texts(ben), ben.view("momentsFeed", range).gaps]).toEqual([["after", "meanwhile", "before"], []]);
  expect(ben.view("moment", post)?.comments.map(({ text }) => text)).toEqual(["in the first log", "in the second"]);
  // It is told once in a chat, not each time that something is looked at.
  const saidBy = ({ disk }: Person) => disk.all("SELECT own_seq FROM conversations WHERE peer IS NOT NULL");
  const before = [saidBy(ann), saidBy(ben)];
  await looked(world, ann, ben);
  expect([saidBy(ann), saidBy(ben)]).toEqual(before);
  expect(world.bugs()).toEqual([]);
});

test("[MO57] of a post that is made private the files that friends were told of go, and own devices have others", async () => {
  const { world, people } = await friends(977, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const tablet = await world.linkDevice(ann);
  await looked(world, ann, tablet, ben);
  const two = [picture(), picture()];
  const post = await world.during(tablet.api.postMoment({ ...words("ours"), pictures: two }));
  await looked(world, tablet, ann, ben);
  expect([texts(ben), world.blobs?.files.size]).toEqual([["ours"], 2]);
  const names = () => [...(world.blobs?.files.keys() ?? [])].map(String);
  const before = names();
  // Not the device that stored them.
  await ann.api.makeMomentPrivate(post);
  await looked(world, ann, tablet, ben);
  expect(texts(ben)).toEqual([]);
  expect([names().length, names().filter((name) => before.includes(name))]).toEqual([2, []]);
  for (const device of [ann, tablet]) {
    const [view] = feed(device);
    expect([view?.mine?.audience.who, view?.pictures.length]).toEqual(["me", 2]);
    for (const { file } of view?.pictures ?? [])
      expect((await world.during(device.api.readFile(file.handle, 0, 4_000))).length).toBe(3_000);
  }
  await tablet.api.deleteMoment(post);
  await looked(world, tablet, ann);
  expect([
    names(),
    texts(ann),
    ann.disk.all("SELECT 1 FROM blobs"),
    tablet.disk.all("SELECT 1 FROM own_blobs"),
  ]).toEqual([[], [], [], []]);
  expect(world.bugs()).toEqual([]);
});

test("[MO146] what a device took back that was dropped since is taken back for a friend who comes later", async () => {
  const { world, people } = await friends(869, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const tablet = await world.linkDevice(ann);
  const posts: string[] = [];
  for (const text of ["gone", "private", "stays"]) posts.push(await ann.api.postMoment(words(text)));
  await looked(world, ann, tablet, ben);
  expect(texts(ben)).toEqual(["stays", "private", "gone"]);
  ben.crash();
  await tablet.api.deleteMoment(posts[0] as string);
  await tablet.api.makeMomentPrivate(posts[1] as string);
  await looked(world, tablet, ann);
  expect(texts(ann)).toEqual(["stays", "private"]);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await looked(world, ann);
  await ben.switchOn();
  await looked(world, ann, ben);
  expect(texts(ben)).toEqual(["stays"]);
  expect(texts(ann)).toEqual(["stays", "private"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO154] a post that was for nobody else from the beginning takes no place of one that was taken back", async () => {
  // A clock that goes on between two looks at it.
  let ticks = 0;
  const { world, people } = await friends(
    {
      seed: 870,
      config: { blobTokensFirst: 4_096, blobTokensPerDay: 4_096 },
      wrapPorts: (ports) => ({ ...ports, nowMs: () => ports.nowMs() + ticks++ }),
    },
    "Ann",
    "Ben",
  );
  const [ann, ben] = people as [Person, Person];
  const tablet = await world.linkDevice(ann);
  const post = await ann.api.postMoment(words("private"));
  await looked(world, ann, tablet, ben);
  ben.crash();
  await tablet.api.makeMomentPrivate(post);
  await looked(world, tablet, ann);
  for (let n = 0; n < 64; n++) await ann.api.postMoment(words(`diary ${n}`, { who: "me" }));
  await looked(world, ann);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await looked(world, ann);
  await ben.switchOn();
  await looked(world, ann, ben);
  expect(texts(ben)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[MO153] that a post was taken back is said once while it waits, whatever own devices are dropped meanwhile", async () => {
  const { world, people } = await friends(871, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const post = await ann.api.postMoment(words("gone"));
  await looked(world, ann, ben);
  Holes.prototype.putAll = (async () => ({ ok: false, error: "unavailable" })) as unknown as typeof honest;
  await ann.api.deleteMoment(post);
  for (let n = 0; n < 2; n++) {
    const tablet = await world.linkDevice(ann);
    await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
    await looked(world, ann);
  }
  expect(ann.disk.all("SELECT 1 FROM moment_puts WHERE kind = 'word'")).toHaveLength(1);
  Holes.prototype.putAll = honest;
  await world.pass(dayMs / 24);
  await looked(world, ann, ben);
  expect([ann, ben].map(texts)).toEqual([[], []]);
});

test("[MO153] a friend who drops devices again and again has it said once a day what was taken back", async () => {
  const { world, people } = await friends(872, "Ann", "Ben", "Cat");
  const [ann, ben, cat] = people as [Person, Person, Person];
  for (let n = 0; n < 4; n++) {
    const post = await ann.api.postMoment(words(`${n}`));
    await looked(world, ann, cat, ben);
    await ann.api.deleteMoment(post);
  }
  await looked(world, ann, ben);
  let said = 0;
  Holes.prototype.putAll = function (this: Holes, put, ...rest) {
    if (put.holes.length <= 4) said++;
    return honest.call(this, put, ...rest);
  } as typeof honest;
  for (let n = 0; n < 3; n++) {
    const tablet = await world.linkDevice(ben);
    await world.during(ben.api.revokeDevice(tablet.view("status").me?.device ?? ""));
    await ben.api.postMoment(words(`of Ben ${n}`));
    await world.pass(dayMs / 20);
    await looked(world, ben, ann, cat);
  }
  expect(said).toBeLessThanOrEqual(2 * 4 + 2 * 3);
  expect(texts(ann)).toEqual(["of Ben 2", "of Ben 1", "of Ben 0"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO58] a file of a post that is deleted far from home goes once home is reached", async () => {
  const { world, people } = await friends(978, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const post = await world.during(ann.api.postMoment({ ...words("slip"), pictures: [picture()] }));
  await looked(world, ann, ben);
  expect([texts(ben), world.blobs?.files.size]).toEqual([["slip"], 1]);
  world.crashServer();
  await ann.api.deleteMoment(post);
  await world.pass(60_000);
  ann.crash();
  expect(world.blobs?.files.size).toBe(1);
  world.startServers();
  await ann.switchOn();
  await world.pass(60_000);
  await looked(world, ann, ben);
  expect([texts(ben), world.blobs?.files.size]).toEqual([[], 0]);
  expect(world.bugs()).toEqual([]);
});

test("[MO66] what is said while a device looks, after a friend was let go, is in no log that they hold", async () => {
  const { world, people } = await friends(975, "Ben", "Ann", "Cleo");
  const [ben, ann, cleo] = people as [Person, Person, Person];
  const post = await ben.api.postMoment(words("新家"));
  await looked(world, ben, ann, cleo);
  const look = Holes.prototype.lookFor;
  const held = Promise.withResolvers<void>();
  let isHeld = false;
  Holes.prototype.lookFor = async function (this: Holes, ...args) {
    isHeld = true;
    await held.promise;
    return look.apply(this, args);
  } as typeof look;
  try {
    const looking = ben.api.lookAtMoments();
    await world.until("home is slow", () => isHeld);
    await ben.api.setMomentsWith(ann.account, { chatsOnly: true });
    await ben.api.commentMoment(post, "不给 Ann 看");
    held.resolve();
    await world.during(looking);
  } finally {
    Holes.prototype.lookFor = look;
  }
  await looked(world, ben, ann, cleo);
  const said = (one: Person) => one.view("moment", post)?.comments.map(({ text }) => text);
  expect([said(cleo), said(ann)]).toEqual([["不给 Ann 看"], []]);
  expect(world.bugs()).toEqual([]);
});
