/**
 * Check: one line of the evidence (docs/threat-model.md names each by its id). `void` says that the
 * check proved nothing, because what it looks for would not have been found, or the attack that it
 * watches did not take place; it counts as failed. `limit` says that the promise holds but for what the threat model
 * says beside it, and the figure says how much that is.
 */

export type Verdict = "pass" | "limit" | "fail" | "void";

export type Check = {
  /** Such as `P1.disk`: the promise, then what was looked at. */
  readonly id: string;
  readonly claim: string;
  /** What was done and seen, in a few words. */
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: string;
  readonly verdict: Verdict;
};

/** One row of what is claimed (claims/claims.ts). */
export type Claim = {
  /** As in the list of requirements: the claim, then which of its requirements. */
  readonly id: string;
  readonly claim: string;
  /** Checks of this run that measure it. */
  readonly by: readonly string[];
  /** What else shows it, at every `npm test`. */
  readonly tests: string;
  /** Where what is left is said. Only with this may a row end as a limit. */
  readonly limit?: string;
};

/** What `--json` writes: the row that `sim` and `bench` write too. */
export type JsonRow = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: string;
  readonly ok: boolean;
};

/** None of something may be found; `proven` says whether it would have been found had it been there. */
export function noneOf(
  id: string,
  claim: string,
  found: { readonly hits: number; readonly figure: string; readonly unit?: string },
  proven: boolean,
): Check {
  const verdict = found.hits > 0 ? "fail" : proven ? "pass" : "void";
  return { id, claim, figure: found.figure, value: found.hits, unit: found.unit ?? "hits", goal: "0", verdict };
}

/** All of these must be true; `took` says whether what they answer to took place. */
export function allOf(
  id: string,
  claim: string,
  facts: Readonly<Record<string, boolean>>,
  took: boolean,
  figure: string,
): Check {
  const names = Object.keys(facts);
  const wrong = names.filter((name) => facts[name] !== true);
  return {
    id,
    claim,
    figure: wrong.length === 0 ? figure : `NOT: ${wrong.join("; ")} (${figure})`,
    value: names.length - wrong.length,
    unit: "facts",
    goal: String(names.length),
    verdict: !took ? "void" : wrong.length === 0 ? "pass" : "fail",
  };
}

/** All of these must be true, and something is left all the same: a limit, or nothing, and then it is kept in full. */
export function limitOf(
  id: string,
  claim: string,
  facts: Readonly<Record<string, boolean>>,
  left: { readonly value: number; readonly unit: string; readonly goal: string; readonly isKept: boolean },
  took: boolean,
  figure: string,
): Check {
  const check = allOf(id, claim, facts, took, figure);
  const { value, unit, goal, isKept } = left;
  return { ...check, value, unit, goal, verdict: check.verdict === "pass" && !isKept ? "limit" : check.verdict };
}

export const holds = ({ verdict }: { readonly verdict: string }): boolean => verdict === "pass" || verdict === "limit";

export function jsonOf(checks: readonly Check[]): readonly JsonRow[] {
  return checks.map(({ id, value, unit, goal, verdict }) => ({ name: id, value, unit, goal, ok: holds({ verdict }) }));
}

export function tableOf(checks: readonly Check[]): string {
  const idWidth = Math.max(...checks.map(({ id }) => id.length));
  return checks
    .map(({ id, claim, figure, verdict }) => {
      const head = `${verdict.toUpperCase()}  ${id.padEnd(idWidth)}  ${claim}`;
      return `${head}\n${" ".repeat(idWidth + 8)}${figure}`;
    })
    .join("\n");
}

/** The last line. */
export function totalOf(checks: readonly { readonly verdict: string }[]): string {
  const passed = checks.filter(holds).length;
  return `${passed} passed, ${checks.length - passed} failed`;
}
