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
import type { Town } from "../town.ts";
import { anybody, type PlainAct } from "./act.ts";
import { knowsAllOf } from "./devices.ts";

export const copyDisk: PlainAct = (town) => {
  const person = anybody(town, (one) => !town.copies.has(one) && pairAtRest(one.disk) !== undefined);
  if (person === undefined) return undefined;
  town.copies.set(person, { disk: person.takeSnapshot(), pair: pairAtRest(person.disk) ?? "" });
  return `the disk of ${person.device} is copied`;
};

export const restoreDisk: PlainAct = (town) => {
  if (town.linking) return undefined;
  const olds = town.people.filter((person) => !town.restored.has(person) && canDoWithout(town, person));
  if (olds.length === 0) return undefined;
  const person = town.chance.pick(olds);
  const copy = town.copies.get(person);
  if (copy === undefined) return undefined;
  noteSevered(town, person);
  person.restore(copy.disk);
  town.restored.add(person);
  town.scripts.add(() => isRefused(town, person));
  return `${person.device} gets back an old copy of its disk`;
};

/** Asked after each step until it is so: home lets no copy in. */
function isRefused(town: Town, person: Person): boolean {
  if (!person.isOn) return false;
  const { phase, network } = person.view("status");
  if (phase === "ready" && network === "online") {
    town.bug("copies", `${person.device} is signed in with an old copy of its disk`);
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
function canDoWithout(town: Town, person: Person): boolean {
  const copy = town.copies.get(person);
  const { current } = pairOf(person.disk);
  const account = accountOf(person.disk);
  if (copy === undefined || account === undefined || current === undefined || copy.pair === current) return false;
  if (!isAlive(town.world, person)) return false;
  return town.people.some((other) => {
    const theirs = accountOf(other.disk);
    const isOwn = other !== person && theirs !== undefined && toHex(theirs) === toHex(account);
    return isOwn && !town.restored.has(other) && isAlive(town.world, other) && knowsAllOf(other, person);
  });
}
