/**
 * System lines: what the timeline shows about a change of the group (SY12). A line holds ids and what happened; names
 * and language are added when it is shown.
 */

import type { CommitEffect, GroupState, Member } from "@yanshu/mls";
import { insertMessage, readMessage, readMeta, setMessageBody, touchConversation, writeMeta } from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type ContentId,
  type ConversationId,
  concat,
  equalBytes,
  fromUtf8,
  plain,
  toHex,
  utf8,
} from "@yanshu/wire";
import { type Engine, ownOf, sameBytes, topicOf } from "../core/engine.ts";
import type { ConversationDef } from "../kinds/kind.ts";
import { isQuietLine } from "../values/shown.ts";
import type { StoredLine } from "../values/stored-lines.ts";
import { accountsOf } from "./store-group.ts";

/** A leaf feature of an account that asked by the group's link: its own signed statement that it did. */
export const byLink = "by-link";

/**
 * Inside a transaction. @param of the line is inserted at most once for it: 16 bytes. The row's id is of this device's
 * own making, for the id of a message is its sender's to choose, and one that is taken leaves no room for the line.
 */
export function insertLine(
  engine: Engine,
  conversation: ConversationId,
  author: AccountId,
  line: StoredLine,
  of?: Bytes,
): boolean {
  const atMs = engine.ports.nowMs();
  // @checks SY80
  const id = of === undefined ? engine.ports.crypto.random(16) : lineIdOf(engine, of);
  // not a check: a line from before SY80 is not shown twice.
  if (of !== undefined && readMessage(engine.db, conversation, author, of as ContentId)?.kind === "system")
    return false;
  const added = insertMessage(engine.db, {
    conversation,
    author,
    id,
    atMs,
    kind: "system",
    body: utf8(JSON.stringify(line)),
    state: "sent",
    // A new announcement counts as a mention of everybody.
    mention: line.kind === "announced" && line.text !== "" && !equalBytes(author, ownOf(engine).account) ? 2 : 0,
  });
  // not a check: it is there already.
  if (!added) return false;
  if (!isQuietLine(line)) touchConversation(engine.db, conversation, atMs);
  engine.changed(topicOf(conversation), "chats");
  return true;
}

/** The id of the row of the line that is inserted once for `of`. Inside a transaction. */
export function lineIdOf({ db, ports }: Engine, of: Bytes): Bytes {
  const held = readMeta(db, "line-key");
  const key = held ?? ports.crypto.random(32);
  if (held === undefined) writeMeta(db, "line-key", key);
  return ports.crypto.sha256(concat(key, of)).subarray(0, 16);
}

/** The person confirmed that they saw a warning. Returns whether there was one. */
export function answerLine({ db }: Engine, conversation: ConversationId, id: Bytes): boolean {
  const row = db.get<{ author: Bytes; body: Bytes }>(
    "SELECT author, body FROM messages WHERE conversation = ? AND id = ? AND kind = 'system'",
    conversation,
    id,
  );
  const line = row === undefined ? undefined : (JSON.parse(fromUtf8(row.body)) as StoredLine);
  const isWarning = line?.kind === "device-refused" || line?.kind === "account-frozen" || line?.kind === "list-differs";
  // not a check: there is nothing to confirm.
  if (row === undefined || !isWarning) return false;
  setMessageBody(db, conversation, row.author, id, utf8(JSON.stringify({ ...line, isAnswered: true })));
  return true;
}

export function encodeLines(lines: readonly StoredLine[]): Bytes {
  return utf8(JSON.stringify(lines));
}

export function decodeLines(bytes: Bytes): readonly StoredLine[] {
  return JSON.parse(fromUtf8(bytes)) as readonly StoredLine[];
}

/** Whose change it was, and what it changed. */
type Changes = Omit<CommitEffect, "committer"> & { readonly committer: Pick<Member, "account"> };

/**
 * @param membersBefore accounts of the epoch before.
 *
 * @param isQuiet true for accounts that another line covers: those who sent a `leave`, who strayed, or who come back
 * after straying.
 */
export function linesOf(
  { membersChange }: Pick<ConversationDef, "membersChange">,
  effect: Changes,
  membersBefore: readonly AccountId[],
  membersAfter: readonly AccountId[],
  isQuiet: (account: AccountId) => boolean,
): readonly StoredLine[] {
  if (!membersChange) return [];
  const by = toHex(effect.committer.account);
  const has = (list: readonly AccountId[], account: AccountId) => list.some((other) => equalBytes(other, account));
  // The line of the dissolution covers that all members are out.
  if (effect.after.dissolved === true) return [];
  const isNew = (member: Member) => !has(membersBefore, member.account) && !isQuiet(member.account);
  const asked = (member: Member) => member.features.includes(byLink);
  const added = accountsOf(effect.added.filter((member) => isNew(member) && !asked(member)));
  const joined = accountsOf(effect.added.filter((member) => isNew(member) && asked(member)));
  const removed = accountsOf(effect.removed).filter((account) => !has(membersAfter, account) && !isQuiet(account));
  const lines: StoredLine[] = [];
  if (added.length > 0) lines.push({ kind: "added", by, people: added.map(toHex) });
  if (joined.length > 0) lines.push({ kind: "joined", people: joined.map(toHex) });
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
  if (before.name !== after.name) lines.push({ kind: "renamed", by, name: plain(after.name) });
  if (before.announcement !== after.announcement) lines.push({ kind: "announced", by, text: after.announcement });
  if (!sameBytes(before.avatar, after.avatar) && (before.avatar ?? after.avatar) !== undefined)
    lines.push({ kind: "picture-changed", by });
  if (before.settings.approval !== after.settings.approval)
    lines.push({ kind: "approval", by, isOn: after.settings.approval === true });
  if (before.settings.history !== after.settings.history)
    lines.push({ kind: "history", by, choice: after.settings.history ?? "none" });
  const roleIn = (state: GroupState, account: AccountId) =>
    state.roles.find((role) => equalBytes(role.account, account))?.role ?? "member";
  const named = new Map([...before.roles, ...after.roles].map((role) => [toHex(role.account), role.account]));
  for (const [who, account] of named) {
    const role = roleIn(after, account);
    if (role !== roleIn(before, account) && stays(account)) lines.push({ kind: "role", by, who, role });
  }
  return lines;
}
