/**
 * `npm run check`: in a file that bears `@checks`, and in each of wire, whatever refuses is marked, or says why it is
 * not a check (docs/spec/rooms.md RO12).
 */
import { Glob } from "bun";
import { root } from "../setup.mjs";
import { unmarkedIn } from "./checks.ts";

/** Its words are steps of a loop, and refuse nobody. */
const leftOut = "packages/client/src/backup/vault.ts";
/** They read others' bytes, so none may be without marks. */
const whole = /^packages\/wire\/src\/(?!testing\/)/;

const unmarked: string[] = [];
for (const path of [...new Glob("packages/*/src/**/*.ts").scanSync(root)].sort())
  if (!path.endsWith(".test.ts") && path !== leftOut)
    unmarked.push(...unmarkedIn(path, await Bun.file(`${root}/${path}`).text(), whole.test(path)));
for (const line of unmarked) console.log(`neither @checks nor "not a check": ${line}`);
process.exitCode = unmarked.length === 0 ? 0 : 1;
