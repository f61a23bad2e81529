/** What a founding from a state that is behind would undo, and who is behind those who led (docs/spec/groups.md GR17.9, GR22). */
import { expect, test } from "bun:test";
import { spoiltPath } from "@yanshu/mls/testing";
import { toHex } from "@yanshu/wire";
import { dropPush, isPushOf } from "./drops.ts";
import type { Person } from "./person.ts";
import { foundingOf } from "./rows.ts";
import { crypto, groupOf, postAsCommit } from "./turned.ts";
import { World } from "./world.ts";

/**
 * Ann's group, in which Mal slips in a commit that all can follow but Ann, who is away. Cat is a friend of Ben's, and not in it.
 */
async function behind(seed: number, isBenAdmin: boolean) {
  const world = new World({ seed });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const [eve, cat] = [await world.person("Eve"), await world.person("Cat")];
  const group = await world.group(ann, [mal, ben, eve], "Choir"); // Mal's leaf is beside Ann's: its path has a seal for her alone.
  await world.during(ann.api.makeGroupLink(group, { days: 30 }));
  await world.befriend(ben, cat);
  if (isBenAdmin) {
    await ann.api.setRole(group, ben.account, "admin");
    await world.until("Ben is an admin", () => ben.view("conversation", group)?.may.remove === true);
  }
  await world.pass(1_000);
  world.network.cutOff(ann.device);
  const held = await groupOf(mal, group);
  const { commit, next } = await spoiltPath(crypto, held, (place) => place === 0);
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

/** Ann, who is all that Cat knows to lead, hands the group to Ben and is sent away; Cat hears of no commit, and of Ben's next words. */
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
  await world.until("Cat knows that something is missing", () => cat.client.diagnostics()["heal-missed-commit"] === 1);
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
  expect(cat.client.diagnostics()["outside-refused"]).toBeGreaterThan(0);
  expect(cat.view("conversation", group)?.state).toBe("frozen"); // Somebody who leads may still answer.
  await world.until("Cat knows", () => cat.view("conversation", group)?.state === "removed", 600_000);
  expect(world.bugs()).toEqual([]);
});
