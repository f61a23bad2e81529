/** Misfortunes: of the network, of power, of the server, of clocks. */
import { decodeServerFrame } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import type { Town } from "../town.ts";
import { type Act, anybody } from "./act.ts";

const dayMs = 86_400_000;
const answers: ReadonlySet<number> = new Set([0x80, 0x81, 0x82]);
const push = 0xc0;

export const cutOff: Act = (town) => {
  const person = town.chance.pick(town.people);
  town.world.network.cutOff(person.device);
  return `${person.device} is cut off`;
};

export const letBack: Act = (town) => {
  const person = town.chance.pick(town.people);
  town.world.network.letBack(person.device);
  return `${person.device} is let back`;
};

export const breakSockets: Act = (town) => {
  const person = town.chance.pick(town.people);
  later(town, () => town.world.network.breakSockets(person.device));
  return `sockets of ${person.device} break`;
};

export const crash: Act = (town) => {
  const person = anybody(town);
  if (person === undefined) return undefined;
  if (town.chance.next() < 0.5) {
    const writes = town.chance.below(6);
    town.faults.failPowerAfter(person, writes);
    return `${person.device} loses power after ${writes} writes`;
  }
  later(town, () => person.crash());
  return `${person.device} crashes`;
};

export const restart: Act = async (town) => {
  const off = town.people.filter((person) => !person.isOn);
  if (off.length === 0) return undefined;
  const person = town.chance.pick(off);
  await switchOn(town, person);
  return `${person.device} is switched on`;
};

export async function switchOn(town: Town, person: Person): Promise<void> {
  try {
    await person.switchOn();
  } catch (error) {
    town.bug(`${person.device} does not start`, error);
  }
}

export const crashServer: Act = (town) => {
  const { world } = town;
  const number = oneServer(town, world.serversUp);
  if (number === undefined) return undefined;
  later(town, () => world.serversUp.includes(number) && world.crashServer(number));
  return `${serverName(town, number)} crashes`;
};

export const startServer: Act = (town) => {
  const { world } = town;
  const number = oneServer(town, world.serversDown);
  if (number === undefined) return undefined;
  return `${serverName(town, number)} ${world.startServer(number) ? "starts" : "finds no database"}`;
};

/** Where there is one, it is not drawn. */
export function oneServer(town: Town, of: readonly number[]): number | undefined {
  return of.length > 1 ? town.chance.pick(of) : of[0];
}

function serverName({ world }: Town, number: number): string {
  return world.several === undefined ? "the server" : `server ${number}`;
}

/** The server has done what it was asked, but its answer does not arrive. */
export const loseAnswer: Act = (town) => {
  const person = town.chance.pick(town.people);
  const { network, clock } = town.world;
  network.meddle(person.device, (frame) => {
    if (!answers.has(frame[0] ?? 0)) return [frame];
    network.meddle(person.device, undefined);
    clock.after(0, () => network.breakSockets(person.device));
    return [];
  });
  return `an answer to ${person.device} is lost`;
};

/** A push comes twice on one connection. */
export const repeatFrame: Act = (town) => {
  const person = town.chance.pick(town.people);
  const { network } = town.world;
  network.meddle(person.device, (frame) => {
    if (frame[0] !== push) return [frame];
    network.meddle(person.device, undefined);
    return [frame, frame];
  });
  return `a push to ${person.device} comes twice`;
};

/** The operator drops one message for one device; that it is missing must be noticed. */
export const dropPush: Act = (town) => {
  const person = town.chance.pick(town.people);
  const { network } = town.world;
  network.meddle(person.device, (frame) => {
    const decoded = frame[0] === push ? decodeServerFrame(frame) : undefined;
    if (decoded?.type !== "push" || decoded.push.mode !== "application") return [frame];
    network.meddle(person.device, undefined);
    town.ledger.drops.set(person, (town.ledger.drops.get(person) ?? 0) + 1);
    return [];
  });
  return `a push to ${person.device} is dropped`;
};

export const skew: Act = (town) => {
  const person = town.chance.pick(town.people);
  person.skewMs = town.chance.pick([-dayMs, 0, dayMs]);
  return `the clock of ${person.device} is off by ${person.skewMs / dayMs} days`;
};

/** At some instant of the time that follows this step. */
export function later(town: Town, run: () => void): void {
  town.world.clock.after(town.chance.below(400), run);
}
