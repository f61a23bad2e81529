/**
 * Too new: what a later version of the program said (docs/spec/sync.md SY7, SY50–SY52). It is kept whole, shown as far
 * as its sender put it into words, and applied in its place once an update can read it.
 */
import {
  bodyKinds,
  contentRevision,
  decodeSyncItem,
  encodeBody,
  type Message,
  mayWait,
  type SyncItem,
  syncItemKinds,
} from "@yanshu/content";
import type { Member } from "@yanshu/mls";
import {
  countDiagnostic,
  keepTooNew,
  keepUnknownItem,
  readMessage,
  readMeta,
  readUnknownItems,
  rereadVaultNewer,
  type UnknownItemRow,
  writeMeta,
} from "@yanshu/store";
import { type Bytes, type ConversationId, type DeviceId, equalBytes, utf8 } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";

/** A message as this version knows it: a kind that it has no feature for is as good as unknown. */
export function asKnown({ features }: Engine, message: Message): Message {
  const { body } = message;
  return body.kind === "unknown" || features.knows(body.kind)
    ? message
    : { ...message, body: { kind: "unknown", bytes: encodeBody(body) } };
}

/** Undefined when this version does not know it. */
export function asKnownItem({ features }: Engine, bytes: Bytes): SyncItem | undefined {
  const item = decodeSyncItem(bytes);
  return item === undefined || !features.knows(item.kind) ? undefined : item;
}

/** Where its name is taken it is a repeat, and nothing is kept. Inside a transaction. */
export function keepForLater(
  { db, ports }: Engine,
  conversation: ConversationId,
  sender: Member,
  message: Message,
): boolean {
  if (message.body.kind !== "unknown") return false; // not a check: it is known, and shown.
  // @checks SY50
  if (readMessage(db, conversation, sender.account, message.id) !== undefined) return false;
  const gone = keepTooNew(db, {
    conversation,
    author: sender.account,
    device: sender.device,
    id: message.id,
    seq: message.seq,
    at_ms: Math.min(message.sentAtMs, ports.nowMs()),
    sent_ms: message.sentAtMs,
    body: message.body.bytes,
  });
  countDiagnostic(db, `newer-${message.disposition}`);
  if (gone > 0) countDiagnostic(db, "newer-gone");
  return true;
}

/** An item of an own device. Inside a transaction. */
export function keepItemForLater({ db }: Engine, item: Bytes, by: DeviceId): void {
  countDiagnostic(db, "newer-item");
  // @checks SY51
  if (!mayWait(item)) return;
  if (keepUnknownItem(db, item, by) > 0) countDiagnostic(db, "newer-gone");
}

/** What devices told that are not out of the list. */
export function keptItems(engine: Engine): readonly UnknownItemRow[] {
  const listed = engine.lists.devices(ownOf(engine).account);
  return readUnknownItems(engine.db).filter(({ by }) => listed.some(({ id }) => equalBytes(id, by)));
}

/**
 * Returns whether this version knows other kinds than the one that ran before. Then what it knows by now is read again
 * in the vault, where it was passed over. Inside a transaction.
 */
export function isUpdated({ db, features, ports }: Engine): boolean {
  const kinds = [...bodyKinds, ...syncItemKinds].filter(features.knows).toSorted();
  const now = ports.crypto.sha256(utf8(JSON.stringify([contentRevision, kinds])));
  const before = readMeta(db, "kinds");
  if (before !== undefined && equalBytes(before, now)) return false; // not a check: nothing is new.
  writeMeta(db, "kinds", now);
  rereadVaultNewer(db);
  return true;
}
