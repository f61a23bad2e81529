/** Report: the rows for a terminal, for docs/EVIDENCE.md, and for machines. */
import { type Check, holds, type JsonRow, jsonOf } from "../check.ts";
import type { ClaimRow } from "./claims.ts";

export function claimsTable(rows: readonly ClaimRow[]): string {
  const width = Math.max(...rows.map(({ verdict }) => verdict.length));
  return rows
    .map((row) => {
      const head = `${row.verdict.toUpperCase().padEnd(width)}  ${row.id.padEnd(5)} ${row.claim}`;
      const link = row.verdict === "limit" ? ` (${row.limit})` : "";
      return `${head}${link}`;
    })
    .join("\n");
}

/** One entry a check, one a claim, each with the commit that it was measured at. */
export function evidenceJson(checks: readonly Check[], rows: readonly ClaimRow[], commit: string) {
  return [...jsonOf(checks), ...claimsJson(rows)].map((entry) => ({ ...entry, commit }));
}

function claimsJson(rows: readonly ClaimRow[]): readonly JsonRow[] {
  return rows.map((row) => ({ name: row.id, value: holds(row) ? 1 : 0, unit: "shown", goal: "1", ok: holds(row) }));
}

/** What is beside the rows, so that they can be repeated. */
export type Circumstances = { readonly commit: string; readonly day: string };

export function claimsPage(rows: readonly ClaimRow[], { commit, day }: Circumstances): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const lines = rows.map((row) => {
    const [path = "", anchor] = (row.limit ?? "").split("#");
    const link = `[${path
      .split("/")
      .at(-1)
      ?.replace(/^(\d{4})-.*$/, "$1")}](${path.replace(/^docs\//, "")}${anchor === undefined ? "" : `#${anchor}`})`;
    const verdict = row.verdict === "limit" ? `limit: ${link}` : row.verdict;
    const test = [...row.by, row.tests].filter((one) => one !== "").join(", ");
    return `| ${row.id} | ${cell(row.claim)} | ${cell(test)} | ${cell(row.figure)} | ${verdict} |`;
  });
  return [
    "# Evidence",
    "",
    `What is said of WeChat, and what \`npm run evidence\` measured of Yanshu at commit \`${commit}\` on ${day}. The command`,
    "starts the real server and real clients, plays an operator who cheats, and writes this page when it is called with `--record`; a row that was not",
    "measured, or did not hold, ends it with 1. Rows such as `P1.disk` are its checks, explained in the [threat model](threat-model.md); ids such as DS19 are",
    "rules of the [specification](spec/README.md), whose tests bear them. *Limit*: what is promised holds but for what stands there, and the figure says how much that is.",
    "`npm run evidence -- --claim R1.7` (or R1.9, R6, R7.2) measures that alone.",
    "",
    "| id | claim | shown by | measured | verdict |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}
