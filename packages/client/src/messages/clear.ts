/** Clears a chat: deletes its messages from this device (docs/spec/sync.md SY33). Inside a transaction. */
import { encodeBody } from "@yanshu/content";
import {
  clearMessages,
  clearTooNew,
  deleteFromOutbox,
  dropArrival,
  noteClearedNow,
  noteVaultClear,
  type OutboxRow,
  readOutboxOf,
  voidOutbox,
} from "@yanshu/store";
import { type ConversationId, toHex } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { forgetFilesIn } from "../files/blob-refs.ts";
import { setChatMark } from "./chat-marks.ts";
import { tellOwnDevices } from "./own-devices.ts";
import { dropUploadsOf } from "./uploads.ts";

/** @param upToMs messages with a later stamp of their author stay; without it everything goes. */
export function clearChat(engine: Engine, conversation: ConversationId, upToMs?: number): void {
  // An item that waits for a tap, or was refused for good, would block the outbox and not be visible.
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

/** The same on all own devices, on which the chat is hidden until something comes (SY24, SY85). */
export function clearEverywhere(engine: Engine, conversation: ConversationId): void {
  clearChat(engine, conversation);
  const upToMs = noteClearedNow(engine.db, conversation, engine.ports.nowMs());
  tellOwnDevices(engine, [{ kind: "clear", conversation, upToMs, stampMs: upToMs }]);
  setChatMark(engine, conversation, "hidden", true);
}

/**
 * Takes an item out of the outbox. If it has a number, others may expect that number: an empty message goes under it.
 */
export function dropItem({ db }: Engine, item: OutboxRow): void {
  if (item.seq === null) deleteFromOutbox(db, item.id);
  else voidOutbox(db, item.id, encodeBody({ kind: "unavailable", seqs: [] }), item.conversation, item.seq);
}
