/**
 * Sends messages with files: each is shown at once, waits beside the outbox until the server has all its files, and
 * then goes like any other (docs/spec/media.md ME6). Messages written after it may overtake it.
 */
import { type Body, blobsIn, decodeBody, encodeBody, mediaFieldLimits, withBlobs } from "@yanshu/content";
import {
  addUpload,
  deleteMessage,
  deleteUpload,
  insertMessage,
  readBlob,
  readConversation,
  readUpload,
  readUploads,
  setMessageBody,
  setMessageState,
  touchConversation,
  type Upload,
} from "@yanshu/store";
import { type Bytes, type ContentId, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import type { Source } from "../api/media.ts";
import type { Outgoing } from "../api/transfers.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { dayNow, forgetBlobs, handleOf, learnBlobs } from "../files/blob-refs.ts";
import { speakable } from "../values/speakable.ts";
import { say } from "./outbox.ts";
import { rosterOf } from "./roster.ts";

/** Expiry in days that is assumed until the server states one. */
const daysGuessed = 30;
/**
 * Files up to this size in total are stored before the message shows; with larger ones the person would notice a wait.
 */
const stageFirstBytesMax = 16 << 20;

export function outgoing(engine: Engine, source: Source): Outgoing {
  if (source.size === 0) throw new ClientError("empty");
  if (source.size > mediaFieldLimits.fileBytesMax) throw new ClientError("too-large");
  const { random } = engine.ports.crypto;
  return {
    source,
    ref: {
      server: ownOf(engine).server,
      id: random(16),
      key: random(32),
      bytes: source.size,
      expiresDay: dayNow(engine) + daysGuessed,
    },
  };
}

/** @throws ClientError if the conversation is unknown, or this account may not write there. */
export function mustBeOpen(engine: Engine, conversation: ConversationId): void {
  const row = readConversation(engine.db, conversation);
  if (row === undefined) throw new ClientError("unknown-conversation");
  if (!speakable.has(row.state)) throw new ClientError("not-allowed");
}

/** Shows the message, and sends it once its files are stored. A message without files leaves at once. */
export async function sendWithFiles(
  engine: Engine,
  conversation: ConversationId,
  body: Body,
  files: readonly Outgoing[],
  /**
   * The members when the person pressed send. A caller that waits before this call must read them before it waits
   * (SY2).
   */
  roster = rosterOf(engine, conversation),
): Promise<ContentId> {
  mustBeOpen(engine, conversation);
  if (files.length === 0) {
    const id = engine.db.transaction(() => say(engine, conversation, body, undefined, roster));
    engine.schedule(conversation);
    return id;
  }
  const transfers = mustHaveMedia(engine);
  const id = engine.ports.crypto.random(16);
  const bytes = encodeBody(body); // Throws if a limit is exceeded, before anything is stored.
  const nowMs = engine.ports.nowMs();
  const handles = files.map(({ ref }) => handleOf(engine.db, engine.ports.crypto.sha256, ref));
  const isSmall = files.reduce((sum, { source }) => sum + source.size, 0) <= stageFirstBytesMax;
  engine.db.transaction(() => {
    learnBlobs(engine, body, "paused");
    for (const [place, { ref, source }] of files.entries()) transfers.begin(handles[place] as Bytes, ref.id, source);
  });
  if (isSmall) await stageAll(engine, handles);
  engine.db.transaction(() => {
    insertMessage(engine.db, {
      conversation,
      author: ownOf(engine).account,
      id,
      atMs: nowMs,
      kind: body.kind,
      body: bytes,
      state: "sending",
      device: ownOf(engine).device,
    });
    touchConversation(engine.db, conversation, nowMs);
    addUpload(engine.db, { id, conversation, body: bytes, roster: roster ?? null, created_ms: nowMs });
  });
  engine.changed(topicOf(conversation), "chats", "status");
  for (const handle of handles) transfers.wish(handle, "send");
  if (!isSmall) void stageAll(engine, handles).catch(engine.failed);
  return id;
}

async function stageAll(engine: Engine, handles: readonly Bytes[]): Promise<void> {
  for (const handle of handles) await engine.transfers?.stageAll(handle);
}

export function mustHaveMedia(engine: Engine): NonNullable<Engine["transfers"]> {
  if (engine.transfers === undefined) throw new ClientError("storage");
  return engine.transfers;
}

/** A file was uploaded, or failed for good: messages that waited for it are sent, or marked as failed. */
export function onStored(engine: Engine): void {
  for (const upload of readUploads(engine.db)) settle(engine, upload);
}

function settle(engine: Engine, upload: Upload): void {
  const { db } = engine;
  const body = decodeBody(upload.body);
  if (body === undefined) throw new Error("invariant: a message that waits is one of ours");
  const rows = blobsIn(body).map((ref) => readBlob(db, handleOf(engine.db, engine.ports.crypto.sha256, ref)));
  const own = ownOf(engine).account;
  if (rows.some((row) => row !== undefined && row.fault !== null)) {
    db.transaction(() => setMessageState(db, upload.conversation, own, upload.id, "failed"));
    engine.changed(topicOf(upload.conversation), "chats");
    return;
  }
  if (rows.some((row) => row === undefined || row.wish !== "none")) return;
  const days = new Map(rows.flatMap((row) => (row === undefined ? [] : [[toHex(row.id), row.expires_day] as const])));
  const said = withBlobs(body, (ref) => ({ ...ref, expiresDay: days.get(toHex(ref.id)) ?? ref.expiresDay }));
  db.transaction(() => {
    setMessageBody(db, upload.conversation, own, upload.id, encodeBody(said));
    say(engine, upload.conversation, said, upload.id, upload.roster ?? undefined);
    deleteUpload(db, upload.id);
  });
  engine.schedule(upload.conversation);
}

/** After a restart: continues uploads; those whose source is gone are marked as failed. */
export function resumeUploads(engine: Engine): void {
  const { transfers } = engine;
  if (transfers === undefined) return;
  for (const upload of readUploads(engine.db)) {
    const body = decodeBody(upload.body);
    for (const ref of body === undefined ? [] : blobsIn(body)) {
      const handle = handleOf(engine.db, engine.ports.crypto.sha256, ref);
      const row = readBlob(engine.db, handle);
      // The client stopped after the message was stored and before its upload was started.
      if (row?.wish === "paused" && row.fault === null && row.expires_day === ref.expiresDay)
        transfers.wish(handle, "send");
    }
  }
  onStored(engine);
}

/** Tries a failed upload again. Returns false if the message waits for no files. @throws ClientError "source-gone" */
export function resendUpload(engine: Engine, id: ContentId): boolean {
  const upload = readUpload(engine.db, id);
  if (upload === undefined) return false;
  const transfers = mustHaveMedia(engine);
  const body = decodeBody(upload.body);
  const handles = (body === undefined ? [] : blobsIn(body)).map((ref) =>
    handleOf(engine.db, engine.ports.crypto.sha256, ref),
  );
  if (!handles.every((handle) => transfers.canSend(handle))) throw new ClientError("source-gone");
  engine.db.transaction(() =>
    setMessageState(engine.db, upload.conversation, ownOf(engine).account, upload.id, "sending"),
  );
  for (const handle of handles) {
    const row = readBlob(engine.db, handle);
    if (row !== undefined && (row.wish !== "none" || row.fault !== null)) transfers.wish(handle, "send");
  }
  engine.changed(topicOf(upload.conversation), "chats");
  onStored(engine);
  return true;
}

/** Deletes a message that still waits for its files. Returns false if it was none. */
export function discardUpload(engine: Engine, id: ContentId): boolean {
  const upload = readUpload(engine.db, id);
  if (upload === undefined) return false;
  engine.db.transaction(() => dropUpload(engine, upload));
  engine.changed(topicOf(upload.conversation), "chats", "status");
  return true;
}

/** Deletes all messages that wait for files in a chat that is cleared. Inside its transaction. */
export function dropUploadsOf(engine: Engine, conversation: ConversationId, upToMs = Number.MAX_SAFE_INTEGER): void {
  for (const upload of readUploads(engine.db))
    if (equalBytes(upload.conversation, conversation) && upload.created_ms <= upToMs) dropUpload(engine, upload);
}

function dropUpload(engine: Engine, { id, conversation, body }: Upload): void {
  deleteUpload(engine.db, id);
  deleteMessage(engine.db, conversation, ownOf(engine).account, id);
  const said = decodeBody(body);
  if (said !== undefined) forgetBlobs(engine, said, "everywhere");
}

export function isSendingFiles({ db }: Engine): boolean {
  return readUploads(db).length > 0;
}
