/**
 * Runs a TypeScript file of this project on Bun: `node tools/run.mjs FILE ARG…`. It is how npm's
 * scripts start, for they may be the first thing that a fresh clone runs.
 */
import { asCommand, become, bunPath, ensureInstalled, SetupError } from "./setup.mjs";

await asCommand(() => {
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) throw new SetupError("Usage: node tools/run.mjs FILE [ARG…]");
  ensureInstalled();
  become(bunPath, [script, ...args]);
});
