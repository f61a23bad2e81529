/**
 * R7.6: the app is built from the tree without red packets (tools/without.ts), and nothing in it tells of them
 * (docs/spec/packets.md RP35). What that command prints is judged here.
 */
import { join } from "node:path";
import { type Check, noneOf } from "../check.ts";

const root = join(import.meta.dir, "../../../../..");

export type Built = {
  /** Files of the app built without it that tell of it. */
  readonly left: readonly string[];
  /** Whether the app with it was found to tell of it by the same search. */
  readonly isWhole: boolean;
};

export async function withoutPackets(): Promise<Check> {
  const command = ["node", "tools/run.mjs", "tools/without.ts", "packets", "--built"];
  const run = Bun.spawn(command, { cwd: root, stdout: "pipe", stderr: "pipe" });
  const [text, fault] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
  const told = /without packets: left \[(.*)\], else (\d+)/.exec(text);
  if (told === null) console.log(`${text}${fault}`);
  const [, left = "", whole = "0"] = told ?? [];
  return judgeWithout({ left: left.split(" ").filter(Boolean), isWhole: Number(whole) > 0 });
}

export function judgeWithout({ left, isWhole }: Built): Check {
  return noneOf(
    "P6.without",
    "an app that is built without red packets has no word of them",
    { hits: left.length, figure: `${left.length} files tell of them, where with them the same search finds some` },
    isWhole,
  );
}
