/** A block of which no device that is left knows (docs/spec/simulation.md SIM8). */
import { expect, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import type { Person } from "../world/person.ts";
import { stepOf } from "../world/world.ts";
import { restoreDisk } from "./acts/copies.ts";
import { revokeBy, revokePhantoms } from "./acts/devices.ts";
import { sayIn } from "./acts/talk.ts";
import { deviceOf, pairOf } from "./disk.ts";
import { check } from "./invariants.ts";
import { looseIn } from "./losses.ts";
import { Town } from "./town.ts";

async function friends(): Promise<{ town: Town; alice: Person; granny: Person; chat: Hex }> {
  const town = new Town(1, undefined, { files: false, keepsakes: false });
  const { world } = town;
  const alice = await world.person("Alice");
  const granny = await world.person("外婆");
  const chat = await world.befriend(alice, granny);
  await world.pass(2_000);
  town.copies.set(granny, { disk: granny.takeSnapshot(), pair: pairOf(granny.disk).current ?? "" });
  world.network.breakSockets(granny.device); // It signs in again, so home knows the copy by its pair.
  await world.pass(60_000);
  return { town, alice, granny, chat };
}

/** Home lets the old copy of the first device's disk in no more, and the second takes it off the list. */
async function comesBack(town: Town, granny: Person): Promise<void> {
  expect(restoreDisk(town)).toBe(`${granny.device} gets back an old copy of its disk`);
  await granny.switchOn();
  await town.world.pass(10_000);
  expect(granny.view("status").phase).toBe("signed-out");
  expect(revokePhantoms(town)).toBe(1);
  await town.world.pass(180_000);
}

/** The second device of hers, which is listed and knows of no chat: the first lost power as it was about to tell. */
async function emptySecond({ world, faults }: Town, granny: Person): Promise<Person> {
  const second = await world.device("外婆");
  await world.during(second.api.startLinking());
  const shown = second.view("linking");
  if (shown.side !== "new" || shown.step !== "show") throw new Error("the new device shows no link");
  await world.during(granny.api.scanDevice(shown.link));
  await world.until("both show words", () => stepOf(granny) === "compare" && stepOf(second) === "compare");
  second.api.confirmJoin(true).catch(() => undefined);
  granny.api.confirmWords(true).catch(() => undefined);
  await world.until("the first device is to add the second", () => stepOf(granny) === "adding");
  faults.failPowerAfter(granny, 0);
  await world.until("the second device is in", () => stepOf(second) === "done" && !granny.isOn);
  await granny.switchOn();
  await world.pass(1_000);
  return second;
}

test("[SIM8] nobody has to agree where the one disk that knew of a block is gone, and the chat with it", async () => {
  const { town, alice, granny, chat } = await friends();
  const { world } = town;
  const second = await emptySecond(town, granny);
  await world.during(granny.api.block(alice.account));
  await comesBack(town, granny);
  expect(second.view("conversation", chat)).toBeUndefined();
  sayIn(town, alice, chat);
  await world.pass(180_000);
  expect(await check(town)).toEqual([]);
  town.end();
});

test("[SIM8] nobody has to agree where a device that had blocked is revoked, and takes it back without knowing that", async () => {
  const { town, alice, granny, chat } = await friends();
  const { world } = town;
  const second = await emptySecond(town, granny);
  world.network.cutOff(granny.device);
  granny.api.block(alice.account).catch(() => undefined);
  await world.pass(1_000);
  revokeBy(town, second, deviceOf(granny.disk) ?? "");
  await world.pass(5_000);
  granny.api.unblock(alice.account).catch(() => undefined);
  await world.pass(1_000);
  world.network.letBack(granny.device);
  sayIn(town, alice, chat);
  await world.pass(180_000);
  expect(granny.view("status").phase).toBe("signed-out");
  expect(second.view("conversation", chat)).toBeUndefined();
  expect(await check(town)).toEqual([]);
  town.end();
});

test("[SIM8] a chat whose block went with a disk is held to all where another device of that account is in it", async () => {
  const { town, alice, granny, chat } = await friends();
  const { world } = town;
  const second = await world.linkDevice(granny);
  await world.pass(60_000);
  world.network.cutOff(granny.device);
  granny.api.block(alice.account).catch(() => undefined);
  await world.pass(2_000);
  expect(looseIn(town)).toEqual(new Set([chat]));
  world.network.letBack(granny.device);
  await comesBack(town, granny);
  expect(looseIn(town)).toEqual(new Set());
  const words = sayIn(town, alice, chat);
  await world.pass(180_000);
  expect(second.reads(chat)).toContain(words);
  expect(await check(town)).toEqual([]);
  town.end();
});
