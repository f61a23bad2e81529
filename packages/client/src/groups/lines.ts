/**
 * Lines: what a change of the group says in the timeline (SY12). Stored as what happened, with ids;
 * names and language belong to whoever reads.
 */
import type { CommitEffect, GroupState } from "@yanshu/mls";
import { insertMessage, touchConversation } from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, equalBytes, fromUtf8, toHex, utf8 } from "@yanshu/wire";
import { type Engine, sameBytes, topicOf } from "../core/engine.ts";
import type { StoredLine } from "../views/context.ts";
import { accountsOf } from "./store-group.ts";

/** Inside a transaction. `id` makes a line that must come once come once. */
export function insertLine(
  engine: Engine,
  conversation: ConversationId,
  author: AccountId,
  line: StoredLine,
  id?: Bytes,
): boolean {
  const atMs = engine.ports.nowMs();
  const added = insertMessage(engine.db, {
    conversation,
    author,
    id: id ?? engine.ports.crypto.random(16),
    atMs,
    kind: "system",
    body: utf8(JSON.stringify(line)),
    state: "sent",
  });
  if (!added) return false;
  touchConversation(engine.db, conversation, atMs);
  engine.changed(topicOf(conversation), "chats");
  return true;
}

export function encodeLines(lines: readonly StoredLine[]): Bytes {
  return utf8(JSON.stringify(lines));
}

export function decodeLines(bytes: Bytes): readonly StoredLine[] {
  return JSON.parse(fromUtf8(bytes)) as readonly StoredLine[];
}

/** @param membersBefore accounts of the epoch before. @param leftQuietly those who said themselves that they leave. */
export function linesOf(
  effect: CommitEffect,
  membersBefore: readonly AccountId[],
  membersAfter: readonly AccountId[],
  leftQuietly: (account: AccountId) => boolean,
): readonly StoredLine[] {
  if (effect.after.kind !== "group") return [];
  const by = toHex(effect.committer.account);
  const has = (list: readonly AccountId[], account: AccountId) => list.some((other) => equalBytes(other, account));
  const added = accountsOf(effect.added).filter((account) => !has(membersBefore, account));
  const removed = accountsOf(effect.removed).filter((account) => !has(membersAfter, account) && !leftQuietly(account));
  const lines: StoredLine[] = [];
  if (added.length > 0) lines.push({ kind: "added", by, people: added.map(toHex) });
  if (removed.length > 0) lines.push({ kind: "removed", by, people: removed.map(toHex) });
  return [...lines, ...stateLines(effect.before, effect.after, by, (account) => has(membersAfter, account))];
}

function stateLines(
  before: GroupState,
  after: GroupState,
  by: string,
  stays: (account: AccountId) => boolean,
): readonly StoredLine[] {
  const lines: StoredLine[] = [];
  if (before.name !== after.name) lines.push({ kind: "renamed", by, name: after.name });
  if (!sameBytes(before.avatar, after.avatar) && (before.avatar ?? after.avatar) !== undefined)
    lines.push({ kind: "picture-changed", by });
  const roleIn = (state: GroupState, account: AccountId) =>
    state.roles.find((role) => equalBytes(role.account, account))?.role ?? "member";
  const named = new Map([...before.roles, ...after.roles].map((role) => [toHex(role.account), role.account]));
  for (const [who, account] of named) {
    const role = roleIn(after, account);
    if (role !== roleIn(before, account) && stays(account)) lines.push({ kind: "role", by, who, role });
  }
  return lines;
}
