/**
 * Too new: messages and items of a later version (docs/spec/sync.md SY7, SY50–SY52). They are stored whole, shown by
 * their fallback text, and applied once an update can read them.
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

/** The message, with the body `unknown` if this client has no feature for its kind. */
export function asKnown({ features }: Engine, message: Message): Message {
  const { body } = message;
  return body.kind === "unknown" || features.knows(body.kind)
    ? message
    : { ...message, body: { kind: "unknown", bytes: encodeBody(body) } };
}

/** The decoded item; undefined if this version does not know its kind. */
export function asKnownItem({ features }: Engine, bytes: Bytes): SyncItem | undefined {
  const item = decodeSyncItem(bytes);
  return item === undefined || !features.knows(item.kind) ? undefined : item;
}

/** Stores a message of an unknown kind. Returns false for a known kind, and for a repeat. Inside a transaction. */
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

/** Stores an item that an own device sent and this version does not know. Inside a transaction. */
export function keepItemForLater({ db }: Engine, item: Bytes, by: DeviceId): void {
  countDiagnostic(db, "newer-item");
  // @checks SY51
  if (!mayWait(item)) return;
  if (keepUnknownItem(db, item, by) > 0) countDiagnostic(db, "newer-gone");
}

/** The stored items of devices that are still in the own device list. */
export function keptItems(engine: Engine): readonly UnknownItemRow[] {
  const listed = engine.lists.devices(ownOf(engine).account);
  return readUnknownItems(engine.db).filter(({ by }) => listed.some(({ id }) => equalBytes(id, by)));
}

/**
 * Returns whether this version knows other kinds than the one that ran before. Then the vault is read again for what
 * was skipped. Inside a transaction.
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
