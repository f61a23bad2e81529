/** Acts: all steps, and how often each is drawn; those of features stand with them. */
import { type Family, families, type Weighted } from "../../feature.ts";
import { testFeatures } from "../../features/index.ts";
import type { Simulation } from "../simulation.ts";
import * as contacts from "./contacts.ts";
import { copyDisk, restoreDisk } from "./copies.ts";
import * as devices from "./devices.ts";
import * as faults from "./faults.ts";
import * as homes from "./homes.ts";
import { age } from "./keys.ts";
import { loseDisk } from "./losses.ts";
import { malice } from "./malice.ts";
import * as servers from "./servers.ts";
import { somewhereIn } from "./somewhere.ts";
import * as talk from "./talk.ts";

/**
 * What is not played unless it is asked for: not everything has come right yet where these meet the rest (SIM5, SIM6).
 */
const young: ReadonlySet<Family> = new Set<Family>(["history", "losses", "live", "moves", "channels"]);
export const usual = families.filter((family) => !young.has(family));
/** What is played where there are several homes. */
export const acrossHomes: readonly Family[] = [
  ...(["talk", "actions", "contacts", "blocking", "groups", "devices", "keys", "faults"] as const),
];

/** Of the simulation itself: people who talk and meet, their devices, and misfortune. */
const ofTheCore: readonly Weighted[] = [
  [40, "talk", talk.say],
  [4, "talk", talk.tap],
  [3, "talk", talk.read],
  [1, "talk", talk.rename],
  [2, "keys", age],
  [4, "contacts", contacts.request],
  [5, "contacts", contacts.accept],
  [1, "contacts", contacts.decline],
  [1, "blocking", contacts.block],
  [3, "blocking", contacts.unblock],
  [2, "devices", devices.link],
  [1, "devices", devices.revoke],
  [3, "faults", faults.cutOff],
  [6, "faults", faults.letBack],
  [4, "faults", faults.breakSockets],
  [4, "faults", faults.crash],
  [9, "faults", faults.restart],
  [2, "faults", faults.crashServer],
  [6, "faults", faults.startServer],
  [3, "faults", faults.loseAnswer],
  [2, "faults", faults.repeatFrame],
  [1, "faults", faults.skew],
  [2, "copies", copyDisk],
  [1, "copies", restoreDisk],
  [1.5, "losses", loseDisk],
  [1, "operator", faults.dropPush],
  [0.5, "malice", malice],
  [2, "servers", servers.end],
  [0.5, "servers", servers.crashAll],
  [5, "servers", servers.cut],
  [6, "servers", servers.cutAtCommit],
  [1, "servers", servers.loseDatabase],
  [2, "servers", servers.loseCalls],
  [3, "homes", homes.cutLine],
  [5, "homes", homes.mendLines],
  [2, "homes", homes.breakLines],
  [2, "homes", homes.crashHome],
  [5, "homes", homes.startHome],
  [1, "moves", homes.move],
];

/** In which the families are drawn: another order gives every seed another course. */
const order: readonly Family[] = [
  ...(["talk", "actions", "files", "groups", "links", "history", "keys", "contacts", "blocking", "devices"] as const),
  ...([
    "faults",
    "copies",
    "losses",
    "operator",
    "malice",
    "servers",
    "homes",
    "moves",
    "moments",
    "live",
    "channels",
  ] as const),
];
const weights = [...ofTheCore, ...testFeatures.flatMap(({ acts = [] }) => acts)].toSorted(
  ([, one], [, other]) => order.indexOf(one) - order.indexOf(other),
);
const triesMax = 20;

/** Draws acts until one can be done. Returns what was. */
export async function act(sim: Simulation, wanted: readonly Family[]): Promise<string> {
  const played = weights.filter(([, family]) => wanted.includes(family));
  const somewhere = somewhereIn(sim);
  const total = played.reduce((sum, [weight]) => sum + weight, 0);
  for (let tries = 0; tries < triesMax; tries++) {
    let at = sim.chance.next() * total;
    const drawn = played.find(([weight]) => {
      at -= weight;
      return at < 0;
    });
    const did = await drawn?.[2](sim, somewhere);
    if (did !== undefined) return did;
  }
  return "nothing";
}
