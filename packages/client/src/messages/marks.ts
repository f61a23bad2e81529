/**
 * Marks: what people set on messages, such as reactions. Each feature says how two values of one mark merge. Inside a
 * transaction.
 */
import { dropEarlyMarks, type Mark, type MessageName, putMark, readMarks, readMessage, writeMark } from "@yanshu/store";
import { type Bytes, type ConversationId, equalBytes } from "@yanshu/wire";
import { type Engine, topicOf } from "../core/engine.ts";
import { isSaid } from "../values/shown.ts";

/** How many marks of one person are stored, per conversation, for messages that have not arrived. */
const earlyMarksMax = 256;

/**
 * Sets a mark on a message. A recalled or deleted message takes none. A mark that comes before its message is stored
 * until the message arrives, while there is room. Inside a transaction.
 */
export function setMark(engine: Engine, conversation: ConversationId, on: MessageName, mark: Mark): void {
  if (isErased(engine, conversation, on)) return;
  if (settleMark(engine, conversation, on, mark)) marked(engine, conversation, on, mark.by);
}

/** Merges a mark as its feature says. Returns whether it may have changed. Inside a transaction. */
export function settleMark(
  { db, features }: Engine,
  conversation: ConversationId,
  on: MessageName,
  mark: Mark,
): boolean {
  const { author, id } = on;
  const merge = features.marks.get(mark.kind)?.merge;
  if (merge === undefined) return writeMark(db, conversation, author, id, mark);
  const held = readMarks(db, conversation, author, id, mark.kind).find(
    ({ by, key }) => key === mark.key && equalBytes(by, mark.by),
  );
  putMark(db, conversation, author, id, merge(held, mark));
  return true;
}

/** @param by empty if the mark belongs to nobody. */
function marked(engine: Engine, conversation: ConversationId, on: MessageName, by: Bytes): void {
  if (readMessage(engine.db, conversation, on.author, on.id) === undefined)
    dropEarlyMarks(engine.db, conversation, by, earlyMarksMax);
  engine.changed(topicOf(conversation));
}

function isErased(engine: Engine, conversation: ConversationId, { author, id }: MessageName): boolean {
  const row = readMessage(engine.db, conversation, author, id);
  return row !== undefined && !isSaid(row.kind);
}
