/** Looks up the messages and conversations that a screen names, before something is done with them. */
import { type Body, decodeBody, type Quote, summaryOf, textLimits } from "@yanshu/content";
import { type MessageName, type MessageRow, readConversation, readMessage } from "@yanshu/store";
import { type ConversationId, toHex } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { idOf } from "../ids.ts";
import { isSaid } from "../values/shown.ts";

/** A short form of a message, for readers who do not have it. */
export function quoteOf(engine: Engine, conversation: ConversationId, name: MessageName): Quote {
  const row = messageOf(engine, conversation, name);
  const body = decodeBody(row.body);
  return { ...name, of: row.kind, words: beginning(body === undefined ? "" : summaryOf(body)) };
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Cuts between graphemes, so that a family emoji is not split into its members. */
function beginning(words: string): string {
  const most = textLimits.quotedMax;
  if (words.length <= most) return words;
  let end = 0;
  for (const { index, segment } of graphemes.segment(words.slice(0, 2 * most))) {
    if (index + segment.length > most) break;
    end = index + segment.length;
  }
  return words.slice(0, end);
}

export function messageOf(engine: Engine, conversation: ConversationId, { author, id }: MessageName): MessageRow {
  const row = readMessage(engine.db, conversation, author, id);
  if (row === undefined || !isSaid(row.kind)) throw new ClientError("unknown-message");
  return row;
}

/** @throws ClientError if the conversation is unknown, or this account cannot write there. */
export function writable(engine: Engine, hex: Hex): ConversationId {
  const conversation = idOf(hex);
  const row = readConversation(engine.db, conversation);
  if (row === undefined) throw new ClientError("unknown-conversation");
  if (!["open", "request-out", "forming"].includes(row.state)) throw new ClientError("not-allowed");
  return conversation;
}

export function groupOf(engine: Engine, conversation: ConversationId) {
  const groupId = readConversation(engine.db, conversation)?.group_id;
  return groupId == null ? undefined : engine.groups.get(toHex(groupId));
}

/** The decoded body of a row; undefined if this version cannot read it. */
export function bodyOf(bytes: Uint8Array): Body | undefined {
  return bytes.length === 0 ? undefined : decodeBody(bytes);
}
