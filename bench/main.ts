/**
 * Bench: measures a real server, and what the machine could do at most, in one run.
 *
 *   npm run bench [-- SCENARIO …] [--all] [--json FILE] [--keep FILE] [--quick] [--seconds N] [--minutes N] [--abuse-seconds N]
 *                 [--abuse-apart N] [--abuse-only KIND,KIND…]
 *
 * Without a name all scenarios run that are not long, with `--all` the long ones too, and bench/RESULTS.md is written.
 * One that is a part of another (`calls-relay`) runs when it is named; `'moments*'` names all that begin so.
 * `--quick` uses small numbers and has no goals but correctness. `--seconds` is how long `rate` lasts, `--minutes` how
 * long `soak` does, `--abuse-seconds` how long `abuse` does (ten minutes). With `--abuse-apart` each of its floods has
 * a server of its own before that, for so many seconds, and `--abuse-only` names those that there are; `--abuse-with
 * "--transfer-megabytes 32"` tries another limit. What a scenario promises is told last, each `PASS` or `FAIL`. What
 * was measured is kept in the file of `--keep` at once, and a run that broke off goes on from there. The exit code is 1
 * when a row missed its goal, 2 for a wrong command.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { textBytes } from "./envelope.ts";
import { type AbuseKind, abuseKinds } from "./load/jobs.ts";
import { treeOf } from "./process.ts";
import { raisedLimits } from "./raised-server.ts";
import { measureRaw, type RawLimits } from "./raw.ts";
import { commit, reportText, type Section } from "./report.ts";
import { formatNumber, terminalTable, verdict } from "./rows.ts";
import { scenarios } from "./scenarios/index.ts";
import type { Conditions, Scenario } from "./scenarios/scenario.ts";

type Command = {
  readonly chosen: readonly Scenario[];
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly keep: string | undefined;
  readonly lasting: Conditions["lasting"];
  readonly abuseKinds: Conditions["abuseKinds"];
  readonly abuseOptions: Conditions["abuseOptions"];
  /** As it was typed, for the report. */
  readonly text: string;
};

/** Options that are followed by something. */
const valued = {
  "--json": "the name of a file",
  "--keep": "the name of a file",
  "--seconds": "a number of seconds",
  "--minutes": "a number of minutes",
  "--abuse-seconds": "a number of seconds",
  "--abuse-apart": "a number of seconds",
  "--abuse-only": "names of floods",
  "--abuse-with": "options of the server",
} as const;

/** @returns what is wrong with the arguments, when they cannot be followed. */
export function parseCommand(args: readonly string[]): Command | string {
  const names: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--quick" || arg === "--all") flags.add(arg);
    else if (arg in valued) {
      i++;
      const value = args[i];
      if (value === undefined) return `${arg} needs ${valued[arg as keyof typeof valued]}`;
      values.set(arg, value);
    } else if (arg.startsWith("-")) return `unknown option ${arg}`;
    else names.push(arg);
  }
  const isNamed = (asked: string, name: string) =>
    asked.endsWith("*") ? name.startsWith(asked.slice(0, -1)) : asked === name;
  const unknown = names.find((name) => !scenarios.some((scenario) => isNamed(name, scenario.name)));
  if (unknown !== undefined)
    return `unknown scenario ${unknown}; there are ${scenarios.map(({ name }) => name).join(", ")}`;
  const lasting = {
    rateSeconds: Number(values.get("--seconds") ?? 60),
    soakMinutes: Number(values.get("--minutes") ?? 60),
    abuseSeconds: Number(values.get("--abuse-seconds") ?? 600),
    abuseApartSeconds: Number(values.get("--abuse-apart") ?? 0),
  };
  const { abuseApartSeconds, ...lengths } = lasting;
  if (!(Object.values(lengths).every((length) => length > 0) && abuseApartSeconds >= 0))
    return "--seconds, --minutes, --abuse-seconds and --abuse-apart need a number above zero";
  const floods = values.get("--abuse-only")?.split(",") ?? abuseKinds;
  const isFlood = (name: string): name is AbuseKind => (abuseKinds as readonly string[]).includes(name);
  if (!floods.every(isFlood)) return `the floods of abuse are ${abuseKinds.join(", ")}`;
  const isChosen = ({ name, isLong, isPart }: Scenario) => {
    if (isPart === true || (names.length > 0 && !flags.has("--all")))
      return names.some((asked) => isNamed(asked, name));
    return isLong !== true || flags.has("--all");
  };
  return {
    chosen: scenarios.filter(isChosen),
    quick: flags.has("--quick"),
    json: values.get("--json"),
    keep: values.get("--keep"),
    lasting,
    abuseKinds: floods,
    abuseOptions: values.get("--abuse-with")?.split(" ") ?? [],
    text: ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" "),
  };
}

/** What a run has measured so far. */
type Kept = { readonly raw: RawLimits; readonly sections: readonly Section[] };

async function run({ chosen, quick, json, keep, lasting, abuseKinds, abuseOptions, text }: Command): Promise<boolean> {
  console.log(`Raised for the benchmark: ${raisedLimits.join("; ")}`);
  const kept: Kept | undefined =
    keep !== undefined && existsSync(keep) ? JSON.parse(readFileSync(keep, "utf8")) : undefined;
  const raw = kept?.raw ?? (await measureRaw(quick));
  const rawAbout = `What a bare socket and a bare table of ${textBytes}-byte rows do here`;
  const sections: Section[] = [
    ...(kept?.sections ?? [{ name: "raw", about: rawAbout, rows: raw.rows, commit: commit() }]),
  ];
  console.log(`\nraw\n${terminalTable(raw.rows)}`);
  for (const scenario of chosen) {
    const { name, about } = scenario;
    if (sections.some((section) => section.name === name)) {
      console.log(`\n${name}: measured before`);
      continue;
    }
    const rows = await scenario.run({ quick, raw, lasting, abuseKinds, abuseOptions });
    sections.push({ name, about, rows, commit: commit() });
    if (keep !== undefined) writeFileSync(keep, JSON.stringify({ raw, sections } satisfies Kept));
    console.log(`\n${name}: ${about}${quick ? " (here with small numbers)" : ""}\n${terminalTable(rows)}`);
  }
  const rows = sections.flatMap((section) => section.rows);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
  if (!quick && scenarios.every((one) => one.isLong === true || one.isPart === true || chosen.includes(one))) {
    writeFileSync(join(import.meta.dirname, "RESULTS.md"), reportText(text, sections));
    console.log("\nWritten to bench/RESULTS.md.");
  } else console.log("\nbench/RESULTS.md was left as it is: only a full run writes it.");
  const missed = rows.filter(({ ok }) => !ok);
  for (const { name, value, goal } of missed) console.log(`MISSED ${name}: ${formatNumber(value)}, goal ${goal}`);
  // Small numbers show that it runs, and promise nothing.
  if (!quick) for (const { promises = [] } of chosen) for (const line of verdict(rows, promises)) console.log(line);
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
  const stop = () => {
    for (const one of treeOf(process.pid)) if (one !== process.pid) endProcess(one);
    process.exit(130);
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  process.exit((await run(command)) ? 0 : 1);
}

/** Ends a process of this run; one that is gone already is none to end. */
function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
