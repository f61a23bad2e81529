/** Moving while the home of before lives (docs/spec/homes.md HM67, HM68): nobody who stays notices. */
import { expect, test } from "bun:test";
import { decodeClientFrame, fromHex, toHex } from "@yanshu/wire";
import type { Person, World } from "../index.ts";
import { toldAt, vaultAt, worldOfTwo } from "./second-home.ts";

type Log = World["log"];

const all = (people: readonly Person[], chat: string, word: string) => () =>
  people.every((person) => person.reads(chat).includes(word));

test("[F-homes-2] [HM67] [HM68] who moves while home lives has all that was said meanwhile, goes on with those who stay, and once home dies all are together at the new one", async () => {
  const { world, home } = worldOfTwo({ seed: 960 });
  const two = home("two.test");
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Family");
  const chat = ann.view("contacts").find(({ account }) => account === ben.account)?.conversation ?? "";
  await ann.say(group, "dinner at six");
  await world.until("all read", all([ben, cat], group, "dinner at six"));
  await world.until("kept", () => ann.view("vault").waiting === 0 && ann.view("status").unsent === 0, 600_000);
  const before = vaultAt(world.log, ann.account);

  const going = ann.api.moveHome(two.inviteLink);
  await ben.say(group, "said while she goes");
  await ben.say(chat, "to you alone");
  await world.during(going);
  expect(ann.view("homes").home).toBe("two.test");
  await world.until("she has it", all([ann], group, "said while she goes"), 300_000);
  await world.until("and what was to her alone", all([ann], chat, "to you alone"), 300_000);
  expect(vaultAt(two.log, ann.account)).toEqual(expect.arrayContaining([...before]));
  expect(toldAt(two.log, ann.account)).toEqual(["two.test", "yan.test"]);
  await world.until(
    "home of before says where she is",
    () => toldAt(world.log, ann.account)?.[0] === "two.test",
    60_000,
  );

  await ann.say(group, "here I am");
  await ann.say(chat, "and to you");
  await world.until("those who stay read her", all([ben, cat], group, "here I am"), 300_000);
  await world.until("Ben does", all([ben], chat, "and to you"), 300_000);
  // A day on, with fresh keys and a name: the leaf has an address that the home of before knows.
  await world.during(ann.api.renameGroup(group, "Our family"));
  await world.until("Ben sees it", () => ben.view("conversation", group)?.title === "Our family", 600_000);
  await world.pass(86_400_000);
  for (const [person, word] of [
    [cat, "still here"],
    [ann, "so am I"],
    [ben, "good"],
  ] as const) {
    await person.say(group, word);
    await world.until(word, all([ann, ben, cat], group, word), 600_000);
  }
  // A group that is new, of her and those who stay.
  const anew = await world.group(ann, [ben, cat], "Outing");
  await cat.say(anew, "on Sunday?");
  await world.until("she reads it", all([ann, ben], anew, "on Sunday?"), 600_000);
  // While she is away.
  ann.crash();
  await ben.say(group, "are you asleep?");
  await world.pass(60_000);
  await ann.switchOn();
  await world.until("she reads it", all([ann], group, "are you asleep?"), 600_000);

  world.crashServer();
  for (const person of [ben, cat]) await world.during(person.api.moveHome(two.inviteLink));
  await world.pass(3_700_000);
  await ann.say(group, "together again");
  await world.until("all read her", all([ben, cat], group, "together again"), 7_200_000);
  await cat.say(group, "at last");
  await world.until("all read Cat", all([ann, ben], group, "at last"), 3_600_000);
  const said = [
    "dinner at six",
    "said while she goes",
    "here I am",
    "still here",
    "so am I",
    "good",
    "are you asleep?",
  ];
  for (const person of [ann, ben, cat]) expect(person.reads(group).filter((word) => said.includes(word))).toEqual(said);
  expect(world.bugs()).toEqual([]);
}, 300_000);

test("[HM68] [HM69] a server that has the name of the home of before, and says another, is shown nothing; when the home itself is back, what waited there comes", async () => {
  let isTaken = false;
  const { world, home } = worldOfTwo({
    seed: 961,
    wrapPorts: (ports, { device }) => ({
      ...ports,
      connect: (at, events, path) =>
        isTaken && at === "yan.test" ? other.network.connect(device, events, path) : ports.connect(at, events, path),
    }),
  });
  const [two, other] = [home("two.test"), home("other.test")];
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.during(ann.api.moveHome(two.inviteLink));
  const before = () => ann.view("homes").before;
  await isReachedBefore(world, ann);
  const signIns: string[] = [];
  const call = decodeCalls((name) => void signIns.push(name));
  other.network.overhear = (_connection, owner, frame) => {
    if (owner === ann.device) call(frame);
  };
  ann.crash();
  await ben.say(chat, "where are you?");
  isTaken = true;
  await ann.switchOn();
  await world.until("it does not count", () => before()?.isAway === true, 120_000);
  await world.pass(7_200_000);
  expect(signIns).toContain("hello");
  expect(signIns).not.toContain("signIn");
  expect(ann.reads(chat)).not.toContain("where are you?");
  isTaken = false;
  await world.until("she has it", all([ann], chat, "where are you?"), 1_800_000);
  expect(before()).toMatchObject({ server: "yan.test", isReached: true, isAway: false });
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM68] of the account that lives on the device next, the home of before hears as of any other", async () => {
  const { world, home } = worldOfTwo({ seed: 962 });
  const two = home("two.test");
  const ann = await world.person("Ann");
  await world.during(ann.api.moveHome(two.inviteLink));
  await isReachedBefore(world, ann);
  await world.during(ann.api.deleteAccount());
  await world.until("she is gone", () => ann.view("status").phase === "new", 300_000);
  const told: string[] = [];
  world.network.overhear = (_connection, owner, frame) => {
    if (owner === ann.device) decodeCalls((name) => void told.push(name))(frame);
  };
  await world.during(ann.api.createAccount({ name: "Dora", link: world.inviteLink }));
  await world.pass(600_000);
  expect(ann.view("homes").before).toBeUndefined();
  // Once, as at any home.
  expect(told.filter((name) => name === "signIn")).toEqual(["signIn"]);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM68] who goes on to a third home is told that chats of the first go on no more, and they do at the third once the others are there", async () => {
  const { world, home } = worldOfTwo({ seed: 963 });
  const [two, three] = [home("two.test"), home("three.test")];
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.during(ann.api.moveHome(two.inviteLink));
  await isReachedBefore(world, ann);
  await world.during(ann.api.moveHome(three.inviteLink));
  expect(ann.view("homes").before?.server).toBe("two.test");
  await world.until("she is told", () => ann.view("conversation", chat)?.state === "frozen", 60_000);
  await world.during(ben.api.moveHome(three.inviteLink));
  await world.until("it goes on", () => ann.view("conversation", chat)?.state === "open", 7_200_000);
  await ben.say(chat, "here I am too");
  await world.until("she reads him", all([ann], chat, "here I am too"), 3_600_000);
  await ann.say(chat, "good");
  await world.until("he reads her", all([ben], chat, "good"), 3_600_000);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM53] [HM120] two devices go to two homes at once while the home of before lives: both end at one, and nobody who stays is lost to either", async () => {
  const { world, home } = worldOfTwo({ seed: 1201 });
  const [two, far] = [home("two.test"), home("far.test")];
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const laptop = await world.linkDevice(ann);
  const chat = await world.befriend(ann, ben);
  const group = await world.group(ann, [ben, cat], "Family");
  const own = [ann, laptop];
  const areOpen = () => own.every((one) => [chat, group].every((of) => one.view("conversation", of)?.state === "open"));
  await world.until("both have both", areOpen, 600_000);
  await world.during(Promise.all([ann.api.moveHome(two.inviteLink), laptop.api.moveHome(far.inviteLink)]));
  expect(own.map((one) => one.view("homes").home)).toEqual(["two.test", "far.test"]);
  await ben.say(chat, "while you are apart");
  await world.until("both are at one home", () => laptop.view("homes").home === ann.view("homes").home, 3_600_000);
  await world.pass(3_600_000);
  expect(own.map((one) => one.view("homes").before?.server)).toEqual(["yan.test", "yan.test"]);
  await ann.say(group, "from the phone");
  await laptop.say(group, "from the laptop");
  await laptop.say(chat, "to you alone");
  await ben.say(chat, "and to you");
  await world.pass(600_000);
  const everybody = [ann, laptop, ben, cat];
  for (const word of ["from the phone", "from the laptop"]) expect(all(everybody, group, word)()).toBe(true);
  for (const word of ["while you are apart", "to you alone", "and to you"])
    expect(all([ann, laptop, ben], chat, word)()).toBe(true);
  expect(areOpen()).toBe(true);
  for (const { log } of [world, two, far])
    expect(toldAt(log, ann.account)).toEqual([ann.view("homes").home ?? "", "yan.test"]);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM69] a home of before that let go of the account is forgotten, and what had its gate there is known to go on there no more", async () => {
  const { world, home } = worldOfTwo({ seed: 964 });
  const two = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.during(ann.api.moveHome(two.inviteLink));
  await isReachedBefore(world, ann);
  const ref = world.log.accounts.find(fromHex(ann.account))?.ref ?? 0;
  ann.crash();
  world.log.transaction(() => {
    for (const device of world.log.accounts.devices(ref)) world.log.accounts.dropDevice(device.ref);
    world.log.accounts.drop(ref);
  });
  await ann.switchOn();
  await world.until("it is forgotten", () => ann.view("homes").before === undefined, 120_000);
  await world.until("she is told", () => ann.view("conversation", chat)?.state === "frozen", 60_000);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM68] a device that is revoked at the new home is out at the home of before at once, and no record of it counts there", async () => {
  const { world, home } = worldOfTwo({ seed: 965 });
  const two = home("two.test");
  const ann = await world.person("Ann");
  const laptop = await world.linkDevice(ann);
  const device = laptop.view("status").me?.device ?? "";
  await world.during(ann.api.moveHome(two.inviteLink));
  await isReachedBefore(world, ann);
  const listedAt = ({ accounts }: Log) => {
    const ref = accounts.find(fromHex(ann.account))?.ref ?? 0;
    return accounts.devices(ref).map(({ id }) => toHex(id));
  };
  const recordAt = ({ accounts, features }: Log) => {
    const ref = accounts.find(fromHex(ann.account))?.ref ?? 0;
    return toHex(features.homes.of(ref)?.record ?? new Uint8Array());
  };
  expect(listedAt(world.log)).toContain(device);
  await world.during(ann.api.revokeDevice(device));
  await world.until("it is out there", () => !listedAt(world.log).includes(device), 60_000);
  await world.until("the record is there", () => recordAt(world.log) === recordAt(two.log), 60_000);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM67] a new home that does not take what lies at home is not gone to; it is once all is there", async () => {
  const { world, home } = worldOfTwo({ seed: 966 });
  const two = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "to be kept");
  await world.until("kept", () => ann.view("vault").waiting === 0 && ann.view("status").unsent === 0, 600_000);
  two.network.overhear = (_connection, owner, frame) => {
    if (owner === ann.device) decodeCalls((name) => name === "vaultAppend" && two.crash())(frame);
  };
  const going = ann.api.moveHome(two.inviteLink).then(
    () => "gone",
    ({ code }) => code,
  );
  expect(await world.during(going)).toBe("server-unreachable");
  expect(ann.view("homes").home).toBe("yan.test");
  two.network.overhear = undefined;
  two.start();
  await world.during(ann.api.moveHome(two.inviteLink));
  expect(ann.view("homes").home).toBe("two.test");
  expect(vaultAt(two.log, ann.account)).toEqual(expect.arrayContaining([...vaultAt(world.log, ann.account)]));
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM56] [HM67] a home that lost the vault holds nobody", async () => {
  const { world, home } = worldOfTwo({ seed: 967 });
  const two = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "to be kept");
  await world.until("kept", () => ann.view("vault").waiting === 0 && ann.view("status").unsent === 0, 600_000);
  const ref = world.log.accounts.find(fromHex(ann.account))?.ref ?? 0;
  world.log.transaction(() => world.log.features.backup.setVault(ref, false));
  await world.during(ann.api.moveHome(two.inviteLink));
  expect(ann.view("homes").home).toBe("two.test");
  await world.until("it is filled", () => vaultAt(two.log, ann.account).length > 0, 3_600_000);
}, 60_000);

test("[HM15] [HM17] that the home of before is to let go of the account is shown, and stopped", async () => {
  const { world, home } = worldOfTwo({ seed: 968 });
  const two = home("two.test");
  const ann = await world.person("Ann");
  await world.during(ann.api.moveHome(two.inviteLink));
  await isReachedBefore(world, ann);
  const ref = world.log.accounts.find(fromHex(ann.account))?.ref ?? 0;
  const by = world.log.accounts.devices(ref)[0]?.ref ?? 0;
  const dueDay = Math.floor(world.clock.nowMs() / 86_400_000) + 4;
  world.log.transaction(() => world.log.features.homes.putLeaving(ref, { request: new Uint8Array(16), by, dueDay }));
  ann.crash();
  await ann.switchOn();
  await world.until("it is shown", () => ann.view("homes").before?.leavingMs !== undefined, 60_000);
  await world.during(ann.api.stayHome());
  expect(world.log.features.homes.of(ref)?.leaving).toBeUndefined();
  expect(ann.view("homes").before?.leavingMs).toBeUndefined();
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM68] [SY20] what came from one home, and waits for the disk, is taken when there is room though the other connection goes meanwhile", async () => {
  const { world, home } = worldOfTwo({ seed: 969 });
  const two = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.during(ann.api.moveHome(two.inviteLink));
  await isReachedBefore(world, ann);
  await world.pass(120_000);
  const pages = Number(ann.disk.get("PRAGMA page_count")?.["page_count"]);
  ann.disk.script(`PRAGMA max_page_count = ${pages}`);
  const said = Array.from({ length: 12 }, (_, at) => `${at} ${"long ".repeat(400)}`);
  for (const word of said) await ben.say(chat, word);
  await world.until("home of before has all", () => ben.view("status").unsent === 0);
  await world.pass(10_000);
  expect(ann.reads(chat)).not.toContain(said.at(-1));
  two.network.breakSockets(ann.device);
  ann.disk.script("PRAGMA max_page_count = 1000000");
  await world.until("she has all", () => ann.reads(chat).includes(said.at(-1) ?? ""), 300_000);
  expect(ann.view("homes").before?.isReached).toBe(true);
}, 60_000);

/** Until somebody is signed in at the home of before. */
function isReachedBefore(world: World, person: Person): Promise<void> {
  return world.until("signed in there", () => person.view("homes").before?.isReached === true, 60_000);
}

/** Tells of each call that a client makes. */
function decodeCalls(told: (name: string) => void): (bytes: Uint8Array) => void {
  return (bytes) => {
    const frame = decodeClientFrame(bytes);
    if (frame.type === "call") told(frame.name);
  };
}

test("[HM70] the other device of who moved while home lives is asked to come along, comes at the tap, and both go on with those who stay", async () => {
  const { world, home } = worldOfTwo({ seed: 966 });
  const two = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const tablet = await world.linkDevice(ann);
  const chat = await world.befriend(ann, ben);
  await world.until("both have the chat", () => tablet.view("conversation", chat)?.state === "open");
  await world.during(ann.api.moveHome(two.inviteLink));
  await world.until("it is asked", () => tablet.view("status").homeGone?.isMoved === true, 300_000);
  expect(tablet.view("homes")).toMatchObject({ home: "yan.test", moved: "two.test" });
  // Nobody is taken along unasked.
  await world.pass(3_600_000);
  expect(tablet.view("homes").home).toBe("yan.test");
  await world.during(tablet.api.moveHome());
  expect(tablet.view("homes").home).toBe("two.test");
  expect(tablet.view("homes").moved).toBeUndefined();
  await world.until("nothing is asked", () => tablet.view("status").homeGone === undefined, 60_000);
  await ben.say(chat, "where are you?");
  await world.until("both read", all([ann, tablet], chat, "where are you?"), 600_000);
  await tablet.say(chat, "at two");
  await world.until("both read the tablet", all([ann, ben], chat, "at two"), 600_000);
  expect(toldAt(two.log, ann.account)?.[0]).toBe("two.test");
  expect(toldAt(world.log, ann.account)?.[0]).toBe("two.test");
  expect(world.bugs()).toEqual([]);
}, 60_000);
