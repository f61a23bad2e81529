/** One `bun test` in a copy. */
import { bunPath } from "../setup.mjs";

const secondsMax = 240;

/**
 * Stops at the first that fails; one that hangs has failed.
 *
 * @param names as they stand in the source; none: all.
 */
export async function runTests(
  copy: string,
  files: readonly string[],
  names: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly output: string }> {
  const pattern = names.map(asPattern).join("|");
  const command = [
    bunPath,
    "test",
    "--bail",
    "--timeout",
    "60000",
    ...(names.length === 0 ? [] : ["-t", pattern]),
    ...files.map((file) => `./${file}`),
  ];
  const child = Bun.spawn(command, {
    cwd: copy,
    stdout: "ignore",
    stderr: "pipe",
    env: { ...process.env, ...env, NO_COLOR: "1" },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), secondsMax * 1000);
  const output = await new Response(child.stderr).text();
  const code = await child.exited;
  clearTimeout(timer);
  return { code, output };
}

/** What rows fill, `%s` or `$name`, may be anything. */
function asPattern(name: string): string {
  return name
    .split(/%[a-z]|\$[\w.]+/)
    .map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
    .join(".*");
}
