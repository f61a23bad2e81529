/**
 * An admin with a changed client takes a group from its owner by foundings (docs/spec/groups.md GR10, GR72, GR75,
 * GR76): all see it, and the owner goes on above each of them.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { GroupState } from "@yanshu/mls";
import { type AccountId, type Bytes, type ConversationId, compareBytes, fromHex, historyOf } from "@yanshu/wire";
import { type Person, World, type WorldOptions } from "../index.ts";
import { foundsAtGate, throwNotes } from "../world/strangers.ts";
import { conversationRow, crypto, groupOf } from "../world/turned.ts";
import { listAt } from "./accounts.ts";
import { deviceKeyOf, outsideBy } from "./evil-home.ts";

setDefaultTimeout(60_000);

function packageOf({ disk }: Person, lastResort: 0 | 1): Bytes {
  const row = disk.get<{ bytes: Bytes }>("SELECT bytes FROM key_packages WHERE last_resort = ?", lastResort);
  if (row === undefined) throw new Error("no package");
  return row.bytes;
}

/** Olga owns it, Mal leads it too, and Ann is in it; Mal's device has been turned. */
async function board(seed: number, options: Omit<WorldOptions, "seed"> = {}) {
  const world = new World({ ...options, seed });
  const [olga, ann, mal] = [await world.person("Olga"), await world.person("Ann"), await world.person("Mal")];
  const group = await world.group(olga, [ann, mal], "Board");
  await world.pass(5_000);
  await olga.api.setRole(group, mal.account, "admin");
  await world.until("Mal is an admin", () => leaders(ann, group) === 2);
  await world.pass(5_000);
  const { state } = await groupOf(ann, group);
  const [account, key] = [fromHex(mal.account), await deviceKeyOf(mal)];
  const roles = [{ account, role: "owner" as const }];
  /** The group anew with these, as Mal's device founds it: Mal owns it. */
  const taken = async (by: number, into: readonly Person[], change: Partial<GroupState> = {}) => {
    const founder = { deviceKey: key, history: historyOf(await listAt(world, mal.account)), own: packageOf(mal, 0) };
    const { more: _, link: __, ...rest } = state;
    const previous = { groupId: crypto.random(32), epoch: 1 };
    const next = { ...rest, roles, previous, ...change, founding: state.founding + by };
    await foundsAtGate(
      world,
      founder,
      into.map((one) => packageOf(one, 1)),
      next,
    );
    await world.pass(10_000);
  };
  const isBack = async () => {
    await world.until(
      "Olga owns it again",
      () => [olga, ann].every((one) => owner(one, group) === olga.account),
      400_000,
    );
    await ann.say(group, "here again");
    await world.until("Olga reads", () => olga.reads(group).includes("here again"), 300_000);
    expect(olga.lines(group)).not.toContain("you-were-removed");
    expect(world.bugs()).toEqual([]);
  };
  /** Mal's device says to Olga's that the group goes on without her. */
  const tellsOlga = async (founding: number, gate: Bytes) => {
    const { members, ownLeaf } = await groupOf(olga, group);
    const to = members.find(({ leaf }) => leaf === ownLeaf);
    if (to === undefined) throw new Error("Olga is in it");
    const note = { conversation: fromHex(group) as ConversationId, founding, gate, reader: to.device, askedMs: 0 };
    await throwNotes(world, to, [await outsideBy(world, mal, key, note)]);
  };
  const both = [...roles, { account: fromHex(olga.account) as AccountId, role: "owner" as const }].toSorted((a, b) =>
    compareBytes(a.account, b.account),
  );
  return { world, olga, ann, mal, group, both, taken, tellsOlga, isBack };
}

function owner(one: Person, group: string) {
  return one.view("conversation", group)?.members.find(({ role }) => role === "owner")?.account;
}

function leaders(one: Person, group: string) {
  return one.view("conversation", group)?.members.filter(({ role }) => role !== "member").length;
}

test("[GR75] an owner goes on above an admin who founds the group without them twice before they hear of it", async () => {
  const { olga, ann, mal, group, taken, isBack } = await board(9921);
  olga.crash();
  await taken(1, [ann]);
  await taken(2, [ann]);
  expect([owner(ann, group), conversationRow(ann, group).founding]).toEqual([mal.account, 3]);
  await olga.switchOn();
  await isBack();
});

test("[GR75] an owner goes on above an admin's founding that has them in as a plain member", async () => {
  const { ann, olga, taken, isBack, group } = await board(9922);
  await taken(1, [ann, olga]);
  await isBack();
  expect(ann.lines(group).join(" ")).toContain("recreated");
});

test("[GR75] an owner goes on above an admin's founding that names them as left out, and takes their role", async () => {
  const { olga, ann, taken, isBack } = await board(9923);
  await taken(1, [ann], { more: [{ type: 1, data: fromHex(olga.account).subarray(0, 16) }] });
  await isBack();
});

test("[GR76] no admin leaves others behind for good by foundings far above each other", async () => {
  const { olga, ann, mal, group, taken, isBack } = await board(9924);
  olga.crash();
  await taken(1_000, [ann]);
  await taken(2_000, [ann]);
  expect([owner(ann, group), conversationRow(ann, group).founding]).toEqual([mal.account, 2_001]);
  await olga.switchOn();
  await isBack();
});

test("[GR76] an admin who uses up what the day allows leaves the owner a higher number", async () => {
  const { world, olga, ann, mal, group, taken, isBack } = await board(9925);
  olga.crash();
  const most = Math.floor(world.clock.nowMs() / 86_400_000) * 65_536;
  await taken(most - 1, [ann]);
  expect([owner(ann, group), conversationRow(ann, group).founding]).toEqual([mal.account, most]);
  await olga.switchOn();
  await isBack();
});

test("[GR75] an admin whose founding an owner went above owns nothing, and takes nothing once the owner sent them away", async () => {
  const { world, olga, ann, mal, group, taken, isBack } = await board(9926);
  olga.crash();
  await taken(1, [ann]);
  await olga.switchOn();
  await isBack();
  const isIn = () => ann.view("conversation", group)?.members.some(({ account }) => account === mal.account);
  if (isIn() === true) await world.during(olga.api.removeMember(group, mal.account));
  await world.until("Mal is out", () => isIn() === false, 120_000);
  const { account } = olga;
  olga.crash();
  await taken(Number(conversationRow(ann, group).founding), [ann]);
  await world.pass(60_000);
  expect([owner(ann, group), isIn()]).toEqual([account, false]);
  expect(world.bugs()).toEqual([]);
});

test("[GR84] an admin who uses up the day when it has changed for all but the owner, and says so, does not put the owner out", async () => {
  let behindMs = 0;
  const { world, olga, ann, mal, group, taken, tellsOlga, isBack } = await board(9927, {
    wrapPorts: (ports, { name }) => ({
      ...ports,
      nowMs: () => ports.nowMs() - (name === "Olga" ? behindMs : 0),
    }),
  });
  olga.crash();
  const dayMs = 86_400_000;
  await world.pass(dayMs - (world.clock.nowMs() % dayMs) + 1_000);
  behindMs = 45_000;
  world.network.cutOff(mal.device);
  await taken(Math.floor(world.clock.nowMs() / dayMs) * 65_536 - 1, [ann]);
  expect(owner(ann, group)).toBe(mal.account);
  const { state } = await groupOf(ann, group);
  await olga.switchOn();
  await tellsOlga(state.founding, state.gate);
  await isBack();
});

test("[GR84] an admin who tells of a number that nobody follows does not put the owner out", async () => {
  const { world, olga, ann, group, tellsOlga } = await board(9928);
  await tellsOlga(4_000_000_000, crypto.random(32));
  await world.pass(120_000);
  expect(olga.view("conversation", group)?.state).toBe("open");
  await olga.say(group, "still here");
  await world.until("Ann reads", () => ann.reads(group).includes("still here"), 300_000);
  expect(world.bugs()).toEqual([]);
});

test("[GR85] no admin's founding makes them an owner beside the one who stays", async () => {
  const { world, olga, ann, mal, group, both, taken } = await board(9931);
  await taken(1, [ann, olga], { roles: both });
  const roleOfMal = (one: Person) =>
    one.view("conversation", group)?.members.find(({ account }) => account === mal.account)?.role;
  expect([olga, ann].map(roleOfMal)).toEqual(["admin", "admin"]);
  await ann.say(group, "still yours");
  await world.until("Olga reads", () => olga.reads(group).includes("still yours"), 300_000);
  expect([olga, ann].map(roleOfMal)).toEqual(["admin", "admin"]);
  expect(world.bugs()).toEqual([]);
});
