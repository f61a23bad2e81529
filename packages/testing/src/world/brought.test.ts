/** Whom a member brings along: nobody whom the others did not meet by the group's own commits (GR9.7, SY8). */
import { expect, test } from "bun:test";
import { encodeMessage } from "@yanshu/content";
import { createMls, type GroupState, randomConversationId } from "@yanshu/mls";
import { swappedLeaf } from "@yanshu/mls/testing";
import { insertConversation, writeComeback, writeRoster } from "@yanshu/store";
import { fromHex, toHex } from "@yanshu/wire";
import type { Person } from "./person.ts";
import { founds, foundsChat, type Stranger, stranger, withGhost } from "./strangers.ts";
import { crypto, groupOf, post, postAsCommit, sayInTheDark } from "./turned.ts";
import { World } from "./world.ts";

const met = (person: Person) =>
  person.disk
    .all<{ account: Uint8Array }>("SELECT account FROM accounts ORDER BY account")
    .map((row) => toHex(row.account));
const nameOf = (person: Person, account: string) =>
  person.disk.get<{ name: string }>("SELECT name FROM people WHERE account = ?", fromHex(account))?.name;

async function board(seed: number) {
  const world = new World({ seed });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const id = await world.group(ann, [ben, mal], "Board");
  await world.pass(5_000);
  return { world, ann, ben, mal, id };
}

test("[GR9.7] device lists that come beside a message, or are of nobody whom a commit adds, are not kept", async () => {
  const { world, ann, ben, mal, id } = await board(101);
  const before = met(ben);
  const histories = (await Promise.all([stranger(), stranger(), stranger()])).map(({ history }) => history);
  const group = await groupOf(mal, id);
  const mls = createMls(crypto, { nowMs: world.clock.nowMs });
  const message = encodeMessage({
    id: crypto.random(16),
    seq: 9,
    seen: [],
    authenticator: group.keys.authenticator.subarray(0, 16),
    sentAtMs: world.clock.nowMs(),
    body: { kind: "text", text: "look who is here", mentions: [] },
  });
  const said = await mls.protect(group, message);
  const { gate } = group.state;
  const token = group.keys.postToken;
  await post(
    world,
    group,
    said.message,
    () => ({ mode: "application", gate, epoch: group.epoch, token }),
    histories.slice(0, 1),
  );
  await world.until("Ben reads", () => ben.reads(id).includes("look who is here"));
  expect(met(ben)).toEqual(before);
  const ownDelivery = group.members.find(({ leaf }) => leaf === group.ownLeaf);
  const prepared = ownDelivery && (await mls.prepare(said.group, { ownDelivery }, () => "listed"));
  if (prepared === undefined || "refused" in prepared) throw new Error(prepared?.refused);
  mal.crash(); // His own client would ask to be let in again.
  await postAsCommit(world, group, prepared.commit, prepared.next, histories.slice(1));
  await world.pass(5_000);
  expect((await groupOf(ben, id)).epoch).toBe(prepared.next.epoch);
  expect(met(ben)).toEqual(before);
  await ann.say(id, "we go on");
  await world.until("Ben reads on", () => ben.reads(id).includes("we go on"));
  expect(world.bugs()).toEqual([]);
});

test("[GR9.7] a person who is added is known by their own list to those who never met them", async () => {
  const { world, ann, ben, id } = await board(102);
  const cat = await world.person("Cat");
  await world.befriend(ann, cat);
  expect(met(ben)).not.toContain(cat.account);
  await ann.api.addMembers(id, [cat.account]);
  await world.until("Cat is in", () => cat.view("conversation", id)?.state === "open");
  await cat.say(id, "good evening");
  await world.until("Ben reads Cat", () => ben.reads(id).includes("good evening"));
  expect(met(ben)).toContain(cat.account);
  await ben.say(id, "welcome");
  await world.until("Cat reads Ben", () => cat.reads(id).includes("welcome"));
  expect(world.bugs()).toEqual([]);
});

test("[GR5.5a] a revoked device that another member adds is refused by all, and told of; the group goes on", async () => {
  const world = new World({ seed: 105 });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const tablet = await world.linkDevice(ben);
  const drawn = tablet.disk.get<{ bytes: Uint8Array }>("SELECT bytes FROM key_packages WHERE last_resort = 0");
  const device = tablet.view("status").me?.device;
  if (drawn === undefined || device === undefined) throw new Error("no tablet");
  const id = await world.group(ann, [ben, mal], "Board");
  await world.during(ben.api.revokeDevice(device));
  const devicesOf = async (person: Person) => (await groupOf(person, id)).members.map((one) => toHex(one.device));
  await ben.say(id, "my tablet is gone");
  await world.until("all know", () => ann.reads(id).length > 0 && mal.reads(id).length > 0);
  await world.pass(60_000);
  expect(await devicesOf(mal)).not.toContain(device);
  const group = await groupOf(mal, id);
  const { commit, next } = await swappedLeaf(crypto, group, undefined, drawn.bytes);
  mal.crash();
  await postAsCommit(world, group, commit, next);
  await world.pass(120_000);
  for (const one of [ann, ben]) {
    expect(one.client.diagnostics()["refused-not-allowed"]).toBe(1);
    expect(one.lines(id)).toContain("device-refused");
    expect(await devicesOf(one)).not.toContain(device);
  }
  await ann.say(id, "we go on");
  await world.until("Ben reads on", () => ben.reads(id).includes("we go on"));
  expect(world.bugs()).toEqual([]);
});

test("[SY8] an introduction counts from a member of a group, of those who are in it, and not from the future", async () => {
  const { world, ann, ben, mal, id } = await board(103);
  const dan = await stranger();
  const chat = await world.befriend(mal, ben);
  await world.pass(5_000);
  const ahead = world.clock.nowMs() + 400 * 86_400_000;
  ben.disk.run("UPDATE people SET own_word = 0, stamp_ms = 1 WHERE account = ?", fromHex(ann.account));
  const introduce = (account: Uint8Array, name: string) => ({
    kind: "introduce" as const,
    people: [{ account, name }],
  });
  await sayInTheDark(world, mal, chat, [introduce(fromHex(ann.account), "Not Ann"), introduce(dan.account, "Dan")]);
  await world.pass(5_000);
  expect([nameOf(ben, ann.account), nameOf(ben, toHex(dan.account))]).toEqual(["Ann", undefined]);
  await sayInTheDark(
    world,
    mal,
    id,
    [introduce(dan.account, "Dan"), introduce(fromHex(ann.account), "Anna")],
    1,
    ahead,
  );
  await world.pass(5_000);
  expect([nameOf(ben, ann.account), nameOf(ben, toHex(dan.account))]).toEqual(["Anna", undefined]);
  const stamp = ben.disk.get<{ stamp_ms: number }>(
    "SELECT stamp_ms FROM people WHERE account = ?",
    fromHex(ann.account),
  );
  expect(stamp?.stamp_ms).toBeLessThanOrEqual(world.clock.nowMs());
});

test("[GR29] nobody retells what somebody is called who is not in the group", async () => {
  const { world, ben, mal, id } = await board(104);
  const { account } = await stranger();
  await sayInTheDark(world, mal, id, [
    { kind: "nicknames", items: [{ account, name: "Dan", stampMs: 1 }], retold: true },
  ]);
  await world.pass(5_000);
  expect(ben.disk.all("SELECT 1 FROM nicknames")).toEqual([]);
});

test("[GR18] of a Welcome only its members' device lists are kept", async () => {
  const world = new World({ seed: 166 });
  const ann = await world.person("Ann");
  const last = ann.disk.get<{ bytes: Uint8Array }>("SELECT bytes FROM key_packages WHERE last_resort = 1");
  const [one, other] = [await stranger(), await stranger()];
  await foundsChat(world, one, last?.bytes ?? new Uint8Array(), [other.history]);
  await world.until("it is there", () => ann.view("requests").length === 1);
  const isKnown = ({ account }: typeof one) =>
    ann.disk.get("SELECT 1 FROM accounts WHERE account = ?", account) !== undefined;
  expect([isKnown(one), isKnown(other)]).toEqual([true, false]);
});

test("[GR18] [GR9] a Welcome by a device that its account's list never named opens no chat", async () => {
  const world = new World({ seed: 167 });
  const ann = await world.person("Ann");
  const last = ann.disk.get<{ bytes: Uint8Array }>("SELECT bytes FROM key_packages WHERE last_resort = 1");
  const one = await stranger();
  await foundsChat(world, await withGhost(one), last?.bytes ?? new Uint8Array());
  await world.pass(10_000);
  expect([ann.view("requests").length, ann.client.diagnostics()["welcome-refused"]]).toEqual([0, 1]);
  await foundsChat(world, one, last?.bytes ?? new Uint8Array());
  await world.until("the honest one is there", () => ann.view("requests").length === 1);
});

test("[GR18] who was declined may ask once more, by another chat of the two", async () => {
  const world = new World({ seed: 168 });
  const ann = await world.person("Ann");
  const last = ann.disk.get<{ bytes: Uint8Array }>("SELECT bytes FROM key_packages WHERE last_resort = 1");
  const one = await stranger();
  for (let i = 0; i < 2; i++) {
    await foundsChat(world, one, last?.bytes ?? new Uint8Array());
    await world.until("it is asked", () => ann.view("requests").length === 1);
    await ann.api.declineRequest(ann.view("requests")[0]?.conversation ?? "");
    expect(ann.view("requests")).toEqual([]);
  }
});

test("[GR31] [GR18] [GR73] nobody poses as a group that a device waits to be let in to again, or waited for in vain", async () => {
  const world = new World({ seed: 169 });
  const ann = await world.person("Ann");
  const last = ann.disk.get<{ bytes: Uint8Array }>("SELECT bytes FROM key_packages WHERE last_resort = 1");
  const [one, conversation] = [await stranger(), randomConversationId(crypto)];
  insertConversation(ann.disk, { conversation, kind: "group", state: "open", title: "Choir", activeMs: 0 });
  const [addresses, leaf, nowMs] = [Uint8Array.of(0x80), crypto.random(16), world.clock.nowMs()];
  const waits = {
    conversation,
    founding: 1,
    addresses,
    leaf,
    address: null,
    since_ms: nowMs,
    asked_ms: nowMs,
    tries: 1,
  };
  writeComeback(ann.disk, waits);
  const choir: GroupState = {
    policyVersion: 1,
    conversation,
    kind: "group",
    founding: 1,
    gate: crypto.random(32),
    gateServer: "yan.test",
    name: "Choir",
    roles: [{ account: one.account, role: "owner" }],
    announcement: "",
    settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
  };
  const refusals = async (by: Stranger) => {
    await founds(world, { ...by, own: await by.keyPackage(nowMs) }, last?.bytes ?? new Uint8Array(), {
      ...choir,
      gate: crypto.random(32),
      roles: [{ account: by.account, role: "owner" }],
    });
    await world.pass(10_000);
    return ann.client.diagnostics()["welcome-refused"];
  };
  const groupOfAnn = () => ann.disk.get("SELECT group_id FROM conversations WHERE conversation = ?", conversation);
  expect(await refusals(one)).toBe(1);
  expect(groupOfAnn()).toEqual({ group_id: null });
  // Nobody let Ann in for thirty days: the chat stands there with its people, who may still do so.
  const olga = await stranger();
  const members = [{ account: olga.account, role: "owner" as const }];
  ann.disk.run("DELETE FROM comebacks");
  writeRoster(ann.disk, conversation, {
    title: "Choir",
    avatar: undefined,
    adminsAdd: false,
    adminsEdit: false,
    members,
  });
  expect(await refusals(one)).toBe(2);
  expect(groupOfAnn()).toEqual({ group_id: null });
  expect(await refusals(olga)).toBe(2);
  expect(groupOfAnn()).not.toEqual({ group_id: null });
});
