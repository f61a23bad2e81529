/**
 * Ledger: who owes whom in a chat, a pure fold over what was said there (docs/spec/packets.md RP30–RP32). Sums are
 * hundredths. Points and currencies never mix; there is no rate, no interest and no fee.
 */
import type { Hex } from "../../feature.ts";

export type Unit = { readonly of: "points" | "money"; readonly currency: string };

/**
 * One debt. `open` counts; `asked` waits for a yes; `paid` counts until who is owed says that it came. `differs`: the
 * yes is to another one under the same id (RP37).
 */
export type Debt = Unit & {
  readonly from: Hex;
  readonly to: Hex;
  readonly amount: number;
  readonly state: "asked" | "open" | "paid" | "done" | "off" | "differs";
};

export type Payment = { readonly from: Hex; readonly to: Hex; readonly amount: number };

export type UnitLedger = Unit & {
  /** What each is owed in all, or owes where it is below 0; nobody with 0. */
  readonly balances: readonly { readonly account: Hex; readonly amount: number }[];
  /** The payments that clear all: at most one fewer than there are people in it. */
  readonly payments: readonly Payment[];
};

/** Of each unit, in the order in which they were first said. */
export function ledgerOf(debts: readonly Debt[]): readonly UnitLedger[] {
  const units = new Map<string, Unit & { readonly sums: Map<Hex, number> }>();
  for (const { of, currency, from, to, amount, state } of debts) {
    if (state !== "open" && state !== "paid") continue;
    const key = `${of} ${currency}`;
    const unit = units.get(key) ?? { of, currency, sums: new Map<Hex, number>() };
    units.set(key, unit);
    unit.sums.set(from, (unit.sums.get(from) ?? 0) - amount);
    unit.sums.set(to, (unit.sums.get(to) ?? 0) + amount);
  }
  return [...units.values()].map(({ of, currency, sums }) => {
    const balances = [...sums]
      .flatMap(([account, amount]) => (amount === 0 ? [] : [{ account, amount }]))
      .sort((a, b) => b.amount - a.amount || (a.account < b.account ? -1 : 1));
    return { of, currency, balances, payments: clearing(balances) };
  });
}

/** Who owes most pays who is owed most, until nothing is left: each payment ends the part of one of them. */
export function clearing(balances: UnitLedger["balances"]): readonly Payment[] {
  const left = balances.map((one) => ({ ...one }));
  const payments: Payment[] = [];
  for (;;) {
    left.sort((a, b) => b.amount - a.amount || (a.account < b.account ? -1 : 1));
    const [to, from] = [left[0], left.at(-1)];
    if (to === undefined || from === undefined || to.amount <= 0 || from.amount >= 0) return payments;
    const amount = Math.min(to.amount, -from.amount);
    payments.push({ from: from.account, to: to.account, amount });
    to.amount -= amount;
    from.amount += amount;
  }
}

/** Equal parts, to the hundredth: what does not go up is given down the list, one each (RP31). */
export function partsOf(total: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, place) => Math.floor(total / count) + (place < total % count ? 1 : 0));
}
