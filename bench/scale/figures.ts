/** Figures: what bench/RESULTS.md, and the trial of decision 0018, measured, read as data. */

export type Figure = { readonly name: string; readonly value: number; readonly unit: string };

/** The rows of all tables of a report, under `scenario: what`. */
export function figuresOf(results: string): ReadonlyMap<string, Figure> {
  const found = new Map<string, Figure>();
  let section = "";
  for (const line of results.split("\n")) {
    section = /^## (.+)$/.exec(line)?.[1] ?? section;
    const [, what = "", value = "", unit = ""] = /^\| ([^|]+) \| ([\d.,-]+) \| ([^|]+) \|/.exec(line) ?? [];
    if (what !== "") found.set(`${section}: ${what}`, { name: `${section}: ${what}`, value: numberOf(value), unit });
  }
  return found;
}

/** The first of these that was measured. @throws when none was: the page would be of nothing. */
export function first(figures: ReadonlyMap<string, Figure>, ...names: readonly string[]): Figure {
  for (const name of names) {
    const figure = figures.get(name);
    if (figure !== undefined && figure.value > 0) return figure;
  }
  throw new Error(`bench/RESULTS.md has no figure ${names.join(", or ")}`);
}

/** What the trial over PostgreSQL says: messages a CPU-second of the server, and messages a second. */
export function postgresTrial(decision: string): { readonly perCpuSecond: Figure; readonly perSecond: Figure } {
  const [, perCpu = "", perSecond = ""] = /^\| PostgreSQL[^|]*\| ([\d,]+) \(([\d,]+) a second/m.exec(decision) ?? [];
  if (perCpu === "") throw new Error("docs/decisions/0018-postgres-log.md has no figure of PostgreSQL");
  const figure = (what: string, text: string, unit: string) => ({
    name: `decision 0018: over PostgreSQL, ${what}`,
    value: numberOf(text),
    unit,
  });
  return {
    perCpuSecond: figure("durable messages per server CPU-second", perCpu, "messages/CPU-s"),
    perSecond: figure("durable messages a second, server, load and database on one machine", perSecond, "messages/s"),
  };
}

function numberOf(text: string): number {
  return Number(text.replaceAll(",", ""));
}
