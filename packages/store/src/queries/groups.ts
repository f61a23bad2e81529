/** MLS groups as stored: base, one ratchet row per leaf, tags, the commit in flight, and jobs. */
import type { Address, Bytes, ConversationId, GateId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import { dropHistoryWork } from "./history.ts";
import { forgetRenewal } from "./renewals.ts";

export type GroupRow = {
  readonly group_id: Bytes;
  readonly conversation: ConversationId;
  readonly founding: number;
  readonly gate: GateId;
  readonly epoch: number;
  readonly base: Bytes;
  readonly status: "active" | "superseded" | "lost";
  readonly address: Address;
  readonly fresh: number;
};
export type Ratchet = { readonly leaf: number; readonly bytes: Bytes };

export function readGroup(db: Database, groupId: Bytes): GroupRow | undefined {
  return db.get<GroupRow>("SELECT * FROM groups WHERE group_id = ?", groupId);
}

export function readGroupByGate(db: Database, gate: GateId): GroupRow | undefined {
  return db.get<GroupRow>("SELECT * FROM groups WHERE gate = ?", gate);
}

/** The gate of the conversation's current group. */
export function readGateOf(db: Database, conversation: ConversationId): GateId | undefined {
  return db.get<{ gate: GateId }>(
    `SELECT groups.gate FROM conversations JOIN groups ON groups.group_id = conversations.group_id
     WHERE conversations.conversation = ?`,
    conversation,
  )?.gate;
}

/** The conversation whose active group has this address in the own leaf. */
export function activeGroupAt(db: Database, address: Address): ConversationId | undefined {
  return db.get<{ conversation: Bytes }>(
    `SELECT groups.conversation FROM groups JOIN conversations ON conversations.group_id = groups.group_id
     WHERE groups.address = ? AND groups.status = 'active'`,
    address,
  )?.conversation;
}

/**
 * Groups at whose address nothing arrives any more, of conversations that go on in another one. @param kinds of such
 * conversations, as a list of SQL.
 */
export function drainedGroups(db: Database, kinds: string): readonly Bytes[] {
  const rows = db.all<{ group_id: Bytes }>(
    `SELECT group_id FROM groups
     WHERE status = 'superseded'
       AND NOT EXISTS (SELECT 1 FROM addresses WHERE addresses.address = groups.address)
       AND NOT EXISTS (SELECT 1 FROM pending_commits WHERE pending_commits.group_id = groups.group_id)
       AND EXISTS (SELECT 1 FROM conversations
                   WHERE conversations.conversation = groups.conversation AND conversations.group_id <> groups.group_id
                     AND conversations.kind IN ${kinds})`,
  );
  return rows.map(({ group_id }) => group_id);
}

export function readGroupsOf(db: Database, conversation: ConversationId): readonly GroupRow[] {
  return db.all<GroupRow>("SELECT * FROM groups WHERE conversation = ?", conversation);
}

export function readRatchets(db: Database, groupId: Bytes): readonly Ratchet[] {
  return db.all<Ratchet>("SELECT leaf, bytes FROM ratchets WHERE group_id = ?", groupId);
}

/** Writes a whole state, after joining and after each commit. */
export function writeGroup(db: Database, row: GroupRow, ratchets: readonly Ratchet[]): void {
  db.run(
    `INSERT INTO groups (group_id, conversation, founding, gate, epoch, base, status, address, fresh) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (group_id) DO UPDATE SET founding = excluded.founding, gate = excluded.gate, epoch = excluded.epoch, base = excluded.base,
       status = excluded.status, address = excluded.address, fresh = excluded.fresh`,
    row.group_id,
    row.conversation,
    row.founding,
    row.gate,
    row.epoch,
    row.base,
    row.status,
    row.address,
    row.fresh,
  );
  db.run("DELETE FROM ratchets WHERE group_id = ?", row.group_id);
  for (const ratchet of ratchets) writeRatchet(db, row.group_id, ratchet);
}

export function writeRatchet(db: Database, groupId: Bytes, { leaf, bytes }: Ratchet): void {
  db.run(
    "INSERT INTO ratchets (group_id, leaf, bytes) VALUES (?, ?, ?) ON CONFLICT (group_id, leaf) DO UPDATE SET bytes = excluded.bytes",
    groupId,
    leaf,
    bytes,
  );
}

/** Notes whether the gate has accepted a post made with this state (GR18.7). */
export function setConfirmed(db: Database, groupId: Bytes, isConfirmed: boolean): void {
  const now = isConfirmed ? 1 : 0;
  db.run("UPDATE groups SET confirmed = ?1 WHERE group_id = ?2 AND confirmed <> ?1", now, groupId);
}

export function isConfirmed(db: Database, groupId: Bytes): boolean {
  return db.get("SELECT 1 FROM groups WHERE group_id = ? AND confirmed = 0", groupId) === undefined;
}

export function setGroupStatus(db: Database, groupId: Bytes, status: GroupRow["status"]): void {
  db.run("UPDATE groups SET status = ? WHERE group_id = ?", status, groupId);
}

/** Deletes keys, ratchets and tags of a group that is not used any more. */
export function forgetGroup(db: Database, groupId: Bytes): void {
  db.run("DELETE FROM pending_commits WHERE group_id = ?", groupId);
  db.run("DELETE FROM ratchets WHERE group_id = ?", groupId);
  db.run("DELETE FROM tags WHERE group_id = ?", groupId);
  forgetRenewal(db, groupId);
  db.run("DELETE FROM groups WHERE group_id = ?", groupId);
}

export function writeTag(db: Database, tag: Bytes, groupId: Bytes, epoch: number, key: Bytes): void {
  // Only the epoch itself is kept: the gate puts every message of an epoch before the commit that ends it (GR6).
  db.run("DELETE FROM tags WHERE group_id = ?", groupId);
  db.run("INSERT INTO tags (tag, group_id, epoch, key) VALUES (?, ?, ?, ?)", tag, groupId, epoch, key);
}

export function readTag(db: Database, tag: Bytes): { group_id: Bytes; epoch: number; key: Bytes } | undefined {
  return db.get("SELECT group_id, epoch, key FROM tags WHERE tag = ?", tag);
}

export type PendingRow = {
  readonly group_id: Bytes;
  readonly conversation: ConversationId;
  readonly creates: number;
  readonly header: Bytes;
  readonly parts: Bytes;
  readonly post_hash: Bytes;
  readonly envelope_hash: Bytes;
  readonly next_base: Bytes;
  readonly next_ratchets: Bytes;
  readonly address: Address;
  readonly jobs: Bytes;
  readonly lines: Bytes;
  /** 0: it never left this device. */
  readonly posted: number;
};

export function writePending(db: Database, row: Omit<PendingRow, "posted">): void {
  db.run(
    `INSERT INTO pending_commits (group_id, conversation, creates, header, parts, post_hash, envelope_hash, next_base, next_ratchets, address, jobs, lines, posted)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
    row.group_id,
    row.conversation,
    row.creates,
    row.header,
    row.parts,
    row.post_hash,
    row.envelope_hash,
    row.next_base,
    row.next_ratchets,
    row.address,
    row.jobs,
    row.lines,
  );
}

export function readPending(db: Database, groupId: Bytes): PendingRow | undefined {
  return db.get<PendingRow>("SELECT * FROM pending_commits WHERE group_id = ?", groupId);
}

export function readPendingOf(db: Database, conversation: ConversationId): readonly PendingRow[] {
  return db.all<PendingRow>("SELECT * FROM pending_commits WHERE conversation = ?", conversation);
}

export function readPendingByEcho(db: Database, envelopeHash: Bytes): PendingRow | undefined {
  return db.get<PendingRow>("SELECT * FROM pending_commits WHERE envelope_hash = ?", envelopeHash);
}

export function markPosted(db: Database, groupId: Bytes): void {
  db.run("UPDATE pending_commits SET posted = 1 WHERE group_id = ? AND posted = 0", groupId);
}

/** Unties jobs from the commit in flight, so that they stay when it is dropped. @param none an encoded empty list. */
export function unbindJobs(db: Database, groupId: Bytes, none: Bytes): void {
  db.run("UPDATE pending_commits SET jobs = ? WHERE group_id = ?", none, groupId);
}

export function deletePending(db: Database, groupId: Bytes): void {
  db.run("DELETE FROM pending_commits WHERE group_id = ?", groupId);
}

/** It came to nothing: a founding left nobody out (HM85). */
export function voidPending(db: Database, groupId: Bytes): void {
  db.run(
    "DELETE FROM strayed WHERE left_by IN (SELECT group_id FROM pending_commits WHERE group_id = ? AND creates = 1)",
    groupId,
  );
  deletePending(db, groupId);
}

export type JobRow = {
  readonly job: number;
  readonly conversation: ConversationId;
  readonly kind: string;
  readonly args: Bytes;
  readonly due_ms: UnixMs;
  readonly tries: number;
  readonly put_off_ms: UnixMs;
};

export function addJob(db: Database, conversation: ConversationId, kind: string, args: Bytes): number {
  db.run("INSERT INTO jobs (conversation, kind, args) VALUES (?, ?, ?)", conversation, kind, args);
  return db.get<{ id: number }>("SELECT last_insert_rowid() AS id")?.id ?? 0;
}

export function rewriteJob(db: Database, job: number, args: Bytes): void {
  db.run("UPDATE jobs SET args = ? WHERE job = ?", args, job);
}

export function readJobs(db: Database, conversation: ConversationId): readonly JobRow[] {
  return db.all<JobRow>("SELECT * FROM jobs WHERE conversation = ? ORDER BY job", conversation);
}

export function conversationsWithWork(db: Database): readonly ConversationId[] {
  return db
    .all<{ conversation: Bytes }>(
      "SELECT conversation FROM jobs UNION SELECT conversation FROM outbox UNION SELECT conversation FROM pending_commits",
    )
    .map((row) => row.conversation);
}

/** Whether there is work that needs no person. A held message, and those queued after it, do not count. */
export function hasWork(db: Database): boolean {
  const row = db.get<{ work: number }>(`
    SELECT EXISTS (SELECT 1 FROM jobs) OR EXISTS (SELECT 1 FROM pending_commits) OR EXISTS (
      SELECT 1 FROM outbox AS o WHERE o.held IS NULL AND NOT EXISTS (
        SELECT 1 FROM outbox AS before
        WHERE before.conversation = o.conversation AND before.place < o.place AND before.held IS NOT NULL
      )
    ) AS work`);
  return row?.work === 1;
}

/** Leaves the conversation without an active group. Messages in transit to the old one can still be read. */
export function detachGroup(db: Database, conversation: ConversationId): void {
  db.run("UPDATE groups SET status = 'superseded' WHERE conversation = ? AND status = 'active'", conversation);
  db.run("UPDATE conversations SET group_id = NULL, frozen = NULL WHERE conversation = ?", conversation);
}

/**
 * Drops all jobs of a conversation in which this device is no member. A creating post that may have been sent still
 * counts: the next founding number is higher.
 */
export function dropWork(db: Database, conversation: ConversationId): void {
  db.run("DELETE FROM jobs WHERE conversation = ?", conversation);
  db.run("DELETE FROM committed_changes WHERE conversation = ?", conversation);
  db.run(
    `UPDATE conversations SET founding = founding + 1 WHERE conversation = ?1 AND EXISTS
       (SELECT 1 FROM pending_commits WHERE conversation = ?1 AND creates = 1 AND posted = 1)`,
    conversation,
  );
  db.run("DELETE FROM pending_commits WHERE conversation = ?", conversation);
  dropHistoryWork(db, conversation);
}

export function postponeJob(db: Database, job: number, nowMs: UnixMs, waitMs: number): void {
  db.run("UPDATE jobs SET due_ms = ?, put_off_ms = ?, tries = tries + 1 WHERE job = ?", nowMs + waitMs, nowMs, job);
}

export function deleteJob(db: Database, job: number): void {
  db.run("DELETE FROM jobs WHERE job = ?", job);
}

/** A change that a commit of this device made, for re-creations from an earlier state (GR17.9). */
export type CommittedChangeRow = {
  readonly change: number;
  readonly conversation: ConversationId;
  readonly group_id: Bytes;
  readonly founding: number;
  /** The epoch that the commit began. */
  readonly epoch: number;
  readonly done_ms: UnixMs;
  readonly args: Bytes;
};

/** Adds a change; keeps the conversation's newest `keptMax` that are not older than `sinceMs`. */
export function addCommittedChange(
  db: Database,
  row: Omit<CommittedChangeRow, "change">,
  { sinceMs, keptMax }: { readonly sinceMs: UnixMs; readonly keptMax: number },
): void {
  db.run(
    "INSERT INTO committed_changes (conversation, group_id, founding, epoch, done_ms, args) VALUES (?, ?, ?, ?, ?, ?)",
    row.conversation,
    row.group_id,
    row.founding,
    row.epoch,
    row.done_ms,
    row.args,
  );
  db.run(
    `DELETE FROM committed_changes WHERE conversation = ?1 AND (done_ms < ?2 OR change NOT IN
       (SELECT change FROM committed_changes WHERE conversation = ?1 ORDER BY change DESC LIMIT ?3))`,
    row.conversation,
    sinceMs,
    keptMax,
  );
}

/** Oldest first. */
export function readCommittedChanges(db: Database, conversation: ConversationId): readonly CommittedChangeRow[] {
  return db.all<CommittedChangeRow>(
    "SELECT * FROM committed_changes WHERE conversation = ? ORDER BY change",
    conversation,
  );
}

export function deleteCommittedChange(db: Database, change: number): void {
  db.run("DELETE FROM committed_changes WHERE change = ?", change);
}
