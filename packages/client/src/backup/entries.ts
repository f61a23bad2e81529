/**
 * Vault records (docs/spec/vault.md VA7–VA9): made from stored messages, and stored where the message is missing. Each
 * record holds all that its device has; so all devices end up with the same, in whatever order and how often records
 * come. A recall or deletion outranks content.
 */
import {
  type Body,
  decodeBody,
  encodeVaultMessage,
  isMark,
  markKinds,
  segmentLimits,
  type VaultMessage,
} from "@yanshu/content";
import {
  addRewrite,
  addVaultPlace,
  addVersion,
  countDiagnostic,
  type Database,
  dropUnvaulted,
  dropVersions,
  insertRestored,
  keepOutOfVault,
  makeFirstHand,
  raiseActive,
  readAllMarks,
  readEarly,
  readVaultRow,
  readVersions,
  rewriteMessage,
  setVaultOrder,
  type UnvaultedRow,
  vaultClearOf,
} from "@yanshu/store";
import { type Bytes, equalBytes } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import type { Registry } from "../core/registry.ts";
import { forgetFilesOf, learnBlobs } from "../files/blob-refs.ts";
import { erase } from "../messages/erase.ts";
import { settleMark } from "../messages/marks.ts";
import { onPlaced } from "../messages/placed.ts";
import { readVault } from "../values/vault-state.ts";
import type { Belief } from "./belief.ts";

/** Marks are sorted in the order of the features. */
const placeOf = (kind: string) => (markKinds as readonly string[]).indexOf(kind);

/** @param order the order of a message that the vault does not have yet. */
export function recordOf({ db }: Engine, row: UnvaultedRow, order: Bytes = new Uint8Array(0)): VaultMessage {
  const { conversation, author, id, handed_by, sender_device, seq } = row;
  const versions = readVersions(db, conversation, author, id).slice(-segmentLimits.versionsMax);
  const marks = readAllMarks(db, conversation, author, id).toSorted(
    (one, other) => placeOf(one.kind) - placeOf(other.kind),
  );
  return {
    conversation,
    author,
    id,
    order: row.vault_order ?? order,
    atMs: row.at_ms,
    sentMs: row.sent_ms,
    editedMs: row.edited_ms,
    kind: row.kind,
    body: row.body,
    versions: versions.map(({ stamp_ms, body, said }) => ({ stampMs: stamp_ms, body, ...(said && { said }) })),
    marks: marks
      .slice(0, segmentLimits.marksMax)
      .map(({ kind, by, key, value, stamp_ms }) => ({ kind, by, key, value, stampMs: stamp_ms })),
    ...(handed_by === null || isTombstone(row) ? {} : { handedBy: handed_by }),
    ...(sender_device === null || seq === null ? {} : { senderDevice: sender_device, seq }),
  };
}

/** Whether this device knows that the message must not be in the vault any more (VA9). */
export function isErased({ db, features }: Engine, record: VaultMessage): boolean {
  return isCleared(db, record) || isErasedHere(features, readVaultRow(db, record.conversation, record), record);
}

function isCleared(db: Database, { conversation, atMs }: VaultMessage): boolean {
  const clearedMs = vaultClearOf(db, conversation);
  return clearedMs !== undefined && atMs <= clearedMs;
}

function isErasedHere(features: Registry, row: UnvaultedRow | undefined, record: VaultMessage): boolean {
  if (row === undefined || isTombstone(record)) return false;
  return isTombstone(row) || row.vault === 2 || (lacks(features, row.body) && !lacks(features, record.body));
}

/** Sets the orders of messages that are here already, before others are inserted between them. Inside a transaction. */
export function takeOrder({ db }: Engine, records: readonly VaultMessage[]): void {
  for (const record of records) {
    const row = readVaultRow(db, record.conversation, record);
    // A device that had the message records the sending device; one that had only the recall does not know its
    // position.
    const isBlind = record.kind === "recalled" && record.senderDevice === undefined;
    if (row !== undefined) setVaultOrder(db, row, record.order, isBlind ? "nothing" : "all");
  }
}

/** Whether this device has the message exactly as the record has it. */
export function isAsHere(engine: Engine, record: VaultMessage): boolean {
  const row = readVaultRow(engine.db, record.conversation, record);
  return row !== undefined && equalBytes(comparable(recordOf(engine, row)), comparable(record));
}

/**
 * Stores one record of the segment at `at`; the caller reports changes once. Returns whether part of it is of a later
 * version, and waits for an update. Inside a transaction.
 */
export function takeRecord(engine: Engine, at: number, record: VaultMessage, belief: Belief = "all"): boolean {
  const { db } = engine;
  const row = readVaultRow(db, record.conversation, record);
  const isGone = isCleared(db, record);
  if (isGone || isErasedHere(engine.features, row, record)) addRewrite(db, at);
  if (isGone) return false;
  if (belief !== "all" && row !== undefined) {
    if (isAsHere(engine, record)) {
      addVaultPlace(db, row.position, at);
      dropUnvaulted(db, row.position);
    }
    return false;
  }
  // A tombstone of a message that is missing here counts only from a listed device.
  if (belief === "places" || (belief === "missing" && isTombstone(record))) return false;
  const body = isTombstone(record) ? undefined : decodeBody(record.body);
  const isNewer = !record.marks.every(isMark);
  if (!isTombstone(record) && (body?.kind !== record.kind || !engine.features.knows(record.kind))) {
    countDiagnostic(db, "vault-newer");
    return true;
  }
  if (row === undefined) {
    // The usual case on a new device: nothing of the message was here, and the record adds nothing besides it.
    const early = readEarly(db, record.conversation, record);
    const { position, isOther } = insert(engine, record, body, early.versions > 0);
    const isPlain = record.versions.length === 0 && record.marks.length === 0 && !isOther;
    if (isPlain && early.versions === 0 && early.marks === 0) {
      addVaultPlace(db, position, at);
      dropUnvaulted(db, position);
      return isNewer;
    }
  } else merge(engine, row, record);
  const now = readVaultRow(db, record.conversation, record);
  if (now === undefined) return isNewer;
  addVaultPlace(db, now.position, at);
  if (equalBytes(comparable(recordOf(engine, now)), comparable(record))) dropUnvaulted(db, now.position);
  return isNewer;
}

/** Returns the message's position, and whether its body now differs from the record. */
function insert(
  engine: Engine,
  record: VaultMessage,
  body: Body | undefined,
  hasEarly: boolean,
): { readonly position: number; readonly isOther: boolean } {
  const { db } = engine;
  const { conversation, author, id, kind } = record;
  const restored = {
    conversation,
    author,
    id,
    kind,
    body: record.body,
    at_ms: record.atMs,
    sent_ms: record.sentMs,
    edited_ms: record.editedMs,
    vault_order: record.order,
    handed_by: record.handedBy ?? null,
    sender_device: record.senderDevice ?? null,
    seq: record.seq ?? null,
  };
  const position = insertRestored(db, restored, readVault(db).ceiling ?? 0);
  if (record.kind !== "deleted") raiseActive(db, conversation, record.atMs);
  if (body === undefined) return { position, isOther: false }; // Recalled or deleted: only its position is kept.
  learnBlobs(engine, body);
  const versions = record.versions.map(({ stampMs, body, said }) => ({ stamp_ms: stampMs, body, said: said ?? null }));
  const isOther = onPlaced(engine, body, { conversation, on: { author, id }, versions, hasEarly });
  takeMarks(engine, record);
  return { position, isOther };
}

function merge(engine: Engine, row: UnvaultedRow, record: VaultMessage): void {
  const { db } = engine;
  const { conversation, author, id } = record;
  if (record.kind === "recalled" && !isTombstone(row)) erase(engine, conversation, { author, id }, "recalled");
  if (record.kind === "deleted" && !isTombstone(row)) keepOutOfVault(db, row.position);
  if (isTombstone(row) || isTombstone(record)) return;
  // A message received from its author outranks a copy that was handed over (GR32.9).
  if (record.handedBy !== undefined && row.handed_by === null) return;
  if (record.handedBy === undefined && row.handed_by !== null) {
    takeFirstHand(engine, record);
    return;
  }
  takeVersions(engine, record);
  takeMarks(engine, record);
  if (record.editedMs > row.edited_ms)
    rewriteMessage(db, conversation, author, id, { body: record.body, editedMs: record.editedMs });
  else if (
    record.editedMs === row.edited_ms &&
    lacks(engine.features, record.body) &&
    !lacks(engine.features, row.body)
  )
    rewriteMessage(db, conversation, author, id, { body: record.body });
}

/** Replaces a copy that was handed over; only its position stays. */
function takeFirstHand(engine: Engine, record: VaultMessage): void {
  const { db } = engine;
  const { conversation, author, id, atMs, sentMs, editedMs, kind, body } = record;
  const said = decodeBody(body);
  if (said === undefined) return;
  forgetFilesOf(engine, conversation, author, id, "here");
  dropVersions(db, conversation, author, id);
  makeFirstHand(db, record, { kind, body, atMs, sentMs, editedMs });
  learnBlobs(engine, said);
  takeVersions(engine, record);
  takeMarks(engine, record);
}

function takeVersions({ db }: Engine, { conversation, author, id, versions }: VaultMessage): void {
  const held = new Set(readVersions(db, conversation, author, id).map(({ stamp_ms }) => stamp_ms));
  for (const { stampMs, body, said } of versions)
    if (!held.has(stampMs)) addVersion(db, conversation, author, id, { stamp_ms: stampMs, body, said: said ?? null });
}

/** Merges marks; one that this version cannot read is skipped and counted. */
function takeMarks(engine: Engine, { conversation, author, id, marks }: VaultMessage): void {
  for (const { stampMs, ...mark } of marks)
    if (!isMark(mark)) countDiagnostic(engine.db, "vault-newer");
    else settleMark(engine, conversation, { author, id }, { ...mark, stamp_ms: stampMs });
}

/** The record without what may differ between devices: time of arrival, order, sender's device and number. */
function comparable({ senderDevice: _, seq: __, ...record }: VaultMessage): Bytes {
  return encodeVaultMessage({ ...record, atMs: 0, order: new Uint8Array(0) });
}

function isTombstone({ kind }: { readonly kind: string }): boolean {
  return kind === "recalled" || kind === "deleted";
}

/** Whether part of the original body was removed. */
function lacks(features: Registry, bytes: Bytes): boolean {
  const body = bytes.length === 0 ? undefined : decodeBody(bytes);
  return body !== undefined && features.lacks.get(body.kind)?.(body) === true;
}
