/**
 * What a founding from a state that is behind would undo, and who is behind those who led (docs/spec/groups.md GR17.9,
 * GR22).
 */
import { expect, test } from "bun:test";
import { comesAfter, type Group } from "@yanshu/mls";
import { spoiltPath } from "@yanshu/mls/testing";
import { fromHex, toHex } from "@yanshu/wire";
import { deviceOf, standings } from "../sim/disk.ts";
import { dropPush, isPushOf, spoilCommit } from "./drops.ts";
import type { Person } from "./person.ts";
import { foundingOf, stopAtGate } from "./rows.ts";
import { type Founder, founds, readRecipient, stranger } from "./strangers.ts";
import { crypto, groupOf, postAsCommit } from "./turned.ts";
import { World } from "./world.ts";

/** A commit of nothing but fresh keys. */
const freshPath = (held: Group) => spoiltPath(crypto, held, () => false);

/**
 * Ann's group, in which Mal makes a commit that the operator spoils for Ann, who is away: all others can follow it. Cat
 * is a friend of Ben's, and not in it.
 */
async function behind(seed: number, isBenAdmin: boolean) {
  const world = new World({ seed });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const [eve, cat] = [await world.person("Eve"), await world.person("Cat")];
  const group = await world.group(ann, [mal, ben, eve], "Choir");
  await world.during(ann.api.makeGroupLink(group, { days: 30 }));
  await world.befriend(ben, cat);
  if (isBenAdmin) {
    await ann.api.setRole(group, ben.account, "admin");
    await world.until("Ben is an admin", () => ben.view("conversation", group)?.may.remove === true);
  }
  await world.pass(1_000);
  world.network.cutOff(ann.device);
  const held = await groupOf(mal, group);
  const { commit, next } = await freshPath(held);
  spoilCommit(world, ann.device);
  await postAsCommit(world, held, commit, next);
  await world.pass(1_000);
  await ben.api.addMembers(group, [cat.account]);
  await world.until("Cat is in", () => cat.view("conversation", group)?.state === "open");

  /** She refuses the commit, and founds anew. */
  async function annComes(): Promise<void> {
    world.network.letBack(ann.device);
    await world.until("Ann founds anew", () => foundingOf(ann, group) === 2);
  }
  const all = [ann, ben, mal, cat];
  const accounts = all.map(({ account }) => account).toSorted();
  const isWhole = (person: Person) =>
    foundingOf(person, group) === 2 &&
    person
      .view("conversation", group)
      ?.members.map(({ account }) => account)
      .toSorted()
      .join() === accounts.join();
  /** All four read who says something, and nobody else does. */
  async function isHeard(person: Person): Promise<void> {
    await person.say(group, "all here?");
    await world.until("all read", () => all.every((one) => one.reads(group).includes("all here?")), 120_000);
    expect(world.bugs()).toEqual([]);
  }
  return { world, ann, ben, eve, cat, group, all, annComes, isWhole, isHeard };
}

test("[GR40.1] who is in a founding has not strayed: sent away afterwards, an asking brings nobody back", async () => {
  const { world, ann, ben, eve, group, annComes } = await behind(432, false);
  const strayed = () => ben.disk.get<{ n: number }>("SELECT count(*) AS n FROM strayed")?.n;
  // As after a commit that took out a leaf which Eve's list had dropped.
  ben.disk.run("INSERT INTO strayed (conversation, account) VALUES (?, ?)", fromHex(group), fromHex(eve.account));
  expect(strayed()).toBe(1);
  await annComes();
  await world.until("Ben goes on in it", () => foundingOf(ben, group) === 2);
  expect(strayed()).toBe(0);
  await ann.api.removeMember(group, eve.account);
  await world.until("Ben reads that Eve was sent away", () => ben.lines(group).includes("removed"));
  expect(world.bugs()).toEqual([]);
});

test("[GR17.9] who was let in, sent away or named after a commit that the founder refused stays so", async () => {
  const { world, ann, ben, eve, cat, group, all, annComes, isWhole, isHeard } = await behind(430, true);
  await ben.api.removeMember(group, eve.account);
  await ben.api.renameGroup(group, "Quartet");
  const ended = await ann.api.groupLink(group);
  await world.during(ben.api.makeGroupLink(group, { days: 30 }));
  await world.until("Eve is out", () => eve.view("conversation", group)?.state === "removed");
  await world.until("it has the new name", () => cat.view("conversation", group)?.title === "Quartet");
  await annComes();
  await world.until("all four are in", () => all.every(isWhole));
  await world.until("it is named so again", () => ann.view("conversation", group)?.title === "Quartet");
  expect(eve.view("conversation", group)?.state).toBe("removed");
  expect(ended).toBeString(); // It does not hold again.
  await world.until("there is no link", () => all.every((one) => one.view("conversation", group)?.link === undefined));
  await isHeard(ann);
  expect(eve.reads(group)).toEqual([]);
});

test("[GR17.9] what was undone since by others is not done again", async () => {
  const { world, ann, ben, eve, cat, group, annComes } = await behind(431, true);
  await ben.api.renameGroup(group, "Quartet");
  await world.until("it has the new name", () => cat.view("conversation", group)?.title === "Quartet");
  await eve.api.renameGroup(group, "Quintet");
  await world.until("it has the newest", () => ben.view("conversation", group)?.title === "Quintet");
  await annComes();
  await world.until("it is named so again", () => ann.view("conversation", group)?.title === "Quintet");
  await world.pass(60_000);
  for (const one of [ann, ben, eve, cat]) expect(one.view("conversation", group)?.title).toBe("Quintet");
  expect(world.bugs()).toEqual([]);
});

test("[GR17.9] who is let in again into the same group does nothing again that others have undone since", async () => {
  const world = new World({ seed: 441 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Choir");
  await ann.api.renameGroup(group, "Trio");
  await ann.api.setRole(group, ben.account, "owner");
  await world.until("Ben owns it", () => ben.view("conversation", group)?.may.appoint === true);
  await world.pass(1_000);
  const dropped = dropPush(world, ann.device, "commit");
  await ben.api.renameGroup(group, "Three of us");
  await ben.api.setRole(group, cat.account, "owner");
  await world.until("Cat owns it", () => dropped() === 1 && cat.view("conversation", group)?.may.appoint === true);
  await world.pass(1_000);
  await cat.say(group, "mine now");
  await world.until("Ann is let in again", () => ann.view("conversation", group)?.title === "Three of us", 120_000);
  await world.pass(10_000);
  for (const one of [ann, ben, cat]) expect(one.view("conversation", group)?.title).toBe("Three of us");
  expect(cat.view("conversation", group)?.may.appoint).toBe(true);
  await ann.say(group, "yours");
  await world.until("Cat reads", () => cat.reads(group).includes("yours"));
  expect(foundingOf(cat, group)).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[GR18.9] who was let in by a member, and missed the founding, is let in by who leads", async () => {
  const { world, ann, eve, cat, all, group, annComes, isHeard } = await behind(432, false);
  await annComes();
  all.push(eve);
  await world.until("Cat is in", () => foundingOf(cat, group) === 2, 300_000);
  expect(ann.view("conversation", group)?.members).toHaveLength(5);
  await isHeard(cat);
});

/**
 * Ann, who is all that Cat knows to lead, hands the group to Ben and is sent away; Cat hears of no commit, and of Ben's
 * next words.
 */
async function handedOn(seed: number) {
  const world = new World({ seed });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Choir");
  await world.pass(1_000);
  const lost = new Set<string>(); // Also when they are pushed again.
  let isLosing = true;
  world.network.meddle(cat.device, (frame) => {
    if (isLosing && isPushOf(frame, "commit")) lost.add(toHex(frame));
    return lost.has(toHex(frame)) ? [] : [frame];
  });
  await ann.api.setRole(group, ben.account, "owner");
  await world.until("Ben is the owner", () => ben.view("conversation", group)?.may.remove === true);
  await ben.api.removeMember(group, ann.account);
  await world.until("Ann is out", () => ann.view("conversation", group)?.state === "removed");
  await ben.say(group, "still here?");
  await world.until(
    "Cat knows that something is missing",
    () => cat.client.diagnostics()["resync-missed-commit"] === 1,
  );
  isLosing = false;
  return { world, ben, cat, group };
}

test("[GR22.2] a device that waits to be let in asks everybody, when those whom it knows to lead do not answer", async () => {
  const { world, ben, cat, group } = await handedOn(433);
  await cat.say(group, "I was away");
  for (let opened = 0; opened < 3; opened++) {
    await world.pass(15_000); // Nobody leaves it open for a minute.
    cat.crash();
    await world.pass(3_600_000);
    await cat.switchOn();
  }
  await world.until("Ben reads", () => ben.reads(group).includes("I was away"), 15_000);
  expect(world.bugs()).toEqual([]);
});

test("[GR22.7] a device that is out, as all are whom it knows to lead, believes a member once it has asked in vain for long", async () => {
  const { world, ben, cat, group } = await handedOn(434);
  await ben.api.removeMember(group, cat.account);
  await world.pass(8 * 60_000);
  expect(cat.client.diagnostics()["not-a-member-refused"]).toBeGreaterThan(0);
  expect(cat.view("conversation", group)?.state).toBe("frozen"); // Somebody who leads may still answer.
  await world.until("Cat knows", () => cat.view("conversation", group)?.state === "removed", 600_000);
  expect(world.bugs()).toEqual([]);
});

/**
 * Ben's group, which Ann owns now. Mal makes a commit that the operator spoils for Ben and Cat, who are away; meanwhile
 * Ann sends Ben away.
 */
async function sentAway(seed: number) {
  const world = new World({ seed });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const cat = await world.person("Cat");
  const group = await world.group(ben, [mal, ann, cat], "Choir");
  await ben.api.setRole(group, ann.account, "owner");
  await world.until("Ann owns it", () => ann.view("conversation", group)?.may.appoint === true);
  await ben.say(group, "yours now");
  await world.until("Ann reads", () => ann.reads(group).includes("yours now"));
  await world.pass(1_000);
  for (const one of [ben, cat]) world.network.cutOff(one.device);
  const held = await groupOf(mal, group);
  const { commit, next } = await freshPath(held);
  for (const one of [ben, cat]) spoilCommit(world, one.device);
  await postAsCommit(world, held, commit, next);
  await world.pass(1_000);
  await ann.api.removeMember(group, ben.account);
  await world.until("Ben is not in it", () => ann.view("conversation", group)?.members.length === 3);
  const state = (person: Person) => person.view("conversation", group)?.state;
  return { world, ann, ben, cat, mal, group, state };
}

test("[GR17.10] who was sent away by what they could not follow founds a group for nobody, and a person who followed comes back", async () => {
  const { world, ann, ben, cat, mal, group, state } = await sentAway(435);
  for (const one of [ben, cat]) world.network.letBack(one.device);
  await world.until("Ben founds anew", () => foundingOf(ben, group) === 2);
  await world.until("Ben knows", () => state(ben) === "removed");
  await cat.say(group, "I was away");
  await world.until("all read", () => [ann, mal].every((one) => one.reads(group).includes("I was away")));
  await ann.say(group, "Ben is out");
  await world.until("Cat reads", () => cat.reads(group).includes("Ben is out"));
  expect([ann, cat, mal].map((one) => foundingOf(one, group))).toEqual([3, 3, 3]);
  expect(ann.view("conversation", group)?.members).toHaveLength(3);
  expect(ben.reads(group)).not.toContain("Ben is out");
  expect(world.bugs()).toEqual([]);
});

test("[GR17.10] where those who stayed have founded anew as well, theirs holds, whichever gate is the lower", async () => {
  const isAnnsLower = new Set<boolean>();
  for (const seed of [436, 437, 438, 439]) {
    const { world, ann, ben, cat, mal, group, state } = await sentAway(seed);
    stopAtGate(ann, group);
    await ann.switchOn();
    await world.until("Ann founds anew", () => foundingOf(mal, group) === 2);
    const { state: anns } = await groupOf(ann, group);
    for (const one of [ben, cat]) world.network.letBack(one.device);
    await world.until("Ben founds anew", () => foundingOf(ben, group) === 2);
    isAnnsLower.add(comesAfter((await groupOf(ben, group)).state, anns));
    await world.until("Ben knows", () => state(ben) === "removed");
    await cat.say(group, "I was away");
    await world.until("all read", () => [ann, mal].every((one) => one.reads(group).includes("I was away")));
    await ann.say(group, "Ben is out");
    await world.until("Cat reads", () => cat.reads(group).includes("Ben is out"));
    expect(world.bugs()).toEqual([]);
  }
  expect(isAnnsLower.size).toBe(2);
});

test("[GR79] who is left out of a founding is not let in to the group of before by what they asked until then", async () => {
  const world = new World({ seed: 660 });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const chat = await world.befriend(ann, mal);
  const group = await world.group(ann, [mal, ben], "Choir");
  await ann.api.setRole(group, ben.account, "admin");
  await world.until("Ben is an admin", () => ben.view("conversation", group)?.may.remove === true);
  await world.pass(1_000);
  const state = () => mal.view("conversation", group)?.state;
  // Ann can open the path, Ben cannot; he is away until Ann has let Mal in again, and Mal's device hears of that late.
  world.network.cutOff(ben.device);
  const held = await groupOf(mal, group);
  const { commit, next } = await spoiltPath(crypto, held, (place) => place > 0);
  const late: Uint8Array[] = [];
  let isHolding = false;
  world.network.meddle(mal.device, (frame) => {
    if (isHolding && isPushOf(frame, "commit")) late.push(Uint8Array.from(frame));
    return isHolding && isPushOf(frame, "commit") ? [] : [frame, ...(isHolding ? [] : late.splice(0))];
  });
  await postAsCommit(world, held, commit, next);
  await world.until("Mal asks", () => mal.client.diagnostics()["resync-rolled-back"] === 1);
  isHolding = true;
  await world.until("Ann let him in", () => late.length > 0);
  await world.pass(1_000);
  world.network.letBack(ben.device);
  await world.until("Ben founds anew", () => foundingOf(ann, group) === 2 && foundingOf(ben, group) === 2);
  await world.until("Mal knows", () => state() === "removed");
  isHolding = false;
  await ann.say(chat, "sorry");
  await world.until("it came", () => late.length === 0);
  await world.pass(300_000);
  expect(state()).toBe("removed");
  expect(ann.view("conversation", group)?.members).toHaveLength(2);
  // Added by a person he is in again, and what he asks from then on counts.
  await ann.api.addMembers(group, [mal.account]);
  await world.until("Mal is in", () => state() === "open" && foundingOf(mal, group) === 2);
  await mal.say(group, "here I am");
  await world.until("all read", () => [ann, ben].every((one) => one.reads(group).includes("here I am")));
  expect(world.bugs()).toEqual([]);
});

test("[GR80] an admin whose founding left the owner out goes on with what the owner founds above it", async () => {
  const world = new World({ seed: 1018 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Choir");
  await ann.api.setRole(group, ben.account, "admin");
  await world.until("Ben is an admin", () => ben.view("conversation", group)?.may.remove === true);
  await world.pass(1_000);
  const held = await groupOf(ann, group);
  const { commit, next } = await spoiltPath(crypto, held, () => true);
  await postAsCommit(world, held, commit, next);
  await world.until("Ann founds above it", () => (foundingOf(ann, group) ?? 0) >= 3);
  await world.pass(300_000);
  const all = [ann, ben, cat];
  expect(all.map((one) => foundingOf(one, group))).toEqual([3, 3, 3]);
  await ben.say(group, "all here?");
  await world.until("all read", () => all.every((one) => one.reads(group).includes("all here?")));
  expect(ann.view("conversation", group)?.may.appoint).toBe(true);
  expect(world.bugs()).toEqual([]);
});

/** A key package that lies at home until it is drawn. */
function packageOf({ disk }: Person): Uint8Array {
  const row = disk.get<{ bytes: Uint8Array }>("SELECT bytes FROM key_packages ORDER BY last_resort LIMIT 1");
  if (row === undefined) throw new Error("no key package");
  return row.bytes;
}

/** Who makes groups with this person's device key, and is first in each. */
async function founderOf(person: Person): Promise<Founder> {
  const [seed, inception] = ["device-seed", "inception"].map(
    (key) => person.disk.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = ?", key)?.value,
  );
  if (seed === undefined || inception === undefined) throw new Error("nobody lives here");
  const deviceKey = await crypto.signatureKeyPair(seed);
  return { deviceKey, history: { inception, entries: [] }, own: packageOf(person) };
}

test("[GR18.9] a member stops another by Welcomes once an hour at most", async () => {
  const world = new World({ seed: 442 });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const group = await world.group(ann, [ben, mal], "Board");
  await mal.say(group, "mine");
  await world.until("Ben reads", () => ben.reads(group).includes("mine"));
  const byMal = await founderOf(mal);
  const roles = [{ account: (await readRecipient(world, byMal.own)).account, role: "owner" as const }];
  const stops = () => ben.client.diagnostics()["resync-called"] ?? 0;
  const isStopped = () =>
    standings(ben.disk).some(({ conversation, frozen }) => conversation === group && frozen !== null);
  async function foundsAgain(): Promise<void> {
    const { state, groupId, epoch } = await groupOf(ben, group);
    const before = ben.client.diagnostics()["welcome-refused"] ?? 0;
    const founding = state.founding + 1;
    const gate = crypto.random(32);
    await founds(world, byMal, packageOf(ben), { ...state, founding, gate, roles, previous: { groupId, epoch } });
    await world.until("Ben refuses", () => ben.client.diagnostics()["welcome-refused"] === before + 1);
    await world.until("Ben goes on", () => !isStopped(), 600_000);
  }
  await foundsAgain();
  expect(stops()).toBe(1);
  await foundsAgain();
  await foundsAgain();
  expect(stops()).toBe(1);
  await world.pass(3_600_000);
  await foundsAgain();
  expect(stops()).toBe(2);
  await ben.say(group, "still here");
  await world.until("Ann reads", () => ann.reads(group).includes("still here"));
  expect(world.bugs()).toEqual([]);
});

test("[GR17.10] nobody has a group founded anew at will: by a device that was there once an hour, by others never", async () => {
  const world = new World({ seed: 440 });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const group = await world.group(ann, [ben, mal], "Board");
  await mal.say(group, "mine");
  await world.until("Ann reads", () => ann.reads(group).includes("mine"));
  const { state, groupId, epoch } = await groupOf(mal, group);
  await ann.api.removeMember(group, mal.account);
  await world.until("Mal is out", () => mal.view("conversation", group)?.state === "removed");

  const byMal = await founderOf(mal);
  const one = await stranger();
  const byStranger: Founder = { ...one, own: await one.keyPackage(world.clock.nowMs()) };
  async function foundsAt(by: Founder, founding: number, from = epoch): Promise<void> {
    const before = ann.client.diagnostics()["welcome-refused"] ?? 0;
    const roles = [{ account: (await readRecipient(world, by.own)).account, role: "owner" as const }];
    const gate = crypto.random(32);
    await founds(world, by, packageOf(ann), { ...state, founding, gate, roles, previous: { groupId, epoch: from } });
    await world.until("Ann refuses", () => ann.client.diagnostics()["welcome-refused"] === before + 1);
    await world.pass(10_000);
  }

  await foundsAt(byStranger, 2);
  await foundsAt(byMal, 2, epoch + 9); // Ann has not come so far.
  expect([ann, ben].map((person) => foundingOf(person, group))).toEqual([1, 1]);
  await foundsAt(byMal, 2);
  expect([ann, ben].map((person) => foundingOf(person, group))).toEqual([3, 3]);
  await foundsAt(byMal, 4);
  expect([ann, ben].map((person) => foundingOf(person, group))).toEqual([3, 3]);
  await world.pass(3_600_000);
  await foundsAt(byMal, 4);
  expect([ann, ben].map((person) => foundingOf(person, group))).toEqual([5, 5]);
  await ben.say(group, "still the two of us");
  await world.until("Ann reads that", () => ann.reads(group).includes("still the two of us"));
  expect(ann.view("conversation", group)?.members).toHaveLength(2);
});

test("[SY58] what a device said that came and went while one could not follow is missed once one is let in again", async () => {
  const world = new World({ seed: 437 });
  const [ann, mal, ben] = [await world.person("Ann"), await world.person("Mal"), await world.person("Ben")];
  const group = await world.group(ann, [mal, ben], "Choir"); // Places of Mal's path: Ann, Ben.
  await world.pass(1_000);
  world.network.cutOff(ben.device);
  const held = await groupOf(mal, group);
  const { commit, next } = await spoiltPath(crypto, held, (place) => place === 1);
  await postAsCommit(world, held, commit, next);
  await world.pass(1_000);
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", group)?.state === "open");
  await tablet.say(group, "said by the tablet");
  await world.until("Ann reads", () => ann.reads(group).includes("said by the tablet"));
  await world.during(ann.api.revokeDevice(deviceOf(tablet.disk) ?? ""));
  await world.pass(5_000);
  const isStopped = () =>
    standings(ben.disk).some(({ conversation, frozen }) => conversation === group && frozen !== null);
  world.network.letBack(ben.device);
  await world.until("Ben is stopped", isStopped);
  await world.until("Ben is let in again", () => !isStopped(), 300_000);
  await ann.say(group, "and now?");
  await world.until("Ben reads", () => ben.reads(group).includes("and now?"));
  await world.until("Ben misses it", () => ben.lines(group).includes("lost"));
  expect(world.bugs()).toEqual([]);
});
