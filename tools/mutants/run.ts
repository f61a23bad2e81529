/** One `bun test` in a copy. */
import { statSync } from "node:fs";
import { bunPath } from "../setup.mjs";

/** In all, of one that says nothing. */
const msMax = 500_000;
/** Until it says its first word. */
const loadMsMax = 60_000;
const lookMs = 5_000;

/** Groups of processes that are at work; who stops this one stops them, and what they said by then is kept. */
const running = new Set<number>();
let wasStopped = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    wasStopped = true;
    for (const group of running) endAll(group);
  });

/** Whether this run was told to stop. */
export function isStopped(): boolean {
  return wasStopped;
}

/**
 * One that hangs has failed.
 *
 * @param names as they stand in the source; none: all.
 * @param says the file that grows while it goes on, and how long it may stand still then.
 */
export async function runTests(
  copy: string,
  files: readonly string[],
  names: readonly string[],
  env: Readonly<Record<string, string>>,
  says?: { readonly path: string; readonly stillMsMax: number },
): Promise<{ readonly code: number; readonly output: string }> {
  const pattern = names.map(asPattern).join("|");
  const command = [
    bunPath,
    "test",
    "--timeout",
    "240000",
    ...(names.length === 0 ? [] : ["-t", pattern]),
    ...files.map((file) => `./${file}`),
  ];
  const child = Bun.spawn(command, {
    cwd: copy,
    stdout: "ignore",
    stderr: "pipe",
    // A group of its own: a server that a test began, and a test without its check left running, ends with it.
    detached: true,
    env: { ...process.env, ...env, NO_COLOR: "1" },
  });
  running.add(child.pid);
  let [size, sinceMs] = [0, Date.now()];
  const timer = setInterval(() => {
    const now = says === undefined ? 0 : (statSync(says.path, { throwIfNoEntry: false })?.size ?? 0);
    if (now !== size) [size, sinceMs] = [now, Date.now()];
    if (Date.now() - sinceMs > (says === undefined ? msMax : size === 0 ? loadMsMax : says.stillMsMax))
      endAll(child.pid);
  }, lookMs);
  const said = new Response(child.stderr).text();
  const code = await child.exited;
  clearInterval(timer);
  running.delete(child.pid);
  endAll(child.pid); // Who is left holds what is read here open.
  const output = await said;
  return { code, output };
}

function endAll(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // Nobody is left.
  }
}

/** What rows fill, `%s` or `$name`, may be anything. */
function asPattern(name: string): string {
  return name
    .split(/%[a-z]|\$[\w.]+/)
    .map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
    .join(".*");
}
