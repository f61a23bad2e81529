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
import { Simulation } from "./simulation.ts";

async function friends(): Promise<{ sim: Simulation; alice: Person; granny: Person; chat: Hex }> {
  const sim = new Simulation(1, undefined, { files: false, deviceBackups: false });
  const { world } = sim;
  const alice = await world.person("Alice");
  const granny = await world.person("外婆");
  const chat = await world.befriend(alice, granny);
  await world.pass(2_000);
  sim.copies.set(granny, { disk: granny.takeSnapshot(), pair: pairOf(granny.disk).current ?? "" });
  world.network.breakSockets(granny.device); // It signs in again, so home knows the copy by its pair.
  await world.pass(60_000);
  return { sim, alice, granny, chat };
}

/** Home lets the old copy of the first device's disk in no more, and the second takes it off the list. */
async function comesBack(sim: Simulation, granny: Person): Promise<void> {
  expect(restoreDisk(sim)).toBe(`${granny.device} gets back an old copy of its disk`);
  await granny.switchOn();
  await sim.world.pass(10_000);
  expect(granny.view("status").phase).toBe("signed-out");
  expect(revokePhantoms(sim)).toBe(1);
  await sim.world.pass(180_000);
}

/** The second device of hers, which is listed and knows of no chat: the first lost power as it was about to tell. */
async function emptySecond({ world, faults }: Simulation, granny: Person): Promise<Person> {
  const second = await world.beginLinking(granny);
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
  const { sim, alice, granny, chat } = await friends();
  const { world } = sim;
  const second = await emptySecond(sim, granny);
  await world.during(granny.api.block(alice.account));
  await comesBack(sim, granny);
  expect(second.view("conversation", chat)).toBeUndefined();
  sayIn(sim, alice, chat);
  await world.pass(180_000);
  expect(await check(sim)).toEqual([]);
  sim.end();
});

test("[SIM8] nobody has to agree where a device that had blocked is revoked, and takes it back without knowing that", async () => {
  const { sim, alice, granny, chat } = await friends();
  const { world } = sim;
  const second = await emptySecond(sim, granny);
  world.network.cutOff(granny.device);
  granny.api.block(alice.account).catch(() => undefined);
  await world.pass(1_000);
  revokeBy(sim, second, deviceOf(granny.disk) ?? "");
  await world.pass(5_000);
  granny.api.unblock(alice.account).catch(() => undefined);
  await world.pass(1_000);
  world.network.letBack(granny.device);
  sayIn(sim, alice, chat);
  await world.pass(180_000);
  expect(granny.view("status").phase).toBe("signed-out");
  expect(second.view("conversation", chat)).toBeUndefined();
  expect(await check(sim)).toEqual([]);
  sim.end();
});

test("[SIM8] a chat whose block went with a disk is held to all where another device of that account is in it", async () => {
  const { sim, alice, granny, chat } = await friends();
  const { world } = sim;
  const second = await world.linkDevice(granny);
  await world.pass(60_000);
  world.network.cutOff(granny.device);
  granny.api.block(alice.account).catch(() => undefined);
  await world.pass(2_000);
  expect(looseIn(sim)).toEqual(new Set([chat]));
  world.network.letBack(granny.device);
  await comesBack(sim, granny);
  expect(looseIn(sim)).toEqual(new Set());
  const words = sayIn(sim, alice, chat);
  await world.pass(180_000);
  expect(second.reads(chat)).toContain(words);
  expect(await check(sim)).toEqual([]);
  sim.end();
});
