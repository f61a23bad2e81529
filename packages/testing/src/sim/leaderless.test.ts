/** A group that nobody leads any more (docs/spec/groups.md GR20.5, docs/spec/simulation.md SIM8). */
import { expect, test } from "bun:test";
import { isPushOf } from "../world/drops.ts";
import { check } from "./invariants.ts";
import { Simulation } from "./simulation.ts";

test("[GR20.5] [SIM8] who hands a group back to somebody whose leaving is on its way leaves it to those who stay", async () => {
  const sim = new Simulation(1, undefined, { files: false, deviceBackups: false });
  const { world } = sim;
  const [alice, granny, bob] = [await world.person("Alice"), await world.person("外婆"), await world.person("Bob")];
  const group = await world.group(alice, [granny, bob], "Dinner");
  await alice.api.setRole(group, granny.account, "admin");
  await world.until("Granny is an admin", () => granny.view("conversation", group)?.may.remove === true);
  await world.pass(2_000);
  const hasLeft = (one: typeof alice) => one.view("conversation", group)?.state === "left";

  world.network.meddle(granny.device, (frame) => (isPushOf(frame, "application") ? [] : [frame]));
  await alice.api.leaveGroup(group);
  await world.until("Alice has left", () => hasLeft(alice));
  await world.until("the group is Granny's", () => granny.view("conversation", group)?.may.appoint === true);
  await granny.api.leaveGroup(group, alice.account);
  await world.until("Granny has left", () => hasLeft(granny));
  world.network.meddle(granny.device, undefined);
  world.network.breakSockets(granny.device);
  const second = await world.linkDevice(alice);
  await world.pass(180_000);

  const members = bob.view("conversation", group)?.members ?? [];
  expect(members.map(({ role }) => role).toSorted()).toEqual(["admin", "member", "owner"]);
  await bob.api.renameGroup(group, "晚饭");
  await world.until("what every member may is done", () => bob.view("conversation", group)?.title === "晚饭");
  const disagreements = async () => (await check(sim)).flatMap((one) => (one.invariant === "I5" ? [one.why] : []));
  expect(await disagreements()).toEqual([]);

  // Had she heard it, she would have had to act on it.
  granny.disk.run(
    `INSERT INTO messages (conversation, author, id, at_ms, kind, body, state)
     SELECT conversation, ?, zeroblob(16), 0, 'leave', zeroblob(0), 'sent' FROM conversations WHERE kind = 'group'`,
    Buffer.from(alice.account, "hex"),
  );
  expect(await disagreements()).toEqual([`${second.device} is missing from ${group.slice(0, 6)}`]);
  sim.end();
});
