/**
 * Jobs: what shall become of a conversation's group. A job stays until an accepted commit made it
 * true, no matter whose commit that was, so a lost race or a crash only means another try (GR14).
 */
import type { GroupLinkState, Member } from "@yanshu/mls";
import {
  addJob,
  type JobRow,
  type PendingRow,
  postponeJob,
  readConversation,
  readJobs,
  rewriteJob,
  unbindJobs,
} from "@yanshu/store";
import type { AccountId, Address, Bytes, Capability, ConversationId, DeviceId } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { GroupChange } from "../contract/groups.ts";
import type { Engine } from "../core/engine.ts";

/** A device that is told that its account is not in a group. */
export type Reader = Pick<Member, "account" | "device" | "address" | "sealKey"> & Partial<Pick<Member, "server">>;

/** What a person asks of the group, and what else has to become of it. */
export type Job =
  | GroupChange
  /** Found the conversation's (next) group with these accounts; `capability` draws the first one's packages. */
  | {
      readonly kind: "create";
      readonly accounts: readonly AccountId[];
      readonly title: string;
      readonly capability?: Capability;
      /** Where it draws them; absent: where they live, as far as this device knows. */
      readonly server?: string;
      /** Packages that were handed over, by device; they spare a claim. */
      readonly packages?: readonly Bytes[];
      /** When they were drawn from home (GR16.6). */
      readonly drawnMs?: number;
      readonly above?: number;
      readonly isLate?: true;
      /** What newcomers see of before (GR32). Absent: nothing. */
      readonly history?: "week" | "all";
    }
  /** A new group for the same conversation, without these accounts (GR17). */
  | {
      readonly kind: "recreate";
      readonly without: readonly AccountId[];
      /** Who is in a group that it is founded above, and in none that this device held (GR17.10). */
      readonly tells?: readonly Reader[];
      readonly above?: number;
      /** It was made, and went late: only if it holds none of the devices that the other has now (GR16.7). */
      readonly isLate?: true;
    }
  /** A device of the own account; its package was handed over, or is claimed. */
  | { readonly kind: "add-device"; readonly device: DeviceId; readonly package?: Bytes }
  /** A device that lost its state: out and in again, in one commit (GR22). `leaf`: the address in the one that goes. */
  | {
      readonly kind: "replace";
      readonly account: AccountId;
      readonly device: DeviceId;
      readonly leaf: Address;
      readonly package: Bytes;
    }
  /** Somebody who asked by the group's link, with the packages that came with it; `isApproved`: by a person. */
  | {
      readonly kind: "join";
      readonly account: AccountId;
      readonly packages: readonly Bytes[];
      readonly secret: Bytes;
      readonly isApproved: boolean;
      /** By the clock of the one who asked; versions before this one did not note it. */
      readonly askedMs?: number;
    }
  | { readonly kind: "link"; readonly link: GroupLinkState | null }
  /** A new address for the own leaf (DS4). */
  | { readonly kind: "refresh" };

export type StoredJob = {
  readonly id: number;
  readonly job: Job;
  readonly dueMs: number;
  readonly tries: number;
  /** When it was put off; a clock that shows less was set back, and says nothing of `dueMs` (GR14.5). */
  readonly putOffMs: number;
};

/** Inside a transaction. */
export function plan(engine: Engine, conversation: ConversationId, job: Job): number {
  // Anyone who founds above this number has done it (GR17.6).
  const founds = job.kind === "create" || job.kind === "recreate";
  const stored = founds ? { ...job, above: readConversation(engine.db, conversation)?.founding ?? 0 } : job;
  return addJob(engine.db, conversation, job.kind, pack(stored));
}

function readJob(row: JobRow): StoredJob {
  const { job: id, due_ms: dueMs, tries, put_off_ms: putOffMs } = row;
  return { id, job: unpack<Job>(row.args), dueMs, tries, putOffMs };
}

export function isDue({ dueMs, putOffMs }: StoredJob, nowMs: number): boolean {
  return dueMs <= nowMs || nowMs < putOffMs;
}

/** Inside a transaction. */
export function putOff(engine: Engine, job: number, waitMs: number): void {
  postponeJob(engine.db, job, engine.ports.nowMs(), waitMs);
}

export function jobsOf(engine: Engine, conversation: ConversationId): readonly StoredJob[] {
  return readJobs(engine.db, conversation).map(readJob);
}

/** A founding that was made, and goes late, stays planned above what comes of it (GR16.7). Inside a transaction. */
export function planLate(engine: Engine, pending: PendingRow, founding: number): void {
  const made = unpack<number[]>(pending.jobs);
  for (const { id, job } of jobsOf(engine, pending.conversation))
    if (made.includes(id)) rewriteJob(engine.db, id, pack({ ...job, above: founding, isLate: true }));
  unbindJobs(engine.db, pending.group_id, pack([]));
}

export function isRecreating(engine: Engine, conversation: ConversationId): boolean {
  return jobsOf(engine, conversation).some(({ job }) => job.kind === "recreate");
}

/** Inside a transaction; harmless when it is planned already. */
export function planRecreate(engine: Engine, conversation: ConversationId, without: readonly AccountId[] = []): void {
  if (!isRecreating(engine, conversation)) plan(engine, conversation, { kind: "recreate", without });
}

/** Whatever it is founded anew for, these are told of it. Inside a transaction. */
export function planRecreateTelling(engine: Engine, conversation: ConversationId, tells: readonly Reader[]): void {
  planRecreate(engine, conversation);
  for (const { id, job } of jobsOf(engine, conversation))
    if (job.kind === "recreate")
      rewriteJob(engine.db, id, pack({ ...job, tells: [...(job.tells ?? []), ...tells] } satisfies Job));
}
