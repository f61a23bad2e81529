/**
 * Own devices sync what belongs to the account and not to a device, in a conversation of their own: contacts, remarks,
 * read positions, the own name (docs/spec/sync.md SY11).
 */
import { type BodyOf, encodeSyncItem, type SyncItem, syncLimits } from "@yanshu/content";
import { directConversationId, foundingToldMax, ownConversationId } from "@yanshu/mls";
import {
  type ContactRecord,
  type ConversationRow,
  deleteMeta,
  detachGroup,
  dropWork,
  insertConversation,
  learnPassing,
  learnPerson,
  noteNotPassedOn,
  noteToldChat,
  ownLeaveMs,
  type PersonRow,
  raiseActive,
  raiseToldFounding,
  readContact,
  readContacts,
  readConversation,
  readConversations,
  readDirectChats,
  readMeta,
  readOutboxOf,
  readPeopleOfContacts,
  readPerson,
  readStrangers,
  retireAddressesOf,
  setConversationState,
  writeContact,
  writeMeta,
} from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type ConversationId,
  type DeviceId,
  equalBytes,
  historyOf,
  toHex,
  type UnixMs,
} from "@yanshu/wire";
import { type CoreSynced, type CoreSyncedDef, type Engine, kindOf, ownOf, topicOf } from "../core/engine.ts";
import type { SyncedDef, SyncedOf } from "../feature.ts";
import { foundAboveKnown, isRecreating, plan, planOwn, putOff } from "../group-state/jobs.ts";
import { openKnown } from "../group-state/open-stranger-groups.ts";
import { contactSecretMs, writeContactSecret } from "../identity/contact-link.ts";
import { profileItem } from "../identity/profile-bodies.ts";
import { notesIn, notesOf } from "../values/contact-notes.ts";
import { say } from "./outbox.ts";
import { lineItems, peopleInLines, takeLines } from "./shared-lines.ts";
import { boundedStamps } from "./stamps.ts";
import { asKnownItem, keepItemForLater, keptItems } from "./too-new.ts";
import { giveUp } from "./unsent.ts";

/** Bytes of items in one sync message (docs/spec/sync.md SY42), with room for its other fields. */
const batchBytesMax = 384 * 1_024;
const aroundItemBytes = 16;
/**
 * Values of the meta key `untold`: something is to be told; only the device that this one is linking has yet to be
 * told. Any other value is the id of the first message that told all before that device was there.
 */
const owed = Uint8Array.of(1);
const owedToLinked = Uint8Array.of(2);

/** How long this device waits for a chat that another own device re-creates. */
const foundedMs = 60_000;

/**
 * Sends the whole account state to a device that joins, in several messages if needed. Inside a transaction. Returns
 * the id of the first message.
 */
function tellAll(engine: Engine, own: ConversationId): Bytes {
  const batches = batchesOf(snapshot(engine).map(encodeSyncItem));
  const [first] = batches.map((some) => say(engine, own, syncOf(some, some === batches.at(-1))));
  for (const some of largeItems(engine)) say(engine, own, syncOf(some.map(encodeSyncItem)));
  // Items of a later version that this device could not read: the new device may know them.
  for (const some of batchesOf(keptItems(engine).map(({ item }) => item))) say(engine, own, syncOf(some));
  return first ?? owed;
}

/**
 * A restored device may have rejected all that home stores for it: it gets the whole account state (ID34). Inside a
 * transaction.
 */
export function owePeople(engine: Engine, account: AccountId): void {
  const own = ownOf(engine);
  const isWithUs = engine.lists.devices(account).some(({ id }) => equalBytes(id, own.device));
  if (equalBytes(account, own.account) && isWithUs) writeMeta(engine.db, "untold", owed);
}

/**
 * This device links another one, and may fail to tell it anything: if both lose contact, any own device adds it to the
 * groups (ID16). Then it gets the whole account state. Inside a transaction.
 */
export function oweLinked(engine: Engine): void {
  if (readMeta(engine.db, "untold") === undefined) writeMeta(engine.db, "untold", owedToLinked);
}

/**
 * This device adds the linked one, and tells it the whole account state, so that names are there before the chats.
 * Where that leaves before the device is there, it is told again (ID16). Inside a transaction.
 */
export function tellAdded(engine: Engine, own: ConversationId): void {
  writeMeta(engine.db, "untold", tellAll(engine, own));
}

/** A device was put out: tells those that are kept the whole account state. Inside a transaction. */
export function tellKept(engine: Engine): void {
  const { account } = ownOf(engine);
  const own = ownConversationId(engine.ports.crypto.sha256, account);
  if (engine.lists.devices(account).length > 1 && readConversation(engine.db, own) !== undefined) tellAll(engine, own);
}

/**
 * Creates the conversation of own devices if there are several and it is missing, because the linking was cut short
 * (ID16). What this device has to tell goes there. Opens a transaction.
 */
export function foundMissingOwn(engine: Engine): void {
  const { db, ports, lists } = engine;
  const { account } = ownOf(engine);
  const conversation = ownConversationId(ports.crypto.sha256, account);
  if (lists.devices(account).length < 2 || readConversation(db, conversation) !== undefined) return;
  db.transaction(() => {
    planOwn(engine);
    tellAdded(engine, conversation);
  });
  engine.changed("chats", topicOf(conversation));
  engine.schedule(conversation);
}

/**
 * This device joined the conversation of own devices, or another did: sends the whole account state, if something was
 * left untold. Inside a transaction.
 */
export function tellUntold(engine: Engine, own: ConversationId): void {
  const untold = readMeta(engine.db, "untold");
  if (untold === undefined) return;
  deleteMeta(engine.db, "untold");
  const isOnItsWay = readOutboxOf(engine.db, own).some(({ id, seq }) => equalBytes(id, untold) && seq === null);
  if (!isOnItsWay) tellAll(engine, own);
}

/**
 * Sends items to the other own devices, if there are any; later, if their conversation does not exist yet. Inside a
 * transaction.
 */
export function tellOwnDevices(engine: Engine, items: readonly SyncItem[]): void {
  const { account } = ownOf(engine);
  if (engine.lists.devices(account).length < 2) return; // A device that joins later gets all of it.
  const own = ownConversationId(engine.ports.crypto.sha256, account);
  if (items.length === 0) return;
  if (readConversation(engine.db, own) === undefined) {
    writeMeta(engine.db, "untold", owed);
    return;
  }
  for (const some of batchesOf(items.map(encodeSyncItem))) say(engine, own, syncOf(some));
  engine.schedule(own);
}

function syncOf(items: readonly Bytes[], complete = false): BodyOf<"sync"> {
  return { kind: "sync", items, complete };
}

/** Splits items into batches that fit a message: the pictures of about sixty people fill one. */
function batchesOf(items: readonly Bytes[]): readonly (readonly Bytes[])[] {
  const batches: Bytes[][] = [];
  let left = 0;
  for (const item of items) {
    const bytes = item.length + aroundItemBytes;
    const now = batches.at(-1);
    if (now === undefined || bytes > left || now.length === syncLimits.itemsMax) {
      batches.push([item]);
      left = batchBytesMax - bytes;
    } else {
      now.push(item);
      left -= bytes;
    }
  }
  return batches;
}

/** What the store has of a contact: the chat of two as far as it was founded. */
export type Held = {
  readonly contact: ContactRecord | undefined;
  readonly person: PersonRow | undefined;
  readonly chat: Pick<ConversationRow, "founding" | "group_id"> | undefined;
};

function heldOf(engine: Engine, account: AccountId): Held {
  const conversation = directConversationId(engine.ports.crypto.sha256, ownOf(engine).account, account);
  return {
    contact: readContact(engine.db, account),
    person: readPerson(engine.db, account),
    chat: readConversation(engine.db, conversation),
  };
}

/** The same of each of them, by three readings in all. */
export function heldOfAll(engine: Engine, contacts: readonly ContactRecord[]): (account: AccountId) => Held {
  const { db, ports } = engine;
  const own = ownOf(engine).account;
  const byAccount = new Map(contacts.map((contact) => [toHex(contact.account), contact]));
  const people = new Map(readPeopleOfContacts(db).map((person) => [toHex(person.account), person]));
  const chats = new Map(readDirectChats(db).map((chat) => [toHex(chat.conversation), chat]));
  return (account) => {
    const id = toHex(account);
    const conversation = directConversationId(ports.crypto.sha256, own, account);
    return { contact: byAccount.get(id), person: people.get(id), chat: chats.get(toHex(conversation)) };
  };
}

export function contactItem(
  engine: Engine,
  account: AccountId,
  { contact, person, chat }: Held = heldOf(engine, account),
): readonly SyncItem[] {
  const list = engine.lists.get(account);
  if (contact === undefined || list === undefined) return [];
  const founding = chat?.founding ?? 0;
  return [
    {
      kind: "contact",
      account,
      name: person?.name ?? "",
      remark: contact.remark,
      state: contact.state,
      verified: contact.trust,
      history: historyOf(list),
      stampMs: contact.stamp_ms,
      ...notesOf(contact),
      ...(founding === 0 ? {} : { founding }),
      ...(person?.avatar == null ? {} : { avatar: person.avatar }),
      ...(person?.passing == null ? {} : { passing: person.passing }),
    },
  ];
}

/** Items about the account itself, independent of its contacts. */
export function accountItems(engine: Engine): readonly SyncItem[] {
  const capability = readMeta(engine.db, "contact-capability");
  return [
    profileItem(engine),
    ...(capability === undefined
      ? []
      : [{ kind: "capability" as const, capability, stampMs: contactSecretMs(engine) }]),
    ...itemsWhere(engine, ({ size }) => size === "account"),
  ];
}

type AnySynced = Omit<SyncedDef<SyncItem["kind"]>, "all" | "inRecord" | "take"> & {
  readonly all: () => readonly SyncItem[];
  readonly inRecord: () => readonly SyncItem[];
};

/** The sync definitions of the core and of the features, in the order of their lists. */
function synced(engine: Engine): readonly AnySynced[] {
  const { features, context } = engine;
  const core = Object.values(engine.synced) as readonly CoreSyncedDef<SyncItem["kind"]>[];
  return [
    ...core.map((def) => {
      const all = () => def.all?.(engine) ?? [];
      return { ...def, all, inRecord: all };
    }),
    ...[...features.synced.values()].map((def) => {
      const all = () => def.all?.(context) ?? [];
      return { ...def, all, inRecord: () => def.inRecord?.(context) ?? all() };
    }),
  ];
}

function itemsWhere(engine: Engine, which: (def: Omit<AnySynced, "all" | "inRecord">) => boolean): readonly SyncItem[] {
  return synced(engine)
    .filter(which)
    .flatMap(({ all }) => all());
}

/** The items of the recovery record. */
export function recordItems(engine: Engine, wanted: "small" | "large"): readonly SyncItem[] {
  return synced(engine)
    .filter(({ isInRecord, size = "small" }) => isInRecord === true && size === wanted)
    .flatMap(({ inRecord }) => inRecord());
}

/** The large items, in groups small enough for a message. */
function largeItems(engine: Engine): readonly (readonly SyncItem[])[] {
  return synced(engine).flatMap(({ size, together = 1, all }) => {
    const items = size === "large" ? all() : [];
    return Array.from({ length: Math.ceil(items.length / together) }, (_, at) =>
      items.slice(at * together, (at + 1) * together),
    );
  });
}

/** Members of groups who are no contacts. Their own profile messages come only when they write. */
function strangerItems({ db }: Engine): readonly SyncItem[] {
  return readStrangers(db).map(({ account, name, avatar, stamp_ms }) => ({
    kind: "person",
    account,
    name,
    stampMs: stamp_ms,
    ...(avatar === null ? {} : { avatar }),
  }));
}

/** All that a new device needs, as the first message after it joined. */
function snapshot(engine: Engine): readonly SyncItem[] {
  const lines = lineItems(engine);
  return [
    ...accountItems(engine),
    ...readContacts(engine.db).flatMap((contact) => contactItem(engine, contact.account)),
    ...peopleInLines(engine, lines),
    ...strangerItems(engine),
    ...readConversations(engine.db).flatMap((row): readonly SyncItem[] => {
      const state =
        row.state === "request-in"
          ? "quiet"
          : row.state === "left"
            ? "left"
            : row.state === "open"
              ? "open"
              : undefined;
      return state === undefined || !kindOf(engine, row).hasOthers
        ? []
        : [{ kind: "conversation", conversation: row.conversation, state, stampMs: toldMs(engine, row, state) }];
    }),
    ...lines,
    ...itemsWhere(engine, ({ size = "small" }) => size === "small"),
  ];
}

/** When this account left it, where it did; else when something was said there last. */
function toldMs(engine: Engine, { conversation, active_ms }: ConversationRow, state: string): UnixMs {
  return (state === "left" ? ownLeaveMs(engine.db, conversation, ownOf(engine).account) : undefined) ?? active_ms;
}

/** Whether a recovery record may contain the item; others count only from a device itself. @checks KP2, VA23 */
export function isOfRecord({ kind }: SyncItem): boolean {
  return kind !== "erased" && kind !== "vaultKeys";
}

/** @param by the own device that says so. Inside a transaction; the histories were taken before it. */
export function applySyncItems(engine: Engine, items: readonly Bytes[], by: DeviceId): void {
  const known: SyncItem[] = [];
  for (const bytes of items) {
    const item = asKnownItem(engine, bytes);
    if (item === undefined) keepItemForLater(engine, bytes, by);
    else known.push(item);
  }
  applySync(engine, known, by);
}

/** @param by the own device that says so. Inside a transaction; the histories were taken before it. */
export function applySync(engine: Engine, items: readonly SyncItem[], by: DeviceId): void {
  for (const item of items) applyItem(engine, item, by);
  openKnown(engine);
  engine.changed("status", "chats", "contacts", "requests", "people");
}

function applyItem(engine: Engine, said: SyncItem, by: DeviceId): void {
  const item = boundedStamps(said, engine.ports.nowMs());
  const ofFeature = engine.features.synced.get(item.kind);
  if (ofFeature !== undefined) {
    ofFeature.take(engine.context, item as never, by);
    return;
  }
  const ofCore = engine.synced[item.kind] as CoreSyncedDef<SyncItem["kind"]> | undefined;
  ofCore?.take(engine, item, by);
}

/** The sync definitions for the account and its contacts. A device that joins gets them in `snapshot`. */
export const accountSynced: CoreSynced = {
  profile: {
    take: (engine, { name, avatar, pat = "", stampMs, isNotPassedOn = false }) => {
      const { db } = engine;
      const { account } = ownOf(engine);
      if (learnPerson(db, { account, name, avatar, pat, ownWord: true, stampMs })) noteNotPassedOn(db, isNotPassedOn);
    },
  },
  lines: { take: takeLines },
  person: { take: ({ db }, item) => void learnPerson(db, { ...item, avatar: item.avatar, ownWord: false }) },
  contact: { take: takeContact },
  conversation: { take: takeConversation },
  capability: {
    take: (engine, { capability, stampMs }) => {
      // @checks SY81
      if (stampMs >= contactSecretMs(engine)) writeContactSecret(engine, capability, stampMs);
    },
  },
};

function takeContact(engine: Engine, item: SyncedOf<"contact">): void {
  const { db } = engine;
  const { account, name, avatar, stampMs } = item;
  const held = readContact(db, account);
  learnPerson(db, { account, name, avatar, ownWord: false, stampMs });
  // Only if nothing is stored: what the person said themselves has reached this device too.
  if (item.passing !== undefined) learnPassing(db, account, item.passing, 0);
  // @checks SY11
  if (held !== undefined && held.stamp_ms >= stampMs) return;
  // An own device that has not heard the answer yet may tell something else of them, a remark (SY60).
  const isHeard = held?.state === "contact" && (item.state === "requested" || item.state === "incoming");
  const state = isHeard ? "contact" : item.state;
  writeContact(db, account, { state, remark: item.remark, trust: item.verified, ...notesIn(item) }, stampMs);
  followContact(engine, account, state);
  if (item.founding !== undefined) learnFounding(engine, account, item.founding);
}

function takeConversation(engine: Engine, { conversation, state, stampMs }: SyncedOf<"conversation">): void {
  const { db } = engine;
  const row = readConversation(db, conversation);
  if (row === undefined) noteToldChat(db, conversation, stampMs);
  else raiseActive(db, conversation, stampMs);
  if (state === "open" && row?.state === "request-in" && kindOf(engine, row).opens === "by-members") {
    setConversationState(db, conversation, "open");
    engine.changed(topicOf(conversation));
    engine.schedule(conversation);
    return;
  }
  if (row === undefined || state !== "left" || row.state === "left") return;
  // This device has heard of that leaving, and is in again: who tells of it was away since.
  // @checks SY82
  if (stampMs <= (ownLeaveMs(db, conversation, ownOf(engine).account) ?? 0)) return;
  setConversationState(db, conversation, "left");
  dropWork(db, conversation);
  giveUp(engine, conversation);
  retireAddressesOf(db, conversation, engine.ports.nowMs());
  engine.deleteRetired();
  engine.changed(topicOf(conversation));
}

/**
 * Learns the founding number of a chat that has no group here. Else this device would create a group with a lower
 * number than the peer's old one, and lose to it. It counts so far only that the peer follows (GR67).
 */
function learnFounding(engine: Engine, account: AccountId, founding: number): void {
  const conversation = directConversationId(engine.ports.crypto.sha256, ownOf(engine).account, account);
  if (readConversation(engine.db, conversation)?.group_id === null)
    raiseToldFounding(engine.db, conversation, founding, foundingToldMax);
}

/** Sets the state of the direct conversation to what another own device decided about the contact. */
function followContact(engine: Engine, account: AccountId, state: string): void {
  const { db, ports } = engine;
  const own = ownOf(engine).account;
  if (equalBytes(account, own)) return;
  const conversation = directConversationId(ports.crypto.sha256, own, account);
  const wanted = {
    contact: "open",
    requested: "request-out",
    incoming: "request-in",
    blocked: "blocked",
    deleted: "declined",
  }[state];
  if (wanted === undefined) return;
  const before = readConversation(db, conversation);
  // The device that sent the request creates the group and adds this device (ID10). If that device is lost first, no
  // dead chat is shown here.
  if (before === undefined && state === "requested") return;
  insertConversation(db, { conversation, kind: "direct", peer: account, state: "forming", activeMs: 0 });
  setConversationState(db, conversation, wanted as "open");
  const wasShut = before?.state === "blocked" || before?.state === "declined";
  if (wasShut && (state === "contact" || state === "requested")) comeIn(engine, conversation);
  if (state === "blocked" || state === "deleted") {
    dropWork(db, conversation);
    giveUp(engine, conversation);
    detachGroup(db, conversation);
    retireAddressesOf(db, conversation, ports.nowMs());
    engine.deleteRetired();
  }
  engine.changed(topicOf(conversation));
}

/**
 * A device that unblocked a contact re-creates the chat. Its Welcome, if it arrived before this item, was refused here
 * and does not come again. A group accepted elsewhere may be the one declined here, with a dead leaf of this device.
 * An own device that had not heard of the declined group founds one that is no higher: the other side prefers the
 * declined one, and only this device can found above both (GR18.8).
 */
function comeIn(engine: Engine, conversation: ConversationId): void {
  const row = readConversation(engine.db, conversation);
  if (row === undefined || isRecreating(engine, conversation)) return;
  if (row.group_id === null) putOff(engine, plan(engine, conversation, { kind: "recreate", without: [] }), foundedMs);
  else foundAboveKnown(engine, conversation);
  engine.schedule(conversation);
}
