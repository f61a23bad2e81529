/** Who comes to the new home long after the first is in the group all the same (HM85). */
import { expect, test } from "bun:test";
import { fromHex } from "@yanshu/wire";
import { worldOfPeers } from "./peer-homes.ts";
import { worldOfTwo } from "./second-home.ts";

test("[HM85] a group whose home is gone is founded anew without those who are not there yet, and each is let in whenever they come, in the role that they had", async () => {
  const { world, home } = worldOfTwo({ seed: 980 });
  const two = home("two.test");
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")] as const;
  const group = await world.group(ann, [ben, cat], "Family");
  await world.during(ann.api.setRole(group, cat.account, "admin"));
  for (const person of [ann, ben, cat]) await person.say(group, `before, by ${person.name}`);
  await world.until("all read all", () => [ann, ben, cat].every((one) => one.reads(group).length === 3));
  world.crashServer();
  await world.during(ann.api.moveHome(two.inviteLink));
  await ann.say(group, "I am here");
  await world.pass(600_000);
  const link = await world.during(ann.api.myLink());
  for (const late of [cat, ben]) {
    await world.during(late.api.moveHome(link));
    await late.say(group, `here, by ${late.name}`);
    await world.until(`Ann reads ${late.name}`, () => ann.reads(group).includes(`here, by ${late.name}`), 300_000);
    await world.pass(60_000);
  }
  await ann.say(group, "all here");
  await world.until(
    "all read it",
    () => [ann, ben, cat].every((one) => one.reads(group).includes("all here")),
    300_000,
  );
  for (const one of [ann, ben, cat]) {
    expect(one.view("conversation", group)?.members).toHaveLength(3);
    expect(one.view("conversation", group)?.state).toBe("open");
    // Whose home is gone is awaited, and not called left out (GR57).
    expect(one.lines(group)).not.toContain("left-out");
  }
  expect(ben.view("conversation", group)?.members.find(({ account }) => account === cat.account)?.role).toBe("admin");
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM85] who stays at a home that was silent to somebody for an hour is let into the group that went on without them, once it answers", async () => {
  let silentTo: string | undefined;
  const { world, home, there } = worldOfPeers({
    seed: 986,
    wrapPorts: (ports, { device }) => ({
      ...ports,
      connect: (at, events, path) =>
        at === "yan.test" && device === silentTo
          ? nowhere.network.connect(device, events, path)
          : ports.connect(at, events, path),
    }),
  });
  const nowhere = home("nowhere.test");
  nowhere.crash();
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const group = await world.group(ann, [ben], "Family");
  await ann.say(group, "before");
  await world.until("Ben reads it", () => ben.reads(group).includes("before"));
  await world.during(ann.api.moveHome(there.inviteLink));
  await world.until("she is there too", () => ann.view("homes").before?.isAway === false, 60_000);
  await world.pass(60_000);
  silentTo = ann.device;
  world.network.breakSockets(ann.device);
  const members = () => ann.view("conversation", group)?.members.length;
  await world.pass(3_700_000);
  await ann.say(group, "is anybody here?");
  await world.until("she goes on alone", () => members() === 1, 3_600_000);
  silentTo = undefined;
  await world.until("Ben is let in", () => members() === 2, 3_600_000);
  await ann.say(group, "there you are");
  await ben.say(group, "where were you?");
  await world.until("Ben reads her", () => ben.reads(group).includes("there you are"), 600_000);
  await world.until("she reads Ben", () => ann.reads(group).includes("where were you?"), 600_000);
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM86] who was removed while one did not hear it, or said that they leave, is awaited by nobody once the home is gone", async () => {
  const { world, home } = worldOfTwo({ seed: 987 });
  const two = home("two.test");
  const [ann, ben, cat, dan] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Cat"),
    await world.person("Dan"),
  ] as const;
  const group = await world.group(ann, [ben, cat, dan], "Family");
  await world.pass(2_000);
  world.network.cutOff(ben.device);
  await ann.api.removeMember(group, cat.account);
  await world.until("Cat is out", () => cat.view("conversation", group)?.state === "removed");
  world.crashServer();
  await world.during(ann.api.moveHome(two.inviteLink));
  const link = await world.during(ann.api.myLink());
  await world.during(ben.api.moveHome(link));
  await ben.say(group, "here");
  await world.until("Ann reads it", () => ann.reads(group).includes("here"), 300_000);
  // Ben thinks that Cat was there, and cannot know why she is not any more. Dan is awaited by Ann alone.
  expect(ben.disk.all("SELECT * FROM awaited")).toEqual([]);
  expect(ann.disk.all<{ account: Uint8Array }>("SELECT account FROM awaited").map(({ account }) => account)).toEqual([
    fromHex(dan.account),
  ]);
  expect(world.bugs()).toEqual([]);
}, 120_000);
