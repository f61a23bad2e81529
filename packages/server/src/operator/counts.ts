/** Counts: all that whoever runs a server gets to see (docs/spec/delivery.md DS35). No id, no address, no time. */
import type { LogCounts } from "../log/log.ts";

export type Counts = LogCounts & {
  readonly connections: number;
  readonly signedIn: number;
  /** Envelopes whose connected recipients have not all acknowledged. */
  readonly outstanding: number;
  /** Since the start: */
  readonly posts: number;
  readonly pushes: number;
  readonly commits: number;
  readonly commitFailures: number;
  readonly refusedFloods: number;
};
