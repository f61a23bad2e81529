/**
 * P4: forked traffic. The gate takes two commits of one epoch and shows each half of the group one
 * of them: two servers over two copies of one database, and each device is led to one of the two.
 */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, nodePrimitives, openSqliteLog } from "@yanshu/server";
import { worldDomain } from "../../world/person.ts";
import { publicHome, type World } from "../../world/world.ts";
import { allOf } from "../check.ts";
import { type Attack, comesTrue, count, isOpen, people, watchedWorld } from "./attack.ts";
import { diagnosticsOf, noticed } from "./operator.ts";

export const forked: Attack = async (weakness = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-fork-"));
  try {
    return await fork(folder, weakness);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

async function fork(folder: string, weakness: Parameters<Attack>[0] = {}) {
  const world = watchedWorld(531, weakness, { logPath: join(folder, "one.db") });
  const [ann, ben, cat, dan] = await people(world, "Ann", "Ben", "Cat", "Dan");
  const everyone = [ann, ben, cat, dan];
  const group = await world.group(ann, [ben, cat, dan], "One");
  await dan.say(group, "all together");
  await world.until("all read", () => everyone.every((one) => one.reads(group).includes("all together")));
  await world.pass(10_000);

  const second = secondServer(world, join(folder, "one.db"), join(folder, "two.db"));
  const half = new Set([cat.device, dan.device]);
  world.network.serve((sink, owner) => (half.has(owner) ? second.server : world.server).connect(sink, owner));
  await world.until("all are back", () => everyone.every((one) => one.view("status").network === "online"));
  await ann.api.renameGroup(group, "North");
  await cat.api.renameGroup(group, "South");
  const titles = () => everyone.map((one) => one.view("conversation", group)?.title).join();
  const took = await comesTrue(world, () => titles() === "North,North,South,South");
  await ben.say(group, "said in the north");
  await dan.say(group, "said in the south");
  await comesTrue(world, () => count(ann, group, "said in the north") + count(cat, group, "said in the south") === 2);

  // The two halves cannot be kept apart for ever: one message from the other side shows the fork.
  world.network.serve((sink, owner) => world.server.connect(sink, owner));
  await world.until("all are back", () => everyone.every((one) => one.view("status").network === "online"));
  await ben.say(group, "does everybody read this?");
  const seen = await comesTrue(world, () =>
    [cat, dan].every((one) => noticed(one, "fork", "resync-gate", "resync-fork") > 0),
  );
  const told = await comesTrue(world, () => everyone.some((one) => one.lines(group).includes("fork")));
  const recreated = await comesTrue(
    world,
    () => new Set(titles().split(",")).size === 1 && everyone.every((one) => isOpen(one, group)),
    240_000,
  );
  await ann.say(group, "from the owner");
  await dan.say(group, "from the south");
  const mended = await comesTrue(world, () =>
    everyone.every((one) => count(one, group, "from the owner") === 1 && count(one, group, "from the south") === 1),
  );
  await world.pass(60_000);
  second.end();
  const apart = ["said in the north", "said in the south", "does everybody read this?"];
  return allOf(
    "P4.forked",
    "two commits of one epoch, one shown to each half: seen as a fork at the first message between them, and mended by a new group",
    {
      noticed: seen,
      "told in a line": told,
      "let in again by a new group": recreated && everyone.some((one) => one.lines(group).includes("recreated")),
      "all read all again": mended,
      "what was said apart arrives, or its loss is told": everyone.every((one) =>
        apart.every((text) => count(one, group, text) === 1 || one.lines(group).includes("lost")),
      ),
      "nothing doubled": everyone.every((one) => apart.every((text) => count(one, group, text) <= 1)),
    },
    took,
    diagnosticsOf(...everyone),
  );
}

/**
 * Another server over a copy of the database, at the same name, with the same key and incarnation. Who
 * lives where it keeps together with the first: else the next sign-in would show the copy.
 */
function secondServer(world: World, from: string, to: string) {
  world.server.flush();
  world.log.tidy();
  copyFileSync(from, to);
  const log = openSqliteLog(to);
  const server = createServer({
    log: { ...log, accounts: world.log.accounts },
    clock: world.clock,
    random: world.chance.fork().bytes,
    primitives: nodePrimitives,
    provides: publicHome(world.keyFill, world.films),
    fanout: { publish: () => undefined },
    config: {
      domain: worldDomain,
      topicFrom: 1_000, // Socket by socket: topics are the network's, and belong to the first server.
      registrationsPerHour: { standing: 10_000 },
      registrationsPerDay: { member: 10_000, members: 10_000 },
      callsPerMinute: { connection: 100_000, prefix: 1_000_000 },
    },
  });
  return {
    server,
    end: () => {
      server.stop();
      log.close();
    },
  };
}
