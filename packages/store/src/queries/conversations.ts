/** Conversations, which outlive their groups, and who is in them. */
import type { AccountId, Bytes, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import type { ContactState } from "./people.ts";

export type ConversationState =
  | "forming"
  | "open"
  | "request-in"
  | "request-out"
  | "removed"
  | "left"
  | "blocked"
  | "declined"
  | "newer-version";

export type ConversationRow = {
  readonly conversation: ConversationId;
  /** Its name in the table of kinds (packages/client/src/kinds). */
  readonly kind: string;
  readonly peer: AccountId | null;
  readonly state: ConversationState;
  readonly frozen: string | null;
  /** How often this device asked to be let in again since it was frozen. */
  readonly asked: number;
  /** 1: this device passed over commits and was let in again (SY58). */
  readonly resynced: 0 | 1;
  readonly group_id: Bytes | null;
  readonly founding: number;
  /** The highest founding that, by who leads, goes on without this account; 0 once it is in again (GR79). */
  readonly founding_without: number;
  /** Who said so. */
  readonly founding_without_by: AccountId | null;
  readonly title: string;
  readonly link: Bytes | null;
  readonly dissolved: number;
  /** From which program it was brought. */
  readonly imported: string | null;
  readonly own_seq: number;
  readonly told_profile: number;
  readonly read_order: number;
  readonly active_ms: UnixMs;
};

export type MemberRow = { readonly account: AccountId; readonly role: "owner" | "admin" | "member" };

export function readConversation(db: Database, conversation: ConversationId): ConversationRow | undefined {
  return db.get<ConversationRow>("SELECT * FROM conversations WHERE conversation = ?", conversation);
}

export type DirectChatRow = Pick<ConversationRow, "conversation" | "founding" | "group_id">;

/** Chats of two, whatever they hold. */
export function readDirectChats(db: Database): readonly DirectChatRow[] {
  return db.all<DirectChatRow>("SELECT conversation, founding, group_id FROM conversations WHERE peer IS NOT NULL");
}

/** The columns that an incoming message is checked with, without large ones such as the avatar. */
export type ConversationHead = Pick<ConversationRow, "kind" | "peer" | "state"> & {
  /** What its peer is to us; null when they are nothing, or it has none. */
  readonly contact: ContactState | null;
  /** Whether the mark "alone" stands there. */
  readonly is_alone: 0 | 1;
};

export function readConversationHead(db: Database, conversation: ConversationId): ConversationHead | undefined {
  return db.get<ConversationHead>(
    `SELECT kind, peer, state, (SELECT k.state FROM contacts AS k WHERE k.account = peer) AS contact,
       EXISTS (SELECT 1 FROM chat_marks AS m WHERE m.conversation = c.conversation AND m.mark = 'alone' AND m.is_on = 1) AS is_alone
     FROM conversations AS c WHERE conversation = ?`,
    conversation,
  );
}

export function readConversations(db: Database): readonly ConversationRow[] {
  return db.all<ConversationRow>("SELECT * FROM conversations");
}

export function insertConversation(
  db: Database,
  row: {
    conversation: ConversationId;
    kind: string;
    peer?: AccountId;
    state: ConversationState;
    title?: string;
    activeMs: UnixMs;
  },
): void {
  db.run(
    "INSERT INTO conversations (conversation, kind, peer, state, title, active_ms) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    row.conversation,
    row.kind,
    row.peer ?? null,
    row.state,
    row.title ?? "",
    row.activeMs,
  );
}

export function setConversationState(db: Database, conversation: ConversationId, state: ConversationState): void {
  db.run("UPDATE conversations SET state = ? WHERE conversation = ?", state, conversation);
}

export function setFrozen(db: Database, conversation: ConversationId, why: string | undefined): void {
  db.run("UPDATE conversations SET frozen = ?, asked = 0 WHERE conversation = ?", why ?? null, conversation);
}

/** Notes that this device passed over commits of the conversation, and was let in again (SY58). */
export function setResynced(db: Database, conversation: ConversationId): void {
  db.run("UPDATE conversations SET resynced = 1 WHERE conversation = ?", conversation);
}

/** Counts a resync request of this device (GR22.2). */
export function countAsking(db: Database, conversation: ConversationId): void {
  db.run("UPDATE conversations SET asked = asked + 1 WHERE conversation = ?", conversation);
}

/** Resets the count of resync requests, after one had an effect. */
export function forgetAskings(db: Database, conversation: ConversationId): void {
  db.run("UPDATE conversations SET asked = 0 WHERE conversation = ?", conversation);
}

/** A message came: moves the chat to the top of the list, and shows it again if it was hidden. */
export function touchConversation(db: Database, conversation: ConversationId, atMs: UnixMs): void {
  db.run("UPDATE chat_marks SET is_on = 0 WHERE conversation = ? AND mark = 'hidden' AND is_on = 1", conversation);
  raiseActive(db, conversation, atMs);
}

/** Sets the chat's place in the list to `atMs` if that is later, without showing a hidden chat again. */
export function raiseActive(db: Database, conversation: ConversationId, atMs: UnixMs): void {
  // The row holds the group's picture: it is not written again for the same moment.
  db.run("UPDATE conversations SET active_ms = ?1 WHERE conversation = ?2 AND active_ms < ?1", atMs, conversation);
}

/** Notes the time of the last message in a chat that this device has not joined yet, from another own device. */
export function noteToldChat(db: Database, conversation: ConversationId, activeMs: UnixMs): void {
  db.run(
    `INSERT INTO told_chats (conversation, active_ms) VALUES (?, ?)
     ON CONFLICT (conversation) DO UPDATE SET active_ms = max(active_ms, excluded.active_ms)`,
    conversation,
    activeMs,
  );
}

/**
 * Returns the time of the last message in a chat that this device joins, from other own devices or its own messages; 0
 * if unknown.
 */
export function takeToldChat(db: Database, conversation: ConversationId): UnixMs {
  const told = db.get<{ active_ms: UnixMs }>("SELECT active_ms FROM told_chats WHERE conversation = ?", conversation);
  db.run("DELETE FROM told_chats WHERE conversation = ?", conversation);
  const newest = db.get<{ at_ms: UnixMs }>(
    `SELECT at_ms FROM messages WHERE conversation = ? AND kind NOT IN ('system', 'leave', 'deleted')
     ORDER BY position DESC LIMIT 1`,
    conversation,
  );
  return Math.max(told?.active_ms ?? 0, newest?.at_ms ?? 0);
}

/**
 * A commit in the same group, or being let in to it again, forgets no higher number that was noted: a founding above
 * that may be planned.
 */
export function setCurrentGroup(db: Database, conversation: ConversationId, groupId: Bytes, founding: number): void {
  db.run(
    `UPDATE conversations SET frozen = NULL, group_id = ?1,
       founding = CASE WHEN group_id = ?1 THEN max(founding, ?2) ELSE ?2 END,
       founding_held = CASE WHEN group_id = ?1 THEN max(founding_held, ?2) ELSE ?2 END
     WHERE conversation = ?3`,
    groupId,
    founding,
    conversation,
  );
}

/** The owner dissolved the group. Its members stay readable. */
export function setDissolved(db: Database, conversation: ConversationId): void {
  db.run("UPDATE conversations SET dissolved = 1, link = NULL WHERE conversation = ?", conversation);
}

/** Notes a founding number that is used, though this device is not in that group. */
export function raiseFounding(db: Database, conversation: ConversationId, founding: number): void {
  db.run(
    `UPDATE conversations SET founding = max(founding, ?1), founding_held = max(founding_held, ?1)
     WHERE conversation = ?2`,
    founding,
    conversation,
  );
}

/** Notes a founding number that was only told: up to `most` above those of groups that came here. */
export function raiseToldFounding(db: Database, conversation: ConversationId, founding: number, most: number): void {
  db.run(
    "UPDATE conversations SET founding = max(founding, min(?1, founding_held + ?2)) WHERE conversation = ?3",
    founding,
    most,
    conversation,
  );
}

/** Who leads said that this founding goes on without this account (GR79). */
export function noteFoundingWithout(
  db: Database,
  conversation: ConversationId,
  { founding, by }: { readonly founding: number; readonly by: AccountId },
): void {
  const sql = "UPDATE conversations SET founding_without = ?, founding_without_by = ? WHERE conversation = ?";
  db.run(sql, founding, by, conversation);
}

/** This account is in again. */
export function forgetFoundingWithout(db: Database, conversation: ConversationId): void {
  db.run(
    `UPDATE conversations SET founding_without = 0, founding_without_by = NULL
     WHERE conversation = ? AND founding_without > 0`,
    conversation,
  );
}

/** Group requests from strangers, of these kinds, in which a contact is a member by now. */
export function requestsAmongFriends(db: Database, kinds: readonly string[]): readonly ConversationId[] {
  return db
    .all<{ conversation: ConversationId }>(
      `SELECT c.conversation FROM conversations AS c WHERE c.kind IN (SELECT value FROM json_each(?)) AND c.state = 'request-in' AND EXISTS (
         SELECT 1 FROM members AS m JOIN contacts AS f ON f.account = m.account
         WHERE m.conversation = c.conversation AND f.state = 'contact'
       )`,
      JSON.stringify(kinds),
    )
    .map(({ conversation }) => conversation);
}

/** Writes name, members and settings of the newest epoch, for the screens. */
export function writeRoster(
  db: Database,
  conversation: ConversationId,
  roster: {
    readonly title: string;
    readonly avatar: Bytes | undefined;
    readonly announcement?: string;
    readonly adminsAdd: boolean;
    readonly adminsEdit: boolean;
    readonly approval?: boolean;
    readonly history?: "week" | "all" | undefined;
    readonly link?: Bytes | undefined;
    readonly members: readonly MemberRow[];
  },
): void {
  db.run(
    `UPDATE conversations SET title = ?, avatar = ?, admins_add = ?, admins_edit = ?, announcement = ?, approval = ?,
       history = ?, link = ?, dissolved = 0 WHERE conversation = ?`,
    roster.title,
    roster.avatar ?? null,
    roster.adminsAdd ? 1 : 0,
    roster.adminsEdit ? 1 : 0,
    roster.announcement ?? "",
    roster.approval === true ? 1 : 0,
    roster.history ?? "none",
    roster.link ?? null,
    conversation,
  );
  db.run("DELETE FROM members WHERE conversation = ?", conversation);
  roster.members.forEach(({ account, role }, place) => {
    db.run(
      "INSERT INTO members (conversation, account, role, place) VALUES (?, ?, ?, ?)",
      conversation,
      account,
      role,
      place,
    );
  });
}

/** The 1:1 with this account. */
export function directWith(db: Database, peer: AccountId): ConversationId | undefined {
  const sql = "SELECT conversation FROM conversations WHERE peer = ?";
  return db.get<{ conversation: ConversationId }>(sql, peer)?.conversation;
}

/**
 * Marks conversations of kinds that this version does not know: they are shown but not written to, until an update
 * knows the kind (docs/spec/growth.md). @param kinds all that this version knows.
 */
export function noteKnownKinds(db: Database, kinds: readonly string[]): void {
  const known = JSON.stringify(kinds);
  db.run(
    `UPDATE conversations SET state = 'newer-version'
     WHERE state IN ('forming', 'open') AND kind NOT IN (SELECT value FROM json_each(?))`,
    known,
  );
  db.run(
    `UPDATE conversations SET state = CASE WHEN group_id IS NULL THEN 'forming' ELSE 'open' END
     WHERE state = 'newer-version' AND kind IN (SELECT value FROM json_each(?))`,
    known,
  );
}

/** Opens conversations that have a group and that an older version left as waiting for one (GR48). */
export function openFounded(db: Database): void {
  db.run("UPDATE conversations SET state = 'open' WHERE state = 'forming' AND group_id IS NOT NULL");
}

/** A group's settings and avatar, as last known. */
export type RulesRow = {
  readonly avatar: Bytes | null;
  readonly announcement: string;
  readonly admins_add: number;
  readonly admins_edit: number;
  readonly approval: number;
  readonly history: "none" | "week" | "all";
};

export function readRules(db: Database, conversation: ConversationId): RulesRow | undefined {
  return db.get<RulesRow>(
    "SELECT avatar, announcement, admins_add, admins_edit, approval, history FROM conversations WHERE conversation = ?",
    conversation,
  );
}

export function readMembers(db: Database, conversation: ConversationId): readonly MemberRow[] {
  return db.all<MemberRow>("SELECT account, role FROM members WHERE conversation = ? ORDER BY place", conversation);
}

/** Notes the stamp of the own profile that was last sent to this conversation. */
export function setToldProfile(db: Database, conversation: ConversationId, stampMs: UnixMs): void {
  db.run("UPDATE conversations SET told_profile = max(told_profile, ?) WHERE conversation = ?", stampMs, conversation);
}

/** The own profile has a stamp of now again: it is told where one of later was. */
export function forgetToldAhead(db: Database, nowMs: number): void {
  db.run("UPDATE conversations SET told_profile = 0 WHERE told_profile > ?", nowMs);
}

/** Returns this device's next `seq` in the conversation, which is never used twice (SY4). */
export function takeSeq(db: Database, conversation: ConversationId): number {
  db.run("UPDATE conversations SET own_seq = own_seq + 1 WHERE conversation = ?", conversation);
  return readConversation(db, conversation)?.own_seq ?? 1;
}

export function readDrafts(
  db: Database,
): readonly { readonly conversation: ConversationId; readonly draft: string; readonly draft_ms: UnixMs }[] {
  return db.all("SELECT conversation, draft, draft_ms FROM conversations WHERE draft <> ''");
}

export function readDraft(
  db: Database,
  conversation: ConversationId,
): { readonly draft: string; readonly draft_ms: UnixMs } | undefined {
  return db.get("SELECT draft, draft_ms FROM conversations WHERE conversation = ?", conversation);
}

/** The later draft wins, also an empty one. Returns whether it was stored. */
export function writeDraft(db: Database, conversation: ConversationId, draft: string, stampMs: UnixMs): boolean {
  return (
    db.run(
      "UPDATE conversations SET draft = ?, draft_ms = ? WHERE conversation = ? AND draft_ms < ?",
      draft,
      stampMs,
      conversation,
      stampMs,
    ) > 0
  );
}

/** Notes that this device has used `seq`, which its restored store may not know. */
export function raiseSeq(db: Database, conversation: ConversationId, seq: number): void {
  db.run("UPDATE conversations SET own_seq = max(own_seq, ?) WHERE conversation = ?", seq, conversation);
}
