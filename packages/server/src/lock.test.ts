/** One folder, one server: real processes. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holderOf } from "./bun-lock.ts";
import { endAll, portOf, start } from "./testkit/process.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-lock-"));
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});

test("[DS111] a second server over a folder ends with a sentence that names the first, which goes on", async () => {
  const data = join(folder, "one");
  const first = start("--port", "0", "--data", data);
  const port = await portOf(first);
  const second = start("--port", "0", "--data", data);
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`a server runs over ${data} already (process ${first.child.pid})`);
  expect(second.output().trim().split("\n")).toHaveLength(1);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect(holderOf(data)).toBe(first.child.pid as number);
}, 30_000);

test("[DS111] however a server ended, the next one over its folder starts", async () => {
  const data = join(folder, "two");
  for (const signal of ["SIGKILL", "SIGINT", "SIGTERM"] as const) {
    const one = start("--port", "0", "--data", data, "--drain-seconds", "0");
    await portOf(one);
    one.child.kill(signal);
    await one.ended;
    expect([signal, holderOf(data)]).toEqual([signal, undefined]);
  }
}, 60_000);
