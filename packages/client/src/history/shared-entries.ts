/**
 * Records of handed messages (docs/spec/groups.md GR32.5–GR32.7): made from the stored messages here, and stored where
 * the message is missing. A record is one member's claim about others, so each field is validated.
 */
import { decodeBody, type HandedMessage, handedAlone } from "@yanshu/content";
import {
  type Arrival,
  countDiagnostic,
  insertHanded,
  meetOwnCopy,
  readMessage,
  type ToHand,
  vaultClearOf,
} from "@yanshu/store";
import { type AccountId, type ConversationId, equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { learnBlobs } from "../files/blob-refs.ts";
import { onPlaced } from "../messages/placed.ts";

/** The record of a stored message, with the data that features add. */
export function handedOf({ features, context }: Engine, conversation: ConversationId, row: ToHand): HandedMessage {
  const { author, id } = row;
  const beside = features.features.map(({ handed }) => handed?.give(context, conversation, { author, id }));
  return {
    author,
    id,
    atMs: row.at_ms,
    sentMs: row.sent_ms,
    editedMs: row.edited_ms,
    kind: row.kind as HandedMessage["kind"],
    body: row.body,
    ...handedAlone,
    ...Object.assign({}, ...beside),
  };
}

export type Taking = { readonly arrival: Arrival; readonly by: AccountId };

/** Stores one record. Inside a transaction. @param place how many handed messages come after this one. */
export function takeHanded(engine: Engine, { arrival, by }: Taking, record: HandedMessage, place: number): void {
  const { db, ports } = engine;
  const { conversation } = arrival;
  const { author, id, kind } = record;
  const held = readMessage(db, conversation, author, id);
  if (held !== undefined) {
    meetOwnCopy(db, arrival, held.position);
    return;
  }
  const nowMs = ports.nowMs();
  const atMs = Math.min(record.atMs, nowMs);
  // Cleared messages do not come back; messages outside of the group's setting may not be handed over.
  const isCleared = atMs <= (vaultClearOf(db, conversation) ?? -1);
  const body = decodeBody(record.body);
  const isOwn = equalBytes(author, ownOf(engine).account);
  if (body?.kind !== kind || !engine.features.knows(kind) || isOwn || isCleared || atMs < arrival.since_ms) {
    countDiagnostic(db, "handed-passed-over");
    return;
  }
  const row = {
    conversation,
    author,
    id,
    kind,
    body: record.body,
    at_ms: atMs,
    sent_ms: Math.min(record.sentMs, nowMs),
    edited_ms: Math.min(record.editedMs, nowMs),
    handed_by: by,
  };
  if (!insertHanded(db, row, arrival, place)) {
    countDiagnostic(db, "handed-passed-over");
    return;
  }
  learnBlobs(engine, body);
  const on = { author, id };
  const versions = record.versions.map((version) => ({
    stamp_ms: Math.min(version.stampMs, nowMs),
    body: version.body,
    said: null,
  }));
  onPlaced(engine, body, { conversation, on, versions, hasEarly: true });
  for (const { handed } of engine.features.features) handed?.take?.(engine.context, conversation, on, record);
}
