/**
 * A family whose home dies: what brings each of them back is at a reserve, another server, from before
 * (docs/spec/homes.md).
 */
import { expect, test } from "bun:test";
import { meetingPort, openSqliteLog, provide } from "@yanshu/server";
import { letGoOfOwnBlob, readLetGoBlobs, readMeta } from "@yanshu/store";
import { blobState, decodeClientFrame, encodeAs, fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { toldAt, vaultAt, worldOfTwo } from "./second-home.ts";
import { homeFill } from "./world.ts";

type Log = World["log"];

const offerOf = (person: Person) => person.view("status").reserveOffer;
const isWhole = (person: Person) => person.view("homes").reserve?.isWhole === true;

test("[HM44] [HM45] [HM50] home is gone and wiped, and so is the device: by the card alone its person is back at the reserve, with people and history", async () => {
  const { world, home, deviceAt } = worldOfTwo({ seed: 940 });
  const reserve = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  for (const word of ["one", "two", "three"]) await ann.say(chat, word);
  await world.until("Ben reads", () => ben.reads(chat).includes("three"));
  const card = await world.during(ann.api.recoveryCard());
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => isWhole(ann), 600_000);
  await ann.say(chat, "four");
  await world.pass(500);
  expect(isWhole(ann)).toBe(false);
  await world.until("what was said since is there too", () => isWhole(ann), 600_000);
  expect(ann.view("homes")).toMatchObject({ home: "yan.test", reserve: { server: "two.test" } });

  world.crashServer();
  ann.crash();
  const again = await deviceAt("Ann", reserve);
  await world.during(again.api.restoreAccount({ card: card.words.join(" "), areOthersLost: true }));
  await world.until("history is back", () => again.reads(chat).includes("four"), 300_000);
  expect(again.reads(chat).slice(-4)).toEqual(["one", "two", "three", "four"]);
  expect(again.view("contacts").map(({ account }) => account)).toEqual([ben.account]);
  await world.until("she is at home there", () => again.view("homes").others.includes("yan.test"), 120_000);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[F-homes-1] [HM51] a family whose home is gone is together again at their reserve: who has a device goes there with it, who has none comes back by the card", async () => {
  const { world, home, deviceAt } = worldOfTwo({ seed: 941 });
  const reserve = home("two.test");
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Family");
  const chat = ann.view("contacts").find(({ account }) => account === ben.account)?.conversation ?? "";
  await ann.say(chat, "before");
  await ann.say(group, "dinner at six");
  await world.until("all read", () => ben.reads(chat).includes("before") && cat.reads(group).includes("dinner at six"));
  for (const person of [ann, ben, cat]) await world.during(person.api.setReserve(reserve.inviteLink));
  const card = await world.during(ann.api.recoveryCard());
  await world.until("all is there", () => [ann, ben, cat].every(isWhole), 600_000);
  world.crashServer();
  ann.crash();

  const again = await deviceAt("Ann", reserve);
  await world.during(again.api.restoreAccount({ card: card.words.join(" "), areOthersLost: true }));
  for (const person of [ben, cat]) {
    await world.during(person.api.moveHome());
    expect(person.view("homes").home).toBe("two.test");
  }
  await world.until("all are online", () => [again, ben, cat].every((one) => one.view("status").network === "online"));
  await world.until("Ann may write", () => again.view("conversation", chat)?.state === "open", 600_000);
  await ben.say(chat, "are you there?");
  await world.until("Ann reads Ben", () => again.reads(chat).includes("are you there?"), 900_000);
  await again.say(chat, "I am");
  await world.until("Ben reads Ann", () => ben.reads(chat).includes("I am"), 900_000);
  await cat.say(group, "and the group?");
  await world.until("Ben reads Cat", () => ben.reads(group).includes("and the group?"), 3_600_000);
  await world.until("Ann reads Cat", () => again.reads(group).includes("and the group?"), 3_600_000);
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM45] [HM46] the power goes in the middle of the carrying: it goes on where it stopped, and both vaults are alike to the byte", async () => {
  const { world, home, crash } = worldOfTwo({ seed: 942 });
  const reserve = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  for (let part = 0; part < 6; part++) {
    for (let word = 0; word < 20; word++) await ann.say(chat, `${part} ${word} ${"x".repeat(900)}`);
    await world.until(
      "kept at home",
      () => ann.view("vault").waiting === 0 && ann.view("status").unsent === 0,
      600_000,
    );
  }
  const { account } = ann;
  const before = vaultAt(world.log, account);
  expect(before.length).toBeGreaterThan(3);
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("a part is there", () => vaultAt(reserve.log, account).length === 2);
  crash(ann);
  expect(vaultAt(reserve.log, account).length).toBeLessThan(before.length);
  await ann.switchOn();
  expect(ann.view("homes").reserve).toMatchObject({ isWhole: false });
  reserve.crash();
  await world.until("it is said", () => ann.view("homes").reserve?.fault === "unreachable", 600_000);
  reserve.start();
  await world.until("all is there", () => isWhole(ann), 900_000);
  expect(vaultAt(reserve.log, account)).toEqual(vaultAt(world.log, account));
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM47] [HM48] [HM49] what is recalled leaves the reserve, what is switched off is off there, and one that is dropped is told nothing more", async () => {
  const { world, home } = worldOfTwo({ seed: 943 });
  const reserve = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const said = await ann.say(chat, "not so");
  await world.until("kept", () => ann.view("vault").waiting === 0 && ann.view("status").unsent === 0, 600_000);
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => isWhole(ann), 600_000);
  const { account } = ann;
  const first = vaultAt(reserve.log, account);
  await world.during(ann.api.recall(chat, said));
  await world.until("it left home", () => !vaultAt(world.log, account).includes(first.at(-1) ?? ""), 600_000);
  await world.until("it left the reserve", () => !vaultAt(reserve.log, account).includes(first.at(-1) ?? ""), 900_000);
  await world.until("all is there again", () => isWhole(ann), 900_000);
  expect(vaultAt(reserve.log, account)).toEqual(vaultAt(world.log, account));
  await ann.api.setVault(false);
  await world.until("it is off there", () => vaultAt(reserve.log, account).length === 0, 900_000);
  await ann.api.setVault(true);
  await ann.say(chat, "on again");
  await world.until("it is there", () => isWhole(ann) && vaultAt(reserve.log, account).length > 0, 900_000);
  expect(vaultAt(reserve.log, account)).toEqual(vaultAt(world.log, account));
  reserve.crash(); // Nobody waits for it.
  await world.during(ann.api.dropReserve());
  expect(ann.view("homes").reserve).toBeUndefined();
  reserve.start();
  await ann.say(chat, "later");
  await world.pass(600_000);
  expect(vaultAt(reserve.log, account).length).toBeLessThan(vaultAt(world.log, account).length);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM52] a device follows the other to the reserve once home does not answer, and not before", async () => {
  const { world, home } = worldOfTwo({ seed: 944 });
  const reserve = home("two.test");
  const ann = await world.person("Ann");
  const laptop = await world.linkDevice(ann);
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("both know it", () => [ann, laptop].every(isWhole), 600_000);
  await world.during(ann.api.moveHome());
  await world.until("she is at home there", () => toldAt(reserve.log, ann.account)?.[0] === "two.test");
  await world.pass(900_000);
  expect(laptop.view("homes").home).toBe("yan.test");
  world.crashServer();
  await world.until("the laptop follows", () => laptop.view("homes").home === "two.test", 3_600_000);
  await world.until("and is let in", () => laptop.view("status").network === "online");
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM53] two devices that go to two homes at once end at one, and so do both servers", async () => {
  const { world, home } = worldOfTwo({ seed: 945 });
  const [reserve, far] = [home("two.test"), home("far.test")];
  const ann = await world.person("Ann");
  const laptop = await world.linkDevice(ann);
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("both know it", () => [ann, laptop].every(isWhole), 600_000);
  world.crashServer();
  const [one, other] = [ann.api.moveHome(), laptop.api.moveHome(far.inviteLink)];
  await world.during(Promise.all([one, other]));
  expect([ann, laptop].map((device) => device.view("homes").home)).toEqual(["two.test", "far.test"]);
  const isOne = () => ann.view("homes").home === laptop.view("homes").home;
  await world.until("both are at one home", isOne, 3_600_000);
  await world.pass(1_800_000);
  expect(isOne()).toBe(true);
  const at = ann.view("homes").home === "two.test" ? reserve : far;
  expect(toldAt(at.log, ann.account)?.[0]).toBe(at.domain);
  for (const device of [ann, laptop]) expect(device.view("status").network).toBe("online");
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM49] who deletes the account asks the reserve to let go of it as well", async () => {
  const { world, home } = worldOfTwo({ seed: 946 });
  const reserve = home("two.test");
  const ann = await world.person("Ann");
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => isWhole(ann));
  const ref = reserve.log.accounts.find(fromHex(ann.account))?.ref ?? 0;
  expect(reserve.log.features.homes.of(ref)?.leaving).toBeUndefined();
  await world.during(ann.api.deleteAccount());
  await world.until("she is gone from home", () => ann.view("status").phase === "new");
  expect(reserve.log.features.homes.of(ref)?.leaving).toBeDefined();
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM49] who deletes the account in a browser, which reaches no reserve, is told before that its copy stays; nothing is tried", async () => {
  let isPage = false;
  const { world, home } = worldOfTwo({
    seed: 949,
    wrapPorts: ({ reachesOthers, ...ports }) => (isPage ? ports : { ...ports, reachesOthers: true }),
  });
  const reserve = home("two.test");
  const ann = await world.person("Ann");
  isPage = true;
  const page = await world.linkDevice(ann);
  isPage = false;
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("both know it", () => [ann, page].every((one) => one.view("homes").reserve !== undefined), 600_000);
  expect([ann, page].map((one) => one.view("homes").reserve?.isOutOfReach)).toEqual([undefined, true]);
  const ref = reserve.log.accounts.find(fromHex(ann.account))?.ref ?? 0;
  await world.during(page.api.deleteAccount());
  await world.until("she is gone from home", () => page.view("status").phase === "new");
  expect(reserve.log.features.homes.of(ref)).toBeDefined();
  expect(reserve.log.features.homes.of(ref)?.leaving).toBeUndefined();
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM30] [HM45] a stolen device that says the account is elsewhere sends nobody there: who revokes it is where they were, at home and at the reserve", async () => {
  const { world, home } = worldOfTwo({ seed: 947 });
  const [reserve, evil] = [home("two.test"), home("evil.test")];
  const ann = await world.person("Ann");
  const [laptop, stolen] = [await world.linkDevice(ann), await world.linkDevice(ann)];
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("all know it", () => [ann, laptop, stolen].every(isWhole), 600_000);
  await world.during(stolen.api.moveHome(evil.inviteLink));
  await world.pass(1_800_000);
  expect([ann, laptop].map((one) => one.view("homes").home)).toEqual(["yan.test", "yan.test"]);
  await world.during(ann.api.revokeDevice(stolen.view("status").me?.device ?? ""));
  await world.until("home is told", () => toldAt(world.log, ann.account)?.[0] === "yan.test");
  await world.pass(1_800_000);
  expect(toldAt(reserve.log, ann.account)).toEqual(["yan.test"]);
  expect([ann, laptop].map((one) => one.view("homes"))).toMatchObject([
    { home: "yan.test", others: [] },
    { home: "yan.test", others: [] },
  ]);
  world.crashServer();
  await world.pass(3_600_000);
  expect([ann, laptop].map((one) => one.view("homes").home)).toEqual(["yan.test", "yan.test"]);
  expect(world.bugs()).toEqual([]);
}, 60_000);

const recordAt = ({ accounts, features }: Log, person: string) =>
  features.backup.record(accounts.find(fromHex(person))?.ref ?? 0);

test("[HM56] a home that says that the vault is off, that it was emptied, or that there is no record, empties no reserve, and it is said", async () => {
  const { world, home } = worldOfTwo({ seed: 948 });
  const reserve = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "kept");
  await world.during(ann.api.recoveryCard());
  await world.until("kept", () => ann.view("vault").waiting === 0 && ann.view("status").unsent === 0, 600_000);
  await world.until("so is the record", () => recordAt(world.log, ann.account) !== undefined, 1_800_000);
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => isWhole(ann), 600_000);
  const { account } = ann;
  const [before, record] = [vaultAt(reserve.log, account), recordAt(reserve.log, account)];
  expect(before.length).toBeGreaterThan(0);
  expect(record).toBeDefined();
  // A reserve that lost the record has it again.
  const there = reserve.log.accounts.find(fromHex(account))?.ref ?? 0;
  reserve.log.transaction(() => reserve.log.features.backup.putRecord(there, new Uint8Array(40)));
  await ann.say(chat, "more");
  await world.until("all is there again", () => isWhole(ann), 900_000);
  await world.until("and the record", () => recordAt(reserve.log, account)?.length !== 40, 900_000);
  const more = vaultAt(reserve.log, account);
  const ref = world.log.accounts.find(fromHex(account))?.ref ?? 0;
  for (const isOn of [false, true]) {
    world.log.transaction(() => world.log.features.backup.setVault(ref, isOn));
    await ann.api.carryNow();
    await world.pass(900_000);
    expect(ann.view("homes").reserve).toMatchObject({ isWhole: false, fault: "home" });
    expect(vaultAt(reserve.log, account)).toEqual(more);
    expect(recordAt(reserve.log, account)).toBeDefined();
  }
  // Its person's own word empties both.
  await ann.api.setVault(false);
  await world.until("it is off there", () => vaultAt(reserve.log, account).length === 0, 900_000);
  expect(recordAt(reserve.log, account)).toBeUndefined();
  await ann.api.setVault(true);
  await ann.say(chat, "on again");
  await world.until("it is there", () => isWhole(ann) && vaultAt(reserve.log, account).length > 0, 3_600_000);
  await world.until("the record, too", () => recordAt(reserve.log, account) !== undefined, 3_600_000);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM58] a reserve that was dropped and is named again, or gone to, keeps the account; that home is to let go of it is shown, and any device says no", async () => {
  const { world, home } = worldOfTwo({ seed: 949 });
  const reserve = home("two.test");
  const ann = await world.person("Ann");
  const leaving = ({ accounts, features }: Log) =>
    features.homes.of(accounts.find(fromHex(ann.account))?.ref ?? 0)?.leaving;
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.during(ann.api.dropReserve());
  expect(leaving(reserve.log)).toBeDefined();
  await world.during(ann.api.setReserve(reserve.inviteLink));
  expect(leaving(reserve.log)).toBeUndefined();
  for (const at of [world, reserve]) {
    const ref = at.log.accounts.find(fromHex(ann.account))?.ref ?? 0;
    const by = at.log.accounts.devices(ref)[0]?.ref ?? 0;
    const dueDay = Math.floor(world.clock.nowMs() / 86_400_000) + 4;
    at.log.transaction(() => at.log.features.homes.putLeaving(ref, { request: new Uint8Array(16), by, dueDay }));
  }
  const saidOf = () => [ann.view("homes").leavingMs, ann.view("homes").reserve?.leavingMs];
  await ann.api.carryNow();
  await world.pass(30_000);
  await ann.api.setVault(false); // The reserve is visited.
  await world.until("both are shown", () => saidOf().every((one) => one !== undefined), 900_000);
  await world.during(ann.api.stayHome());
  expect([leaving(world.log), leaving(reserve.log), ...saidOf()]).toEqual([undefined, undefined, undefined, undefined]);
  await world.during(ann.api.dropReserve());
  expect(leaving(reserve.log)).toBeDefined();
  await world.during(ann.api.moveHome(reserve.inviteLink));
  await world.until("she is at home there", () => toldAt(reserve.log, ann.account)?.[0] === "two.test");
  expect(leaving(reserve.log)).toBeUndefined();
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM59] [KP1] who moved deletes the account at the home where it is, and the home of before is asked to let go of it", async () => {
  const { world, home } = worldOfTwo({ seed: 950 });
  const reserve = home("two.test");
  const ann = await world.person("Ann");
  await world.during(ann.api.moveHome(reserve.inviteLink));
  await world.until("she is at home there", () => toldAt(reserve.log, ann.account)?.[0] === "two.test");
  const { account } = ann;
  reserve.crash();
  await world.pass(5000);
  await expect(world.during(ann.api.deleteAccount())).rejects.toThrow("offline");
  expect(ann.view("status").phase).toBe("ready");
  reserve.start();
  await world.until("online", () => ann.view("status").network === "online", 600_000);
  await world.during(ann.api.deleteAccount());
  await world.until("she is gone", () => ann.view("status").phase === "new", 300_000);
  expect(reserve.log.accounts.find(fromHex(account))).toBeUndefined();
  const ref = world.log.accounts.find(fromHex(account))?.ref ?? 0;
  expect(world.log.features.homes.of(ref)?.leaving).toBeDefined();
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM60] once all are at the home to which they moved, nobody follows a thief from there", async () => {
  const { world, home } = worldOfTwo({ seed: 951 });
  const [reserve, evil] = [home("two.test"), home("evil.test")];
  const ann = await world.person("Ann");
  const laptop = await world.linkDevice(ann);
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("both know it", () => [ann, laptop].every(isWhole), 600_000);
  world.crashServer();
  await world.during(ann.api.moveHome());
  await world.until("the laptop follows", () => laptop.view("homes").home === "two.test", 3_600_000);
  await world.until("and is let in", () => laptop.view("status").network === "online", 600_000);
  await world.pass(600_000);
  await world.during(laptop.api.moveHome(evil.inviteLink)); // Stolen meanwhile.
  await world.until("it says so there", () => toldAt(evil.log, ann.account)?.[0] === "evil.test");
  const [there, here] = [evil, reserve].map(({ log }) => ({
    log,
    ref: log.accounts.find(fromHex(ann.account))?.ref ?? 0,
  }));
  const record = there?.log.features.homes.of(there.ref)?.record ?? new Uint8Array();
  here?.log.transaction(() => here.log.features.homes.putRecord(here.ref, record, 20_000)); // And at home.
  expect(toldAt(reserve.log, ann.account)?.[0]).toBe("evil.test");
  await ann.api.carryNow();
  await world.pass(3_600_000);
  expect(ann.view("homes").home).toBe("two.test");
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[MO58] a file that is let go of at the home of before is forgotten only once that home says that it is gone", async () => {
  const { world, home } = worldOfTwo({ seed: 952, files: true });
  const reserve = home("two.test");
  const ann = await world.person("Ann");
  const file = { id: new Uint8Array(16).fill(1), owner: new Uint8Array(16).fill(2), server: "yan.test" };
  ann.disk.transaction(() => letGoOfOwnBlob(ann.disk, file));
  world.crashServer();
  await world.during(ann.api.moveHome(reserve.inviteLink));
  await world.until("she is at home there", () => toldAt(reserve.log, ann.account)?.[0] === "two.test");
  await world.pass(60_000);
  expect(readLetGoBlobs(ann.disk)).toEqual([file]);
  world.startServer();
  await world.until("it says so", () => readLetGoBlobs(ann.disk).length === 0, 1_800_000);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM61] who revokes the device that named the reserve keeps the reserve, and it is said", async () => {
  const { world, home } = worldOfTwo({ seed: 953 });
  const [reserve, evil] = [home("two.test"), home("evil.test")];
  const ann = await world.person("Ann");
  const [laptop, old] = [await world.linkDevice(ann), await world.linkDevice(ann)];
  const serverOf = (device: Person) => device.view("homes").reserve?.server;
  await world.during(old.api.setReserve(reserve.inviteLink));
  await world.until("all know it", () => [ann, laptop, old].every(isWhole), 600_000);
  await world.during(ann.api.revokeDevice(old.view("status").me?.device ?? ""));
  await world.pass(1_800_000);
  expect([ann, laptop].map((device) => device.view("homes").reserve)).toMatchObject([
    { server: "two.test", isByRemoved: true },
    { server: "two.test" },
  ]);
  // It is named again by one that is still listed; then a thief names another.
  await world.during(ann.api.setReserve(reserve.inviteLink));
  expect(ann.view("homes").reserve?.isByRemoved).toBeUndefined();
  await world.during(laptop.api.setReserve(evil.inviteLink));
  await world.until("the thief's is known", () => serverOf(ann) === "evil.test", 600_000);
  await world.during(ann.api.revokeDevice(laptop.view("status").me?.device ?? ""));
  await world.pass(1_800_000);
  expect(serverOf(ann)).toBe("two.test");
  await world.until("all is there", () => isWhole(ann), 600_000);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM62] what a browser recalls leaves the reserve by the next device that reaches it, and a browser queues nothing for it", async () => {
  const { world, home, crash } = worldOfTwo({
    seed: 954,
    wrapPorts: ({ reachesOthers, ...ports }, { device }) =>
      device === "Ann 1" || reachesOthers === undefined ? ports : { ...ports, reachesOthers },
  });
  const reserve = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const laptop = await world.linkDevice(ann);
  const chat = await world.befriend(ann, ben);
  const said = await ann.say(chat, "not so");
  await world.until("kept", () => ann.view("vault").waiting === 0 && ann.view("status").unsent === 0, 600_000);
  await world.during(laptop.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => isWhole(laptop), 600_000);
  await world.until("the browser knows it", () => ann.view("homes").reserve !== undefined, 900_000);
  const [before, queued] = [vaultAt(reserve.log, ann.account), readMeta(ann.disk, "other-home")];
  crash(laptop);
  await world.during(ann.api.recall(chat, said));
  const last = before.at(-1) ?? "";
  await world.until("it left home", () => !vaultAt(world.log, ann.account).includes(last), 600_000);
  await world.pass(60_000);
  expect(readMeta(ann.disk, "other-home")).toEqual(queued);
  await laptop.switchOn();
  await world.until("it left the reserve", () => !vaultAt(reserve.log, ann.account).includes(last), 1_800_000);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM63] home has not answered for an hour, and the reserve does: its person is asked, also over starts of the app, and no more once home is back", async () => {
  const { world, home, crash } = worldOfTwo({ seed: 955 });
  const reserve = home("two.test");
  const ann = await world.person("Ann");
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => isWhole(ann), 600_000);
  const asked = () => ann.view("status").homeGone;
  expect(asked()).toBeUndefined();
  world.crashServer();
  const goneMs = world.clock.nowMs();
  await world.until("the reserve answers", () => asked() !== undefined, 600_000);
  const { fromMs = 0 } = asked() ?? {};
  expect(asked()?.reserve).toBe("two.test");
  expect(fromMs - goneMs).toBeGreaterThanOrEqual(3_600_000);
  expect(fromMs - goneMs).toBeLessThan(3_600_000 + 60_000);
  crash(ann);
  await world.pass(7_200_000); // Nobody opens the app.
  await ann.switchOn();
  await world.until("it is known still", () => asked()?.fromMs === fromMs, 600_000);
  world.startServer();
  await world.until("home is back", () => ann.view("status").network === "online", 600_000);
  expect(asked()).toBeUndefined();
  // Where the reserve is gone as well none is offered.
  await world.until("all is there again", () => isWhole(ann), 1_800_000);
  world.crashServer();
  reserve.crash();
  await world.pass(7_200_000);
  expect(asked()).toEqual({ fromMs: expect.any(Number) });
  reserve.start();
  await world.until("the reserve answers again", () => asked()?.reserve === "two.test", 7_200_000);
  await world.during(ann.api.moveHome());
  expect(asked()).toBeUndefined();
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM72] who confirms the reserve goes there, wherever a record says that the account went, and nobody goes to a server that was not confirmed", async () => {
  const { world, home } = worldOfTwo({ seed: 957 });
  const [reserve, evil] = [home("two.test"), home("evil.test")];
  const ann = await world.person("Ann");
  const stolen = await world.linkDevice(ann);
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("both know it", () => [ann, stolen].every(isWhole), 600_000);
  await world.during(stolen.api.moveHome(evil.inviteLink));
  await world.until("it is said", () => ann.view("homes").moved === "evil.test", 600_000);
  for (const [to, code] of [
    [undefined, "not-allowed"],
    ["other.test", "refused"],
  ] as const)
    await expect(world.during(ann.api.moveHome(to))).rejects.toMatchObject({ code });
  expect(ann.view("homes").home).toBe("yan.test");
  await world.during(ann.api.moveHome("two.test"));
  expect(ann.view("homes").home).toBe("two.test");
  await world.until("she is at home there", () => toldAt(reserve.log, ann.account)?.[0] === "two.test", 60_000);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM63] [HM72] home is gone, and so is where the other device went: the person is asked whether to go on at the reserve, and comes there", async () => {
  const { world, home } = worldOfTwo({ seed: 958 });
  const [reserve, far] = [home("two.test"), home("far.test")];
  const ann = await world.person("Ann");
  const laptop = await world.linkDevice(ann);
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("both know it", () => [ann, laptop].every(isWhole), 600_000);
  await world.during(ann.api.moveHome(far.inviteLink));
  await world.until("the laptop knows", () => laptop.view("homes").moved === "far.test", 600_000);
  world.crashServer();
  far.crash();
  await world.pass(3_600_000);
  expect(laptop.view("status").homeGone).toMatchObject({ reserve: "two.test" });
  await world.during(laptop.api.moveHome("two.test"));
  expect(laptop.view("homes").home).toBe("two.test");
  await world.until("it is let in", () => laptop.view("status").network === "online", 60_000);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM64] a reserve that is gone as well is asked ever more seldom, however often home is tried", async () => {
  const { world, home } = worldOfTwo({ seed: 956 });
  const reserve = home("two.test");
  const tried: number[] = [];
  const connect = reserve.network.connect.bind(reserve.network);
  reserve.network.connect = (...asked) => {
    tried.push(world.clock.nowMs());
    return connect(...asked);
  };
  const ann = await world.person("Ann");
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => isWhole(ann), 600_000);
  world.crashServer();
  reserve.crash();
  tried.length = 0;
  await world.pass(6 * 3_600_000);
  const visits = tried.filter((ms, n) => ms - (tried[n - 1] ?? 0) > 30_000);
  // 2, 4, 8 … 60 minutes apart, or half of it.
  expect(visits.length).toBeGreaterThan(6);
  expect(visits.length).toBeLessThan(22);
  expect(ann.view("homes").reserve?.fault).toBe("unreachable");
  expect(world.bugs()).toEqual([]);
}, 60_000);

/** Home's process ends, and a server begins at its name. */
function another(world: World, fill: number, { log = world.log, before }: { log?: Log; before?: number } = {}): void {
  world.crashServer();
  world.log = log;
  world.keyFill = fill;
  world.keyFillBefore = before;
  world.startServer();
}

test("[HM74] [HM75] a home's name is seized: who answers there is told nothing, the family is told so in words, and all six are together again at the reserve", async () => {
  const { world, home } = worldOfTwo({ seed: 947 });
  const reserve = home("two.test");
  const family: Person[] = [];
  for (const name of ["Ann", "Ben", "Cat", "Dan", "Eve", "Fay"]) family.push(await world.person(name));
  const [ann, ...others] = family as [Person, ...Person[]];
  const group = await world.group(ann, others, "Family");
  for (const person of family) await person.say(group, `before, by ${person.name}`);
  await world.until("all read all", () => family.every((one) => one.reads(group).length === family.length));
  for (const person of family) await world.during(person.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => family.every(isWhole), 900_000);

  const heard: string[] = [];
  world.network.overhear = (_connection, _owner, frame) => {
    const said = decodeClientFrame(frame);
    heard.push(said.type === "call" ? said.name : said.type);
  };
  another(world, 99, { log: openSqliteLog(":memory:") });
  const gone = (person: Person) => person.view("status").homeGone;
  await world.until("all are told", () => family.every((one) => gone(one)?.isStrange === true), 120_000);
  for (const one of family) {
    expect(gone(one)).toEqual({ reserve: "two.test", fromMs: 0, isStrange: true });
    expect(one.view("status")).toMatchObject({ phase: "ready", network: "unreachable" });
  }
  await ann.api.sendText(group, "said at nobody's home");
  await world.pass(60_000);
  for (const person of family) await world.during(person.api.moveHome());
  const isThere = (text: string) => () => family.every((one) => one.reads(group).includes(text));
  await world.until("what was said meanwhile is there", isThere("said at nobody's home"), 300_000);
  await ann.say(group, "after");
  await world.until("all read it", isThere("after"), 300_000);
  for (const one of family) {
    const texts = one.reads(group);
    expect(texts.length).toBe(new Set(texts).size);
    expect(texts.filter((text) => text.startsWith("before"))).toHaveLength(6);
    expect(gone(one)).toBeUndefined();
  }
  // Nor is it told anything as the home of before.
  await world.pass(700_000);
  expect([heard.length > 10, new Set(heard)]).toEqual([true, new Set(["hello"])]);
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM76] at a seized name no file is stored or removed, whatever is answered there: all of it waits, and home has it once it is back", async () => {
  const { world } = worldOfTwo({ seed: 949, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const send = (name: string, length: number) =>
    ann.api.sendFile(chat, { source: new Blob([new Uint8Array(length).fill(7)]), name, type: "" });
  const named = (person: Person, name: string) =>
    person.items(chat).find(({ body }) => body.kind === "file" && body.name === name);
  const old = await send("old.bin", 30_000);
  await world.until("Ben has the message", () => named(ben, "old.bin") !== undefined);
  expect(world.blobs?.files.size).toBe(1);
  await world.pass(60_000); // Tokens are in stock.

  const { log } = world;
  another(world, 99, { log: openSqliteLog(":memory:") });
  const asked: string[] = [];
  const { network } = world;
  const request = network.request.bind(network);
  // It says of everything that it is done.
  network.request = async (owner, wish) => {
    asked.push(wish.method);
    if (wish.method === "GET") return request(owner, wish);
    return { status: 200, body: encodeAs(blobState, { bytes: 1 << 20, written: 1 << 20, expiresDay: 30_000 }) };
  };
  await world.until("Ann is told", () => ann.view("status").homeGone?.isStrange === true, 120_000);
  await send("new.bin", 200_000);
  await ann.api.recall(chat, old);
  await world.pass(180_000);
  expect(asked.filter((method) => method !== "GET")).toEqual([]);
  expect(readLetGoBlobs(ann.disk)).toHaveLength(1);

  network.request = request;
  another(world, homeFill, { log });
  await world.until("home removed the old one", () => readLetGoBlobs(ann.disk).length === 0, 300_000);
  await world.until("Ben has the new one's message", () => named(ben, "new.bin") !== undefined, 300_000);
  const body = named(ben, "new.bin")?.body;
  const handle = body?.kind === "file" ? body.file.handle : "";
  await ben.api.moveFile(handle);
  await world.until("it is here", () => ben.view("transfer", handle).state === "here", 120_000);
  expect(world.blobs?.files.size).toBe(1);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM73] [HM74] [HM75] home itself is known again by its key, and by another that this one signed; without a reserve one is told too", async () => {
  const world = new World({ seed: 948 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const gone = () => ann.view("status").homeGone;
  const { log } = world;
  another(world, 98, { log: openSqliteLog(":memory:") });
  await world.until("Ann is told", () => gone() !== undefined, 120_000);
  expect(gone()).toEqual({ fromMs: 0, isStrange: true });
  another(world, homeFill, { log });
  await world.until("home is back", () => ann.view("status").network === "online", 120_000);
  expect(gone()).toBeUndefined();
  // Another key, of which the one before says nothing; and then it does.
  another(world, 97, { before: 96 });
  await world.until("Ann is told again", () => gone()?.isStrange === true, 120_000);
  another(world, 97, { before: homeFill });
  await world.until("it is home", () => [ann, ben].every((one) => one.view("status").network === "online"), 120_000);
  await ann.say(chat, "still here");
  await world.until("Ben reads", () => ben.reads(chat).includes("still here"));
  // From now on the new one is its key.
  another(world, homeFill);
  await world.until("the old one is none", () => gone()?.isStrange === true, 120_000);
}, 60_000);

test("[HM116] the reserve's name is bought: who answers there is told nothing and given nothing, it is said in words, and nobody is led there when home dies; dropped and named anew it counts", async () => {
  const { world, home } = worldOfTwo({ seed: 1160 });
  const reserve = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "one");
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => isWhole(ann), 600_000);

  reserve.crash();
  reserve.keyFill = 99;
  reserve.log = openSqliteLog(":memory:");
  const heard: string[] = [];
  reserve.network.overhear = (_connection, _owner, frame) => {
    const said = decodeClientFrame(frame);
    heard.push(said.type === "call" ? said.name : said.type);
  };
  reserve.start();
  await ann.say(chat, "two");
  const fault = () => ann.view("homes").reserve?.fault;
  await world.until("Ann is told", () => fault() !== undefined, 900_000);
  expect([fault(), isWhole(ann)]).toEqual(["strange", false]);
  const codeOf = (work: Promise<unknown>) =>
    world.during(work).then(
      () => "done",
      (error: { code?: string }) => error.code,
    );
  expect(await codeOf(ann.api.moveHome())).toBe("strange-server");
  expect(await codeOf(ann.api.setReserve(reserve.inviteLink))).toBe("strange-server");

  const { log } = world;
  world.crashServer();
  await world.until("home is gone", () => ann.view("status").network === "unreachable", 120_000);
  await world.pass(2 * 3_600_000);
  expect(ann.view("status").homeGone?.reserve).toBeUndefined();
  expect(ann.view("homes")).toMatchObject({ home: "yan.test", reserve: { server: "two.test", fault: "strange" } });
  expect([heard.length > 2, new Set(heard)]).toEqual([true, new Set(["hello"])]);
  another(world, 98, { log: openSqliteLog(":memory:") });
  await world.until("so is home's name", () => ann.view("status").homeGone?.isStrange === true, 120_000);
  expect(ann.view("status").homeGone).toEqual({ fromMs: 0, isStrange: true });

  another(world, homeFill, { log });
  await world.until("home is back", () => ann.view("status").network === "online", 120_000);
  await world.during(ann.api.dropReserve());
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => isWhole(ann), 600_000);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM117] who begins at a home that offers a reserve is asked once: one takes it, another does not, and a new device is asked no more", async () => {
  const { world, home, deviceAt } = worldOfTwo({ seed: 993 });
  const reserve = home("three.test");
  const offers = provide(meetingPort, { places: [], reserve: reserve.inviteLink });
  const two = home("two.test", [offers]);
  const begins = async (name: string) => {
    const one = await deviceAt(name, two);
    await world.during(one.api.createAccount({ name, link: two.inviteLink }));
    await world.until("the offer is known", () => offerOf(one) !== undefined, 60_000);
    expect(offerOf(one)?.server).toBe("three.test");
    return one;
  };
  const [ann, ben] = [await begins("Ann"), await begins("Ben")];
  expect(ann.view("homes")).toMatchObject({ offered: { server: "three.test" } });
  await world.during(ann.api.setReserve(offerOf(ann)?.link ?? ""));
  expect(offerOf(ann)).toBeUndefined();
  await world.until("all is there", () => isWhole(ann), 600_000);
  expect(ann.view("homes")).toMatchObject({ reserve: { server: "three.test" } });
  expect(ann.view("homes").offered).toBeUndefined();
  await world.during(ann.api.dropReserve());
  await world.during(ben.api.putOffReserve());
  // Both may still take it, and nobody asks again.
  for (const one of [ann, ben])
    expect([offerOf(one), one.view("homes").offered?.server]).toEqual([undefined, "three.test"]);
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[HM118] a whole home goes to another name: who says yes is there with chats and group, who waits still reads them, and once all have gone the old one stops and nothing is missed", async () => {
  const { world, home, deviceAt } = worldOfTwo({ seed: 994 });
  const next = home("three.test");
  const old = home("two.test", [provide(meetingPort, { places: [], reserve: next.inviteLink, next: next.inviteLink })]);
  const begins = async (name: string) => {
    const one = await deviceAt(name, old);
    await world.during(one.api.createAccount({ name, link: old.inviteLink }));
    return one;
  };
  const [ann, ben, cat] = [await begins("Ann"), await begins("Ben"), await begins("Cat")];
  const group = await world.group(ann, [ben, cat], "Family");
  await ann.say(group, "dinner at six");
  const nextOf = (person: Person) => person.view("status").homeMoves;
  await world.until("all hear of it", () => [ann, ben, cat].every((one) => nextOf(one) !== undefined), 60_000);
  // One question at a time: no reserve is offered beside it.
  for (const one of [ann, ben, cat]) {
    expect([nextOf(one)?.server, offerOf(one)]).toEqual(["three.test", undefined]);
    expect(one.view("homes")).toMatchObject({ home: "two.test", next: { server: "three.test" } });
  }
  for (const one of [ann, ben]) {
    await world.during(one.api.moveHome(nextOf(one)?.link ?? ""));
    expect([one.view("homes").home, nextOf(one), one.view("homes").next]).toEqual(["three.test", undefined, undefined]);
  }
  await ann.say(group, "from the new name");
  await cat.say(group, "from the old one");
  const all = ["dinner at six", "from the new name", "from the old one"];
  const haveRead = (...words: string[]) =>
    [ann, ben, cat].every((one) => words.every((word) => one.reads(group).includes(word)));
  await world.until("all read all", () => haveRead(...all), 600_000);
  await world.during(cat.api.moveHome(nextOf(cat)?.link ?? ""));
  await world.pass(60_000);
  old.crash();
  await ben.say(group, "the old one is off");
  await world.until("the group goes on", () => haveRead("the old one is off"), 7_200_000);
  await cat.say(group, "so it is");
  await world.until("all read Cat", () => haveRead(...all, "so it is"), 3_600_000);
  expect(world.bugs()).toEqual([]);
}, 120_000);
