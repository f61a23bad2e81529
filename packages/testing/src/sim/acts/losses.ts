/**
 * Losses: a device's disk is gone in mid-life, as when a browser removes the files of a site. What it kept beside it
 * brings it back, without a word of its person (docs/spec/store.md ST40, ST42).
 */
import { migrate, migrations } from "@yanshu/store";
import type { Person } from "../../world/person.ts";
import { isAlive } from "../disk.ts";
import { canDoWithoutDisk, isMending, lossOf } from "../losses.ts";
import type { Town } from "../town.ts";
import type { Act } from "./act.ts";

/** Each costs foundings of all its chats. Who lets a device in again must not have lost theirs. */
const lossesMax = 2;

export const loseDisk: Act = (town) => {
  const { keepsakes } = town;
  if (keepsakes === undefined || town.losses.length >= lossesMax || town.linking) return undefined;
  const whole = town.people.filter((person) => canLose(town, person));
  if (whole.length === 0) return undefined;
  const person = town.chance.pick(whole);
  town.losses.push(lossOf(town, person));
  town.copies.delete(person); // An older disk is of who it was.
  person.loseDisk();
  migrate(person.disk, migrations); // An empty one, that can be asked.
  return `${person.device} loses its disk`;
};

/** One that is on its way back is not played: what it kept is of who it was until it has signed in as who it is now. */
function canLose(town: Town, person: Person): boolean {
  if (town.losses.some((loss) => loss.person !== person)) return false;
  if (town.restored.has(person) || !isAlive(town.world, person) || isMending(person)) return false;
  return canDoWithoutDisk(town, person);
}
