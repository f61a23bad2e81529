/** The simulator's options, read from its command line. */
import { type Family, families } from "../feature.ts";
import { acrossHomes, usual } from "./acts/index.ts";
import type { Breakable } from "./breaks.ts";
import { homesMax } from "./homes.ts";
import { breakable } from "./lies.ts";

export type SimOptions = {
  readonly first: number;
  readonly last: number;
  readonly steps: number;
  readonly json: string | undefined;
  /** Where what was played is kept. */
  readonly keep: string | undefined;
  readonly broken: Breakable | undefined;
  readonly families: readonly Family[];
  /** Moments were named: every seed plays them, and not one of three (SIM14). */
  readonly isMomentsEach: boolean;
  /** More than one share a database. */
  readonly servers: number;
  /** Servers with names of their own that speak with each other. */
  readonly homes: number;
  readonly verbose: boolean;
  /** This process plays what another hands it. */
  readonly isWorker: boolean;
  /** Ringing alone is played, of which a seed takes a few milliseconds. */
  readonly isRing: boolean;
};

export const usage = `Usage: npm run sim -- --seed N | --seeds A..B [--steps 200] [--acts usual|all|${families.join(",")},…] [--servers 1] [--homes 1] [--json FILE] [--keep FILE] [--break ${breakable.join("|")}] [--verbose]
       npm run sim -- --ring --seeds A..B`;

const stepsUsual = 200;
const serversMax = 9;

/** Undefined when they make no sense. */
export function parseOptions(args: readonly string[]): SimOptions | undefined {
  const values = new Map<string, string>();
  const known = ["--seed", "--seeds", "--steps", "--json", "--keep", "--acts", "--break", "--servers", "--homes"];
  const flags = new Set<string>();
  for (let i = 0; i < args.length; i++) {
    const [name, inline] = (args[i] as string).split("=", 2) as [string, string | undefined];
    if (name === "--verbose" || name === "--worker" || name === "--ring") {
      flags.add(name);
      continue;
    }
    const value = inline ?? args[++i];
    if (!known.includes(name) || value === undefined) return undefined;
    values.set(name, value);
  }
  const range = /^(\d+)\.\.(\d+)$/.exec(values.get("--seeds") ?? "") ?? /^((\d+))$/.exec(values.get("--seed") ?? "");
  const homes = Number(values.get("--homes") ?? 1);
  if (!Number.isSafeInteger(homes) || homes < 1 || homes > homesMax) return undefined;
  const wanted = homes > 1 && !values.has("--acts") ? acrossHomes : actsOf(values.get("--acts") ?? "usual");
  if (wanted === undefined) return undefined;
  const steps = Number(values.get("--steps") ?? stepsUsual);
  const broken = values.get("--break");
  const isBreak = broken === undefined || breakable.some((one) => one === broken);
  if (range === null || !isBreak || !Number.isSafeInteger(steps) || steps < 0) return undefined;
  const servers = Number(values.get("--servers") ?? 1);
  if (!Number.isSafeInteger(servers) || servers < 1 || servers > serversMax) return undefined;
  if (servers > 1 && homes > 1) return undefined; // Several processes of several homes are not played.
  const [first, last] = [Number(range[1]), Number(range[2])];
  if (last < first) return undefined;
  return {
    first,
    last,
    steps,
    json: values.get("--json"),
    keep: values.get("--keep"),
    broken: broken as Breakable | undefined,
    families: wanted,
    isMomentsEach: isMomentsNamed(values.get("--acts") ?? ""),
    servers,
    homes,
    verbose: flags.has("--verbose"),
    isWorker: flags.has("--worker"),
    isRing: flags.has("--ring"),
  };
}

const listed: Readonly<Record<string, readonly Family[]>> = { usual, all: families };

/** Names of families, and of lists of them. What pays for Moments is what pays for files: so these come along. */
function actsOf(named: string): readonly Family[] | undefined {
  const names = named.split(",");
  const wanted = new Set(names.flatMap((name) => listed[name] ?? families.filter((family) => family === name)));
  if (names.some((name) => listed[name] === undefined && !families.some((family) => family === name))) return undefined;
  if (isMomentsNamed(named)) wanted.add("files");
  return families.filter((family) => wanted.has(family));
}

function isMomentsNamed(named: string): boolean {
  return named.split(",").includes("moments");
}
