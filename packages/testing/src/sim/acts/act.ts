/** Act: one step that somebody, or misfortune, takes. Undefined: there was nothing to do it with. */
import type { Hex } from "@yanshu/client";
import type { Person } from "../../world/person.ts";
import { type Standing, standings } from "../disk.ts";
import type { Town } from "../town.ts";

export type Act = (town: Town) => string | undefined | Promise<string | undefined>;

/** Somebody whose device is on and has an account. */
export function anybody(town: Town, fits: (person: Person) => boolean = () => true): Person | undefined {
  const awake = town.people.filter((person) => isAwake(person) && fits(person));
  return awake.length === 0 ? undefined : town.chance.pick(awake);
}

export function isAwake(person: Person): boolean {
  return person.isOn && person.client.phase() === "ready";
}

/** A conversation on the device of somebody who is awake. */
export function anywhere(
  town: Town,
  fits: (standing: Standing, person: Person) => boolean,
): { person: Person; standing: Standing } | undefined {
  const person = anybody(town, (one) => standings(one.disk).some((standing) => fits(standing, one)));
  if (person === undefined) return undefined;
  const standing = town.chance.pick(standings(person.disk).filter((one) => fits(one, person)));
  return { person, standing };
}

export function label(conversation: Hex): string {
  return conversation.slice(0, 6);
}
