/**
 * Adopt: a commit was accepted, ours or another's, and its epoch begins (GR15). One transaction
 * writes the new state, what it says in the timeline, and which jobs it fulfilled.
 */

import { encodeBody } from "@yanshu/content";
import { type CommitEffect, comesAfter, type Group } from "@yanshu/mls";
import {
  addToOutbox,
  type ConversationRow,
  clearFlight,
  deleteJob,
  deletePending,
  type PendingRow,
  readConversation,
  readGroup,
  readOutboxOf,
  retireAddress,
  setConversationState,
  setGroupStatus,
} from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import { unpack } from "../core/cbor.ts";
import { type Engine, ownOf, sameBytes, topicOf } from "../core/engine.ts";
import { retireAfterMs } from "../identity/points.ts";
import { addMissingTo } from "../identity/reconcile.ts";
import { introduction } from "../sync/bodies.ts";
import { ownAddress } from "./commits.ts";
import { openKnown } from "./known.ts";
import { decodeLines, insertLine, linesOf } from "./lines.ts";
import { nextStateOf, ratchetsOf } from "./next-state.ts";
import { accountsOf, expectFromStart, type NewState, writeState } from "./store-group.ts";

/** Our own commit (or creating post) was taken. In the turn. */
export async function adoptOwn(engine: Engine, pending: PendingRow): Promise<void> {
  const { db } = engine;
  const before = engine.groups.get(toHex(pending.group_id));
  const group = await nextStateOf(engine, pending);
  const row = readConversation(db, pending.conversation);
  if (row === undefined) return;
  const held = readGroup(db, pending.group_id);
  const current = pending.creates === 0 ? held?.status : statusOfNew(engine, row, group);
  const state: NewState = {
    group,
    base: pending.next_base,
    ratchets: ratchetsOf(pending),
    status: current ?? "active",
    address: pending.address,
    fresh: pending.creates === 1 || held?.fresh === 1 || !sameBytes(held?.address, pending.address),
  };
  db.transaction(() => {
    writeState(engine, state);
    deletePending(db, pending.group_id);
    for (const job of unpack<number[]>(pending.jobs)) deleteJob(db, job);
    for (const line of decodeLines(pending.lines))
      insertLine(engine, pending.conversation, ownOf(engine).account, line);
    if (pending.creates === 1) founded(engine, row, group, state.status);
    else if (before !== undefined) moved(engine, before, group, effectOfOwn(engine, before, group));
  });
  engine.groups.set(toHex(group.groupId), group);
  engine.next.delete(toHex(pending.post_hash));
  engine.changed(topicOf(pending.conversation), "chats", "contacts");
  const now = readConversation(db, pending.conversation);
  if (now !== undefined) addMissingTo(engine, now);
  engine.kick(pending.conversation);
}

/** Somebody else's commit ended the epoch; a commit of ours for it is void. */
export function adoptOther(engine: Engine, before: Group, group: Group, effect: CommitEffect): void {
  const { db, mls } = engine;
  const { conversation } = group.state;
  const stored = mls.store(group);
  const held = readGroup(db, group.groupId);
  db.transaction(() => {
    writeState(engine, {
      group,
      base: stored.base,
      ratchets: stored.patches,
      status: held?.status ?? "active",
      address: ownAddress(group),
      fresh: held?.fresh === 1,
    });
    deletePending(db, group.groupId);
    moved(engine, before, group, effect);
    openKnown(engine);
  });
  engine.groups.set(toHex(group.groupId), group);
  engine.changed(topicOf(conversation), "chats", "contacts");
  engine.kick(conversation);
}

/**
 * GR17: which of two groups of one conversation is written to. The higher founding; a tie goes to
 * the lower gate id, so that everybody decides alike.
 */
export function statusOfNew(engine: Engine, row: ConversationRow, group: Group): "active" | "superseded" {
  if (row.group_id === null) return "active";
  const current = engine.groups.get(toHex(row.group_id));
  if (current === undefined || equalBytes(current.groupId, group.groupId)) return "active";
  return comesAfter({ ...current.state, founding: row.founding }, group.state) ? "active" : "superseded";
}

/** The conversation goes on in another group; what was in flight is encrypted again, under its id. */
export function supersede(engine: Engine, conversation: ConversationId, except: Bytes): void {
  for (const [, group] of engine.groups) {
    if (!equalBytes(group.state.conversation, conversation) || equalBytes(group.groupId, except)) continue;
    setGroupStatus(engine.db, group.groupId, "superseded");
    deletePending(engine.db, group.groupId);
    retireAddress(engine.db, ownAddress(group), engine.ports.nowMs() + retireAfterMs);
  }
  for (const item of readOutboxOf(engine.db, conversation)) {
    if (item.group_id !== null && !equalBytes(item.group_id, except)) clearFlight(engine.db, item.id);
  }
}

function founded(engine: Engine, row: ConversationRow, group: Group, status: NewState["status"]): void {
  if (status !== "active") return;
  supersede(engine, row.conversation, group.groupId);
  if (group.state.founding === 1) expectFromStart(engine, group, group.members);
  if (row.state === "forming") setConversationState(engine.db, row.conversation, "open");
  introduce(engine, group, accountsOf(group.members));
}

function moved(engine: Engine, before: Group, group: Group, effect: CommitEffect): void {
  const { db, ports } = engine;
  const { conversation } = group.state;
  const membersBefore = accountsOf(before.members);
  const membersAfter = accountsOf(group.members);
  const lines = linesOf(effect, membersBefore, membersAfter, (account) => saidLeave(engine, conversation, account));
  for (const line of lines) insertLine(engine, conversation, effect.committer.account, line);
  expectFromStart(engine, group, effect.added);
  const oldAddress = ownAddress(before);
  if (!equalBytes(oldAddress, ownAddress(group))) retireAddress(db, oldAddress, ports.nowMs() + retireAfterMs);
  const newcomers = membersAfter.filter((account) => !membersBefore.some((other) => equalBytes(other, account)));
  if (newcomers.length > 0 && equalBytes(effect.committer.device, ownOf(engine).device))
    introduce(engine, group, newcomers);
}

/** Who founds or adds tells the newcomers everybody's names, and everybody the newcomers'. */
function introduce(engine: Engine, group: Group, newcomers: readonly AccountId[]): void {
  if (group.state.kind !== "group") return;
  const body = introduction(engine, newcomers.length > 0 ? accountsOf(group.members) : []);
  if (body === undefined) return;
  addToOutbox(engine.db, {
    conversation: group.state.conversation,
    id: engine.ports.crypto.random(16),
    body: encodeBody(body),
    shown: false,
    roster: undefined,
    createdMs: engine.ports.nowMs(),
  });
}

function effectOfOwn(engine: Engine, before: Group, group: Group): CommitEffect {
  const own = ownOf(engine);
  const committer = group.members.find((member) => equalBytes(member.device, own.device));
  if (committer === undefined) throw new Error("invariant: own leaf is in its group");
  const sameLeaf = (a: { device: Bytes; address: Bytes }, b: { device: Bytes; address: Bytes }) =>
    sameBytes(a.device, b.device) && (sameBytes(a.address, b.address) || sameBytes(a.device, own.device));
  return {
    committer,
    added: group.members.filter((member) => !before.members.some((other) => sameLeaf(other, member))),
    removed: before.members.filter((member) => !group.members.some((other) => sameLeaf(other, member))),
    before: before.state,
    after: group.state,
  };
}

function saidLeave(engine: Engine, conversation: ConversationId, account: AccountId): boolean {
  return (
    engine.db.get(
      "SELECT 1 FROM messages WHERE conversation = ? AND author = ? AND kind = 'leave' LIMIT 1",
      conversation,
      account,
    ) !== undefined
  );
}
