/**
 * Losses (docs/spec/simulation.md SIM6, I15): disks that are gone in mid-life, and what was on them that the account's
 * vault had too.
 */
import type { Hex } from "@yanshu/client";
import { readMeta } from "@yanshu/store";
import type { Person } from "../world/person.ts";
import type { Broken } from "./breaks.ts";
import { type Loss, whereabouts } from "./device-backups.ts";
import { deviceOf, isAlive, severedIn, standings } from "./disk.ts";
import { titleOf } from "./screen.ts";
import type { Simulation } from "./simulation.ts";
import { textsOn } from "./words.ts";

/**
 * Whether nothing is lost with this disk but what its device backup, the vault and others have: what a device learned
 * within the last moments nobody else knows, nor of a request that waits, nor of a group of which nobody else is left.
 */
export function canDoWithoutDisk(sim: Simulation, person: Person): boolean {
  const kept = sim.deviceBackups?.get(person.device);
  const all = standings(person.disk).filter(({ kind }) => kind !== "own");
  const others = sim.people.filter((one) => one !== person && isAlive(sim.world, one) && !sim.restored.has(one));
  const isElsewhere = (conversation: Hex) =>
    others.some((one) => standings(one.disk).some((it) => it.conversation === conversation && it.inside));
  return (
    kept?.whereabouts === whereabouts(person.disk) &&
    all.every(({ state }) => !waiting.has(state)) &&
    all.every(({ kind, inside, conversation }) => kind !== "group" || !inside || isElsewhere(conversation))
  );
}

const waiting: ReadonlySet<string> = new Set(["forming", "request-in", "request-out"]);

export function lossOf(sim: Simulation, person: Person): Loss {
  const { disk } = person;
  const inVault = "EXISTS (SELECT 1 FROM vault_places AS v WHERE v.position = messages.position)";
  const others = new Map(
    standings(disk).map(({ conversation }) => [
      conversation,
      sim.people.filter((one) => one !== person && isInside(one, conversation)),
    ]),
  );
  const refused = new Set(standings(disk).flatMap((one) => (one.state === "declined" ? [one.conversation] : [])));
  return {
    person,
    atMs: sim.world.clock.nowMs(),
    device: deviceOf(disk),
    had: textsOn(disk, inVault),
    refused,
    others,
  };
}

function isInside(person: Person, conversation: Hex): boolean {
  return standings(person.disk).some((one) => one.conversation === conversation && one.inside);
}

/**
 * Where a device that lost its disk cannot come back by itself: in a group of whose members, as it knew them, nobody is
 * left; in a chat that somebody began with it while it was gone. One that it had refused it does not want to come back
 * to.
 */
function isStranded(sim: Simulation, person: Person, conversation: Hex): boolean {
  const losses = sim.losses.filter((loss) => loss.person === person);
  if (losses.length === 0) return false;
  if (isInside(person, conversation)) return false;
  return losses.some(({ others, refused }) => {
    const known = others.get(conversation);
    return (
      refused.has(conversation) ||
      known === undefined ||
      !known.some((one) => isAlive(sim.world, one) && isInside(one, conversation))
    );
  });
}

/** What this device blocked or declined counts as that, whatever becomes of it: nobody hears of it any more. */
export function noteSevered(sim: Simulation, person: Person): void {
  const account = sim.ledger.accountOf(person);
  for (const conversation of severedIn([person])) sim.forgotten.push({ conversation, account });
}

/**
 * Of a block that was on one disk alone, and went with it, no device of that account that is left knows: nor of the
 * chat.
 */
function forgottenIn(sim: Simulation): readonly Hex[] {
  if (sim.forgotten.length === 0) return [];
  const left = sim.people.filter((one) => isAlive(sim.world, one) && !sim.restored.has(one));
  const knows = (person: Person, account: Hex | undefined, conversation: Hex) =>
    sim.ledger.accountOf(person) === account && standings(person.disk).some((one) => one.conversation === conversation);
  return sim.forgotten
    .filter(({ account, conversation }) => !left.some((one) => knows(one, account, conversation)))
    .map(({ conversation }) => conversation);
}

/**
 * Conversations in which nobody has to agree: one side severed them, also where nobody who is left knows it, or a
 * device that lost its disk is stranded there.
 */
export function looseIn(sim: Simulation): ReadonlySet<Hex> {
  return new Set([...severedIn(sim.people), ...forgottenIn(sim), ...strandedIn(sim)]);
}

function strandedIn(sim: Simulation): readonly Hex[] {
  const people = new Set(sim.losses.map(({ person }) => person));
  if (people.size === 0) return [];
  const all = new Set(sim.people.flatMap((one) => standings(one.disk)).map(({ conversation }) => conversation));
  return [...all].filter((conversation) => [...people].some((person) => isStranded(sim, person, conversation)));
}

/** It has lost its disk, and is not whole again. */
export function isMending({ disk }: Person): boolean {
  return readMeta(disk, "mending") !== undefined;
}

/** A device that lost its disk after that moment. */
export function lostDiskSince(sim: Simulation, person: Person, atMs: number): boolean {
  return sim.losses.some((loss) => loss.person === person && loss.atMs >= atMs);
}

/** I15: what a device had, and the vault too, it has again, once. */
export function notBack(sim: Simulation): readonly Broken[] {
  const severed = severedIn(sim.people);
  return sim.losses.flatMap(({ person, had }): readonly Broken[] => {
    if (!isAlive(sim.world, person)) return [];
    const titles = new Map<Hex, readonly (string | undefined)[]>();
    const titlesIn = (conversation: Hex) => {
      const shown = titles.get(conversation) ?? person.items(conversation).map(titleOf);
      titles.set(conversation, shown);
      return shown;
    };
    const gone = had.filter(
      ([conversation, text]) =>
        !severed.has(conversation) &&
        !sim.ledger.perhapsRecalled.has(text) &&
        titlesIn(conversation).filter((title) => title === text).length !== 1,
    );
    const [first] = gone;
    if (first === undefined) return [];
    return [
      {
        invariant: "I15",
        why: `${person.device} lost its disk, and has ${gone.length} of ${had.length} not again, as "${first[1]}"`,
      },
    ];
  });
}
