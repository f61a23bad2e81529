/**
 * A family whose only home is gone, at two different new homes: they find each other at a meeting place (HM80–HM84).
 */
import { expect, test } from "bun:test";
import { createPrivateKey, createPublicKey } from "node:crypto";
import type { Hex } from "@yanshu/client";
import { sealTo } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { meetingPort, type Provided, peersPort, provide } from "@yanshu/server";
import {
  type DeviceList,
  decodeClientFrame,
  encodeError,
  encodeHomeRecord,
  encodeSlip,
  fromHex,
  type HomeRecord,
  homeRecordBytes,
  limits,
  meetingLimits,
  nextHomeBody,
  openHomeRecord,
  restoreList,
  slipKey,
  slipTag,
  toHex,
  weekOf,
} from "@yanshu/wire";
import { decode, encode } from "cborg";
import { PeerWires } from "./peer-homes.ts";
import type { Person } from "./person.ts";
import { type SecondHome, worldOfTwo } from "./second-home.ts";
import { calls, type World, type WorldOptions } from "./world.ts";

const crypto = createBunCrypto({ random: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)) });

/** `yan.test` names `meet.test`; `two.test`, `three.test` and `meet.test` speak with each other. */
function worldOfMeeting(
  seed: number,
  places: readonly string[] = ["meet.test"],
  slips = 400,
  options: Pick<WorldOptions, "wrapPorts"> = {},
) {
  const wires = new PeerWires();
  const of = worldOfTwo({ ...options, seed, provides: [provide(meetingPort, { places })] });
  wires.begin(of.world);
  const home = (name: string, limits = {}, more: readonly Provided[] = []): SecondHome => {
    const made = of.home(name, [provide(peersPort, wires.portOf(name)), ...more, calls], ":memory:", limits);
    wires.add(name, () => made.running);
    return made;
  };
  const [two, three] = [home("two.test"), home("three.test")];
  const meet = home("meet.test", { meetingSlips: slips });
  return { ...of, wires, two, three, meet, board: home };
}

const weekNow = ({ clock }: World) => weekOf(clock.nowMs());
const junk = () => ({ tag: crypto.random(16), box: crypto.random(2_097) });
type Key = { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array };
type Leaf = ReturnType<typeof leafOf>;

/** A record by that key that names `evil.test`, or that home; no other that names the same entry comes before it. */
async function evilRecord(list: DeviceList, { publicKey, privateKey }: Key, home = "evil.test"): Promise<Uint8Array> {
  const signed = async (before?: HomeRecord) => {
    const body = nextHomeBody(list, before, { homes: [home] }, publicKey);
    return encodeHomeRecord(body, await crypto.sign(privateKey, homeRecordBytes(body)));
  };
  const first = openHomeRecord(await signed());
  return signed(first && { ...first, body: { ...first.body, seq: limits.homeSeqMax } });
}

async function layAt({ log }: SecondHome, leaf: Leaf, plain: Uint8Array, week: number): Promise<void> {
  const box = await sealTo(crypto, leaf.sealKey, { purpose: "slip", address: leaf.address }, plain);
  const tag = slipTag(crypto.sha256, slipKey(crypto.sha256, leaf), box);
  log.transaction(() => log.features.meeting.put(tag, box, week));
}

test("[HM80] [HM81] [HM82] [HM83] [HM84] a family whose only home is gone, at two different new homes, finds each other at a meeting place and goes on writing in its group and chats", async () => {
  const { world, two, three, meet } = worldOfMeeting(981);
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")] as const;
  const family: readonly Person[] = [ann, ben, cat];
  const chat = await world.befriend(ann, ben);
  const group = await world.group(ann, [ben, cat], "Family");
  for (const person of family) await person.say(group, `before, by ${person.name}`);
  await world.until("all read all", () => family.every((one) => one.reads(group).length === 3));
  await world.until("the meeting place is known", () => family.every((one) => places(one).includes("meet.test")));
  const had = new Set(family.flatMap((one) => idsOf(one, group)));
  world.crashServer();
  await world.during(ann.api.moveHome(two.inviteLink));
  await world.during(ben.api.moveHome(three.inviteLink));
  await world.during(cat.api.moveHome(three.inviteLink));
  await ann.say(group, "is anybody here?");
  await ben.say(chat, "here");
  await world.until("Ann reads Ben in the chat", () => ann.reads(chat).includes("here"), 300_000);
  for (const late of [ben, cat]) await late.say(group, `here, by ${late.name}`);
  const words = [...names(family), "here, by Ben", "here, by Cat"];
  const hasAll = (one: Person) => words.every((text) => one.reads(group).includes(text));
  await world.until("all read the others", () => family.every(hasAll), 300_000);
  for (const one of family) {
    expect([...had].filter((id) => !idsOf(one, group).includes(id))).toEqual([]);
    expect(one.view("conversation", group)?.members).toHaveLength(3);
    expect(one.view("homes").meeting?.missing).toEqual([]);
  }
  expect([ann, ben, cat].map((one) => one.view("homes").home)).toEqual(["two.test", "three.test", "three.test"]);
  // The board has slips of one length, and nobody's name.
  const slips = meet.log.features.meeting.of(weekNow(world), 0, 100);
  expect(new Set(slips.map(({ box }) => box.length)).size).toBe(1);
  expect(slips.length).toBeGreaterThanOrEqual(3);
  // Slips for one leaf, by two who look for it, have nothing in common.
  expect(new Set(slips.map(({ tag }) => Buffer.from(tag).toString("hex"))).size).toBe(slips.length);
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM82] [HM84] a slip by a removed device, by a stranger, and one that says nothing are believed by nobody, and a board that lost its slips keeps nobody apart", async () => {
  const { world, two, three, meet } = worldOfMeeting(982);
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")] as const;
  const chat = await world.befriend(ann, ben);
  await world.until("the meeting place is known", () => [ann, ben].every((one) => places(one).includes("meet.test")));
  const tablet = await world.linkDevice(ben);
  const removed = await stolenKey(tablet);
  await world.during(ben.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.until("Ann knows of it", () => entriesOf(ann, ben) === 3);
  world.crashServer();
  await world.during(ann.api.moveHome(two.inviteLink));
  const leaf = leafOf(ann, chat);
  const list = await listOn(ann, ben.account);
  const lay = (plain: Uint8Array) => layAt(meet, leaf, plain, weekNow(world));
  for (const key of [removed, await crypto.signatureKeyPair(crypto.random(32))])
    await lay(encodeSlip(await evilRecord(list, key), []));
  await lay(new Uint8Array(meetingLimits.plainBytes));
  await world.until("all three are refused", () => ann.client?.diagnostics()["slip-refused"] === 3, 1_200_000);
  expect(ann.view("homes").meeting?.missing).toEqual([ben.account]);
  // The board is lost, and Ben comes.
  meet.log.transaction(() => meet.log.features.meeting.expire(1_000_000));
  await world.during(ben.api.moveHome(three.inviteLink));
  await ben.say(chat, "it is me");
  await world.until("Ann knows where he is", () => serverOf(ann, ben) === "three.test", 600_000);
  await ann.say(chat, "where are you?"); // He found no slip of hers.
  await world.until("Ann reads him", () => ann.reads(chat).includes("it is me"), 600_000);
  expect(ann.client?.diagnostics()["slip-refused"]).toBe(3); // Each was judged once.
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM84] a slip that names a home that was left is refused, though a listed device signed it", async () => {
  const { world, two, meet } = worldOfMeeting(985);
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")] as const;
  const { account } = ben;
  const chat = await world.befriend(ann, ben);
  await world.until("the meeting place is known", () => places(ann).includes("meet.test"));
  const thief = await stolenKey(await world.linkDevice(ben));
  await world.until("Ann knows of the tablet", () => entriesOf(ann, ben) === 2);
  world.crashServer();
  ben.crash();
  await world.during(ann.api.moveHome(two.inviteLink));
  const record = await evilRecord(await listOn(ann, account), thief, "yan.test");
  await layAt(meet, leafOf(ann, chat), encodeSlip(record, []), weekNow(world));
  await world.until("it is refused", () => ann.client?.diagnostics()["slip-refused"] === 1, 1_200_000);
  expect(missing(ann)).toEqual([account]);
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM84] a slip about somebody who is not looked for is passed over, though a listed device signed it", async () => {
  const { world, two, three, meet } = worldOfMeeting(986);
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")] as const;
  const chat = await world.befriend(ann, ben);
  await world.befriend(ann, cat);
  await world.until("the place is known", () => [ann, ben].every((one) => places(one).includes("meet.test")));
  const tablet = await world.linkDevice(ben);
  await world.until("Ann knows of the tablet", () => entriesOf(ann, ben) === 2);
  const thief = await stolenKey(tablet);
  const absent = [cat.account];
  world.crashServer();
  for (const one of [tablet, cat]) one.crash();
  await world.during(ann.api.moveHome(two.inviteLink));
  await world.during(ben.api.moveHome(three.inviteLink));
  await ben.say(chat, "it is me");
  await world.until("Ann reads him", () => ann.reads(chat).includes("it is me"), 600_000);
  await world.until("she looks for Cat alone", () => missing(ann).join() === absent.join(), 600_000);
  const there = serverOf(ann, ben);
  await layAt(
    meet,
    leafOf(ann, chat),
    encodeSlip(await evilRecord(await listOn(ann, ben.account), thief), []),
    weekNow(world),
  );
  await layAt(meet, leafOf(ann, chat), new Uint8Array(meetingLimits.plainBytes), weekNow(world));
  await world.until("both were read", () => ann.client?.diagnostics()["slip-refused"] === 1, 1_200_000);
  await world.pass(60_000);
  expect([there, serverOf(ann, ben)]).toEqual(["three.test", "three.test"]);
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM82] [HM84] a phone that is stolen, and revoked once the home is gone, says first where its owner is; her own slip brings the list by which it counts no more", async () => {
  const { world, two, three, meet } = worldOfMeeting(984);
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")] as const;
  const chat = await world.befriend(ann, ben);
  await world.until("the meeting place is known", () => [ann, ben].every((one) => places(one).includes("meet.test")));
  const tablet = await world.linkDevice(ben);
  await world.until("Ann knows of the tablet", () => entriesOf(ann, ben) === 2);
  const thief = await stolenKey(tablet);
  const stolen = tablet.view("status").me?.device ?? "";
  world.crashServer();
  await world.during(ann.api.moveHome(two.inviteLink));
  const record = await evilRecord(await listOn(ann, ben.account), thief);
  await layAt(meet, leafOf(ann, chat), encodeSlip(record, []), weekNow(world));
  await world.until("Ann is told so", () => serverOf(ann, ben) === "evil.test", 120_000);
  expect(missing(ann)).toEqual([]);
  await world.during(ben.api.moveHome(three.inviteLink));
  await world.during(ben.api.revokeDevice(stolen));
  await ben.say(chat, "the tablet was stolen");
  await world.until("Ann reads it", () => ann.reads(chat).includes("the tablet was stolen"), 1_800_000);
  expect(entriesOf(ann, ben)).toBe(3);
  await world.until("what the tablet said is over", () => serverOf(ann, ben) !== "evil.test", 600_000);
  // Whatever it says again, it is late.
  await layAt(meet, leafOf(ann, chat), encodeSlip(record, []), weekNow(world));
  await world.pass(1_200_000);
  expect(serverOf(ann, ben)).not.toBe("evil.test");
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM83] a slip is laid for each device of who is looked for, and none for who is blocked or was sent away", async () => {
  const { world, two, meet } = worldOfMeeting(988);
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")] as const;
  const chat = await world.befriend(ann, ben);
  const other = await world.befriend(ann, cat);
  const group = await world.group(ann, [ben, cat], "Family");
  const tablet = await world.linkDevice(ben);
  await world.until("the meeting place is known", () => [ann, ben].every((one) => places(one).includes("meet.test")));
  await world.pass(60_000);
  const laid = (those: readonly Leaf[]) => those.map((leaf) => laidFor(meet, leaf, weekNow(world)));
  const leaves = [leafOf(ben, chat), leafOf(tablet, chat)];
  const others = [leafOf(cat, other), leafOf(cat, group)];
  await world.during(ann.api.removeMember(group, cat.account));
  await world.during(ann.api.block(cat.account));
  world.crashServer();
  await world.during(ann.api.moveHome(two.inviteLink));
  await world.pass(300_000);
  expect([laid(leaves), laid(others)]).toEqual([
    [1, 1],
    [0, 0],
  ]);
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM80] a device asks for meeting places without saying who it is, and its home meets them while it lives", async () => {
  const { world, deviceAt, wires, board } = worldOfMeeting(987);
  const four = board("four.test", {}, [provide(meetingPort, { places: ["meet.test", "no name", "none.test"] })]);
  const calls = new Map<number, string[]>();
  four.network.overhear = (connection, _owner, bytes, path) => {
    const frame = path === undefined ? decodeClientFrame(bytes) : undefined;
    if (frame?.type === "call") calls.set(connection, [...(calls.get(connection) ?? []), frame.name]);
  };
  const dan = await deviceAt("Dan", four);
  await world.during(dan.api.createAccount({ name: "Dan", link: four.inviteLink }));
  await world.until("the places are known", () => places(dan).length === 2, 60_000);
  await world.until("the key is known", () => serversOf(dan).includes("meet.test"), 60_000);
  const asking = [...calls.values()].filter((names) => names.includes("meetingPlaces"));
  expect(asking.flat().filter((name) => name === "meetingPlaces")).toHaveLength(1);
  expect(asking.flat()).not.toContain("signIn");
  expect(wires.lookedUp).toContain("four.test meet.test");
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM80] a home that says nothing of a reserve keeps nobody from its meeting places, and is asked again", async () => {
  let asked = 0;
  const { world } = worldOfMeeting(991, ["meet.test"], 400, {
    wrapPorts: (ports) => ({
      ...ports,
      connect: (server, events, path) => {
        const socket = ports.connect(server, events, path);
        const send = (bytes: Uint8Array) => {
          const frame = path === undefined ? decodeClientFrame(bytes) : undefined;
          if (frame?.type !== "call" || frame.name !== "reserveOffered") return socket.send(bytes);
          asked++;
          ports.after(10, () => events.message(encodeError(frame.request, "storage-full")));
        };
        return { ...socket, send };
      },
    }),
  });
  const ann = await world.person("Ann");
  await world.until("the place is known", () => places(ann).includes("meet.test"), 600_000);
  expect(asked).toBe(1);
  ann.crash();
  await ann.switchOn();
  await world.until("the reserve is asked for again", () => asked > 1, 600_000);
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM81] [HM83] a board without end, one that is full, and one that is full of what is long over keep nobody apart", async () => {
  const named = ["liar.test", "full.test", "meet.test"];
  // By this seed both look at the liar's board before they have met at another.
  const { world, two, three, meet, board } = worldOfMeeting(1986, named, 32);
  const [liar, full] = [board("liar.test", { meetingSlips: 16 }), board("full.test", { meetingSlips: 16 })];
  let pages = 0;
  Object.assign(liar.log.features.meeting, {
    of: () => {
      pages++;
      return Array.from({ length: meetingLimits.slipsMax }, junk);
    },
  });
  const fill = ({ log }: SecondHome, count: number, week: number) =>
    log.transaction(() => {
      for (const { tag, box } of Array.from({ length: count }, junk)) log.features.meeting.put(tag, box, week);
    });
  fill(full, 16, weekNow(world));
  fill(meet, 32, weekNow(world) - meetingLimits.weeksMore);
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")] as const;
  const chat = await world.befriend(ann, ben);
  await world.until("the places are known", () => [ann, ben].every((one) => places(one).length === 3));
  world.crashServer();
  await Promise.all([world.during(ann.api.moveHome(two.inviteLink)), world.during(ben.api.moveHome(three.inviteLink))]);
  await ben.say(chat, "through the third");
  await world.until("Ann reads it", () => ann.reads(chat).includes("through the third"), 300_000);
  expect(full.log.features.meeting.count()).toBe(16);
  expect(meet.log.features.meeting.of(weekNow(world), 0, 64).length).toBeGreaterThanOrEqual(2);
  expect(pages).toBeGreaterThanOrEqual(4);
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM80] [HM83] [HM92] who named a meeting place by hand is found there, though home of before showed a false key for it, and who stayed at no home that is gone is looked for by nobody", async () => {
  const { world, deviceAt, two, three } = worldOfMeeting(983, []);
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")] as const;
  const chat = await world.befriend(ann, ben);
  await expect(world.during(ann.api.meetAt("no name"))).rejects.toMatchObject({ code: "bad-link" });
  world.crashServer();
  await world.during(ann.api.moveHome(two.inviteLink));
  await world.during(ben.api.moveHome(three.inviteLink));
  await world.until("Ann misses Ben", () => ann.view("homes").meeting?.missing.includes(ben.account) === true);
  /** As the home of before said, and nobody can see. */
  const knowsFalsely = (one: Person, server: string) => {
    const far = farOn(one);
    const servers = [...(far.servers ?? []), { server, key: new Uint8Array(32).fill(7) }];
    one.disk.run("UPDATE meta SET value = ? WHERE key = 'far-servers'", encode({ accounts: [], ...far, servers }));
  };
  for (const one of [ann, ben]) {
    knowsFalsely(one, "meet.test");
    await world.during(one.api.meetAt(" Meet.test "));
  }
  await ben.say(chat, "found");
  await world.until("Ann reads it", () => ann.reads(chat).includes("found"), 600_000);
  await world.until("nobody is missed", () => [ann, ben].every((one) => missing(one).length === 0), 600_000);
  // Where Ben is, a key that nobody vouches for would change who reads what is said to him.
  knowsFalsely(ann, "three.test");
  await ann.api.meetAt("three.test");
  expect(serversOf(ann)).toContain("three.test");
  const cal = await deviceAt("Cal", two);
  await world.during(cal.api.createAccount({ name: "Cal", link: two.inviteLink }));
  await world.pass(60_000);
  expect(cal.view("homes").meeting).toBeUndefined();
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM93] slips that will never count, by one who knows a leaf, are looked at some times and no more, and keep nobody apart", async () => {
  let opened = 0;
  const isSlip = (sealed: Uint8Array) => sealed.length > 2_000 && sealed.length < 2_100;
  const { world, two, three, meet } = worldOfMeeting(988, ["meet.test"], 400, {
    wrapPorts: (ports, { name }) => ({
      ...ports,
      crypto: {
        ...ports.crypto,
        hpkeOpen: (key, info, enc, sealed) => {
          if (name === "Ann" && isSlip(sealed)) opened++;
          return ports.crypto.hpkeOpen(key, info, enc, sealed);
        },
      },
    }),
  });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")] as const;
  const chat = await world.befriend(ann, ben);
  await world.until("the place is known", () => [ann, ben].every((one) => places(one).includes("meet.test")));
  const tablet = await world.linkDevice(ben);
  await world.until("Ann knows of the tablet", () => entriesOf(ann, ben) === 2);
  ann.crash();
  await world.during(ben.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  const longer = (await listOn(ben, ben.account)).entries.map(({ bytes }) => bytes);
  const list = await listOn(ann, ben.account);
  const head = list.entries.at(-1);
  if (head === undefined) throw new Error("no entry");
  const ahead = { ...head, body: { ...head.body, n: 999 }, hash: crypto.random(32) };
  const body = nextHomeBody(
    { ...list, entries: [...list.entries, ahead] },
    undefined,
    { homes: ["evil.test"] },
    crypto.random(32),
  );
  const record = encodeHomeRecord(body, crypto.random(64));
  for (let n = 0; n < 2; n++) await layAt(meet, leafOf(ann, chat), encodeSlip(record, []), weekNow(world));
  const listed = ben.account;
  world.crashServer();
  ben.crash();
  await ann.switchOn();
  await world.during(ann.api.moveHome(two.inviteLink));
  await world.until("they were looked at", () => opened >= 2 * 20, 1_200_000);
  await world.pass(120_000);
  expect(opened).toBe(2 * 20);
  // Once Ben's list is longer they may count, and are looked at as often again.
  await layAt(meet, leafOf(ann, chat), encodeSlip(record, longer), weekNow(world));
  await world.until("the list came", () => entriesOf(ann, listed) === 3, 1_200_000);
  await world.until("they were looked at again", () => opened >= 2 * 20 + 2 * 20, 1_200_000);
  await ben.switchOn();
  await world.during(ben.api.moveHome(three.inviteLink));
  await ben.say(chat, "found");
  await world.until("Ann reads it", () => ann.reads(chat).includes("found"), 1_200_000);
  expect(world.bugs()).toEqual([]);
}, 120_000);

const names = (people: readonly Person[]) => people.map(({ name }) => `before, by ${name}`);
const places = (person: Person) => person.view("homes").meeting?.places ?? [];
const missing = (person: Person) => person.view("homes").meeting?.missing ?? [];

function idsOf(person: Person, conversation: Hex): readonly string[] {
  return person.items(conversation).flatMap(({ id, body }) => (body.kind === "text" ? [id] : []));
}

function entriesOf({ disk }: Person, of: Person | Hex): number {
  const account = fromHex(typeof of === "string" ? of : of.account);
  return disk.all("SELECT 1 FROM account_entries WHERE account = ? AND current = 1", account).length;
}

/** What others know of a device's leaf in a chat. */
function leafOf({ disk }: Person, chat: Hex) {
  const row = disk.get<{ address: Uint8Array; claim_cap: Uint8Array; seal_private: Uint8Array }>(
    "SELECT address, claim_cap, seal_private FROM addresses WHERE conversation = ? ORDER BY retire_ms IS NULL DESC",
    fromHex(chat),
  );
  const group = disk.get<{ group_id: Uint8Array }>(
    "SELECT group_id FROM groups WHERE conversation = ? AND status = 'active'",
    fromHex(chat),
  )?.group_id;
  if (row === undefined || group === undefined) throw new Error("no leaf");
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), row.seal_private]);
  const key = createPublicKey(createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }));
  const sealKey = new Uint8Array(key.export({ format: "der", type: "spki" }).subarray(-32));
  return { group, address: row.address, claimCap: row.claim_cap, sealKey } as const;
}

/** How many slips lie at a board for that leaf. */
function laidFor({ log }: SecondHome, leaf: Leaf, week: number): number {
  const key = slipKey(crypto.sha256, leaf);
  const isIts = ({ tag, box }: { tag: Uint8Array; box: Uint8Array }) =>
    toHex(slipTag(crypto.sha256, key, box)) === toHex(tag);
  return log.features.meeting.of(week, 0, 400).filter(isIts).length;
}

type Far = {
  readonly servers?: readonly { server: string }[];
  readonly accounts?: readonly { account: Uint8Array; server: string }[];
};

function farOn({ disk }: Person): Far {
  const stored = disk.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = 'far-servers'")?.value;
  return stored === undefined ? {} : (decode(stored) as Far);
}

/** Servers whose keys that device knows. */
const serversOf = (person: Person) => farOn(person).servers?.map(({ server }) => server) ?? [];
/** Where that person is asked for key packages of the other. */
const serverOf = (person: Person, of: Person) =>
  farOn(person).accounts?.find(({ account }) => toHex(account) === of.account)?.server;

async function listOn({ disk }: Person, account: Hex): Promise<DeviceList> {
  const row = disk.get<{ inception: Uint8Array }>("SELECT inception FROM accounts WHERE account = ?", fromHex(account));
  const entries = disk.all<{ bytes: Uint8Array }>(
    "SELECT bytes FROM account_entries WHERE account = ? AND current = 1 ORDER BY n",
    fromHex(account),
  );
  const list =
    row &&
    restoreList(
      crypto,
      row.inception,
      entries.map(({ bytes }) => bytes),
    );
  if (list === undefined) throw new Error("no list");
  return list;
}

async function stolenKey({ disk }: Person) {
  const seed = disk.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = 'device-seed'")?.value;
  if (seed === undefined) throw new Error("nothing to steal");
  return crypto.signatureKeyPair(seed);
}
