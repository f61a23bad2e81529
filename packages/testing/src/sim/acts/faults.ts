/** Misfortunes: of the network, of power, of the server, of clocks. */
import { decodeServerFrame } from "@yanshu/wire";
import { type Person, worldDomain } from "../../world/person.ts";
import type { Simulation } from "../simulation.ts";
import { type Act, anybody } from "./act.ts";

const dayMs = 86_400_000;
const answers: ReadonlySet<number> = new Set([0x80, 0x81, 0x82]);
const push = 0xc0;

export const cutOff: Act = (sim) => {
  const person = sim.chance.pick(sim.people);
  sim.world.network.cutOff(person.device);
  return `${person.device} is cut off`;
};

export const letBack: Act = (sim) => {
  const person = sim.chance.pick(sim.people);
  sim.world.network.letBack(person.device);
  return `${person.device} is let back`;
};

export const breakSockets: Act = (sim) => {
  const person = sim.chance.pick(sim.people);
  later(sim, () => sim.world.network.breakSockets(person.device));
  return `sockets of ${person.device} break`;
};

export const crash: Act = (sim) => {
  const person = anybody(sim);
  if (person === undefined) return undefined;
  if (sim.chance.next() < 0.5) {
    const writes = sim.chance.below(6);
    sim.faults.failPowerAfter(person, writes);
    return `${person.device} loses power after ${writes} writes`;
  }
  later(sim, () => person.crash());
  return `${person.device} crashes`;
};

export const restart: Act = async (sim) => {
  const off = sim.people.filter((person) => !person.isOn);
  if (off.length === 0) return undefined;
  const person = sim.chance.pick(off);
  await switchOn(sim, person);
  return `${person.device} is switched on`;
};

export async function switchOn(sim: Simulation, person: Person): Promise<void> {
  try {
    await person.switchOn();
  } catch (error) {
    sim.bug(`${person.device} does not start`, error);
  }
}

export const crashServer: Act = (sim) => {
  const { world } = sim;
  const number = oneServer(sim, world.serversUp);
  if (number === undefined) return undefined;
  later(sim, () => {
    if (!world.serversUp.includes(number)) return;
    world.crashServer(number);
    sim.homes?.wires.breakOf(worldDomain);
  });
  return `${serverName(sim, number)} crashes`;
};

export const startServer: Act = (sim) => {
  const { world } = sim;
  const number = oneServer(sim, world.serversDown);
  if (number === undefined) return undefined;
  return `${serverName(sim, number)} ${world.startServer(number) ? "starts" : "finds no database"}`;
};

/** Where there is one, it is not drawn. */
export function oneServer(sim: Simulation, of: readonly number[]): number | undefined {
  return of.length > 1 ? sim.chance.pick(of) : of[0];
}

function serverName({ world }: Simulation, number: number): string {
  return world.several === undefined ? "the server" : `server ${number}`;
}

/** The server has done what it was asked, but its answer does not arrive. */
export const loseAnswer: Act = (sim) => {
  const person = sim.chance.pick(sim.people);
  const { network, clock } = sim.world;
  network.meddle(person.device, (frame) => {
    if (!answers.has(frame[0] ?? 0)) return [frame];
    network.meddle(person.device, undefined);
    clock.after(0, () => network.breakSockets(person.device));
    return [];
  });
  return `an answer to ${person.device} is lost`;
};

/** A push comes twice on one connection. */
export const repeatFrame: Act = (sim) => {
  const person = sim.chance.pick(sim.people);
  const { network } = sim.world;
  network.meddle(person.device, (frame) => {
    if (frame[0] !== push) return [frame];
    network.meddle(person.device, undefined);
    return [frame, frame];
  });
  return `a push to ${person.device} comes twice`;
};

/** The operator drops one message for one device; that it is missing must be noticed. */
export const dropPush: Act = (sim) => {
  const person = sim.chance.pick(sim.people);
  const { network } = sim.world;
  network.meddle(person.device, (frame) => {
    const decoded = frame[0] === push ? decodeServerFrame(frame) : undefined;
    if (decoded?.type !== "push" || decoded.push.mode !== "application") return [frame];
    network.meddle(person.device, undefined);
    sim.ledger.drops.set(person, (sim.ledger.drops.get(person) ?? 0) + 1);
    return [];
  });
  return `a push to ${person.device} is dropped`;
};

export const skew: Act = (sim) => {
  const person = sim.chance.pick(sim.people);
  person.skewMs = sim.chance.pick([-dayMs, 0, dayMs]);
  return `the clock of ${person.device} is off by ${person.skewMs / dayMs} days`;
};

/** At some instant of the time that follows this step. */
export function later(sim: Simulation, run: () => void): void {
  sim.world.clock.after(sim.chance.below(400), run);
}
