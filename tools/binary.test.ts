/** The one file, built and run where nothing else of ours is: it serves the app, takes people in, and ends. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasPostgres, PostgresCluster } from "@yanshu/server/postgres";
import { buildBinary } from "./build-binary.ts";
import { root } from "./setup.mjs";

const folder = mkdtempSync(join(tmpdir(), "yanshu-binary-"));
const program = join(folder, "yanshu-server");
const cli = join(root, "packages/cli/src/main.ts");
const running = new Set<ChildProcess>();

beforeAll(async () => {
  const web = join(folder, "web");
  mkdirSync(join(web, "assets"), { recursive: true });
  writeFileSync(join(web, "index.html"), "<!doctype html><title>雁</title>".padEnd(4_000));
  writeFileSync(join(web, "assets/main-AbCd1234.js"), "console.log('hello');\n".repeat(200));
  await buildBinary(join(root, "packages/server/src/main.ts"), web, program);
  rmSync(web, { recursive: true });
}, 120_000);
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** In an empty folder, which is also its temporary one, with an empty environment. */
async function started(name: string, ...args: readonly string[]) {
  const place = join(folder, name);
  mkdirSync(place);
  const child = spawn(program, ["--port", "0", "--data", join(folder, `${name}-data`), ...args], {
    cwd: place,
    env: { TMPDIR: place },
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      output += data;
    });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  for (let tries = 0; !/#i\//.test(output); tries++) {
    if (tries > 400 || child.exitCode !== null) throw new Error(`it did not start: ${output}`);
    await Bun.sleep(50);
  }
  const invite = /http:\S+#i\/\S+/.exec(output)?.[0] as string;
  return { child, ended, invite, origin: new URL(invite).origin, place };
}

async function signUp(invite: string, name: string): Promise<string> {
  const child = Bun.spawn([process.execPath, cli, "create", invite, "--name", name, "--data", join(folder, name)]);
  expect(await child.exited).toBe(0);
  return new Response(child.stdout).text();
}

test("[DS85] one file serves the app and takes people in, needs nothing beside it, and leaves nothing but its data", async () => {
  const { child, ended, invite, origin, place } = await started("alone");
  const page = await fetch(`${origin}/`, { headers: { "accept-encoding": "gzip" } });
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(await page.text()).toStartWith("<!doctype html><title>雁");
  const script = await fetch(`${origin}/assets/main-AbCd1234.js`);
  expect(script.headers.get("cache-control")).toContain("immutable");
  expect(await script.text()).toContain("hello");
  expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  expect(await signUp(invite, "Ann")).toContain("Ann");
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(readdirSync(place)).toEqual([]);
}, 60_000);

test.skipIf(!hasPostgres)(
  "[DS85] [DS72] with a database that several share, too",
  async () => {
    const cluster = await PostgresCluster.begin();
    const url = cluster.database();
    const homes = [await started("one", "--log", url), await started("two", "--log", url)];
    await signUp((homes[0] as { invite: string }).invite, "Ben");
    expect(cluster.ask(url, "SELECT count(*) FROM accounts")).toBe("1");
    for (const { child, ended } of homes) {
      child.kill("SIGTERM");
      expect(await ended).toBe(0);
    }
    cluster.end();
  },
  60_000,
);
