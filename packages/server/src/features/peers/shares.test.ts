/** Shares: whose the room is that waits for a server, and for how long that is known (docs/spec/peers.md PE49). */
import { expect, test } from "bun:test";
import { inspect } from "node:util";
import { Shares } from "./shares.ts";

const hourMs = 3_600_000;

test("[PE49] after an hour memory tells no more from which place it came what waits for a server", () => {
  const shares = new Shares();
  shares.add(1, 1, "2001:db8::/48", 100, 0);
  shares.add(1, 2, "192.0.2.0/24", 200, hourMs - 1);
  shares.forget(hourMs);
  expect([shares.of(1, "2001:db8::/48"), shares.of(1, "192.0.2.0/24")]).toEqual([0, 200]);
  expect(inspect(shares, { depth: 9 })).not.toContain("2001:db8");
  shares.done(1, 1);
  shares.forget(2 * hourMs);
  expect(inspect(shares, { depth: 9 })).not.toContain("192.0.2.0");
});

test("[PE93] whose the rows are is known of as many in all: what waits for many servers makes those of few forgotten last", () => {
  const shares = new Shares();
  shares.add(0, 1, "2001:db8::/48", 100, 0);
  const servers = Array.from({ length: 40 }, (_, i) => i + 1);
  for (const server of servers) for (let n = 1; n <= 10_000; n++) shares.add(server, n, "192.0.2.0/24", 1, 0);
  const known = servers.reduce((sum, server) => sum + shares.of(server, "192.0.2.0/24"), 0);
  expect([known > 200_000, known < 262_144]).toEqual([true, true]);
  expect(shares.of(0, "2001:db8::/48")).toBe(100);
  // What leaves makes room again.
  for (const server of servers) shares.done(server, 10_000);
  for (let n = 1; n <= 10_000; n++) shares.add(1, n, "192.0.2.0/24", 1, 0);
  expect(shares.of(1, "192.0.2.0/24")).toBe(10_000);
});
