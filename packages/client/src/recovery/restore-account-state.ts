/**
 * Takes back what the account had (docs/spec/identity.md ID34): after the first sign-in of a device that restored it,
 * before anything else is told to home. The recovery record is read in one transaction, so that a crash reads it again.
 */
import { decodeRecoveryRecord, encodeSyncItem, type RecoveryRecord, type SyncItem } from "@yanshu/content";
import { directConversationId, ownConversationId } from "@yanshu/mls";
import {
  addRight,
  countDiagnostic,
  deleteMeta,
  insertConversation,
  learnPerson,
  raiseFounding,
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
import { plan, planRecreate } from "../group-state/jobs.ts";
import { askToComeBack } from "../groups/rejoin-groups.ts";
import { applySyncItems, isOfRecord } from "../messages/own-devices.ts";
import { accountRestoredLine } from "./account-restored-notice.ts";

/** Answers whether there is nothing left to be taken back. */
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
    // Other devices that are kept hear of this one by it, and tell what they have.
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
 * The person knows the device that is out of the list, and believes what it had said (VA27). Whom it had scanned they
 * have to scan themselves.
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
 * What it says of people and marks, as of now at the latest; what only changes how the account is reached or kept it
 * does not say.
 */
function ofRemoved({ ports }: Engine, item: SyncItem): readonly SyncItem[] {
  // @checks VA27
  if (item.kind !== "profile" && item.kind !== "contact" && item.kind !== "mark") return [];
  const stampMs = Math.min(item.stampMs, ports.nowMs());
  return [item.kind === "contact" ? { ...item, stampMs, verified: "none" } : { ...item, stampMs }];
}

/** It was read. Inside a transaction. */
export function forgetCameBack({ db }: Engine): void {
  deleteMeta(db, "came-back");
  deleteMeta(db, "removed-record");
}

/**
 * What this device had kept of itself, before its database was lost (ST42). Nobody else learns of a new device by it.
 */
async function takeKept(engine: Engine, kept: Bytes): Promise<boolean> {
  const held = kept.length === 0 ? undefined : decodeRecoveryRecord(kept);
  await takeHeld(engine, held, () => {
    if (held === undefined) countDiagnostic(engine.db, "record-missing");
    deleteMeta(engine.db, "kept-record");
  });
  return true;
}

/** @param also in the transaction that takes it. */
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
  // Home knows the key that a record is sealed to, and must not be able to wipe a device (KP2).
  const items = record.items.filter(isOfRecord);
  const device = ownOf(engine).device;
  applySyncItems(engine, [...items.map(encodeSyncItem), ...(record.unknownItems ?? [])], device);
  takeOldKeys(engine, record);
  const isAlone = engine.lists.devices(own).length === 1;
  for (const item of record.items) {
    // @checks ID34
    if (item.kind !== "contact" || item.state !== "contact") continue;
    const conversation = directConversationId(ports.crypto.sha256, own, item.account);
    // Other own devices that are kept add this one themselves.
    if (isAlone && readConversation(db, conversation)?.group_id === null) planRecreate(engine, conversation);
  }
  foundOwn(engine, record.ownFounding);
  if (record.more !== undefined) takeAdditions(engine, record.more);
}

/** Of it only what can be read is here, until its members let this device in again. */
function takeGroup(engine: Engine, group: RecoveryRecord["groups"][number]): void {
  const { db, ports } = engine;
  const { conversation, title, founding, members, addresses, avatar, rules } = group;
  insertConversation(db, { conversation, kind: "group", state: "open", title, activeMs: 0 });
  setConversationState(db, conversation, "open");
  raiseFounding(db, conversation, founding);
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
    founding,
    addresses: pack(addresses),
    leaf: ports.crypto.random(idBytes.address),
    address: null,
    since_ms: ports.nowMs(),
    asked_ms: 0,
    tries: 0,
  });
}

/** Notes to oneself stand in it; devices that were kept hear of this one by its Welcome, and add it everywhere. */
function foundOwn(engine: Engine, founding: number): void {
  const { db, ports } = engine;
  const own = ownOf(engine).account;
  const conversation = ownConversationId(ports.crypto.sha256, own);
  insertConversation(db, { conversation, kind: "own", state: "forming", activeMs: ports.nowMs() });
  raiseFounding(db, conversation, founding);
  plan(engine, conversation, { kind: "create", accounts: [own], title: "" });
  engine.changed(toHex(conversation));
}
