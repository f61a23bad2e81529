/**
 * Evidence (docs/threat-model.md): the promises, tried.
 *
 *   npm run evidence [-- --json FILE]
 *
 * First a real server process with real clients, and a search of all that its operator could get at;
 * then an operator who cheats. One entry a check; the last line is `N passed, M failed`.
 */
import { writeFileSync } from "node:fs";
import { type Check, jsonOf, tableOf, totalOf } from "./check.ts";
import { attacks } from "./evil/attacks.ts";
import { checkOperator } from "./real/operator.ts";

const usage = "Usage: npm run evidence [-- --json FILE]";

async function main(args: readonly string[]): Promise<number> {
  const json = args[0] === "--json" ? args[1] : undefined;
  if (args.length !== (json === undefined ? 0 : 2)) {
    console.error(usage);
    return 2;
  }
  const checks: Check[] = [...(await checkOperator())];
  for (const attack of attacks) checks.push(await attack());
  console.log(tableOf(checks));
  if (json !== undefined) writeFileSync(json, JSON.stringify(jsonOf(checks), undefined, 2));
  console.log(totalOf(checks));
  return checks.every(({ verdict }) => verdict === "pass") ? 0 : 1;
}

process.exit(await main(process.argv.slice(2)));
