/**
 * Own devices tell each other, in a conversation of their own, what belongs to the account and not
 * to a device: contacts, remarks, what was read, one's name (docs/spec/sync.md SY11).
 */
import { type BodyOf, encodeSyncItem, type SyncItem, syncLimits } from "@yanshu/content";
import { directConversationId, ownConversationId } from "@yanshu/mls";
import {
  deleteMeta,
  detachGroup,
  dropWork,
  insertConversation,
  learnPassing,
  learnPerson,
  noteNotPassedOn,
  noteToldChat,
  raiseActive,
  raiseFounding,
  readContact,
  readContacts,
  readConversation,
  readConversations,
  readMeta,
  readPerson,
  readStrangers,
  retireAddressesOf,
  setConversationState,
  writeContact,
  writeMeta,
} from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, type DeviceId, equalBytes, historyOf } from "@yanshu/wire";
import { type CoreSynced, type CoreSyncedDef, type Engine, kindOf, ownOf, topicOf } from "../core/engine.ts";
import type { SyncedDef, SyncedOf } from "../feature.ts";
import { isRecreating, plan, putOff } from "../group-state/jobs.ts";
import { openKnown } from "../group-state/open-stranger-groups.ts";
import { profileItem } from "../identity/profile-bodies.ts";
import { notesIn, notesOf } from "../values/contact-notes.ts";
import { say } from "./outbox.ts";
import { lineItems, peopleInLines, takeLines } from "./shared-lines.ts";
import { asKnownItem, keepItemForLater, keptItems } from "./too-new.ts";
import { giveUp } from "./unsent.ts";

/** What a message holds (docs/spec/sync.md SY42), and some room around it. */
const batchBytesMax = 384 * 1_024;
const aroundItemBytes = 16;
/** Of what is untold: nothing but what a device is owed that this one links. */
const owedToLinked = Uint8Array.of(2);

/** Until then a chat that another own device founds anew has come here. */
const foundedMs = 60_000;

/** All of it to a device that joins, in as many messages as it takes. Inside a transaction. */
export function tellAll(engine: Engine, own: ConversationId): void {
  const batches = batchesOf(snapshot(engine).map(encodeSyncItem));
  for (const some of batches) say(engine, own, syncOf(some, some === batches.at(-1)));
  for (const some of largeItems(engine)) say(engine, own, syncOf(some.map(encodeSyncItem)));
  // What a later version told this device, the next may know.
  for (const some of batchesOf(keptItems(engine).map(({ item }) => item))) say(engine, own, syncOf(some));
}

/**
 * A device that came back may have believed nothing of what home keeps for it: it is told all (ID34). Inside a
 * transaction.
 */
export function owePeople(engine: Engine, account: AccountId): void {
  const own = ownOf(engine);
  const isWithUs = engine.lists.devices(account).some(({ id }) => equalBytes(id, own.device));
  if (equalBytes(account, own.account) && isWithUs) writeMeta(engine.db, "untold", Uint8Array.of(1));
}

/**
 * This device lets another one in, which may be told nothing by it: where what both say to each other is lost, any own
 * device adds it everywhere (ID16). Then it is told all. Inside a transaction.
 */
export function oweLinked(engine: Engine): void {
  if (readMeta(engine.db, "untold") === undefined) writeMeta(engine.db, "untold", owedToLinked);
}

/** It is told all now. Inside a transaction. */
export function forgetLinked(engine: Engine): void {
  if (equalBytes(readMeta(engine.db, "untold") ?? new Uint8Array(), owedToLinked)) deleteMeta(engine.db, "untold");
}

/**
 * Founds the conversation of own devices where there are others and it is missing: the linking was cut short before it
 * was founded (ID16). What this device has to tell goes there. Opens a transaction.
 */
export function foundMissingOwn(engine: Engine): void {
  const { db, ports, lists } = engine;
  const { account } = ownOf(engine);
  const conversation = ownConversationId(ports.crypto.sha256, account);
  if (lists.devices(account).length < 2 || readConversation(db, conversation) !== undefined) return;
  db.transaction(() => {
    insertConversation(db, { conversation, kind: "own", state: "forming", activeMs: ports.nowMs() });
    plan(engine, conversation, { kind: "create", accounts: [account], title: "" });
    deleteMeta(db, "untold");
    tellAll(engine, conversation);
  });
  engine.changed("chats", topicOf(conversation));
  engine.schedule(conversation);
}

/**
 * This device came into the conversation of own devices: what it had to tell before goes there now, with all else.
 * Inside a transaction.
 */
export function tellUntold(engine: Engine, own: ConversationId): void {
  if (readMeta(engine.db, "untold") === undefined) return;
  deleteMeta(engine.db, "untold");
  tellAll(engine, own);
}

/**
 * Tells the other own devices, if there are any; once it can, if their conversation is not here yet. Inside a
 * transaction.
 */
export function tellOwnDevices(engine: Engine, items: readonly SyncItem[]): void {
  const { account } = ownOf(engine);
  if (engine.lists.devices(account).length < 2) return; // Anyone who comes is told all of it at once.
  const own = ownConversationId(engine.ports.crypto.sha256, account);
  if (items.length === 0) return;
  if (readConversation(engine.db, own) === undefined) {
    writeMeta(engine.db, "untold", Uint8Array.of(1));
    return;
  }
  for (const some of batchesOf(items.map(encodeSyncItem))) say(engine, own, syncOf(some));
  engine.schedule(own);
}

function syncOf(items: readonly Bytes[], complete = false): BodyOf<"sync"> {
  return { kind: "sync", items, complete };
}

/** As many as fit a message: the pictures of some sixty people fill one. */
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

export function contactItem(engine: Engine, account: AccountId): readonly SyncItem[] {
  const contact = readContact(engine.db, account);
  const person = readPerson(engine.db, account);
  const list = engine.lists.get(account);
  if (contact === undefined || list === undefined) return [];
  const conversation = directConversationId(engine.ports.crypto.sha256, ownOf(engine).account, account);
  const founding = readConversation(engine.db, conversation)?.founding ?? 0;
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

/** What this account is, whomever it writes with. */
export function accountItems(engine: Engine): readonly SyncItem[] {
  const capability = readMeta(engine.db, "contact-capability");
  return [
    profileItem(engine),
    ...(capability === undefined ? [] : [{ kind: "capability" as const, capability, stampMs: 0 }]),
    ...itemsWhere(engine, ({ size }) => size === "account"),
  ];
}

type AnySynced = Omit<SyncedDef<SyncItem["kind"]>, "all" | "inRecord" | "take"> & {
  readonly all: () => readonly SyncItem[];
  readonly inRecord: () => readonly SyncItem[];
};

/** What the core and the features tell a device that joins, in the order of their lists. */
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

/** What stands in the recovery record. */
export function recordItems(engine: Engine, wanted: "small" | "large"): readonly SyncItem[] {
  return synced(engine)
    .filter(({ isInRecord, size = "small" }) => isInRecord === true && size === wanted)
    .flatMap(({ inRecord }) => inRecord());
}

/** Those that are large, in messages that are small enough. */
function largeItems(engine: Engine): readonly (readonly SyncItem[])[] {
  return synced(engine).flatMap(({ size, together = 1, all }) => {
    const items = size === "large" ? all() : [];
    return Array.from({ length: Math.ceil(items.length / together) }, (_, at) =>
      items.slice(at * together, (at + 1) * together),
    );
  });
}

/** Of groups: who is in them, and no contact. What they say of themselves comes by itself only when they speak. */
function strangerItems({ db }: Engine): readonly SyncItem[] {
  return readStrangers(db).map(({ account, name, avatar, stamp_ms }) => ({
    kind: "person",
    account,
    name,
    stampMs: stamp_ms,
    ...(avatar === null ? {} : { avatar }),
  }));
}

/** All that a new device needs, for the first message after it joined. */
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
        : [{ kind: "conversation", conversation: row.conversation, state, stampMs: row.active_ms }];
    }),
    ...lines,
    ...itemsWhere(engine, ({ size = "small" }) => size === "small"),
  ];
}

/** What a recovery record may say; the rest only a device says itself. @checks KP2, VA23 */
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

function applyItem(engine: Engine, item: SyncItem, by: DeviceId): void {
  const ofFeature = engine.features.synced.get(item.kind);
  if (ofFeature !== undefined) {
    ofFeature.take(engine.context, item as never, by);
    return;
  }
  const ofCore = engine.synced[item.kind] as CoreSyncedDef<SyncItem["kind"]> | undefined;
  ofCore?.take(engine, item, by);
}

/**
 * What own devices tell one another of the account and of whom it writes with. A device that joins is told in
 * `snapshot`.
 */
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
  capability: { take: ({ db }, { capability }) => writeMeta(db, "contact-capability", capability) },
};

function takeContact(engine: Engine, item: SyncedOf<"contact">): void {
  const { db } = engine;
  const { account, name, avatar, stampMs } = item;
  const held = readContact(db, account);
  learnPerson(db, { account, name, avatar, ownWord: false, stampMs });
  // Only where nothing is held: what they said themselves came here too.
  if (item.passing !== undefined) learnPassing(db, account, item.passing, 0);
  // @checks SY11
  if (held !== undefined && held.stamp_ms >= stampMs) return;
  writeContact(
    db,
    account,
    { state: item.state, remark: item.remark, trust: item.verified, ...notesIn(item) },
    stampMs,
  );
  followContact(engine, account, item.state);
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
  setConversationState(db, conversation, "left");
  dropWork(db, conversation);
  giveUp(engine, conversation);
  retireAddressesOf(db, conversation, engine.ports.nowMs());
  engine.deleteRetired();
  engine.changed(topicOf(conversation));
}

/**
 * Where this device has no group of that conversation, it would else found one that loses to the other side's old one.
 */
function learnFounding(engine: Engine, account: AccountId, founding: number): void {
  const conversation = directConversationId(engine.ports.crypto.sha256, ownOf(engine).account, account);
  if (readConversation(engine.db, conversation)?.group_id === null) raiseFounding(engine.db, conversation, founding);
}

/** The direct conversation follows what another own device decided about its contact. */
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
  // Anyone who asks founds it, and lets this device in (ID10). If they are lost first, nothing stands here that nobody
  // hears.
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
 * Anyone who unblocked founds the chat anew; a founding that came here before this word was refused, and does not come
 * again. What was accepted elsewhere may be the very group that was declined here, with a leaf of this device that
 * leads nowhere.
 */
function comeIn(engine: Engine, conversation: ConversationId): void {
  if (readConversation(engine.db, conversation)?.group_id !== null || isRecreating(engine, conversation)) return;
  putOff(engine, plan(engine, conversation, { kind: "recreate", without: [] }), foundedMs);
  engine.schedule(conversation);
}
