import { ownConversationId } from "@yanshu/mls";
import { dropWork, insertConversation, readConversation, readMembers, setConversationState } from "@yanshu/store";
import { type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { type Job, plan } from "../group-state/jobs.ts";
import { ownPlace } from "../group-state/own-place.ts";
import { contactsIn, found } from "../groups/found.ts";
import { whoStays } from "../groups/ownership-handover.ts";
import { mustBeItself } from "../identity/standing-in.ts";
import { chosenName } from "../ids.ts";
import { sayLeave } from "../messages/say-leave.ts";
import { giveUp } from "../messages/unsent.ts";

type GroupsApi = Pick<
  CoreApi,
  | "createGroup"
  | "addMembers"
  | "removeMember"
  | "leaveGroup"
  | "renameGroup"
  | "openOwn"
  | "setGroupPicture"
  | "setRole"
>;

const groupPictureBytesMax = 6 * 1024;

export function groupsApi(engine: Engine): GroupsApi {
  const { db, ports } = engine;

  function groupOf(hex: Hex): {
    conversation: ConversationId;
    role: "owner" | "admin" | "member";
    /** Members add nobody: those who lead do, or decide who comes. */
    adminsAdd: boolean;
    adminsEdit: boolean;
  } {
    const { conversation, role } = ownPlace(engine, hex);
    const settings = db.get<{ admins_add: number; admins_edit: number; approval: number }>(
      "SELECT admins_add, admins_edit, approval FROM conversations WHERE conversation = ?",
      conversation,
    );
    return {
      conversation,
      role,
      adminsAdd: settings?.admins_add === 1 || settings?.approval === 1,
      adminsEdit: settings?.admins_edit === 1,
    };
  }

  function act(conversation: ConversationId, ...jobs: readonly Job[]): void {
    db.transaction(() => {
      for (const job of jobs) plan(engine, conversation, job);
    });
    engine.schedule(conversation);
  }

  return {
    async openOwn() {
      const own = ownOf(engine).account;
      const conversation = ownConversationId(ports.crypto.sha256, own);
      if (readConversation(db, conversation) === undefined) {
        db.transaction(() => {
          insertConversation(db, { conversation, kind: "own", state: "forming", activeMs: ports.nowMs() });
          plan(engine, conversation, { kind: "found", accounts: [own], title: "" });
        });
        engine.changed("chats", topicOf(conversation));
        engine.schedule(conversation);
      }
      return toHex(conversation);
    },

    async createGroup({ name, accounts, newcomersSee = "none" }) {
      mustBeItself(engine);
      const title = chosenName(name, true);
      const people = contactsIn(db, accounts);
      return found(engine, "group", { title, people, ...(newcomersSee === "none" ? {} : { history: newcomersSee }) });
    },

    async addMembers(hex, accounts) {
      const { conversation, role, adminsAdd } = groupOf(hex);
      if (adminsAdd && role === "member") throw new ClientError("not-allowed");
      act(conversation, ...contactsIn(db, accounts).map((account): Job => ({ kind: "add", account })));
    },

    async removeMember(hex, account) {
      const { conversation, role } = groupOf(hex);
      const target = readMembers(db, conversation).find((member) => toHex(member.account) === account);
      if (target === undefined) throw new ClientError("unknown-contact");
      if (role === "member" || target.role === "owner") throw new ClientError("not-allowed");
      act(conversation, { kind: "remove", account: target.account });
    },

    async leaveGroup(hex, wanted) {
      const { conversation, role } = groupOf(hex);
      const others = readMembers(db, conversation).filter(
        (member) => !equalBytes(member.account, ownOf(engine).account),
      );
      const named = wanted === undefined ? undefined : others.find(({ account }) => toHex(account) === wanted);
      if (wanted !== undefined && named === undefined) throw new ClientError("unknown-contact");
      if (named !== undefined && role !== "owner") throw new ClientError("not-allowed");
      // Somebody must be able to act on the leaving, and on all that comes after: nobody who leaves as well (GR20.4).
      const staying = whoStays(engine, conversation);
      const leading = staying.filter((member) => member.role !== "member");
      if (named === undefined && role !== "member" && staying.length > 0 && leading.length === 0)
        throw new ClientError("last-admin");
      if (others.length === 0) {
        db.transaction(() => {
          setConversationState(db, conversation, "left");
          dropWork(db, conversation);
          giveUp(engine, conversation);
        });
        engine.changed("chats", topicOf(conversation));
        return;
      }
      // Nobody can remove an owner but an owner: who leaves as the only one hands the group to an admin first.
      const successor = named ?? leading.find((member) => member.role === "owner") ?? leading[0];
      db.transaction(() => sayLeave(engine, conversation, role, successor));
      engine.schedule(conversation);
    },

    async renameGroup(hex, name) {
      const { conversation, role, adminsEdit } = groupOf(hex);
      if (adminsEdit && role === "member") throw new ClientError("not-allowed");
      act(conversation, { kind: "name", name: chosenName(name, false) });
    },

    async setGroupPicture(hex, picture) {
      const { conversation, role, adminsEdit } = groupOf(hex);
      if (adminsEdit && role === "member") throw new ClientError("not-allowed");
      if (picture !== undefined && picture.length > groupPictureBytesMax) throw new ClientError("bad-picture");
      act(conversation, { kind: "picture", picture: picture ?? null });
    },

    async setRole(hex, account, role) {
      const { conversation, role: mine } = groupOf(hex);
      if (mine !== "owner") throw new ClientError("not-allowed");
      const target = readMembers(db, conversation).find((member) => toHex(member.account) === account);
      if (target === undefined) throw new ClientError("unknown-contact");
      act(conversation, { kind: "role", account: target.account, role });
    },
  };
}
