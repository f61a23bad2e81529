/** Ledgers (docs/spec/packets.md RP31, RP32): balances, and the fewest payments that this way finds. */
import { expect, test } from "bun:test";
import { clearing, type Debt, ledgerOf, partsOf } from "./ledger.ts";

const usd = { of: "money", currency: "USD" } as const;
const debt = (from: string, to: string, amount: number, more: Partial<Debt> = {}): Debt => ({
  ...usd,
  from,
  to,
  amount,
  state: "open",
  ...more,
});

test("[RP31] 100.00 among three is 33.34, 33.33 and 33.33", () => {
  expect(partsOf(10_000, 3)).toEqual([3_334, 3_333, 3_333]);
  expect(partsOf(2, 3)).toEqual([1, 1, 0]);
});

test("[RP32] debts of a unit are set off against each other, and units never mix", () => {
  const ledger = ledgerOf([
    debt("ann", "ben", 2_000),
    debt("ben", "cat", 2_000),
    debt("cat", "dan", 500, { state: "paid" }),
    debt("ann", "dan", 900, { state: "asked" }),
    debt("ann", "dan", 900, { state: "off" }),
    debt("ann", "dan", 900, { state: "done" }),
    debt("ann", "ben", 7, { of: "points", currency: "" }),
    debt("ann", "ben", 7, { currency: "CNY" }),
  ]);
  expect(ledger.map(({ of, currency }) => [of, currency])).toEqual([
    ["money", "USD"],
    ["points", ""],
    ["money", "CNY"],
  ]);
  expect(ledger[0]?.balances).toEqual([
    { account: "cat", amount: 1_500 },
    { account: "dan", amount: 500 },
    { account: "ann", amount: -2_000 },
  ]);
  expect(ledger[0]?.payments).toEqual([
    { from: "ann", to: "cat", amount: 1_500 },
    { from: "ann", to: "dan", amount: 500 },
  ]);
});

test("[RP32] at most one payment fewer than there are people clears whatever stands", () => {
  let seed = 1;
  const below = (range: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % range;
  };
  for (let n = 0; n < 200; n++) {
    const people = 2 + below(9);
    const debts = Array.from({ length: 30 }, () => debt(`p${below(people)}`, `p${below(people)}`, 1 + below(9_000)));
    for (const { balances, payments } of ledgerOf(debts)) {
      expect(payments.length).toBeLessThanOrEqual(Math.max(0, balances.length - 1));
      const left = new Map(balances.map(({ account, amount }) => [account, amount]));
      for (const { from, to, amount } of payments) {
        expect(amount).toBeGreaterThan(0);
        left.set(from, (left.get(from) ?? 0) + amount);
        left.set(to, (left.get(to) ?? 0) - amount);
      }
      expect([...left.values()].every((amount) => amount === 0)).toBe(true);
    }
  }
  expect(clearing([])).toEqual([]);
});
