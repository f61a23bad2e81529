/**
 * Too new: what a later version of the program said (docs/spec/sync.md SY7, SY50–SY52). It is kept whole, shown as far as
 * its sender put it into words, and applied in its place once an update can read it.
 */
import {
  bodyKinds,
  contentRevision,
  decodeSyncItem,
  encodeBody,
  type Message,
  type SyncItem,
  syncItemKinds,
} from "@yanshu/content";
import type { Member } from "@yanshu/mls";
import { countDiagnostic, keepTooNew, keepUnknownItem, readMeta, rereadVaultNewer, writeMeta } from "@yanshu/store";
import { type Bytes, type ConversationId, type DeviceId, equalBytes, utf8 } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";

/** A message as this version knows it: a kind that it has no feature for is as good as unknown. */
export function asKnown({ ports }: Engine, message: Message): Message {
  const { body } = message;
  return body.kind === "unknown" || isKnown(ports, body.kind)
    ? message
    : { ...message, body: { kind: "unknown", bytes: encodeBody(body) } };
}

/** Undefined when this version does not know it. */
export function asKnownItem({ ports }: Engine, bytes: Bytes): SyncItem | undefined {
  const item = decodeSyncItem(bytes);
  return item === undefined || !isKnown(ports, item.kind) ? undefined : item;
}

export function isKnown({ knows }: Pick<Engine["ports"], "knows">, kind: string): boolean {
  return knows === undefined || knows(kind);
}

/** Inside a transaction. */
export function keepForLater({ db }: Engine, conversation: ConversationId, sender: Member, message: Message): void {
  if (message.body.kind !== "unknown") return;
  const gone = keepTooNew(db, {
    conversation,
    author: sender.account,
    device: sender.device,
    id: message.id,
    seq: message.seq,
    sent_ms: message.sentAtMs,
    body: message.body.bytes,
  });
  countDiagnostic(db, `newer-${message.disposition}`);
  if (gone > 0) countDiagnostic(db, "newer-gone");
}

/** An item of an own device. Inside a transaction. */
export function keepItemForLater({ db }: Engine, item: Bytes, by: DeviceId): void {
  countDiagnostic(db, "newer-item");
  if (keepUnknownItem(db, item, by) > 0) countDiagnostic(db, "newer-gone");
}

/** What this version knows by now is read again in the vault, where it was passed over. Inside a transaction. */
export function rereadAfterUpdate({ db, ports }: Engine): void {
  const kinds = [...bodyKinds, ...syncItemKinds].filter((kind) => isKnown(ports, kind)).toSorted();
  const now = ports.crypto.sha256(utf8(JSON.stringify([contentRevision, kinds])));
  const before = readMeta(db, "kinds");
  if (before !== undefined && equalBytes(before, now)) return;
  writeMeta(db, "kinds", now);
  rereadVaultNewer(db);
}
