/**
 * Contacts beyond asking and blocking: notes of them, asking a member of a common group, letting go of a contact, and
 * the chat with oneself (docs/spec/sync.md SY22, SY24–SY26).
 */
import { fieldLimits, greetingLimits, noteLimits } from "@yanshu/content";
import { directConversationId, ownConversationId } from "@yanshu/mls";
import {
  dropWork,
  insertConversation,
  readContact,
  readConversation,
  readMembers,
  setConversationState,
  writeContact,
} from "@yanshu/store";
import { type AccountId, equalBytes, fromHex, idBytes, toHex } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { ContactNotes, ListsApi } from "../api/lists.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { claimByAnyRight } from "../group-state/claim.ts";
import { plan } from "../group-state/jobs.ts";
import { idOf } from "../ids.ts";
import { setChatMark } from "../messages/chat-marks.ts";
import { clearChat } from "../messages/clear.ts";
import { say } from "../messages/outbox.ts";
import { contactItem, tellOwnDevices } from "../messages/own-devices.ts";
import { failureOf, putRequest } from "./contacts.ts";

type NotesApi = Pick<ListsApi, "setContactNotes" | "deleteContact" | "requestMember" | "openOwn">;

export function contactNotesApi(engine: Engine): NotesApi {
  const { db, ports } = engine;

  function known(hex: Hex): AccountId {
    if (hex.length !== 2 * idBytes.account || !/^[0-9a-f]+$/.test(hex)) throw new ClientError("unknown-contact");
    const account = fromHex(hex);
    if (readContact(db, account) === undefined) throw new ClientError("unknown-contact");
    return account;
  }

  function directWith(account: AccountId) {
    return directConversationId(ports.crypto.sha256, ownOf(engine).account, account);
  }

  return {
    async setContactNotes(hex, notes) {
      const account = known(hex);
      const change = changeOf(notes);
      db.transaction(() => {
        writeContact(db, account, change, ports.nowMs());
        tellOwnDevices(engine, contactItem(engine, account));
      });
      engine.changed("people", "contacts", "chats", topicOf(directWith(account)));
    },

    /** Their side learns nothing until they write: then theirs says that they have to be let in again. */
    async deleteContact(hex) {
      const account = known(hex);
      const conversation = directWith(account);
      const row = readConversation(db, conversation);
      db.transaction(() => {
        writeContact(db, account, { state: "deleted" }, ports.nowMs());
        if (row !== undefined) {
          clearChat(engine, conversation);
          dropWork(db, conversation);
          tellOwnDevices(engine, [{ kind: "clear", conversation, upToMs: ports.nowMs(), stampMs: ports.nowMs() }]);
          setChatMark(engine, conversation, "hidden", true);
          if (row.group_id === null) setConversationState(db, conversation, "declined");
          else {
            // Goes out from a chat that is left, and takes the addresses with it.
            setConversationState(db, conversation, "left");
            say(engine, conversation, { kind: "leave" });
          }
        }
        tellOwnDevices(engine, contactItem(engine, account));
      });
      engine.changed("contacts", "chats", "status", topicOf(conversation));
      engine.kick(conversation);
    },

    async requestMember({ group: groupHex, account: hex, greeting }) {
      const group = idOf(groupHex);
      const member = readMembers(db, group).find(({ account }) => toHex(account) === hex);
      if (member === undefined) throw new ClientError("unknown-contact");
      const { account } = member;
      if (equalBytes(account, ownOf(engine).account)) throw new ClientError("own-link");
      if (greeting.length > greetingLimits.textMax) throw new ClientError("too-long");
      const state = readContact(db, account)?.state;
      if (state === "contact" || state === "blocked") throw new ClientError("not-allowed");
      await engine.link.whenReady("anonymous");
      const drawn = await claimByAnyRight(engine, account);
      if (drawn.kind === "failed") throw new ClientError(failureOf(drawn.why));
      if (drawn.packages.length === 0) throw new ClientError("link-used-up");
      return putRequest(engine, account, {
        drawn,
        trust: "none",
        greeting,
        via: { kind: "group", conversation: group },
      });
    },

    async openOwn() {
      const own = ownOf(engine).account;
      const conversation = ownConversationId(ports.crypto.sha256, own);
      if (readConversation(db, conversation) === undefined) {
        db.transaction(() => {
          insertConversation(db, { conversation, kind: "own", state: "forming", activeMs: ports.nowMs() });
          plan(engine, conversation, { kind: "found", accounts: [own], title: "" });
        });
        engine.changed("chats", topicOf(conversation));
        engine.kick(conversation);
      }
      return toHex(conversation);
    },
  };
}

function changeOf(notes: Partial<ContactNotes>): Parameters<typeof writeContact>[2] {
  const { remark, phone, description, tags, isStarred } = notes;
  return {
    ...(remark === undefined ? {} : { remark: checked(remark, fieldLimits.nameMax) }),
    ...(phone === undefined ? {} : { phone: checked(phone, noteLimits.phoneMax) }),
    ...(description === undefined ? {} : { description: checked(description, noteLimits.descriptionMax) }),
    ...(tags === undefined ? {} : { tags: JSON.stringify(checkedTags(tags)) }),
    ...(isStarred === undefined ? {} : { is_starred: isStarred ? 1 : 0 }),
  };
}

function checked(text: string, max: number): string {
  const trimmed = text.trim().toWellFormed();
  if (trimmed.length > max) throw new ClientError("too-long");
  return trimmed;
}

/** Each once, none empty, in the order given. */
function checkedTags(tags: readonly string[]): readonly string[] {
  const kept = [...new Set(tags.map((tag) => checked(tag, noteLimits.tagMax)))].filter((tag) => tag !== "");
  if (kept.length > noteLimits.tagsMax) throw new ClientError("too-long");
  return kept;
}
