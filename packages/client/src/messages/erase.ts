/**
 * What was said is taken back, deleted, or reads otherwise: its row, what waits to go out, and what is kept to be said
 * again. What a feature keeps beside a message, it forgets itself. Inside a transaction.
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

/** The content of a message goes from this device: its row, its files, and what features keep of it. */
export function erase(
  engine: Engine,
  conversation: ConversationId,
  name: MessageName,
  left: "recalled" | "deleted",
): void {
  const { db, ports, features, context } = engine;
  // What waits for its files would wait for good without them, and its words with it.
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

/** A message reads otherwise from now on: its row, what waits to go out, and what is kept to be said again. */
export function rewriteSaid(engine: Engine, conversation: ConversationId, name: MessageName, body: Body): void {
  const bytes = encodeBody(body);
  setMessageBody(engine.db, conversation, name.author, name.id, bytes);
  if (!equalBytes(name.author, ownOf(engine).account)) return;
  rewriteOutbox(engine.db, name.id, bytes);
  rewriteSentCopy(engine, conversation, name.id, () => body);
}

/** What this device answers to a device that asks for its message again. */
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
