/**
 * Handles: what screens know a file by. Made of its key and size; and of its name at the server, where another of the
 * same key is known under another one: anyone who knows a key can put something else in its place (docs/spec/media.md
 * ME6).
 */
import { type BlobRef, blobsIn, decodeBody } from "@yanshu/content";
import {
  addBlob,
  type BlobWish,
  type Database,
  dropBlobUse,
  forgetLetGoBlob,
  letGoOfOwnBlob,
  readBlob,
  readLetGoBlobs,
  readOwnBlob,
} from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type ContentId,
  type ConversationId,
  concat,
  equalBytes,
  toHex,
  utf8,
} from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { blobServer } from "./server.ts";
import { chunkCount } from "./stream.ts";

const handleBytes = 16;
const dayMs = 86_400_000;

export function handleOf(
  db: Database,
  sha256: (data: Bytes) => Bytes,
  { key, bytes, id }: Pick<BlobRef, "key" | "bytes" | "id">,
): Bytes {
  const made = (...more: readonly Bytes[]) =>
    sha256(concat(utf8(`blob ${bytes} `), key, ...more)).subarray(0, handleBytes);
  const [first, own] = [made(), made(id)];
  if (readBlob(db, own) !== undefined) return own;
  const row = readBlob(db, first);
  return row === undefined || equalBytes(row.id, id) ? first : own;
}

export function dayNow(engine: Engine): number {
  return Math.floor(engine.ports.nowMs() / dayMs);
}

/** Makes the files of a message known. Inside the transaction that shows it. */
export function learnBlobs(engine: Engine, body: { readonly kind: string }, wish: BlobWish = "none"): void {
  learnRefs(engine, blobsIn(body), wish);
}

/** The same for files that are named otherwise. */
export function learnRefs(engine: Engine, refs: readonly BlobRef[], wish: BlobWish = "none"): void {
  for (const ref of refs) {
    addBlob(engine.db, {
      handle: handleOf(engine.db, engine.ports.crypto.sha256, ref),
      server: ref.server,
      id: ref.id,
      key: ref.key,
      layers: concat(...(ref.layers ?? [])),
      bytes: ref.bytes,
      expires_day: ref.expiresDay,
      have: new Uint8Array(Math.ceil(chunkCount(ref.bytes) / 8)),
      wish,
    });
  }
}

/**
 * A message is gone: its files go from this device if no other message names them. Gone `everywhere`, as by a recall,
 * they also go from the server if this device stored them. Inside the transaction that removes it; the bytes go after
 * it.
 */
export function forgetBlobs(engine: Engine, body: { readonly kind: string }, where: "here" | "everywhere"): void {
  forgetRefs(engine, blobsIn(body), where);
}

/** The same for files that are named otherwise. */
export function forgetRefs(engine: Engine, refs: readonly BlobRef[], where: "here" | "everywhere"): void {
  const { db, ports } = engine;
  for (const ref of refs) {
    const handle = handleOf(db, ports.crypto.sha256, ref);
    const isLast = dropBlobUse(db, handle);
    const own = where === "everywhere" ? readOwnBlob(db, ref.id) : undefined;
    if (own !== undefined) {
      letGoOfOwnBlob(db, { id: ref.id, owner: own.owner, server: ref.server });
      ports.after(0, () => void removeLetGo(engine).catch(engine.failed));
    }
    const { media } = ports;
    if (media === undefined) continue;
    // After the transaction: what is looked up then is what it left.
    if (isLast)
      ports.after(0, () => {
        if (readBlob(db, handle) === undefined) void media.files.remove(toHex(handle)).catch(engine.failed);
      });
  }
}

const removing = new WeakSet<Engine>();

/**
 * Has the server remove what was let go of, until it says that it is gone: at once, and after each sign-in. Resolves
 * when it was tried.
 */
export async function removeLetGo(engine: Engine): Promise<void> {
  const { db, ports } = engine;
  if (ports.media === undefined || removing.has(engine)) return;
  removing.add(engine);
  try {
    const tried = new Set<string>();
    // What is let go of meanwhile is found in the next round.
    for (;;) {
      const next = readLetGoBlobs(db).find(({ id }) => !tried.has(toHex(id)));
      if (next === undefined) return;
      tried.add(toHex(next.id));
      const answer = await blobServer(engine, ports.media, next.server)?.remove(next.id, next.owner);
      // Of another home, which nobody asked, it stays: this device may be at that home again.
      // @checks MO58
      if (answer?.kind === "ok" || (answer?.kind === "refused" && answer.why === "unknown-blob"))
        db.transaction(() => forgetLetGoBlob(db, next.id));
    }
  } finally {
    removing.delete(engine);
  }
}

/** The same for a message by its name. Inside the transaction that removes or empties it, before it does. */
export function forgetFilesOf(
  engine: Engine,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
  where: "here" | "everywhere",
): void {
  const row = engine.db.get<{ body: Bytes }>(
    "SELECT body FROM messages WHERE conversation = ? AND author = ? AND id = ?",
    conversation,
    author,
    id,
  );
  const body = row && decodeBody(row.body);
  // Anyone who names a file of this device's in a message of theirs has no say over it.
  const isOwn = equalBytes(author, ownOf(engine).account);
  if (body !== undefined) forgetBlobs(engine, body, isOwn ? where : "here");
}

/** The same for all that a chat holds, before it is cleared here. @param upToMs as `clearChat`. */
export function forgetFilesIn(engine: Engine, conversation: ConversationId, upToMs = Number.MAX_SAFE_INTEGER): void {
  const rows = engine.db.all<{ body: Bytes }>(
    `SELECT body FROM messages WHERE conversation = ? AND at_ms <= ? AND kind IN ('photos', 'voice', 'video', 'file')`,
    conversation,
    upToMs,
  );
  for (const row of rows) {
    const body = decodeBody(row.body);
    if (body !== undefined) forgetBlobs(engine, body, "here");
  }
}

export function hasChunk(have: Bytes, index: number): boolean {
  return ((have[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

export function withChunk(have: Bytes, index: number): Bytes {
  const next = Uint8Array.from(have);
  next[index >> 3] = (next[index >> 3] ?? 0) | (1 << (index & 7));
  return next;
}

export function countChunks(have: Bytes): number {
  let count = 0;
  for (const byte of have) for (let bits = byte; bits !== 0; bits >>= 1) count += bits & 1;
  return count;
}
