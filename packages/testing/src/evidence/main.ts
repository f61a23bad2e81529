/**
 * Evidence (docs/threat-model.md): the promises, tried.
 *
 *   npm run evidence [-- --json FILE] [--record] [--whole]
 *   npm run evidence -- --claim R1.7 [--json FILE]
 *
 * First a real server process with real clients, and a search of all that its operator could get at;
 * then an operator who cheats. One entry a check, one line a claim (docs/spec/simulation.md SIM11); the last line is
 * `N passed, M failed`. `--record` writes docs/EVIDENCE.md. `--claim` measures one claim
 * alone, of those that claims/measure.ts names (`alone`). `--whole` plays all hostile programs, where else a part is
 * played.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableOf, totalOf } from "./check.ts";
import { exitCodeOf, rowsOf } from "./claims/claims.ts";
import { alone, measureAll, measureAlone } from "./claims/measure.ts";
import { claimsPage, claimsTable, evidenceJson } from "./claims/report.ts";

const usage = `Usage: npm run evidence [-- --json FILE] [--whole] [--record | --claim ${Object.keys(alone).join("|")}]`;
const docs = join(import.meta.dir, "../../../../docs");

type Command = { readonly json: string | undefined; readonly record: boolean; readonly claim: string | undefined };

function commandOf(args: readonly string[]): Command | undefined {
  let json: string | undefined;
  let record = false;
  let claim: string | undefined;
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--record") record = true;
    else if (args[i] === "--whole") process.env["YANSHU_PROGRAMS"] = "whole";
    else if (args[i] === "--json" && args[i + 1] !== undefined) json = args[++i];
    else if (args[i] === "--claim" && Object.hasOwn(alone, args[i + 1] ?? "")) claim = args[++i];
    else return undefined;
  }
  // The page has every row, or none.
  if (record && claim !== undefined) return undefined;
  return { json, record, claim };
}

async function main(args: readonly string[]): Promise<number> {
  const command = commandOf(args);
  if (command === undefined) {
    console.error(usage);
    return 2;
  }
  const { claim } = command;
  const checks = claim === undefined ? await measureAll() : await measureAlone(claim);
  const rows = rowsOf(checks).filter(({ id }) => claim === undefined || id === claim || id.startsWith(`${claim}.`));
  console.log(`${tableOf(checks)}\n\n${claimsTable(rows)}\n`);
  if (command.json !== undefined) {
    const entries = evidenceJson(checks, rows, commit());
    writeFileSync(command.json, JSON.stringify(entries, undefined, 2));
  }
  if (command.record) {
    const page = claimsPage(rows, { commit: commit(), day: new Date().toISOString().slice(0, 10) });
    writeFileSync(join(docs, "EVIDENCE.md"), page);
  }
  console.log(totalOf([...checks, ...rows]));
  return exitCodeOf(checks, rows);
}

function commit(): string {
  return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { encoding: "utf8" }).trim();
}

process.exit(await main(process.argv.slice(2)));
