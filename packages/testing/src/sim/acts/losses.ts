/**
 * Losses: a device's disk is gone in mid-life, as when a browser removes the files of a site. What it kept beside it
 * brings it back, without a word of its person (docs/spec/store.md ST40, ST42).
 */
import { migrate, migrations } from "@yanshu/store";
import type { Person } from "../../world/person.ts";
import { isAlive } from "../disk.ts";
import { canDoWithoutDisk, isMending, lossOf } from "../losses.ts";
import type { Simulation } from "../simulation.ts";
import type { Act } from "./act.ts";

/** Each costs foundings of all its chats. Who lets a device in again must not have lost theirs. */
const lossesMax = 2;

export const loseDisk: Act = (sim) => {
  const { deviceBackups } = sim;
  if (deviceBackups === undefined || sim.losses.length >= lossesMax || sim.linking) return undefined;
  const whole = sim.people.filter((person) => canLose(sim, person));
  if (whole.length === 0) return undefined;
  const person = sim.chance.pick(whole);
  sim.losses.push(lossOf(sim, person));
  sim.copies.delete(person); // An older disk is of who it was.
  person.loseDisk();
  migrate(person.disk, migrations); // An empty one, that can be asked.
  return `${person.device} loses its disk`;
};

/** One that is on its way back is not played: what it kept is of who it was until it has signed in as who it is now. */
function canLose(sim: Simulation, person: Person): boolean {
  if (sim.losses.some((loss) => loss.person !== person)) return false;
  if (sim.restored.has(person) || !isAlive(sim.world, person) || isMending(person)) return false;
  return canDoWithoutDisk(sim, person);
}
