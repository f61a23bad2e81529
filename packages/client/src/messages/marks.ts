/**
 * Marks: what people set on messages, as the features say how two words about one mark become one. Inside a
 * transaction.
 */
import { dropEarlyMarks, type Mark, type MessageName, putMark, readMarks, readMessage, writeMark } from "@yanshu/store";
import { type Bytes, type ConversationId, equalBytes } from "@yanshu/wire";
import { type Engine, topicOf } from "../core/engine.ts";
import { isSaid } from "../values/shown.ts";

/** What one person set waits for messages that are not here, in a conversation. */
const earlyMarksMax = 256;

/**
 * What a person set on a message: one that was recalled or deleted takes no more. What came before its message waits
 * for it, as long as there is room. Inside a transaction.
 */
export function setMark(engine: Engine, conversation: ConversationId, on: MessageName, mark: Mark): void {
  if (isErased(engine, conversation, on)) return;
  if (settleMark(engine, conversation, on, mark)) marked(engine, conversation, on, mark.by);
}

/** As its feature says how two words about it become one. Returns whether it may have changed. Inside a transaction. */
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

/** @param by empty where the mark belongs to nobody. */
function marked(engine: Engine, conversation: ConversationId, on: MessageName, by: Bytes): void {
  if (readMessage(engine.db, conversation, on.author, on.id) === undefined)
    dropEarlyMarks(engine.db, conversation, by, earlyMarksMax);
  engine.changed(topicOf(conversation));
}

function isErased(engine: Engine, conversation: ConversationId, { author, id }: MessageName): boolean {
  const row = readMessage(engine.db, conversation, author, id);
  return row !== undefined && !isSaid(row.kind);
}
