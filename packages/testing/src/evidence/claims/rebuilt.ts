/**
 * R5.4: whether two builds of the same sources are equal to the byte, in other folders, times and tongues
 * (tools/build-release.ts); what that command prints is judged here.
 */
import { join } from "node:path";
import { type Check, noneOf } from "../check.ts";

const root = join(import.meta.dir, "../../../../..");

export async function rebuilt(): Promise<Check> {
  const command = ["node", "tools/run.mjs", "tools/build-release.ts", "--compare"];
  const run = Bun.spawn(command, { cwd: root, stdout: "pipe", stderr: "pipe" });
  const [text, fault] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
  if ((await run.exited) !== 0) console.log(`${text}${fault}`);
  return judgeRebuilt(text);
}

export function judgeRebuilt(text: string): Check {
  const told = /R5\.4 builds (\d+) files (\d+) differ (\d+) control (\d+)/.exec(text);
  const [builds = 0, files = 0, different = 0, control = 0] = told?.slice(1).map(Number) ?? [];
  return noneOf(
    "P5.rebuilt",
    "the same sources, built in any folder, at any time and in any language, give the same files to the byte",
    {
      hits: different,
      figure: `${files} files built ${builds} times: ${different} differ; ${control} did once one character of the sources was another`,
    },
    files > 0 && control > 0,
  );
}
