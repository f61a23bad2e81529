/**
 * Refusals: how often each error code was sent since the start (docs/spec/delivery.md DS144). Only counts: not to whom,
 * and not when.
 */
import { type ErrorCode, errorCodes } from "@yanshu/wire";

export type RefusalCounts = { readonly [code in ErrorCode]?: number };

/** Refusals that correct clients get all the time. They are not reported to the operator. */
const ordinary: ReadonlySet<ErrorCode> = new Set([
  "stale-epoch",
  "unknown-list",
  "stale-offset",
  "unknown-gate",
  "gate-exists",
  "no-packages",
  "list-conflict",
  "handle-taken",
  "vault-off",
]);

export class Refusals {
  private readonly counts = new Map<ErrorCode, number>();
  /** The counts at the last `news`. */
  private told = new Map<ErrorCode, number>();

  count(code: ErrorCode): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
  }

  of(code: ErrorCode): number {
    return this.counts.get(code) ?? 0;
  }

  all(): RefusalCounts {
    return Object.fromEntries([...this.counts].toSorted(([a], [b]) => errorCodes[a] - errorCodes[b]));
  }

  /** One line on the refusals since the last call; undefined if there were none that the operator needs to know of. */
  news(): string | undefined {
    const told = this.told;
    this.told = new Map(this.counts);
    const since = [...this.counts]
      .filter(([code]) => !ordinary.has(code))
      .map(([code, count]) => [code, count - (told.get(code) ?? 0)] as const)
      .filter(([, count]) => count > 0)
      .toSorted(([, a], [, b]) => b - a);
    return since.length === 0 ? undefined : `refused: ${since.map(([code, count]) => `${code} ${count}`).join(", ")}`;
  }
}
