/** Words: how the operator's commands print numbers on a terminal. */

/** Such as `3.4 MiB`; null: says that it is not known. */
export function sized(bytes: number | null): string {
  if (bytes === null || Number.isNaN(bytes)) return "unknown";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Such as `3 days 4 hours`: two units at most. */
export function lasting(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const parts: [number, string][] = [
    [Math.floor(minutes / 1_440), "day"],
    [Math.floor(minutes / 60) % 24, "hour"],
    [minutes % 60, "minute"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return "less than a minute";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}${count === 1 ? "" : "s"}`)
    .join(" ");
}

export function counted(count: number | null, one: string): string {
  if (count === null || Number.isNaN(count)) return `unknown ${one}s`;
  return `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
}

/** A table with a header row; numbers are aligned to the right. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isFigure = heads.map((_, column) =>
    rows.every((row) => /^[\d.,]+( [KMGT]?i?B)?$|^-?$/.test(row[column] ?? "")),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isFigure[column] === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [line(heads), ...rows.map(line)].join("\n");
}

/** A name and what is said of it, a line each. */
export type Fact = readonly [name: string, ...lines: string[]];

/** Two columns, without a header row. */
export function facts(all: readonly Fact[]): string {
  const width = Math.max(...all.map(([name]) => name.length));
  const line = (name: string, value: string) => `${name.padEnd(width)}  ${value}`;
  return all.flatMap(([name, ...lines]) => lines.map((value, at) => line(at === 0 ? name : "", value))).join("\n");
}
