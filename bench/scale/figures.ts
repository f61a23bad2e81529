/** Figures: what bench/RESULTS.md and bench/CLUSTER.md measured, read as data. */
import { join } from "node:path";

/** What `npm run cluster -- --spread --write` writes. */
export const clusterPage = join(import.meta.dirname, "../CLUSTER.md");

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
  throw new Error(`bench/RESULTS.md and CLUSTER.md have no figure ${names.join(", or ")}`);
}

function numberOf(text: string): number {
  return Number(text.replaceAll(",", ""));
}
