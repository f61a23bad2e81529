/**
 * Who founds a group anew that they may not, or brings one where nobody is asked any more (docs/spec/groups.md GR10,
 * GR18, GR28).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { directConversationId, foundingMax, type GroupState } from "@yanshu/mls";
import { insertConversation, writeContact } from "@yanshu/store";
import { type Bytes, fromHex, historyOf } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { founds, foundsAtGate, foundsChat, packageBy, stranger } from "../world/strangers.ts";
import { conversationRow, crypto, groupOf } from "../world/turned.ts";
import { listAt } from "./accounts.ts";
import { deviceKeyOf } from "./evil-home.ts";

setDefaultTimeout(60_000);

function packageOf({ disk }: Person, lastResort: 0 | 1): Bytes {
  const row = disk.get<{ bytes: Bytes }>("SELECT bytes FROM key_packages WHERE last_resort = ?", lastResort);
  if (row === undefined) throw new Error("no package");
  return row.bytes;
}

/** Of a device that says it is `account`'s, and that no list ever named. */
async function ghostPackage(world: World, account: string): Promise<Bytes> {
  const { device, deviceKey } = await stranger();
  return packageBy(fromHex(account), device, deviceKey, world.clock.nowMs());
}

type Founds = (...how: Parameters<typeof foundsAtGate>) => Promise<void>;

/** Olga owns it, Ann and Mal are in it; Mal's device has been turned. */
async function board(seed: number) {
  const world = new World({ seed });
  const [olga, ann, mal] = [await world.person("Olga"), await world.person("Ann"), await world.person("Mal")];
  const group = await world.group(olga, [ann, mal], "Board");
  await world.pass(5_000);
  /** The group after it, as `by`'s device would found it; how often Ann refused by then. */
  const foundedBy = async (by: Person, change: Partial<GroupState> = {}, found: Founds = founds) => {
    const state = change.gate === undefined ? (await groupOf(ann, group)).state : (change as GroupState);
    const deviceKey = await deviceKeyOf(by);
    const founder = { deviceKey, history: historyOf(await listAt(world, by.account)), own: packageOf(by, 0) };
    const next = { ...state, founding: state.founding + 1, gate: crypto.random(32), ...change };
    await found(world, founder, packageOf(ann, 1), next);
    await world.pass(10_000);
    return [conversationRow(ann, group).founding, ann.client.diagnostics()["welcome-refused"] ?? 0];
  };
  return { world, olga, ann, mal, group, foundedBy };
}

test("[GR18] [GR10] a group is founded anew by who leads it, and not from a number far ahead", async () => {
  const { world, olga, mal, foundedBy } = await board(9901);
  expect(await foundedBy(mal, { roles: [{ account: fromHex(mal.account), role: "owner" }] })).toEqual([1, 1]);
  expect(await foundedBy(olga, { founding: foundingMax(1, world.clock.nowMs()) + 1 })).toEqual([1, 2]);
  expect(await foundedBy(olga)).toEqual([2, 2]);
});

test("[GR18] [GR81] a group is not taken, nor asked after, that comes with a device which its account never listed, though who leads it founds it", async () => {
  const { world, ann, mal, group, olga, foundedBy } = await board(9908);
  const withGhost =
    (account: string): Founds =>
    async (at, by, packages, state) =>
      founds(at, by, [packages as Bytes, await ghostPackage(world, account)], state, [
        historyOf(await listAt(world, account)),
      ]);
  for (const [times, { account }] of [mal, ann, olga].entries())
    expect(await foundedBy(olga, {}, withGhost(account))).toEqual([1, times + 1]);
  expect(ann.client.diagnostics()["resync-invited-late"]).toBeUndefined();
  expect(ann.view("conversation", group)?.members).toHaveLength(3);
  expect(await foundedBy(olga)).toEqual([2, 3]);
});

test("[GR70] [GR71] [GR72] an admin who founds a group anew without its owner takes nothing over unseen, and the owner goes on above it", async () => {
  const { world, olga, ann, mal, group, foundedBy } = await board(9906);
  await olga.api.setRole(group, mal.account, "admin");
  await world.until("Mal is an admin", () => roles(ann, group) === 2);
  const roleOfMal = [{ account: fromHex(mal.account), role: "owner" as const }];
  const previous = { groupId: crypto.random(32), epoch: 1 };
  expect(await foundedBy(mal, { roles: roleOfMal, previous }, foundsAtGate)).toEqual([expect.any(Number), 0]);
  expect(ann.lines(group).join(" ")).toContain("recreated founded-without role");
  await world.until("Olga goes on above it", () => conversationRow(ann, group).founding === 3, 300_000);
  for (const one of [olga, ann]) expect(owner(one, group)).toBe(olga.account);
  await ann.say(group, "here again");
  await world.until("Olga reads", () => olga.reads(group).includes("here again"));
  expect(olga.lines(group)).not.toContain("you-were-removed");
  expect(world.bugs()).toEqual([]);
});

function owner(one: Person, group: string) {
  return one.view("conversation", group)?.members.find(({ role }) => role === "owner")?.account;
}

function roles(one: Person, group: string) {
  return one.view("conversation", group)?.members.filter(({ role }) => role !== "member").length;
}

test("[GR71] who is left out of a founding by somebody who tells them nothing is told that they are out", async () => {
  const { world, olga, ann, mal, group, foundedBy } = await board(9907);
  await olga.api.setRole(group, ann.account, "admin");
  await world.until("Ann leads", () => roles(mal, group) === 2);
  expect(await foundedBy(olga, {}, foundsAtGate)).toEqual([2, 0]);
  expect(ann.lines(group).slice(-2)).toEqual(["recreated", "founded-without"]);
  await world.until("Mal is told", () => mal.lines(group).includes("you-were-removed"), 900_000);
  expect(world.bugs()).toEqual([]);
});

test("[GR18] who left a group is not brought in again by a number far ahead", async () => {
  const { world, olga, ann, group, foundedBy } = await board(9904);
  const { state } = await groupOf(ann, group);
  await ann.api.leaveGroup(group);
  await world.until("she is out", () => olga.view("conversation", group)?.members.length === 2);
  const far = { ...state, founding: foundingMax(1, world.clock.nowMs()) + 1, gate: crypto.random(32) };
  expect(await foundedBy(olga, far)).toEqual([1, 1]);
  expect(ann.view("conversation", group)?.state).toBe("left");
});

test("[GR28] [GR18] a group that its owner ended is opened again by nobody", async () => {
  const { world, olga, ann, group, foundedBy } = await board(9902);
  const { state } = await groupOf(ann, group);
  await olga.api.dissolveGroup(group);
  await world.until("it has ended", () => ann.view("conversation", group)?.state === "dissolved");
  expect(await foundedBy(olga, { ...state, founding: 2, gate: crypto.random(32) })).toEqual([1, 1]);
  expect(ann.view("conversation", group)?.state).toBe("dissolved");
});

test("[GR18] though a hundred wait, who waits already, is known, or was asked by their link comes in", async () => {
  const world = new World({ seed: 9903 });
  const [ann, ben, eve] = [await world.person("Ann"), await world.person("Ben"), await world.person("Eve")];
  await world.befriend(ann, ben);
  const choir = await world.group(eve, [await world.person("Dan")], "Choir");
  await world.during(eve.api.makeGroupLink(choir, { days: 7 }));
  await world.pass(10_000);
  const link = (await world.during(eve.api.groupLink(choir))) ?? "";
  const one = await stranger();
  await foundsChat(world, one, packageOf(ann, 1));
  await world.until("they wait", () => ann.view("requests").length === 1);
  for (let n = 0; n < 99; n++)
    insertConversation(ann.disk, { conversation: crypto.random(32), kind: "direct", state: "request-in", activeMs: 0 });
  const full = () => ann.client.diagnostics()["requests-full"] ?? 0;
  await foundsChat(world, await stranger(), packageOf(ann, 1));
  await world.pass(5_000);
  expect(full()).toBe(1);
  await foundsChat(world, one, packageOf(ann, 1));
  const band = await ben.api.createGroup({ name: "Band", accounts: [ann.account] });
  await ann.api.joinGroup(link);
  const isIn = (group: string) => ann.view("conversation", group)?.state === "open";
  await world.until("Ann is in both", () => isIn(band) && isIn(choir));
  expect(full()).toBe(1);
});

test("[GR18] a chat that somebody founds waits for a word, but of who was asked, is a contact, or is written with already", async () => {
  const world = new World({ seed: 9905 });
  const ann = await world.person("Ann");
  const stateOf = async (prepare: (account: Bytes, conversation: Bytes) => void) => {
    const one = await stranger();
    const conversation = directConversationId(crypto.sha256, one.account, fromHex(ann.account));
    prepare(one.account, conversation);
    await foundsChat(world, one, packageOf(ann, 1));
    await world.pass(5_000);
    return ann.disk.get<{ state: string }>("SELECT state FROM conversations WHERE conversation = ?", conversation)
      ?.state;
  };
  const as = (state: "requested" | "contact") => stateOf((account) => writeContact(ann.disk, account, { state }, 1));
  expect(await stateOf(() => undefined)).toBe("request-in");
  // Also where no more may wait.
  for (let n = 0; n < 99; n++)
    insertConversation(ann.disk, { conversation: crypto.random(32), kind: "direct", state: "request-in", activeMs: 0 });
  expect(await stateOf(() => undefined)).toBeUndefined();
  expect([await as("requested"), await as("contact")]).toEqual(["open", "open"]);
  const open = { kind: "direct", state: "open", activeMs: 0 } as const;
  const held = await stateOf((account, conversation) =>
    insertConversation(ann.disk, { conversation, peer: account, ...open }),
  );
  expect(held).toBe("open");
});
