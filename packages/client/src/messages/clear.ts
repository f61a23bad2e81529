/** Clearing a chat: what was said in it goes from this device (docs/spec/sync.md SY33). Inside a transaction. */
import { encodeBody } from "@yanshu/content";
import {
  clearMessages,
  clearTooNew,
  deleteFromOutbox,
  dropArrival,
  noteVaultClear,
  type OutboxRow,
  readOutboxOf,
  voidOutbox,
} from "@yanshu/store";
import { type ConversationId, toHex } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { forgetFilesIn } from "../files/blob-refs.ts";
import { dropUploadsOf } from "./uploads.ts";

/** @param upToMs keeps what its author stamped later; everything goes without it. */
export function clearChat(engine: Engine, conversation: ConversationId, upToMs?: number): void {
  // What waits for the person, or was refused for good, would hold up the rest unseen.
  for (const item of readOutboxOf(engine.db, conversation))
    if (item.held !== null && item.shown === 1) dropItem(engine, item);
  dropUploadsOf(engine, conversation, upToMs);
  forgetFilesIn(engine, conversation, upToMs);
  clearMessages(engine.db, conversation, upToMs);
  clearTooNew(engine.db, conversation, upToMs);
  dropArrival(engine.db, conversation);
  noteVaultClear(engine.db, conversation, upToMs ?? engine.ports.nowMs(), false);
  engine.firstUnread.delete(toHex(conversation));
}

/** It will not be said any more. Its number may be known to others already: then something else must carry it. */
export function dropItem({ db }: Engine, item: OutboxRow): void {
  if (item.seq === null) deleteFromOutbox(db, item.id);
  else voidOutbox(db, item.id, encodeBody({ kind: "unavailable", seqs: [] }), item.conversation, item.seq);
}
