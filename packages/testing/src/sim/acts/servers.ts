/** Misfortunes of several servers and of what is between them: lines to the database, the database itself, calls. */
import type { Simulation } from "../simulation.ts";
import type { Act } from "./act.ts";
import { later, oneServer } from "./faults.ts";

/** Its devices are closed within this; what begins in the last step ends before all is mended. */
const drainMsMax = 800;

export const end: Act = (sim) => {
  const { world } = sim;
  if (world.serversUp.length < 2) return undefined;
  const number = sim.chance.pick(world.serversUp);
  void world.endServer(number, sim.chance.below(drainMsMax));
  return `server ${number} is told to end`;
};

export const crashAll: Act = (sim) => {
  const { world } = sim;
  if (!world.isServerUp) return undefined;
  later(sim, () => {
    for (const number of world.serversUp) world.crashServer(number);
  });
  return "all servers crash";
};

export const cut: Act = (sim) => {
  const { world } = sim;
  const number = oneServer(sim, world.serversUp);
  if (number === undefined) return undefined;
  const awayMs = awayMsOf(sim);
  later(sim, () => world.several?.cut(number, awayMs));
  return `the line of server ${number} breaks for ${awayMs} ms`;
};

export const cutAtCommit: Act = (sim) => {
  const number = oneServer(sim, sim.world.serversUp);
  if (number === undefined) return undefined;
  const { chance } = sim;
  const when = chance.pick(["before", "after"] as const);
  const ofMessages = chance.next() < 0.8;
  const awayMs = chance.next() < 0.5 ? chance.below(doubtMsMax) : awayMsOf(sim);
  sim.world.several?.cutAtCommit(number, { when, ofMessages, awayMs });
  return `the line of server ${number} breaks ${when} its next commit${ofMessages ? " of messages" : ""} for ${awayMs} ms`;
};

export const loseDatabase: Act = (sim) => {
  const awayMs = awayMsOf(sim);
  later(sim, () => {
    for (const number of sim.world.serversUp) sim.world.several?.cut(number, awayMs);
  });
  return `the database is away for ${awayMs} ms`;
};

export const loseCalls: Act = (sim) => {
  const { several, clock } = sim.world;
  if (several === undefined || several.callsAreLost) return undefined;
  const awayMs = sim.chance.below(callsMsMax);
  several.callsAreLost = true;
  clock.after(awayMs, () => {
    several.callsAreLost = false;
  });
  return `nothing carries calls for ${awayMs} ms`;
};

const callsMsMax = 30_000;
/** While it cannot be found out whether what was committed happened. */
const doubtMsMax = 2_000;
/** Mostly it comes again at once; now and then so late that others take the server for dead. */
const awayMsMax = 90_000;

function awayMsOf({ chance }: Simulation): number {
  const kind = chance.next();
  if (kind < 0.6) return 0;
  return kind < 0.9 ? chance.below(3_000) : chance.below(awayMsMax);
}
