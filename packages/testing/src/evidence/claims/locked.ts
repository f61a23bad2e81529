/**
 * R5.2: what a copy of a browser's profile holds while the app is locked. A real Chromium writes the profile and every
 * byte of it is read (packages/web/e2e/lock.spec.ts); what that test prints is judged here. It runs on Node, for
 * Playwright can hang on Bun.
 */
import { join } from "node:path";
import { type Check, noneOf } from "../check.ts";

const root = join(import.meta.dir, "../../../../..");

/** Where a browser test runs: a command that runs it elsewhere, and what it is told by its environment. */
type Elsewhere = { readonly within?: readonly string[]; readonly env?: Readonly<Record<string, string>> };

/** What a browser test of the web app says, and whether all of it held. @param spec its file in `packages/web/e2e`. */
export async function browserTest(
  spec: string,
  { within = [], env = {} }: Elsewhere = {},
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  // Playwright empties the folder of its results when it begins, and another may run.
  const how = ["--workers=1", "--retries=2", `--output=test-results/evidence-${spec}`];
  const command = ["npx", "playwright", "test", `packages/web/e2e/${spec}`, ...how];
  const options = { cwd: root, stdout: "pipe", stderr: "ignore", env: { ...process.env, ...env } } as const;
  const run = Bun.spawn([...within, ...command], options);
  const text = await new Response(run.stdout).text();
  const isWhole = (await run.exited) === 0;
  if (!isWhole) console.log(text); // Why the check is void: nothing else would tell.
  // The last try's figures come first, for those are the ones that held.
  return { text: text.split("\n").toReversed().join("\n"), isWhole };
}

export async function lockedProfile(): Promise<Check> {
  const { text, isWhole } = await browserTest("lock.spec.ts");
  return judgeLocked(text, isWhole);
}

/** @param isWhole whether everything else of that test held: the lock opens, and all is there. */
export function judgeLocked(text: string, isWhole: boolean): Check {
  const told = /R5\.2 locked (\d+) hits in (\d+) bytes, closed (\d+) in (\d+); unlocked (\d+)/.exec(text);
  const [locked = 0, bytes = 0, closed = 0, closedBytes = 0, unlocked = 0] = told?.slice(1).map(Number) ?? [];
  return noneOf(
    "P5.locked",
    "a copy of a browser's profile, taken while the app is locked and after it was closed, holds none of what was said, written or named",
    {
      hits: locked + closed,
      figure: `${locked} hits in ${megabytes(bytes)}, ${closed} in ${megabytes(closedBytes)} once it was closed; ${unlocked} without a lock`,
    },
    isWhole && unlocked > 0 && bytes > 0 && closedBytes > 0,
  );
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
