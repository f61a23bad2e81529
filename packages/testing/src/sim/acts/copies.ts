/**
 * Copies: a device's disk is copied, and the copy put back some steps later, as when a phone is restored from a backup.
 * Whatever has signed in since knows a pair of values that the copy does not, so home refuses the copy (ID13); its
 * person takes it off the list with another device, and links it anew.
 */
import type { Hex } from "@yanshu/client";
import type { Database } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import { accountOf, isAlive, pairOf } from "../disk.ts";
import { noteSevered } from "../losses.ts";
import type { Simulation } from "../simulation.ts";
import { anybody, type PlainAct } from "./act.ts";
import { knowsAllOf } from "./devices.ts";

export const copyDisk: PlainAct = (sim) => {
  const person = anybody(sim, (one) => !sim.copies.has(one) && pairAtRest(one.disk) !== undefined);
  if (person === undefined) return undefined;
  sim.copies.set(person, { disk: person.takeSnapshot(), pair: pairAtRest(person.disk) ?? "" });
  return `the disk of ${person.device} is copied`;
};

export const restoreDisk: PlainAct = (sim) => {
  if (sim.linking) return undefined;
  const olds = sim.people.filter((person) => !sim.restored.has(person) && canDoWithout(sim, person));
  if (olds.length === 0) return undefined;
  const person = sim.chance.pick(olds);
  const copy = sim.copies.get(person);
  if (copy === undefined) return undefined;
  noteSevered(sim, person);
  person.restore(copy.disk);
  sim.restored.add(person);
  sim.scripts.add(() => isRefused(sim, person));
  return `${person.device} gets back an old copy of its disk`;
};

/** Asked after each step until it is so: home lets no copy in. */
function isRefused(sim: Simulation, person: Person): boolean {
  if (!person.isOn) return false;
  const { phase, network } = person.view("status");
  if (phase === "ready" && network === "online") {
    sim.bug("copies", `${person.device} is signed in with an old copy of its disk`);
    return true;
  }
  return phase === "signed-out";
}

/** The value that home holds, unless a sign-in is under way: its outcome would be the same for the copy. */
function pairAtRest(disk: Database): Hex | undefined {
  const { current, next } = pairOf(disk);
  return next === undefined ? current : undefined;
}

/** It signed in since it was copied, and another device of the same person is where it is. */
function canDoWithout(sim: Simulation, person: Person): boolean {
  const copy = sim.copies.get(person);
  const { current } = pairOf(person.disk);
  const account = accountOf(person.disk);
  if (copy === undefined || account === undefined || current === undefined || copy.pair === current) return false;
  if (!isAlive(sim.world, person)) return false;
  return sim.people.some((other) => {
    const theirs = accountOf(other.disk);
    const isOwn = other !== person && theirs !== undefined && toHex(theirs) === toHex(account);
    return isOwn && !sim.restored.has(other) && isAlive(sim.world, other) && knowsAllOf(other, person);
  });
}
