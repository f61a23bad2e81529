/** Misfortunes of several servers and of what is between them: lines to the database, the database itself, calls. */
import type { Town } from "../town.ts";
import type { Act } from "./act.ts";
import { later, oneServer } from "./faults.ts";

/** Its devices are closed within this; what begins in the last step ends before all is mended. */
const drainMsMax = 800;

export const end: Act = (town) => {
  const { world } = town;
  if (world.serversUp.length < 2) return undefined;
  const number = town.chance.pick(world.serversUp);
  void world.endServer(number, town.chance.below(drainMsMax));
  return `server ${number} is told to end`;
};

export const crashAll: Act = (town) => {
  const { world } = town;
  if (!world.isServerUp) return undefined;
  later(town, () => {
    for (const number of world.serversUp) world.crashServer(number);
  });
  return "all servers crash";
};

export const cut: Act = (town) => {
  const { world } = town;
  const number = oneServer(town, world.serversUp);
  if (number === undefined) return undefined;
  const awayMs = awayMsOf(town);
  later(town, () => world.several?.cut(number, awayMs));
  return `the line of server ${number} breaks for ${awayMs} ms`;
};

export const cutAtCommit: Act = (town) => {
  const number = oneServer(town, town.world.serversUp);
  if (number === undefined) return undefined;
  const { chance } = town;
  const when = chance.pick(["before", "after"] as const);
  const ofMessages = chance.next() < 0.8;
  const awayMs = chance.next() < 0.5 ? chance.below(doubtMsMax) : awayMsOf(town);
  town.world.several?.cutAtCommit(number, { when, ofMessages, awayMs });
  return `the line of server ${number} breaks ${when} its next commit${ofMessages ? " of messages" : ""} for ${awayMs} ms`;
};

export const loseDatabase: Act = (town) => {
  const awayMs = awayMsOf(town);
  later(town, () => {
    for (const number of town.world.serversUp) town.world.several?.cut(number, awayMs);
  });
  return `the database is away for ${awayMs} ms`;
};

export const loseCalls: Act = (town) => {
  const { several, clock } = town.world;
  if (several === undefined || several.callsAreLost) return undefined;
  const awayMs = town.chance.below(callsMsMax);
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

function awayMsOf({ chance }: Town): number {
  const kind = chance.next();
  if (kind < 0.6) return 0;
  return kind < 0.9 ? chance.below(3_000) : chance.below(awayMsMax);
}
