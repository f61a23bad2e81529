/** Files that messages name, messages that wait for uploads, and upload tokens. */
import type { Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type BlobWish = "none" | "fetch" | "send" | "paused";

export type StoredBlob = {
  readonly handle: Bytes;
  readonly server: string;
  readonly id: Bytes;
  readonly key: Bytes;
  readonly layers: Bytes;
  readonly bytes: number;
  readonly expires_day: number;
  readonly have: Bytes;
  readonly uses: number;
  readonly wish: BlobWish;
  readonly fault: string | null;
};

/** Adds a file, or one more use if it is known. */
export function addBlob(db: Database, row: Omit<StoredBlob, "fault" | "uses">): void {
  db.run(
    `INSERT INTO blobs (handle, server, id, key, layers, bytes, expires_day, have, uses, wish)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT (handle) DO UPDATE SET uses = uses + 1`,
    row.handle,
    row.server,
    row.id,
    row.key,
    row.layers,
    row.bytes,
    row.expires_day,
    row.have,
    row.wish,
  );
}

/** Removes one use of a file, whose message is gone. Returns whether it was the last, and the file was deleted. */
export function dropBlobUse(db: Database, handle: Bytes): boolean {
  db.run("UPDATE blobs SET uses = uses - 1 WHERE handle = ?", handle);
  return db.run("DELETE FROM blobs WHERE handle = ? AND uses <= 0", handle) > 0;
}

export function readBlob(db: Database, handle: Bytes): StoredBlob | undefined {
  return db.get<StoredBlob>("SELECT * FROM blobs WHERE handle = ?", handle);
}

/** Files to download or upload, in no particular order. */
export function wishedBlobs(db: Database): readonly { readonly handle: Bytes; readonly wish: BlobWish }[] {
  return db.all("SELECT handle, wish FROM blobs WHERE wish IN ('fetch', 'send') AND fault IS NULL");
}

export function setBlobWish(db: Database, handle: Bytes, wish: BlobWish, fault: string | null = null): void {
  db.run("UPDATE blobs SET wish = ?, fault = ? WHERE handle = ?", wish, fault, handle);
}

export function setBlobHave(db: Database, handle: Bytes, have: Bytes): void {
  db.run("UPDATE blobs SET have = ? WHERE handle = ?", have, handle);
}

export function setBlobExpiry(db: Database, handle: Bytes, expiresDay: number): void {
  db.run("UPDATE blobs SET expires_day = ? WHERE handle = ?", expiresDay, handle);
}

export type OwnBlob = { readonly owner: Bytes; readonly written: number; readonly created: number };

export function addOwnBlob(db: Database, id: Bytes, owner: Bytes): void {
  db.run("INSERT INTO own_blobs (id, owner, written, created) VALUES (?, ?, 0, 0)", id, owner);
}

export function readOwnBlob(db: Database, id: Bytes): OwnBlob | undefined {
  return db.get<OwnBlob>("SELECT owner, written, created FROM own_blobs WHERE id = ?", id);
}

/** Own uploads that the server knows. */
export function readOwnBlobs(db: Database): readonly { readonly id: Bytes; readonly owner: Bytes }[] {
  return db.all("SELECT id, owner FROM own_blobs WHERE created = 1");
}

export type EndingBlob = StoredBlob & { readonly owner: Bytes };

/** Files that this device uploaded completely and that expire at the server by `byDay`, in days since 1970. */
export function readEndingBlobs(db: Database, byDay: number): readonly EndingBlob[] {
  return db.all(
    `SELECT b.*, o.owner FROM own_blobs AS o JOIN blobs AS b ON b.id = o.id
     WHERE o.created = 1 AND b.wish = 'none' AND b.fault IS NULL AND b.expires_day BETWEEN 1 AND ?`,
    byDay,
  );
}

/** Restarts an upload from zero, because the server does not have the file any more. */
export function beginOwnBlobAnew(db: Database, id: Bytes): void {
  db.run("UPDATE own_blobs SET written = 0, created = 0 WHERE id = ?", id);
}

/** Handles of all files that may have bytes on this device. */
export function readBlobRefs(db: Database): readonly Bytes[] {
  return db.all<{ handle: Bytes }>("SELECT handle FROM blobs").map(({ handle }) => handle);
}

export function setWritten(db: Database, id: Bytes, written: number): void {
  db.run("UPDATE own_blobs SET written = ?, created = 1 WHERE id = ?", written, id);
}

export function deleteOwnBlob(db: Database, id: Bytes): void {
  db.run("DELETE FROM own_blobs WHERE id = ?", id);
}

export type LetGoBlob = { readonly id: Bytes; readonly owner: Bytes; readonly server: string };

/** Queues the deletion of a file at the server, until the server confirms it. */
export function letGoOfOwnBlob(db: Database, { id, owner, server }: LetGoBlob): void {
  deleteOwnBlob(db, id);
  db.run("INSERT INTO let_go_blobs (id, owner, server) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id, owner, server);
}

export function readLetGoBlobs(db: Database): readonly LetGoBlob[] {
  return db.all("SELECT id, owner, server FROM let_go_blobs");
}

export function forgetLetGoBlob(db: Database, id: Bytes): void {
  db.run("DELETE FROM let_go_blobs WHERE id = ?", id);
}

export type Upload = {
  readonly id: ContentId;
  readonly conversation: ConversationId;
  readonly body: Bytes;
  readonly roster: Bytes | null;
  readonly created_ms: UnixMs;
};

export function addUpload(db: Database, row: Upload): void {
  db.run(
    "INSERT INTO uploads (id, conversation, body, roster, created_ms) VALUES (?, ?, ?, ?, ?)",
    row.id,
    row.conversation,
    row.body,
    row.roster,
    row.created_ms,
  );
}

export function readUploads(db: Database): readonly Upload[] {
  return db.all<Upload>("SELECT * FROM uploads ORDER BY created_ms, id");
}

export function readUpload(db: Database, id: ContentId): Upload | undefined {
  return db.get<Upload>("SELECT * FROM uploads WHERE id = ?", id);
}

/** Returns whether the upload was waiting. */
export function deleteUpload(db: Database, id: ContentId): boolean {
  return db.run("DELETE FROM uploads WHERE id = ?", id) > 0;
}

export function setMessageBody(
  db: Database,
  conversation: ConversationId,
  author: Bytes,
  id: ContentId,
  body: Bytes,
): void {
  db.run(
    "UPDATE messages SET body = ? WHERE conversation = ? AND author = ? AND id = ?",
    body,
    conversation,
    author,
    id,
  );
}

export type StoredToken = { readonly input: Bytes; readonly output: Bytes; readonly epoch: number };

export function addUploadToken(db: Database, { input, output, epoch }: StoredToken): void {
  db.run("INSERT INTO upload_tokens (input, output, epoch) VALUES (?, ?, ?)", input, output, epoch);
}

export function countUploadTokens(db: Database, sinceEpoch: number): number {
  db.run("DELETE FROM upload_tokens WHERE epoch < ?", sinceEpoch);
  return db.get<{ count: number }>("SELECT count(*) AS count FROM upload_tokens")?.count ?? 0;
}

export function readUploadTokens(db: Database, count: number): readonly StoredToken[] {
  // Oldest key first, then by random input, so that the order of spending reveals nothing of the order of drawing.
  return db.all<StoredToken>("SELECT input, output, epoch FROM upload_tokens ORDER BY epoch, input LIMIT ?", count);
}

export function spendUploadTokens(db: Database, tokens: readonly StoredToken[]): void {
  for (const { input } of tokens) db.run("DELETE FROM upload_tokens WHERE input = ?", input);
}

export function markVoiceHeard(db: Database, conversation: ConversationId, id: ContentId): void {
  db.run("INSERT INTO heard_voice (conversation, id) VALUES (?, ?) ON CONFLICT DO NOTHING", conversation, id);
}

export function isVoiceHeard(db: Database, conversation: Bytes, id: Bytes): boolean {
  return db.get("SELECT 1 FROM heard_voice WHERE conversation = ? AND id = ?", conversation, id) !== undefined;
}
