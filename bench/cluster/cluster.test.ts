/**
 * Three gateways, PostgreSQL and NATS are killed while everybody writes: a few of the rounds that
 * `npm run cluster -- --faults` plays.
 */
import { describe, expect, test } from "bun:test";
import { Ledger } from "./ledger.ts";
import { Machines, missing } from "./machines.ts";
import { nothingLeft, rounds, together } from "./plays.ts";

describe.skipIf(missing() !== undefined)("cluster", () => {
  test("[DS79] a gateway, a node of NATS and PostgreSQL are killed in turn: nothing is lost, doubled or out of order", async () => {
    const machines = await Machines.begin();
    try {
      const shape = { pairs: 20, writersPerPair: 2, crowds: 1, membersPerCrowd: 6, writersPerCrowd: 2 };
      const outcome = await rounds(machines, shape, 1);
      expect(outcome).toMatchObject({ lost: 0, doubled: 0, disordered: 0, left: nothingLeft });
      expect(outcome.acknowledged).toBeGreaterThan(100);
      expect(outcome.rounds.map(({ fault }) => fault)).toEqual(["gateway", "NATS node", "PostgreSQL"]);
    } finally {
      await machines.end();
    }
  }, 120_000);
});

test("rounds of two runs are told as one, and what either lost or left is lost or left", () => {
  const run = (recoveryMs: number, left: string, lost: number) => ({
    rounds: [{ fault: "gateway" as const, recoveryMs }],
    seconds: 10,
    left,
    acknowledged: 100,
    lost,
    doubled: 0,
    disordered: 0,
    again: 2,
  });
  expect(together(run(900, nothingLeft, 0), run(1_200, "3|0|0", 1))).toEqual({
    rounds: [
      { fault: "gateway", recoveryMs: 900 },
      { fault: "gateway", recoveryMs: 1_200 },
    ],
    seconds: 20,
    left: "3|0|0",
    acknowledged: 200,
    lost: 1,
    doubled: 0,
    disordered: 0,
    again: 4,
  });
});

test("what is lost, stored twice or out of order is found out", () => {
  const ledger = new Ledger();
  const writer = ledger.addWriter([0, 1]);
  for (let n = 0; n < 3; n++) ledger.accepts(writer, ledger.begins(writer));
  ledger.arrives(0, writer, 0, 10);
  ledger.arrives(0, writer, 2, 12);
  expect(ledger.sums()).toMatchObject({ acknowledged: 3, lost: 3, doubled: 0, disordered: 0 });
  ledger.arrives(0, writer, 1, 11); // Overtaken.
  for (let n = 0; n < 3; n++) ledger.arrives(1, writer, n, 20 + n);
  expect(ledger.sums()).toMatchObject({ lost: 0, disordered: 1, doubled: 0, again: 0 });
  expect(ledger.isAllDone).toBe(true);
  ledger.arrives(1, writer, 2, 22); // As after a reconnect.
  ledger.arrives(1, writer, 2, 30);
  expect(ledger.sums()).toMatchObject({ doubled: 1, again: 1 });
});
