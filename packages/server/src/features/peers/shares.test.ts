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
