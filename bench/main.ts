/**
 * Bench: measures a real server, and what the machine could do at most, in one run.
 *
 *   npm run bench [-- SCENARIO …] [--all] [--json FILE] [--quick]
 *
 * Without a name all scenarios run, and bench/RESULTS.md is written. `--quick` uses small numbers and
 * has no goals but correctness. The exit code is 1 when a row missed its goal, 2 for a wrong command.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { raisedLimits } from "./raised-server.ts";
import { measureRaw, rawBytes } from "./raw.ts";
import { reportText, type Section } from "./report.ts";
import { formatNumber, terminalTable } from "./rows.ts";
import { fanout } from "./scenarios/fanout.ts";
import { fling } from "./scenarios/fling.ts";
import { fuzz } from "./scenarios/fuzz.ts";
import { idle } from "./scenarios/idle.ts";
import { lighthouse } from "./scenarios/lighthouse.ts";
import { members } from "./scenarios/members.ts";
import { newDevice } from "./scenarios/new-device.ts";
import { open } from "./scenarios/open.ts";
import { pair } from "./scenarios/pair.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { search } from "./scenarios/search.ts";
import { start } from "./scenarios/start.ts";

const scenarios: readonly Scenario[] = [
  start,
  idle,
  pair,
  fanout,
  search,
  members,
  lighthouse,
  open,
  fling,
  newDevice,
  fuzz,
];

type Command = {
  readonly chosen: readonly Scenario[];
  readonly quick: boolean;
  readonly json: string | undefined;
};

/** @returns what is wrong with the arguments, when they cannot be followed. */
export function parseCommand(args: readonly string[]): Command | string {
  const names: string[] = [];
  let quick = false;
  let all = false;
  let json: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--quick") quick = true;
    else if (arg === "--all") all = true;
    else if (arg === "--json") {
      i++;
      json = args[i];
      if (json === undefined) return "--json needs the name of a file";
    } else if (arg.startsWith("-")) return `unknown option ${arg}`;
    else names.push(arg);
  }
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined)
    return `unknown scenario ${unknown}; there are ${scenarios.map(({ name }) => name).join(", ")}`;
  const chosen = all || names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name));
  return { chosen, quick, json };
}

async function run({ chosen, quick, json }: Command): Promise<boolean> {
  console.log(`Raised for the benchmark: ${raisedLimits.join("; ")}`);
  const raw = await measureRaw(quick);
  const sections: Section[] = [
    { name: "raw", about: `What a bare socket and a bare table of ${rawBytes}-byte rows do here`, rows: raw.rows },
  ];
  console.log(`\nraw\n${terminalTable(raw.rows)}`);
  for (const scenario of chosen) {
    const rows = await scenario.run({ quick, raw });
    sections.push({ name: scenario.name, about: scenario.about, rows });
    console.log(
      `\n${scenario.name}: ${scenario.about}${quick ? " (here with small numbers)" : ""}\n${terminalTable(rows)}`,
    );
  }
  const rows = sections.flatMap((section) => section.rows);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
  if (!quick && chosen.length === scenarios.length) {
    writeFileSync(join(import.meta.dirname, "RESULTS.md"), reportText("npm run bench", sections));
    console.log("\nWritten to bench/RESULTS.md.");
  } else console.log("\nbench/RESULTS.md was left as it is: only a full run writes it.");
  const missed = rows.filter(({ ok }) => !ok);
  for (const { name, value, goal } of missed) console.log(`MISSED ${name}: ${formatNumber(value)}, goal ${goal}`);
  return missed.length === 0;
}

if (import.meta.main) {
  if (process.platform !== "linux") {
    console.error("The benchmark reads /proc, so it runs on Linux only.");
    process.exit(2);
  }
  const command = parseCommand(process.argv.slice(2));
  if (typeof command === "string") {
    console.error(command);
    process.exit(2);
  }
  process.exit((await run(command)) ? 0 : 1);
}
