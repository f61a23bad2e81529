/**
 * The sync messages that this device sent to the other own devices, and would resend (docs/spec/sync.md SY9). Inside a
 * transaction.
 */
import { decodeMessage, decodeSyncItem, encodeMessage, encodeSyncItem, type SyncItem } from "@yanshu/content";
import { ownConversationId } from "@yanshu/mls";
import { readAllSent, rewriteSent } from "@yanshu/store";
import type { Engine } from "../core/engine.ts";

/** Replaces each stored item for which `isSame` is true by `gone`, so that deleted content is not resent. */
export function forgetTold({ db, ports, own }: Engine, gone: SyncItem, isSame: (item: SyncItem) => boolean): void {
  const conversation = own === undefined ? undefined : ownConversationId(ports.crypto.sha256, own.account);
  if (conversation === undefined) return;
  for (const { seq, message: bytes } of readAllSent(db, conversation)) {
    const message = decodeMessage(bytes);
    const { body } = message;
    if (body.kind !== "sync") continue;
    const isIts = body.items.map((bytes) => {
      const item = decodeSyncItem(bytes);
      return item !== undefined && isSame(item);
    });
    if (!isIts.includes(true)) continue;
    const items = body.items.map((bytes, i) => (isIts[i] === true ? encodeSyncItem(gone) : bytes));
    rewriteSent(db, conversation, seq, encodeMessage({ ...message, body: { ...body, items } }));
  }
}
