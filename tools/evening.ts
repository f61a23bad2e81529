/**
 * `npm run evening [-- --program FILE|COMMIT --next FILE|COMMIT]`: an operator's evening, played against the real
 * program; see tools/evening/evening.ts. It begins with `program` and is upgraded to `next`. Of a commit of this
 * repository the program is built; without either it is built as it is now.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildBinary } from "./build-binary.ts";
import { evening } from "./evening/evening.ts";
import { programAt } from "./evening/older.ts";
import { asCommand, root, SetupError } from "./setup.mjs";
import { ensureWebBuilt, webDist } from "./web-build.mjs";

function named(flag: string): string | undefined {
  const at = process.argv.indexOf(flag);
  if (at === -1) return undefined;
  const said = process.argv[at + 1] ?? "";
  if (existsSync(said)) return said;
  if (!/^[\w./-]+$/.test(said) || said.startsWith("-")) throw new SetupError(`${flag} needs a file, or a commit`);
  const out = join(root, ".cache", `evening-server${flag}`);
  mkdirSync(join(root, ".cache"), { recursive: true });
  programAt(said, out);
  return out;
}

let now: string | undefined;

async function built(): Promise<string> {
  if (now !== undefined) return now;
  const out = join(root, ".cache", "evening-server");
  now = out;
  ensureWebBuilt();
  await buildBinary(join(root, "packages", "server", "src", "main.ts"), webDist, out);
  return out;
}

await asCommand(async () => {
  const program = named("--program") ?? (await built());
  let step = 0;
  await evening(program, named("--next") ?? (await built()), (said) => console.log(`${++step}. ${said}`));
  console.log("The evening went well.");
});
