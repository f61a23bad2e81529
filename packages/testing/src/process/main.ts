/**
 * The command `npm run sim:process -- [--rounds 100] [--seed 1] [--json FILE]` (docs/spec/simulation.md SIM10). Its
 * last line is `N rounds, M messages: L lost, D doubled`; it exits non-zero when anything was, or when a client met a
 * bug.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runRounds } from "./rounds.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string" }, seed: { type: "string" }, json: { type: "string" } },
});
const [rounds, seed] = [Number(values.rounds ?? 100), Number(values.seed ?? 1)];
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed)) {
  console.error("Usage: npm run sim:process -- [--rounds 100] [--seed 1] [--json FILE]");
  process.exit(2);
}
const { said, acknowledged, lost, doubled, gaps, bugs } = await runRounds(rounds, seed, console.log);
for (const text of lost) console.log(`lost: ${text}`);
for (const text of doubled) console.log(`doubled: ${text}`);
for (const bug of bugs) console.log("a client met:", bug);
console.log(`${acknowledged} were called sent when the server was killed; ${gaps} had to be asked for`);
const rows = [
  { name: "lost", value: lost.length, unit: "messages", goal: "0", ok: lost.length === 0 },
  { name: "doubled", value: doubled.length, unit: "messages", goal: "0", ok: doubled.length === 0 },
  { name: "asked for", value: gaps, unit: "messages", goal: "0", ok: gaps === 0 },
  { name: "bugs", value: bugs.length, unit: "", goal: "0", ok: bugs.length === 0 },
];
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(rows, undefined, 2));
console.log(`${rounds} rounds, ${said} messages: ${lost.length} lost, ${doubled.length} doubled`);
process.exit(rows.every(({ ok }) => ok) ? 0 : 1);
