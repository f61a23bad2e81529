/** Acts: all steps, and how often each is drawn. */
import type { Town } from "../town.ts";
import type { Act } from "./act.ts";
import * as actions from "./actions.ts";
import * as contacts from "./contacts.ts";
import { copyDisk, restoreDisk } from "./copies.ts";
import * as devices from "./devices.ts";
import * as faults from "./faults.ts";
import * as files from "./files.ts";
import * as groups from "./groups.ts";
import { loseDisk } from "./losses.ts";
import { malice } from "./malice.ts";
import * as servers from "./servers.ts";
import * as talk from "./talk.ts";

/** What a simulation can be played with. Fewer families find a fault's cause sooner. */
export const families = [
  "talk",
  "actions",
  "files",
  "contacts",
  "blocking",
  "groups",
  "links",
  "history",
  "devices",
  "copies",
  "losses",
  "keys",
  "faults",
  "operator",
  "malice",
] as const;
/** `servers` is played with faults wherever there are several. */
export type Family = (typeof families)[number] | "servers";

/** What is not played unless it is asked for: not everything has come right yet where these meet the rest (SIM5, SIM6). */
const young: ReadonlySet<Family> = new Set<Family>(["history", "losses"]);
export const usual = families.filter((family) => !young.has(family));

const weights: readonly (readonly [number, Family, Act])[] = [
  [40, "talk", talk.say],
  [4, "talk", talk.tap],
  [3, "talk", talk.read],
  [1, "talk", talk.rename],
  [2, "actions", actions.quote],
  [2, "actions", actions.recall],
  [3, "actions", actions.edit],
  [4, "actions", actions.react],
  [1, "actions", actions.poll],
  [3, "actions", actions.vote],
  [1, "actions", actions.chain],
  [4, "actions", actions.line],
  [2, "files", files.send],
  [1, "files", files.fetch],
  [2, "groups", groups.create],
  [3, "groups", groups.add],
  [3, "groups", groups.remove],
  [1, "groups", groups.leave],
  [3, "groups", groups.rename],
  [2, "groups", groups.appoint],
  [3, "groups", groups.race],
  [2, "links", groups.join],
  [0.3, "links", groups.dissolve],
  [1, "history", groups.chooseHistory],
  [2, "keys", groups.age],
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
];
const triesMax = 20;

/** Draws acts until one can be done; answers what was. */
export async function act(town: Town, wanted: readonly Family[]): Promise<string> {
  const played = weights.filter(([, family]) => wanted.includes(family));
  const total = played.reduce((sum, [weight]) => sum + weight, 0);
  for (let tries = 0; tries < triesMax; tries++) {
    let at = town.chance.next() * total;
    const drawn = played.find(([weight]) => {
      at -= weight;
      return at < 0;
    });
    const did = await drawn?.[2](town);
    if (did !== undefined) return did;
  }
  return "nothing";
}
