/** Lies: all that can be broken on purpose, by the simulator itself and by features (docs/spec/simulation.md SIM9). */
import { testFeatures } from "../features/index.ts";
import type { Break } from "./break.ts";
import { type Breakable, commonBreaks, type Lie } from "./breaks.ts";

const breaks: { readonly [B in Breakable]?: Break } = Object.assign(
  { ...commonBreaks },
  ...testFeatures.map(({ breaks: ofIt }) => ofIt),
);
export const breakable = Object.keys(breaks) as readonly Breakable[];

export function lieOf(broken: Breakable | undefined): Lie | undefined {
  const how = broken && breaks[broken];
  return broken && how && { of: broken, how };
}
