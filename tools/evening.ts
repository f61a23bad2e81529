/**
 * `npm run evening [-- --program FILE --next FILE]`: an operator's evening, played against the real program; see
 * tools/evening/evening.ts. Without a file the program is built.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildBinary } from "./build-binary.ts";
import { evening } from "./evening/evening.ts";
import { asCommand, root, SetupError } from "./setup.mjs";
import { ensureWebBuilt, webDist } from "./web-build.mjs";

function fileOf(flag: string): string | undefined {
  const at = process.argv.indexOf(flag);
  if (at === -1) return undefined;
  const path = process.argv[at + 1] ?? "";
  if (!existsSync(path)) throw new SetupError(`${flag} needs a file`);
  return path;
}

async function built(): Promise<string> {
  const out = join(root, ".cache", "evening-server");
  ensureWebBuilt();
  await buildBinary(join(root, "packages", "server", "src", "main.ts"), webDist, out);
  return out;
}

await asCommand(async () => {
  const program = fileOf("--program") ?? (await built());
  let step = 0;
  await evening(program, fileOf("--next") ?? program, (said) => console.log(`${++step}. ${said}`));
  console.log("The evening went well.");
});
