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
};

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** A measured figure. A value that is not a number means that nothing was measured, and fails. */
export function row(name: string, value: number, unit: string, goal?: Goal): Row {
  const rounded = round(value);
  if (!Number.isFinite(value)) return { name, value: 0, unit, goal: goal ? goalText(goal) : "measured", ok: false };
  if (goal === undefined) return { name, value: rounded, unit, goal: null, ok: true };
  const ok = "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost;
  return { name, value: rounded, unit, goal: goalText(goal), ok };
}

/** The rows as a table of fixed columns, for a terminal. */
export function terminalTable(rows: readonly Row[]): string {
  const cells = rows.map((item) => [
    item.name,
    formatNumber(item.value),
    item.unit,
    item.goal ?? "",
    item.goal === null ? "" : item.ok ? "ok" : "MISSED",
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => (line[column] as string).length)));
  return cells
    .map(([name = "", value = "", unit = "", goal = "", ok = ""]) =>
      [
        name.padEnd(widths[0] as number),
        value.padStart(widths[1] as number),
        unit.padEnd(widths[2] as number),
        goal.padEnd(widths[3] as number),
        ok,
      ]
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return value >= 1_000 ? Math.round(value).toLocaleString("en") : String(value);
}

function goalText(goal: Goal): string {
  return "atLeast" in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`;
}

/** Four significant digits: more would claim what two runs do not share. */
function round(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
}
