/**
 * Who knows a group's id has somebody in a group of that id first (docs/spec/groups.md GR61): the invitation to the
 * true one is not lost, and never without a word.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { GroupState } from "@yanshu/mls";
import { writeContact } from "@yanshu/store";
import type { Bytes } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { dropPush } from "../world/drops.ts";
import { founds, type Stranger, stranger } from "../world/strangers.ts";
import { conversationRow, crypto, groupOf } from "../world/turned.ts";

setDefaultTimeout(60_000);

const far = 2 ** 40;

/** The package that anybody may draw again and again. */
function packageOf({ disk }: Person): Bytes {
  const row = disk.get<{ bytes: Bytes }>("SELECT bytes FROM key_packages WHERE last_resort = 1");
  if (row === undefined) throw new Error("no package");
  return row.bytes;
}

/** Ann's group, to which she will invite Vera, a friend; and a stranger who knows its id. */
async function board(seed: number) {
  const world = new World({ seed });
  const [ann, ben, vera] = [await world.person("Ann"), await world.person("Ben"), await world.person("Vera")];
  await world.befriend(ann, vera);
  const group = await world.group(ann, [ben], "Board");
  await world.pass(5_000);
  const one = await stranger();
  const state = () => vera.view("conversation", group)?.state;
  /** The stranger's group of that id is there first. */
  const takesThePlace = async (by: Stranger = one, change: Partial<GroupState> = {}) => {
    const { previous: _, ...held } = (await groupOf(ann, group)).state;
    const roles = [{ account: by.account, role: "owner" as const }];
    const own = await by.keyPackage(world.clock.nowMs());
    const next = { ...held, founding: far, gate: crypto.random(32), roles, ...change };
    await founds(world, { ...by, own }, packageOf(vera), next);
    await world.pass(10_000);
  };
  const isThere = () => conversationRow(vera, group).founding === 1;
  const hears = async (words: string) => {
    await ann.say(group, words);
    await world.until(`Vera reads: ${words}`, () => vera.reads(group).includes(words));
    expect(world.bugs()).toEqual([]);
  };
  return { world, ann, ben, vera, group, one, state, takesThePlace, isThere, hears };
}

test("[GR61] a stranger's group of the same id gives way to a friend's invitation, whatever its number", async () => {
  const { world, ann, vera, group, state, takesThePlace, isThere, hears } = await board(9941);
  await takesThePlace();
  expect([state(), conversationRow(vera, group).founding]).toEqual(["request-in", far]);
  // Another stranger's does not, and is told.
  await takesThePlace(await stranger(), { founding: 1 });
  expect([state(), conversationRow(vera, group).founding]).toEqual(["request-in", far]);
  expect(vera.lines(group)).toContain("invited-beside");
  await ann.api.addMembers(group, [vera.account]);
  await world.until("Vera is in", () => state() === "open" && isThere());
  // The request that gave way, and the other stranger's.
  expect(vera.lines(group).filter((kind) => kind === "invited-beside")).toHaveLength(2);
  await hears("welcome");
  // Once she is in, it is a stranger's founding.
  await takesThePlace();
  expect([state(), isThere()]).toEqual(["open", true]);
});

test("[GR61] who declined it, or left it, is asked once somebody invites them to the true one", async () => {
  const { world, ann, vera, group, state, takesThePlace, isThere, hears } = await board(9942);
  await takesThePlace();
  await vera.api.declineRequest(group);
  await world.until("Vera is out", () => state() === "left" || state() === undefined);
  await ann.api.addMembers(group, [vera.account]);
  await world.until("Vera is asked", () => state() === "request-in");
  expect(isThere()).toBe(true);
  await vera.api.acceptRequest(group);
  await world.until("Vera is in", () => state() === "open");
  await hears("welcome");
});

test("[GR61] who is in the other one is told who invites, once, and comes in after leaving", async () => {
  const { world, ann, vera, group, one, state, takesThePlace, isThere, hears } = await board(9943);
  writeContact(vera.disk, one.account, { state: "contact" }, 1);
  await takesThePlace();
  expect(state()).toBe("frozen"); // Open, and its gate takes nothing.
  const invites = async () => {
    await ann.api.addMembers(group, [vera.account]);
    await world.until("Ann believes that she is in", () => ann.view("conversation", group)?.members.length === 3);
    await world.pass(10_000);
  };
  await invites();
  const told = () => vera.lines(group).filter((kind) => kind === "invited-beside").length;
  expect([told(), isThere()]).toEqual([1, false]);
  await vera.api.leaveGroup(group); // Nobody hears it.
  await ann.api.removeMember(group, vera.account);
  await world.until("Ann sent her away", () => ann.view("conversation", group)?.members.length === 2);
  await invites();
  expect(state()).toBe("request-in");
  await vera.api.acceptRequest(group);
  await world.until("Vera is in", () => state() === "open" && isThere());
  await hears("here at last");
  expect(told()).toBe(1);
});

test("[GR61] who leaves is asked by nobody else before the members could hear it", async () => {
  const { world, ann, ben, vera, group, state, takesThePlace } = await board(9944);
  await ann.api.addMembers(group, [vera.account]);
  await world.until("Vera is in", () => state() === "open");
  await world.pass(5_000);
  // She misses a commit, and nobody is there to let her in.
  const dropped = dropPush(world, vera.device, "commit");
  await ann.api.renameGroup(group, "Board 2");
  await world.until("she misses it", () => dropped() === 1);
  await ann.say(group, "and on");
  world.network.cutOff(ben.device);
  await world.until("Vera is stopped", () => state() === "frozen");
  world.network.cutOff(ann.device);
  await vera.api.leaveGroup(group);
  await takesThePlace(await stranger(), { founding: 2 });
  expect(state()).toBe("frozen");
  for (const one of [ann, ben]) world.network.letBack(one.device);
  await world.until("Ann hears that she left", () => ann.view("conversation", group)?.members.length === 2, 900_000);
  expect(state()).toBe("left");
  expect(world.bugs()).toEqual([]);
});
