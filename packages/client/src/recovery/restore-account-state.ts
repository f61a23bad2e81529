/**
 * Restores the account's state (docs/spec/identity.md ID34): after the first sign-in of a device that restored the
 * account, before anything else is sent to home. The recovery record is applied in one transaction, so a crash repeats
 * it.
 */
import { decodeRecoveryRecord, encodeSyncItem, type RecoveryRecord, type SyncItem } from "@yanshu/content";
import { directConversationId, foundingToldMax } from "@yanshu/mls";
import {
  addRight,
  countDiagnostic,
  deleteMeta,
  insertConversation,
  learnPerson,
  raiseToldFounding,
  readConversation,
  readMeta,
  setConversationState,
  writeComeback,
  writeMeta,
  writeRoster,
} from "@yanshu/store";
import { type Bytes, idBytes, toHex } from "@yanshu/wire";
import type { CameBack } from "../api/recovery.ts";
import { takeOldKeys } from "../backup/keys.ts";
import { takeAdditions } from "../backup/record-additions.ts";
import { openRecord } from "../backup/record-seal.ts";
import { type ReadRecord, readVouched } from "../backup/record-voucher.ts";
import { pack } from "../cbor.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { planOwn, planRecreate } from "../group-state/jobs.ts";
import { askToComeBack } from "../groups/rejoin-groups.ts";
import { applySyncItems, isOfRecord } from "../messages/own-devices.ts";
import { accountRestoredLine } from "./account-restored-notice.ts";

/** Returns whether nothing is left to restore. */
export async function restoreAccountState(engine: Engine): Promise<boolean> {
  const { db, ports } = engine;
  const [key, kept] = [readMeta(db, "recovery-key"), readMeta(db, "kept-record")];
  if (kept !== undefined) return takeKept(engine, kept);
  if (key === undefined) return true;
  const answer = await engine.link.call("signed", "readRecord", {});
  if (answer.kind !== "ok") return false;
  const { record } = answer.value;
  const opened = record === undefined ? undefined : await openRecord(ports.crypto, key, record);
  const read = opened === undefined ? undefined : await readVouched(engine, opened);
  await takeHeld(engine, read?.kind === "vouched" ? read.record : undefined, () => {
    const came: CameBack = record === undefined ? { kind: "missing" } : cameBack(read);
    if (came.kind === "vouched") accountRestoredLine(engine, ownOf(engine).account);
    else countDiagnostic(db, `record-${came.kind}`);
    const isAlone = engine.lists.devices(ownOf(engine).account).length === 1;
    // The Welcome tells the account's other devices of this one, and they send what they have.
    if (came.kind !== "vouched" && !isAlone) foundOwn(engine, 0);
    if (came.kind !== "missing" || isAlone) writeMeta(db, "came-back", pack(came));
    if (read?.kind === "removed") writeMeta(db, "removed-record", read.held);
    deleteMeta(db, "recovery-key");
  });
  return true;
}

function cameBack(read: ReadRecord | undefined): CameBack {
  if (read?.kind === "vouched" || read?.kind === "removed") return { kind: read.kind, asOfMs: read.stampMs };
  return { kind: read?.kind ?? "unreadable" };
}

/**
 * The person recognizes the removed device, and accepts its record (VA27). Contacts that it had verified must be
 * verified again.
 */
export async function takeRemoved(engine: Engine): Promise<void> {
  const held = readMeta(engine.db, "removed-record");
  const record = held && decodeRecoveryRecord(held);
  if (record === undefined) return;
  const items = record.items.flatMap((item) => ofRemoved(engine, item));
  const { formers: _, unknownItems: __, more: ___, ...rest } = record;
  await takeHeld(engine, { ...rest, items, begins: [] }, () => forgetCameBack(engine));
}

/**
 * The items of a removed device's record that count: people and marks, with a stamp of now at the latest; none that
 * change how the account is reached or stored.
 */
function ofRemoved({ ports }: Engine, item: SyncItem): readonly SyncItem[] {
  // @checks VA27
  if (item.kind !== "profile" && item.kind !== "contact" && item.kind !== "mark") return [];
  const stampMs = Math.min(item.stampMs, ports.nowMs());
  return [item.kind === "contact" ? { ...item, stampMs, verified: "none" } : { ...item, stampMs }];
}

/** Deletes the notice after the person has read it. Inside a transaction. */
export function forgetCameBack({ db }: Engine): void {
  deleteMeta(db, "came-back");
  deleteMeta(db, "removed-record");
}

/** Applies this device's own backup after its database was lost (ST42). No other device is told of a new one. */
async function takeKept(engine: Engine, kept: Bytes): Promise<boolean> {
  const held = kept.length === 0 ? undefined : decodeRecoveryRecord(kept);
  await takeHeld(engine, held, () => {
    if (held === undefined) countDiagnostic(engine.db, "record-missing");
    deleteMeta(engine.db, "kept-record");
  });
  return true;
}

/** @param also runs in the same transaction. */
async function takeHeld(engine: Engine, held: RecoveryRecord | undefined, also: () => void): Promise<void> {
  const { db } = engine;
  await engine.turn.take(async () => {
    for (const item of held?.items ?? []) if (item.kind === "contact") await engine.lists.take(item.history);
    db.transaction(() => {
      if (held !== undefined) takeRecord(engine, held);
      also();
    });
  });
  engine.changed("status", "chats", "contacts", "people");
  engine.schedule();
  for (const { conversation } of held?.groups ?? []) askToComeBack(engine, conversation);
}

/** Inside a transaction. */
function takeRecord(engine: Engine, record: RecoveryRecord): void {
  const { db, ports } = engine;
  const own = ownOf(engine).account;
  for (const { account, name, stampMs } of record.people)
    learnPerson(db, { account, name, avatar: undefined, ownWord: false, stampMs });
  for (const { account, capabilities } of record.rights)
    for (const capability of capabilities) addRight(db, account, capability);
  for (const group of record.groups) takeGroup(engine, group);
  // Home knows the key that a record is sealed to, and must not be able to wipe a device by it (KP2).
  const items = record.items.filter(isOfRecord);
  const device = ownOf(engine).device;
  applySyncItems(engine, [...items.map(encodeSyncItem), ...(record.unknownItems ?? [])], device);
  takeOldKeys(engine, record);
  const isAlone = engine.lists.devices(own).length === 1;
  for (const item of record.items) {
    // @checks ID34
    if (item.kind !== "contact" || item.state !== "contact") continue;
    const conversation = directConversationId(ports.crypto.sha256, own, item.account);
    // If there are other own devices, they add this one.
    if (isAlone && readConversation(db, conversation)?.group_id === null) planRecreate(engine, conversation);
  }
  foundOwn(engine, record.ownFounding);
  if (record.more !== undefined) takeAdditions(engine, record.more);
}

/** Inserts a group for reading, until its members let this device in again. */
function takeGroup(engine: Engine, group: RecoveryRecord["groups"][number]): void {
  const { db, ports } = engine;
  const { conversation, title, founding, members, addresses, avatar, rules } = group;
  insertConversation(db, { conversation, kind: "group", state: "open", title, activeMs: 0 });
  setConversationState(db, conversation, "open");
  raiseToldFounding(db, conversation, founding, foundingToldMax);
  writeRoster(db, conversation, {
    title,
    avatar,
    announcement: rules?.announcement ?? "",
    adminsAdd: rules?.adminsOnlyAdd === true,
    adminsEdit: rules?.adminsOnlyEdit === true,
    approval: rules?.approval === true,
    history: rules?.history,
    members,
  });
  writeComeback(db, {
    conversation,
    founding: Math.min(founding, foundingToldMax),
    addresses: pack(addresses),
    leaf: ports.crypto.random(idBytes.address),
    address: null,
    since_ms: ports.nowMs(),
    asked_ms: 0,
    tries: 0,
  });
}

/**
 * Creates the conversation of own devices, which holds notes to oneself. Its Welcome tells the other own devices of
 * this one, and they add it everywhere.
 */
function foundOwn(engine: Engine, founding: number): void {
  engine.changed(toHex(planOwn(engine, { founding })));
}
