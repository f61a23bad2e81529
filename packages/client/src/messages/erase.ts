/**
 * Deletes or rewrites a message: its row, its item in the outbox, and the copy kept for resends. Features delete their
 * own data about it. Inside a transaction.
 */
import { type Body, decodeMessage, encodeBody, encodeMessage } from "@yanshu/content";
import {
  deleteUpload,
  eraseMessage,
  type MessageName,
  readSentById,
  rewriteOutbox,
  rewriteSent,
  setMessageBody,
} from "@yanshu/store";
import { type ContentId, type ConversationId, equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { forgetFilesOf } from "../files/blob-refs.ts";

/** Deletes a message's content from this device: its row, its files, and what features store about it. */
export function erase(
  engine: Engine,
  conversation: ConversationId,
  name: MessageName,
  left: "recalled" | "deleted",
): void {
  const { db, ports, features, context } = engine;
  // A message that still waits for its files could never be sent without them.
  const wasWaiting = equalBytes(name.author, ownOf(engine).account) && deleteUpload(db, name.id);
  const where = left === "recalled" || wasWaiting ? "everywhere" : "here";
  forgetFilesOf(engine, conversation, name.author, name.id, where);
  for (const feature of features.features) feature.erase?.(context, conversation, name, left);
  eraseMessage(
    db,
    conversation,
    name.author,
    name.id,
    left === "recalled" ? { kind: left, nowMs: ports.nowMs() } : { kind: left },
  );
}

/** Replaces a message's body: in its row, in the outbox, and in the copy kept for resends. */
export function rewriteSaid(engine: Engine, conversation: ConversationId, name: MessageName, body: Body): void {
  const bytes = encodeBody(body);
  setMessageBody(engine.db, conversation, name.author, name.id, bytes);
  if (!equalBytes(name.author, ownOf(engine).account)) return;
  rewriteOutbox(engine.db, name.id, bytes);
  rewriteSentCopy(engine, conversation, name.id, () => body);
}

/** Changes the copy of an own message that this device resends on request. */
export function rewriteSentCopy(
  { db }: Engine,
  conversation: ConversationId,
  id: ContentId,
  change: (body: Body) => Body,
): void {
  const sent = readSentById(db, conversation, id);
  if (sent === undefined) return;
  const message = decodeMessage(sent.message);
  if (message.body.kind === "unknown") return;
  rewriteSent(db, conversation, sent.seq, encodeMessage({ ...message, body: change(message.body) }));
}
