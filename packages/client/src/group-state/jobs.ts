/**
 * Jobs: planned changes of a conversation's group. A job stays until an accepted commit, no matter whose, made it true;
 * so a lost race or a crash only means another try (GR14).
 */
import { foundingToldMax, type GroupLinkState, type Member, ownConversationId } from "@yanshu/mls";
import {
  addJob,
  insertConversation,
  type JobRow,
  type PendingRow,
  postponeJob,
  raiseToldFounding,
  readConversation,
  readJobs,
  rewriteJob,
  unbindJobs,
} from "@yanshu/store";
import {
  type AccountId,
  type Address,
  type Bytes,
  type Capability,
  type ConversationId,
  type DeviceId,
  toHex,
} from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { GroupChange } from "../contract/groups.ts";
import { type Engine, ownOf } from "../core/engine.ts";

/** A device that gets the note that its account is not in a group. */
export type Reader = Pick<Member, "account" | "device" | "address" | "sealKey"> & Partial<Pick<Member, "server">>;

/** A change that a person asked for, or that the client needs. */
export type Job =
  | GroupChange
  /**
   * Create the conversation's (next) group with these accounts; `capability` claims the key packages of the first one.
   */
  | {
      readonly kind: "create";
      readonly accounts: readonly AccountId[];
      readonly title: string;
      readonly capability?: Capability;
      /** The server to claim at; absent: the account's home as known here. */
      readonly server?: string;
      /** Key packages that came with a request or a record, which need no claim. */
      readonly packages?: readonly Bytes[];
      /** When they were claimed (GR16.6). */
      readonly drawnMs?: number;
      readonly above?: number;
      readonly isLate?: true;
      /** How much earlier history new members see (GR32). Absent: none. */
      readonly history?: "week" | "all";
    }
  /** A new group for the same conversation, without these accounts (GR17). */
  | {
      readonly kind: "recreate";
      readonly without: readonly AccountId[];
      /** Members of a group that this one is founded above, who are in none that this device held (GR17.10). */
      readonly tells?: readonly Reader[];
      readonly above?: number;
      /** It was posted late: re-create only if the group holds none of the peer's present devices (GR16.7). */
      readonly isLate?: true;
    }
  /** Add an own device; its key package was handed over, or is claimed. */
  | { readonly kind: "add-device"; readonly device: DeviceId; readonly package?: Bytes }
  /**
   * Remove and add a device that lost its state, in one commit (GR22). `leaf`: the address in the leaf that it
   * replaces.
   */
  | {
      readonly kind: "replace";
      readonly account: AccountId;
      readonly device: DeviceId;
      readonly leaf: Address;
      readonly package: Bytes;
    }
  /** Add an account that asked by the group's link, with the packages of its request. `isApproved`: by a person. */
  | {
      readonly kind: "join";
      readonly account: AccountId;
      readonly packages: readonly Bytes[];
      readonly secret: Bytes;
      readonly isApproved: boolean;
      /** By the requester's clock; older versions did not store it. */
      readonly askedMs?: number;
    }
  | { readonly kind: "link"; readonly link: GroupLinkState | null }
  /** Name the account as left out: none of its packages could be drawn after a founding (GR57). */
  | { readonly kind: "left-out"; readonly account: AccountId }
  /** Give the own leaf a new address (DS4). */
  | { readonly kind: "refresh" };

export type StoredJob = {
  readonly id: number;
  readonly job: Job;
  readonly dueMs: number;
  readonly tries: number;
  /** When the job was postponed. If the clock now shows less, it was set back, and `dueMs` does not count (GR14.5). */
  readonly putOffMs: number;
};

/** Inside a transaction. */
export function plan(engine: Engine, conversation: ConversationId, job: Job): number {
  // A founding with a number above this one fulfills the job (GR17.6).
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

/**
 * Inserts the conversation of own devices, and plans its group. Returns its id. Inside a transaction.
 *
 * @param founding the highest number of a group of it that was told of.
 *
 * @param packages key packages that were handed over.
 */
export function planOwn(
  engine: Engine,
  { founding = 0, packages = [] }: { readonly founding?: number; readonly packages?: readonly Bytes[] } = {},
): ConversationId {
  const { db, ports } = engine;
  const { account } = ownOf(engine);
  const conversation = ownConversationId(ports.crypto.sha256, account);
  insertConversation(db, { conversation, kind: "own", state: "forming", activeMs: ports.nowMs() });
  raiseToldFounding(db, conversation, founding, foundingToldMax);
  plan(engine, conversation, { kind: "create", accounts: [account], title: "", packages });
  return conversation;
}

/** A founding that was posted late stays planned, above the group that it leads to (GR16.7). Inside a transaction. */
export function planLate(engine: Engine, pending: PendingRow, founding: number): void {
  const made = unpack<number[]>(pending.jobs);
  for (const { id, job } of jobsOf(engine, pending.conversation))
    if (made.includes(id)) rewriteJob(engine.db, id, pack({ ...job, above: founding, isLate: true }));
  unbindJobs(engine.db, pending.group_id, pack([]));
}

export function isRecreating(engine: Engine, conversation: ConversationId): boolean {
  return jobsOf(engine, conversation).some(({ job }) => job.kind === "recreate");
}

/**
 * Inside a transaction. A re-creation that is planned already leaves these accounts out too: else they would have it
 * planned for another reason first (GR22.11).
 */
export function planRecreate(engine: Engine, conversation: ConversationId, without: readonly AccountId[] = []): void {
  if (!isRecreating(engine, conversation)) plan(engine, conversation, { kind: "recreate", without });
  else if (without.length > 0)
    for (const { id, job } of jobsOf(engine, conversation))
      if (job.kind === "recreate")
        rewriteJob(engine.db, id, pack({ ...job, without: [...job.without, ...without] } satisfies Job));
}

/**
 * Plans to found the conversation anew if a higher founding is known than that of its group: who made that did not know
 * of the other, which somebody may still hold and would prefer (GR18.8). Inside a transaction.
 */
export function foundAboveKnown(engine: Engine, conversation: ConversationId): void {
  const row = readConversation(engine.db, conversation);
  const group = row?.group_id == null ? undefined : engine.groups.get(toHex(row.group_id));
  if (row !== undefined && group !== undefined && group.state.founding < row.founding)
    planRecreate(engine, conversation);
}

/**
 * Plans a re-creation and the devices that it informs, even if one is planned for another reason. Inside a transaction.
 */
export function planRecreateTelling(engine: Engine, conversation: ConversationId, tells: readonly Reader[]): void {
  planRecreate(engine, conversation);
  for (const { id, job } of jobsOf(engine, conversation))
    if (job.kind === "recreate")
      rewriteJob(engine.db, id, pack({ ...job, tells: [...(job.tells ?? []), ...tells] } satisfies Job));
}
