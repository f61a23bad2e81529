/** Counts: all that the operator gets to see (docs/spec/delivery.md DS35). No id, no address, no time. */
import type { features } from "../features/index.ts";
import type { LogCounts } from "../log/log.ts";

type MetricsOf<F> = F extends { readonly metrics?: infer M } ? NonNullable<M> : never;
type NamesOf<M> = M extends unknown ? keyof M & string : never;
/** What features count, by the names of their counts. */
export type FeatureCounts = { readonly [C in NamesOf<MetricsOf<(typeof features)[number]>>]: number };

export type Counts = LogCounts &
  FeatureCounts & {
    readonly connections: number;
    readonly signedIn: number;
    /** Envelopes whose connected recipients have not all acknowledged. */
    readonly outstanding: number;
    /** Lists of addresses in memory, and what they take there. */
    readonly lists: number;
    readonly listBytes: number;
    /** Since the start: */
    readonly posts: number;
    readonly pushes: number;
    readonly commits: number;
    readonly commitFailures: number;
    /** Exceptions that ended what they concerned, and not the server (DS110). */
    readonly faults: number;
    /** Writes for which there was no room (DS114). */
    readonly failedWrites: number;
    /** On the disk of the data folder; NaN where it is not known. */
    readonly freeBytes: number;
    /** Faults that were found in the database (DS117). */
    readonly damage: number;
    /** 1 while nothing is taken that makes the disk fuller. */
    readonly tight: number;
    /** That the disk lacks for making tables anew (DS198). */
    readonly remakeLackingBytes: number;
    readonly refusedFloods: number;
    /** Who registered: by an invitation, by the standing one, by a member's link. */
    readonly cameInvited: number;
    readonly cameByStanding: number;
    readonly cameByMembers: number;
  };
