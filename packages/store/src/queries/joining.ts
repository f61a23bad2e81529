/** Coming into a group by its link: what this person asked for, and who asks here (docs/spec/groups.md GR26, GR27). */
import type { AccountId, Address, Bytes, Capability, ConversationId, DeviceId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type JoinState = "asking" | "waiting" | "refused" | "expired" | "used-up" | "reset" | "in";
export type JoinRow = {
  readonly secret: Bytes;
  readonly link: string;
  readonly state: JoinState;
  readonly address: Address;
  readonly asked_ms: UnixMs;
  readonly tries: number;
  readonly conversation: ConversationId | null;
  /** Whom the link's card names to be asked, once it was read; the client's own encoding. */
  readonly admitters: Bytes | null;
};

export function readJoins(db: Database): readonly JoinRow[] {
  return db.all<JoinRow>("SELECT * FROM joins ORDER BY asked_ms DESC, secret");
}

export function readJoin(db: Database, secret: Bytes): JoinRow | undefined {
  return db.get<JoinRow>("SELECT * FROM joins WHERE secret = ?", secret);
}

export function readJoinByAddress(db: Database, address: Address): JoinRow | undefined {
  return db.get<JoinRow>("SELECT * FROM joins WHERE address = ?", address);
}

export function writeJoin(db: Database, row: JoinRow): void {
  db.run(
    `INSERT OR REPLACE INTO joins (secret, link, state, address, asked_ms, tries, conversation, admitters)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    row.secret,
    row.link,
    row.state,
    row.address,
    row.asked_ms,
    row.tries,
    row.conversation,
    row.admitters,
  );
}

export function deleteJoin(db: Database, secret: Bytes): void {
  db.run("DELETE FROM joins WHERE secret = ?", secret);
}

export type JoinRequestRow = {
  readonly account: AccountId;
  readonly name: string;
  readonly packages: Bytes;
  readonly asked_ms: UnixMs;
  readonly received_ms: UnixMs;
};

/** A person who asks again is shown once, with their newest packages. Returns whether they were not there before. */
export function writeJoinRequest(db: Database, conversation: ConversationId, row: JoinRequestRow): boolean {
  const isNew = readJoinRequest(db, conversation, row.account) === undefined;
  db.run(
    `INSERT OR REPLACE INTO join_requests (conversation, account, name, packages, asked_ms, received_ms)
     VALUES (?, ?, ?, ?, ?, ?)`,
    conversation,
    row.account,
    row.name,
    row.packages,
    row.asked_ms,
    row.received_ms,
  );
  return isNew;
}

export function readJoinRequest(
  db: Database,
  conversation: ConversationId,
  account: AccountId,
): JoinRequestRow | undefined {
  return db.get<JoinRequestRow>(
    "SELECT * FROM join_requests WHERE conversation = ? AND account = ?",
    conversation,
    account,
  );
}

/** Only the newest `kept` wait; returns who waits no more. */
export function dropOldRequests(db: Database, conversation: ConversationId, kept: number): readonly AccountId[] {
  const rows = db.all<{ account: AccountId }>(
    "SELECT account FROM join_requests WHERE conversation = ? ORDER BY received_ms DESC, account LIMIT -1 OFFSET ?",
    conversation,
    kept,
  );
  for (const { account } of rows)
    db.run("DELETE FROM join_requests WHERE conversation = ? AND account = ?", conversation, account);
  return rows.map(({ account }) => account);
}

/** Of one who asked up to then: what they ask later stands. */
export function deleteJoinRequest(
  db: Database,
  conversation: ConversationId,
  account: AccountId,
  upToMs: UnixMs,
): void {
  db.run(
    "DELETE FROM join_requests WHERE conversation = ? AND account = ? AND asked_ms <= ?",
    conversation,
    account,
    upToMs,
  );
}

/** Of those who are in by now. */
export function settleJoinRequests(db: Database, conversation: ConversationId): void {
  db.run(
    `DELETE FROM join_requests WHERE conversation = ? AND account IN (
       SELECT account FROM members WHERE members.conversation = join_requests.conversation
     )`,
    conversation,
  );
}

/** Who waits there for owner or admins to decide, the latest first; nobody where `own` is none of these. */
export function readJoinRequestsFor(
  db: Database,
  conversation: ConversationId,
  own: AccountId,
): readonly Pick<JoinRequestRow, "account" | "received_ms">[] {
  return db.all(
    `SELECT r.account, r.received_ms FROM join_requests AS r
     JOIN members AS me ON me.conversation = r.conversation AND me.account = ? AND me.role <> 'member'
     WHERE r.conversation = ? ORDER BY r.received_ms DESC, r.account`,
    own,
    conversation,
  );
}

/** Devices whose askings are remembered by a group; beyond that only what is later than the oldest of them is new. */
const askingsMax = 1_000;

/** Whether this asking comes after every other of that device here; it is noted. */
export function takeAsking(db: Database, conversation: ConversationId, device: DeviceId, askedMs: UnixMs): boolean {
  const others = "FROM join_askings WHERE conversation = ? AND device <> ?";
  const kept = db.get<{ count: number; oldest: number }>(
    `SELECT count(*) AS count, coalesce(min(asked_ms), 0) AS oldest ${others}`,
    conversation,
    device,
  );
  if (kept !== undefined && kept.count >= askingsMax) {
    if (askedMs <= kept.oldest) return false;
    db.run(`DELETE ${others} AND asked_ms = ?`, conversation, device, kept.oldest);
  }
  return (
    db.run(
      `INSERT INTO join_askings (conversation, device, asked_ms) VALUES (?, ?, ?)
       ON CONFLICT (conversation, device) DO UPDATE SET asked_ms = excluded.asked_ms
       WHERE excluded.asked_ms > join_askings.asked_ms`,
      conversation,
      device,
      askedMs,
    ) > 0
  );
}

/** The link ended before its time. With it goes what was asked by it: nothing of that counts any more. */
export function writeEndedLink(db: Database, conversation: ConversationId, secret: Bytes, expiresMs: UnixMs): void {
  db.run("INSERT OR IGNORE INTO ended_links (secret, expires_ms) VALUES (?, ?)", secret, expiresMs);
  db.run("DELETE FROM join_askings WHERE conversation = ?", conversation);
}

export function hasEndedLink(db: Database, secret: Bytes): boolean {
  return db.get("SELECT 1 FROM ended_links WHERE secret = ?", secret) !== undefined;
}

export function forgetEndedLinks(db: Database, nowMs: UnixMs): void {
  db.run("DELETE FROM ended_links WHERE expires_ms <= ?", nowMs);
}

export type LinkTokenRow = { readonly token: Capability; readonly conversation: ConversationId };

export function readLinkTokens(db: Database): readonly LinkTokenRow[] {
  return db.all<LinkTokenRow>("SELECT token, conversation FROM link_tokens");
}

export function writeLinkToken(db: Database, { token, conversation }: LinkTokenRow): void {
  db.run("INSERT OR IGNORE INTO link_tokens (token, conversation) VALUES (?, ?)", token, conversation);
}

export function deleteLinkToken(db: Database, token: Capability): void {
  db.run("DELETE FROM link_tokens WHERE token = ?", token);
}
