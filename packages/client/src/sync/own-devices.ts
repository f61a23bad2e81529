/**
 * Own devices tell each other, in a conversation of their own, what belongs to the account and not
 * to a device: contacts, remarks, what was read, one's name (docs/spec/sync.md SY11).
 */
import { bodyLimits, type SyncItem } from "@yanshu/content";
import { directConversationId, ownConversationId } from "@yanshu/mls";
import {
  detachGroup,
  dropWork,
  insertConversation,
  learnPerson,
  newestPosition,
  readContact,
  readContacts,
  readConversation,
  readConversations,
  readMeta,
  readPerson,
  retireAddressesOf,
  setConversationState,
  setReadOrder,
  writeContact,
  writeMeta,
} from "@yanshu/store";
import { type AccountId, equalBytes, historyOf } from "@yanshu/wire";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { openKnown } from "../groups/known.ts";
import { ownProfile } from "./bodies.ts";
import { say } from "./outbox.ts";

/** Tells the other own devices, if there are any. Inside a transaction. */
export function tellOwnDevices(engine: Engine, items: readonly SyncItem[]): void {
  const own = ownConversationId(engine.ports.crypto.sha256, ownOf(engine).account);
  if (items.length === 0 || readConversation(engine.db, own) === undefined) return;
  for (let at = 0; at < items.length; at += bodyLimits.syncItemsMax)
    say(engine, own, { kind: "sync", items: items.slice(at, at + bodyLimits.syncItemsMax), complete: false });
  engine.kick(own);
}

export function contactItem(engine: Engine, account: AccountId): readonly SyncItem[] {
  const contact = readContact(engine.db, account);
  const person = readPerson(engine.db, account);
  const list = engine.lists.get(account);
  if (contact === undefined || list === undefined) return [];
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
      ...(person?.avatar == null ? {} : { avatar: person.avatar }),
    },
  ];
}

/** All that a new device needs, for the first message after it joined. */
export function snapshot(engine: Engine): readonly SyncItem[] {
  const { stampMs, ...profile } = ownProfile(engine);
  const capability = readMeta(engine.db, "contact-capability");
  return [
    { kind: "profile", ...profile, stampMs },
    ...(capability === undefined ? [] : [{ kind: "capability" as const, capability, stampMs: 0 }]),
    ...readContacts(engine.db).flatMap((contact) => contactItem(engine, contact.account)),
    ...readConversations(engine.db).flatMap((row): readonly SyncItem[] => {
      const state =
        row.state === "request-in"
          ? "quiet"
          : row.state === "left"
            ? "left"
            : row.state === "open"
              ? "open"
              : undefined;
      return state === undefined || row.kind === "own"
        ? []
        : [{ kind: "conversation", conversation: row.conversation, state, stampMs: row.active_ms }];
    }),
  ];
}

/** Inside a transaction; the histories were taken before it. */
export function applySync(engine: Engine, items: readonly SyncItem[]): void {
  for (const item of items) applyItem(engine, item);
  openKnown(engine);
  engine.changed("status", "chats", "contacts", "requests", "people");
}

function applyItem(engine: Engine, item: SyncItem): void {
  const { db } = engine;
  const own = ownOf(engine).account;
  switch (item.kind) {
    case "profile":
      learnPerson(db, { account: own, name: item.name, avatar: item.avatar, ownWord: true, stampMs: item.stampMs });
      return;
    case "contact": {
      const held = readContact(db, item.account);
      learnPerson(db, {
        account: item.account,
        name: item.name,
        avatar: item.avatar,
        ownWord: false,
        stampMs: item.stampMs,
      });
      if (held !== undefined && held.stamp_ms >= item.stampMs) return;
      writeContact(db, item.account, { state: item.state, remark: item.remark, trust: item.verified }, item.stampMs);
      followContact(engine, item.account, item.state);
      return;
    }
    case "conversation": {
      const row = readConversation(db, item.conversation);
      if (row === undefined || item.state !== "left" || row.state === "left") return;
      setConversationState(db, item.conversation, "left");
      dropWork(db, item.conversation);
      retireAddressesOf(db, item.conversation, engine.ports.nowMs());
      engine.tidy();
      engine.changed(topicOf(item.conversation));
      return;
    }
    case "read":
      if (readConversation(db, item.conversation) !== undefined) {
        setReadOrder(db, item.conversation, positionAt(engine, item.conversation, item.upToMs));
        engine.changed(topicOf(item.conversation));
      }
      return;
    case "capability":
      writeMeta(db, "contact-capability", item.capability);
      return;
  }
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
  insertConversation(db, { conversation, kind: "direct", peer: account, state: "forming", activeMs: 0 });
  setConversationState(db, conversation, wanted as "open");
  if (state === "blocked" || state === "deleted") {
    dropWork(db, conversation);
    detachGroup(db, conversation);
    retireAddressesOf(db, conversation, ports.nowMs());
    engine.tidy();
  }
  engine.changed(topicOf(conversation));
}

function positionAt(engine: Engine, conversation: Uint8Array, upToMs: number): number {
  const newest = newestPosition(engine.db, conversation);
  const row = engine.db.get<{ position: number | null }>(
    "SELECT max(position) AS position FROM messages WHERE conversation = ? AND at_ms <= ?",
    conversation,
    upToMs,
  );
  return row?.position ?? Math.min(newest, 0);
}
