/**
 * Jobs: what shall become of a conversation's group. A job stays until an accepted commit made it
 * true, whoever's commit that was, so a lost race or a crash only means another try (GR14).
 */
import { addJob, type JobRow } from "@yanshu/store";
import type { AccountId, Bytes, Capability, ConversationId, DeviceId } from "@yanshu/wire";
import { pack, unpack } from "../core/cbor.ts";
import type { Engine } from "../core/engine.ts";

export type Job =
  /** Found the conversation's (next) group with these accounts; `capability` draws the first one's packages. */
  | {
      readonly kind: "found";
      readonly accounts: readonly AccountId[];
      readonly title: string;
      readonly capability?: Capability;
      /** Packages that were handed over, by device; they spare a claim. */
      readonly packages?: readonly Bytes[];
    }
  /** A new group for the same conversation, without these accounts (GR17). */
  | { readonly kind: "refound"; readonly without: readonly AccountId[] }
  | { readonly kind: "add"; readonly account: AccountId }
  /** A device of the own account; its package was handed over, or is claimed. */
  | { readonly kind: "add-device"; readonly device: DeviceId; readonly package?: Bytes }
  /** A device that lost its state: out and in again, in one commit (GR22). */
  | { readonly kind: "replace"; readonly account: AccountId; readonly device: DeviceId; readonly package: Bytes }
  | { readonly kind: "remove"; readonly account: AccountId }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "picture"; readonly picture: Bytes | null }
  | { readonly kind: "role"; readonly account: AccountId; readonly role: "owner" | "admin" | "member" }
  /** A new address for the own leaf (DS4). */
  | { readonly kind: "refresh" };

export type StoredJob = { readonly id: number; readonly job: Job; readonly dueMs: number; readonly tries: number };

/** Inside a transaction. */
export function plan(engine: Engine, conversation: ConversationId, job: Job): number {
  return addJob(engine.db, conversation, job.kind, pack(job));
}

export function readJob(row: JobRow): StoredJob {
  return { id: row.job, job: unpack<Job>(row.args), dueMs: row.due_ms, tries: row.tries };
}
