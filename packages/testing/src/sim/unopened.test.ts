import { expect, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import type { Person } from "../world/person.ts";
import { posts } from "./acts/malice.ts";
import { sayIn } from "./acts/talk.ts";
import { deviceOf, standings } from "./disk.ts";
import { check } from "./invariants.ts";
import { Simulation } from "./simulation.ts";

/** The seed's false path is one that Granny can open. */
const seed = 1;

/** Alice's device refuses its own false path; what Granny's first device says behind it, nobody else hears. */
async function granniesWords(): Promise<{
  sim: Simulation;
  alice: Person;
  granny: Person;
  second: Person;
  group: Hex;
}> {
  const sim = new Simulation(seed, undefined, { files: false, deviceBackups: false });
  const { world } = sim;
  const alice = await world.person("Alice");
  const granny = await world.person("外婆");
  await world.befriend(alice, granny);
  const group = await world.group(alice, [granny], "Dinner");
  await world.pass(2_000);
  world.network.cutOff(alice.device);
  const at = standings(alice.disk).find(({ conversation }) => conversation === group);
  if (at === undefined || !(await posts(sim, alice, at, "path"))) throw new Error("nothing was posted");
  sim.ledger.malice++;
  await world.pass(2_000);
  const words = sayIn(sim, granny, group);
  await world.until("it is sent", () =>
    granny.items(group).some(({ body, state }) => body.kind === "text" && body.text === words && state === "sent"),
  );
  await world.pass(60_000);
  const second = await world.linkDevice(granny);
  await world.until("the second device has it from the vault", () => second.reads(group).includes(words));
  granny.crash();
  world.network.letBack(alice.device);
  await world.until("Alice is in again", () => resyncs(alice, group) && founding(alice) === founding(second), 300_000);
  return { sim, alice, granny, second, group };

  function founding({ disk }: Person): number | undefined {
    const bytes = standings(disk).find(({ conversation }) => conversation === group)?.groupId ?? null;
    return disk.get<{ founding: number }>("SELECT founding FROM groups WHERE group_id = ?", bytes)?.founding;
  }
}

function resyncs(person: Person, group: Hex): boolean {
  const isResynced = standings(person.disk).some(
    ({ conversation, frozen }) => conversation === group && frozen === null,
  );
  return isResynced && person.client.diagnostics()["resync-rolled-back"] === 1;
}

async function lastWords({ sim, group }: { sim: Simulation; group: Hex }, people: readonly Person[]): Promise<void> {
  for (const person of people) sayIn(sim, person, group);
  await sim.world.pass(180_000);
}

test("[SIM7] I1 asks for no words behind a commit of malice that nobody who is left heard, though the vault has them", async () => {
  const all = await granniesWords();
  const { sim, alice, granny, second, group } = all;
  await sim.world.during(second.api.revokeDevice(deviceOf(granny.disk) ?? ""));
  await sim.world.pass(60_000);
  await granny.switchOn();
  await lastWords(all, [alice, second]);
  expect(alice.reads(group).some((text) => text.startsWith("外婆 1 #1"))).toBe(false);
  expect(await check(sim)).toEqual([]);
  sim.end();
});

test("[SIM7] [SY5] words behind a refused commit come with the next of their sender", async () => {
  const all = await granniesWords();
  const { sim, alice, granny, second, group } = all;
  await granny.switchOn();
  await sim.world.pass(60_000);
  await lastWords(all, [alice, granny, second]);
  expect(alice.reads(group).some((text) => text.startsWith("外婆 1 #1"))).toBe(true);
  expect(await check(sim)).toEqual([]);
  sim.end();
});
