/**
 * Rows: what a run measured, each with the goal that it is held against. The same shape as the
 * simulator's and the evidence's `--json FILE`: an array of `{name, value, unit, goal, ok}`.
 */

export type Row = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the value is held against, such as `>= 15000`; null when it is only told. */
  readonly goal: string | null;
  readonly ok: boolean;
  /**
   * What the machine could do at most, or at least needs, with nothing of ours in the way: in the same unit, of the
   * same run.
   */
  readonly raw?: number;
};

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** A measured figure. A value that is not a number means that nothing was measured, and fails. */
export function row(name: string, value: number, unit: string, goal?: Goal, rawLimit?: number): Row {
  const raw = rawLimit === undefined ? {} : { raw: round(rawLimit) };
  if (!Number.isFinite(value))
    return { name, value: 0, unit, goal: goal ? goalText(goal) : "measured", ok: false, ...raw };
  if (goal === undefined) return { name, value: round(value), unit, goal: null, ok: true, ...raw };
  const ok = "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost;
  return { name, value: round(value), unit, goal: goalText(goal), ok, ...raw };
}

/** How much of the raw limit the figure is, as text; empty where there is none. */
export function ratioText({ value, raw }: Row): string {
  return raw === undefined || raw === 0 ? "" : `${Number((value / raw).toPrecision(3))} ×`;
}

/** The rows as a table of fixed columns, for a terminal: figure, goal, raw limit and the ratio to it. */
export function terminalTable(rows: readonly Row[]): string {
  const cells = rows.map((item) => [
    item.name,
    formatNumber(item.value),
    item.unit,
    item.goal === null ? "" : `${item.goal} ${item.ok ? "ok" : "MISSED"}`,
    item.raw === undefined ? "" : `raw ${formatNumber(item.raw)}`,
    ratioText(item),
  ]);
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((line) => (line[column] as string).length))) ?? [];
  const isNumber = (column: number) => column === 1 || column === 5;
  return cells
    .map((line) =>
      line
        .map((cell, column) =>
          isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return value >= 1_000 ? Math.round(value).toLocaleString("en") : String(value);
}

/**
 * The rows that a scenario is there for, one line each, in the order of their names: `PASS` or `FAIL`, and the figure
 * with its goal. One without a goal, as in a quick run, or that was not measured, has not passed.
 */
export function verdict(rows: readonly Row[], names: readonly string[]): readonly string[] {
  return names.map((name) => {
    const found = rows.find((one) => one.name === name);
    if (found === undefined) return `FAIL ${name}: not measured`;
    const { value, unit, goal, ok } = found;
    return `${ok && goal !== null ? "PASS" : "FAIL"} ${name}: ${formatNumber(value)} ${unit}, goal ${goal ?? "none"}`;
  });
}

function goalText(goal: Goal): string {
  return "atLeast" in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`;
}

/** Four significant digits: more would claim what two runs do not share. */
function round(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
}

/** The middle one of all, not a number where there is none. */
export function middle(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The one below which this share of all is; not a number where there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
