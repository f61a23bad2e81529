/** How npm's scripts begin and end: on a Node that is new enough, and with the process that started them. */
import { afterAll, expect, test } from "bun:test";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFault, nodePath, root } from "./setup.mjs";

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

test("[DS201] package.json states the oldest Node that this runs on, and an older one is told so in one sentence", () => {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { engines: { node: string } };
  const versions = ["12.22.12", "18.20.5", "20.18.3", "20.19.0", "21.7.3", "22.11.0", "22.12.0", "24.0.0", "26.1.0"];
  for (const version of versions)
    expect([version, nodeFault(version) === undefined]).toEqual([version, Bun.semver.satisfies(version, engines.node)]);
});

test("[DS201] npm start on an older Node ends with that sentence, and begins nothing", () => {
  const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.5" } });`;
  const start = `process.argv.push("--prepare"); await import("./tools/start.mjs");`;
  const { status, stdout, stderr } = spawnSync(nodePath, ["--input-type=module", "-e", `${older} ${start}`], {
    cwd: root,
    encoding: "utf8",
  });
  expect([status, stdout, stderr.trim()]).toEqual([1, "", nodeFault("18.20.5") ?? ""]);
});
