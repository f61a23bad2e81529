/**
 * What this device told its own others, and would say again to the one who asks (docs/spec/sync.md SY9). Inside a
 * transaction.
 */
import { decodeMessage, decodeSyncItem, encodeMessage, encodeSyncItem, type SyncItem } from "@yanshu/content";
import { ownConversationId } from "@yanshu/mls";
import { readAllSent, rewriteSent } from "@yanshu/store";
import type { Engine } from "../core/engine.ts";

/** What is let go is not said again: where it was told of, it is told now that it is `unavailable`. */
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
