/** For whom a word is (docs/spec/simulation.md I8, docs/spec/sync.md SY2). */
import { expect, test } from "bun:test";
import { sayIn, tapAll } from "./acts/talk.ts";
import { check } from "./invariants.ts";
import { Simulation } from "./simulation.ts";

test("[SIM7] I8 holds a tap to be for those alone whom its device showed there", async () => {
  const sim = new Simulation(1, undefined, { files: false, deviceBackups: false });
  const { world } = sim;
  const [alice, bob, granny] = [await world.person("Alice"), await world.person("Bob"), await world.person("外婆")];
  await world.befriend(alice, granny);
  const group = await world.group(alice, [bob], "Dinner");
  await world.pass(2_000);
  world.network.cutOff(bob.device);
  const words = sayIn(sim, bob, group);
  await world.until("it shows as not sent", () => bob.items(group).at(-1)?.state === "failed");
  expect(tapAll(sim, bob)).toBe(1);
  await alice.api.addMembers(group, [granny.account]);
  await world.until("Granny is in", () => granny.view("conversation", group)?.state === "open");
  bob.disk.run("UPDATE outbox SET roster = NULL"); // As if it had been meant for all who come.
  world.network.letBack(bob.device);
  await world.until("Granny reads it", () => granny.reads(group).includes(words));
  await world.pass(180_000);
  expect((await check(sim)).map(({ why }) => why)).toEqual([
    `step 0: ${granny.device} reads "${words}", which was not for it`,
  ]);
  sim.end();
});

test("[SIM7] [SY2] I8 lets somebody read who came before the last tap", async () => {
  const sim = new Simulation(2, undefined, { files: false, deviceBackups: false });
  const { world } = sim;
  const [alice, bob, granny] = [await world.person("Alice"), await world.person("Bob"), await world.person("外婆")];
  await world.befriend(alice, granny);
  const group = await world.group(alice, [bob], "Dinner");
  world.network.cutOff(bob.device);
  const words = sayIn(sim, bob, group);
  await alice.api.addMembers(group, [granny.account]);
  await world.until("Granny is in", () => granny.view("conversation", group)?.state === "open");
  world.network.letBack(bob.device);
  await world.until("it waits", () => bob.items(group).some(({ state }) => state === "waiting-tap"));
  expect(tapAll(sim, bob)).toBe(1);
  await world.until("Granny reads it", () => granny.reads(group).includes(words));
  await world.pass(180_000);
  expect(await check(sim)).toEqual([]);
  sim.end();
});
