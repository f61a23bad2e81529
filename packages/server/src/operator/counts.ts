/** Counts: all that the operator gets to see (docs/spec/delivery.md DS35). No id, no address, no time. */
import type { CallCounts } from "../features/calls/counts.ts";
import type { LogCounts } from "../log/log.ts";

export type Counts = LogCounts &
  CallCounts & {
    readonly connections: number;
    readonly signedIn: number;
    /** Envelopes whose connected recipients have not all acknowledged. */
    readonly outstanding: number;
    /** Lists of addresses in memory, and what they take there. */
    readonly lists: number;
    readonly listBytes: number;
    readonly blobs: number;
    readonly blobBytes: number;
    /** Since the start: */
    readonly posts: number;
    readonly pushes: number;
    /** Devices without a connection that were woken. */
    readonly wakeups: number;
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
    readonly refusedFloods: number;
    /** Who registered: by an invitation, by the standing one, by a member's link. */
    readonly cameInvited: number;
    readonly cameByStanding: number;
    readonly cameByMembers: number;
  };
