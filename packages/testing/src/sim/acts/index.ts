/** Acts: all steps, and how often each is drawn. */
import type { Town } from "../town.ts";
import type { Act } from "./act.ts";
import * as contacts from "./contacts.ts";
import * as devices from "./devices.ts";
import * as faults from "./faults.ts";
import * as groups from "./groups.ts";
import { malice } from "./malice.ts";
import * as talk from "./talk.ts";

const weights: readonly (readonly [number, Act])[] = [
  [40, talk.say],
  [4, talk.tap],
  [3, talk.read],
  [1, talk.rename],
  [2, groups.create],
  [3, groups.add],
  [3, groups.remove],
  [1, groups.leave],
  [3, groups.rename],
  [2, groups.appoint],
  [3, groups.race],
  [4, contacts.request],
  [5, contacts.accept],
  [1, contacts.decline],
  [1, contacts.block],
  [3, contacts.unblock],
  [2, devices.link],
  [1, devices.revoke],
  [3, faults.cutOff],
  [6, faults.letBack],
  [4, faults.breakSockets],
  [4, faults.crash],
  [9, faults.restart],
  [2, faults.crashServer],
  [6, faults.startServer],
  [3, faults.loseAnswer],
  [2, faults.repeatFrame],
  [1, faults.skew],
  [1, faults.dropPush],
  [0.5, malice],
];
const total = weights.reduce((sum, [weight]) => sum + weight, 0);
const triesMax = 20;

/** Draws acts until one can be done; answers what was. */
export async function act(town: Town): Promise<string> {
  for (let tries = 0; tries < triesMax; tries++) {
    let at = town.chance.next() * total;
    const drawn = weights.find(([weight]) => {
      at -= weight;
      return at < 0;
    });
    const did = await drawn?.[1](town);
    if (did !== undefined) return did;
  }
  return "nothing";
}
