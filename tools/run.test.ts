/** How npm's scripts end: with whoever started them. */
import { afterAll, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./setup.mjs";

const folder = mkdtempSync(join(tmpdir(), "yanshu-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function until(found: () => boolean, ms = 30_000): Promise<void> {
  for (const end = performance.now() + ms; !found(); await Bun.sleep(20))
    if (performance.now() > end) throw new Error("it did not happen in time");
}

test.skipIf(process.platform === "win32").each(["server", "start"])(
  "[DS113] SIGTERM to npm run %s ends the server that it started",
  async (script) => {
    const data = join(folder, script);
    const npm = spawn("npm", ["run", script, "--", "--port", "0", "--data", data], { cwd: root });
    let output = "";
    npm.stdout.on("data", (text) => {
      output += text;
    });
    await until(() => output.includes("listens at"));
    const server = Number(readFileSync(join(data, "server.pid"), "utf8"));
    npm.kill("SIGTERM");
    await until(() => !existsSync(join(data, "server.pid"))); // Removed by a server that ends in good order.
    const isThere = () => {
      try {
        return process.kill(server, 0);
      } catch {
        return false;
      }
    };
    await until(() => !isThere());
    expect(isThere()).toBe(false);
  },
  60_000,
);
