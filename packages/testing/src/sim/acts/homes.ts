/**
 * Misfortunes between homes: lines that are cut, mended, broken, and homes that die (docs/spec/simulation.md SIM16).
 */
import { type Act, anybody } from "./act.ts";
import { later } from "./faults.ts";

export const cutLine: Act = ({ homes, chance }) => {
  if (homes === undefined) return undefined;
  const [one, other] = twoOf(homes.wires.names, chance.below);
  homes.wires.cut(one, other);
  return `the line of ${one} and ${other} is cut`;
};

export const mendLines: Act = ({ homes }) => {
  if (homes?.wires.isCut !== true) return undefined;
  homes.mendLines();
  return "all lines are whole";
};

export const breakLines: Act = (sim) => {
  const { homes } = sim;
  if (homes === undefined) return undefined;
  later(sim, () => homes.wires.breakAll());
  return "lines break";
};

export const crashHome: Act = (sim) => {
  const running = sim.homes?.others.filter((home) => home.running !== undefined) ?? [];
  if (running.length === 0) return undefined;
  const home = sim.chance.pick(running);
  later(sim, () => {
    home.crash();
    sim.homes?.wires.breakOf(home.domain);
  });
  return `${home.domain} crashes`;
};

export const startHome: Act = (sim) => {
  const down = sim.homes?.others.filter((home) => home.running === undefined) ?? [];
  if (down.length === 0) return undefined;
  const home = sim.chance.pick(down);
  home.start();
  return `${home.domain} starts`;
};

/** Somebody goes to another home, whether theirs answers or not. */
export const move: Act = (sim) => {
  const { homes, world, chance } = sim;
  if (homes === undefined) return undefined;
  const person = anybody(sim, (one) => one.view("homes").before === undefined);
  if (person === undefined) return undefined;
  const from = person.view("homes").home;
  const to = chance.pick([world, ...homes.others].filter(({ domain }) => domain !== from));
  sim.ask(person, "move", (api) => api.moveHome(to.inviteLink));
  return `${person.device} moves from ${from} to ${to.domain}`;
};

function twoOf(names: readonly string[], below: (count: number) => number): readonly [string, string] {
  const first = below(names.length);
  const second = (first + 1 + below(names.length - 1)) % names.length;
  return [names[first] as string, names[second] as string];
}
