/**
 * Scenario: one thing that is measured against a real server, and the rows that it yields.
 */
import type { AbuseKind } from "../load/jobs.ts";
import type { RawLimits } from "../raw.ts";
import type { Row } from "../rows.ts";

/** What a scenario is given: `quick` asks for small numbers that only show that it runs. */
export type Conditions = {
  readonly quick: boolean;
  readonly raw: RawLimits;
  /** How long the scenarios last whose length is chosen. */
  readonly lasting: {
    readonly rateSeconds: number;
    readonly soakMinutes: number;
    readonly abuseSeconds: number;
    /** Each flood of `abuse` by itself, before all of them: not at all, if 0. */
    readonly abuseApartSeconds: number;
  };
  readonly abuseKinds: readonly AbuseKind[];
  /** Options of the server of `abuse`, beside those that are shipped: for a trial of another limit. */
  readonly abuseOptions: readonly string[];
};

export type Scenario = {
  readonly name: string;
  /** One sentence for whoever reads the results. */
  readonly about: string;
  /** Runs when it is named, and with `--all`: a run of all the others takes some minutes. */
  readonly isLong?: true;
  /** A part of another one, which measures it too: runs when it is named, and not with `--all`. */
  readonly isPart?: true;
  /** Names of the rows that it is there for, which are told once more at its end: passed or not. */
  readonly promises?: readonly string[];
  readonly run: (conditions: Conditions) => Promise<readonly Row[]>;
};

/** A goal holds for the full scenario only: small numbers measure the start, not the server. */
export function unlessQuick<G>({ quick }: Conditions, goal: G): G | undefined {
  return quick ? undefined : goal;
}
