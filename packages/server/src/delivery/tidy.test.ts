/** What was fetched leaves the disk (docs/spec/delivery.md DS168): a file, and a clock that a test moves. */
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestServer } from "../testkit/test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-tidy-"));
afterAll(() => rmSync(folder, { recursive: true }));

const mebi = 2 ** 20;
const bytesOf = (path: string) =>
  ["", "-wal"].reduce((sum, suffix) => sum + (existsSync(path + suffix) ? statSync(path + suffix).size : 0), 0);

/** So many messages of two kilobytes, of which the device fetched all. */
async function fetched(name: string, count: number) {
  const path = join(folder, name);
  const home = new TestServer({ path });
  const { log } = home;
  const ann = await home.person("ann");
  const phone = await ann.phone.signIn(home);
  const device = log.transaction(() => log.accounts.devices(1)[0]?.ref ?? 0);
  log.transaction(() => {
    for (let id = 1; id <= count; id++)
      log.delivery.put(id, crypto.getRandomValues(new Uint8Array(2_000)), [], [device]);
  });
  log.transaction(() => log.delivery.ack(device, 1, count));
  return { path, home, phone };
}

test("[DS168] within a minute of quiet the room of all that was fetched is given back, in steps, however much it was", async () => {
  const { path, home } = await fetched("quiet.db", 12_000);
  expect(bytesOf(path)).toBeGreaterThan(24 * mebi);
  const sizes: number[] = [];
  for (let s = 0; s < 60; s++) {
    await home.clock.pass(1_000);
    sizes.push(bytesOf(path));
  }
  expect(sizes.at(-1)).toBeLessThan(mebi / 2);
  const steps = new Set(sizes).size;
  expect(steps).toBeGreaterThan(1); // Not all in one go: nobody waits for it.
}, 60_000);

test("[DS168] where something is written meanwhile it stops, and goes on at the next quiet moment", async () => {
  const { path, home, phone } = await fetched("busy.db", 12_000);
  for (let s = 0; s < 120; s++) {
    await phone.call("addresses", { add: [new Uint8Array(16).fill(s)], remove: [] });
    await home.clock.pass(1_000);
  }
  expect(bytesOf(path)).toBeGreaterThan(24 * mebi);
  await home.clock.pass(60_000);
  expect(bytesOf(path)).toBeLessThan(mebi / 2);
}, 60_000);

test("[DS194] what was fetched leaves the write-ahead log within minutes, however often somebody writes", async () => {
  const { path, home, phone } = await fetched("never-quiet.db", 6_000);
  const log = () => statSync(`${path}-wal`).size;
  const busy = async (minutes: number) => {
    for (let n = 0; n < 6 * minutes; n++) {
      await phone.call("addresses", { add: [new Uint8Array(16).fill(n)], remove: [] });
      await home.clock.pass(10_000);
    }
  };
  await busy(5);
  expect(log()).toBeGreaterThan(12 * mebi);
  await busy(6);
  expect(log()).toBeLessThan(mebi);
}, 60_000);
