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

/** The columns of a terminal (docs/spec/terminal.md TE15). */
const columnsMax = 80;
/** Less room than that is too narrow for sentences. */
const columnsLeast = 30;

/** A table with a header row; numbers are aligned to the right, and a last cell that is long goes on below. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isFigure = heads.map((_, column) =>
    rows.every((row) => /^[\d.,]+( [KMGT]?i?B)?$|^-?$/.test(row[column] ?? "")),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const lines = (cells: readonly string[]) => {
    const [first = "", ...more] = wrapped(cells.at(-1) ?? "", Math.max(columnsMax - before, columnsLeast));
    const line = [...cells.slice(0, -1), first]
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isFigure[column] === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
    return [line, ...more.map((text) => `${"".padEnd(before)}${text}`)];
  };
  return [heads, ...rows].flatMap(lines).join("\n");
}

/** A text in lines of at most so many letters, broken between words. */
function wrapped(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > most) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** A text in lines that begin so far in, and fit a terminal. */
export function indented(text: string, by: number): readonly string[] {
  return wrapped(text, columnsMax - by).map((line) => `${"".padEnd(by)}${line}`);
}

/** A name and what is said of it, a line each. */
export type Fact = readonly [name: string, ...lines: string[]];

/** Two columns, without a header row. */
export function facts(all: readonly Fact[]): string {
  const width = Math.max(...all.map(([name]) => name.length));
  const line = (name: string, value: string) => `${name.padEnd(width)}  ${value}`;
  return all.flatMap(([name, ...lines]) => lines.map((value, at) => line(at === 0 ? name : "", value))).join("\n");
}
