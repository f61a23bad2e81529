/** Attack: one thing that an operator tries, and whether it failed and was seen. */
import type { Hex } from "@yanshu/client";
import type { Person, WrapPorts } from "../../world/person.ts";
import { World, type WorldOptions } from "../../world/world.ts";
import type { Check } from "../check.ts";

/** For the tests of the evidence itself: what makes the attack succeed. */
export type Weakness = {
  /** The operator holds a key of the victim's. */
  readonly stolenKey?: boolean;
  /** Something in the devices that does not do its work. */
  readonly wrapPorts?: WrapPorts;
};
export type Attack = (weakness?: Weakness) => Promise<Check>;

/** A world whose traffic is kept. */
export function watchedWorld(seed: number, { wrapPorts }: Weakness, options: WorldOptions = {}): World {
  const world = new World({ seed, keyPackagesKept: 6, ...options, ...(wrapPorts === undefined ? {} : { wrapPorts }) });
  world.network.keepsTraffic = true;
  return world;
}

export async function people<const Names extends readonly string[]>(
  world: World,
  ...names: Names
): Promise<{ [I in keyof Names]: Person }> {
  const made: Person[] = [];
  for (const name of names) made.push(await world.person(name));
  return made as { [I in keyof Names]: Person };
}

/** Like `world.until`, but what never comes true is a fact, not an error. */
export async function comesTrue(world: World, holds: () => boolean, msMax = 60_000): Promise<boolean> {
  try {
    await world.until("", holds, msMax);
    return true;
  } catch {
    return holds();
  }
}

/** The code with which it was refused, if it was. */
export async function refusalOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : "unknown";
  }
}

export function count(person: Person, conversation: Hex, text: string): number {
  return person.reads(conversation).filter((one) => one === text).length;
}

export function isOpen(person: Person, conversation: Hex): boolean {
  return person.view("conversation", conversation)?.state === "open";
}
