/** Messages: said, sent again, dropped, read (docs/spec/sync.md SY1, SY2, SY14). */
import { bodyLimits, encodeBody } from "@yanshu/content";
import {
  deleteFromOutbox,
  deleteMessage,
  newestPosition,
  readConversation,
  readOutbox,
  setHeld,
  setMessageState,
  setReadOrder,
  setRosterOf,
  voidOutbox,
} from "@yanshu/store";
import { fromHex, toHex } from "@yanshu/wire";
import { type ClientApi, ClientError, type Hex } from "../api.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { say } from "../sync/outbox.ts";
import { tellOwnDevices } from "../sync/own-devices.ts";
import { idOf } from "./contacts.ts";

type MessagesApi = Pick<ClientApi, "sendText" | "resend" | "discard" | "markRead" | "setDraft">;

export function messagesApi(engine: Engine): MessagesApi {
  const { db, ports } = engine;

  function itemOf(hex: Hex) {
    const item = /^[0-9a-f]{32}$/.test(hex) ? readOutbox(db, fromHex(hex)) : undefined;
    if (item === undefined) throw new ClientError("unknown-conversation");
    return item;
  }

  return {
    async sendText(hex, text) {
      const conversation = idOf(hex);
      const row = readConversation(db, conversation);
      if (row === undefined) throw new ClientError("unknown-conversation");
      if (!["open", "request-out", "forming"].includes(row.state)) throw new ClientError("not-allowed");
      if (text.trim() === "") throw new ClientError("empty");
      if (text.length > bodyLimits.textMax) throw new ClientError("too-long");
      const id = db.transaction(() => {
        db.run("UPDATE conversations SET draft = '' WHERE conversation = ?", conversation);
        return say(engine, conversation, { kind: "text", text: text.toWellFormed() });
      });
      engine.kick(conversation);
      return toHex(id);
    },

    async resend(hex) {
      const item = itemOf(hex);
      db.transaction(() => {
        setHeld(db, item.id, undefined);
        setRosterOf(db, item.id, undefined); // The person saw who is there now.
        setMessageState(db, item.conversation, ownOf(engine).account, item.id, "sending");
      });
      engine.changed(topicOf(item.conversation), "chats");
      engine.kick(item.conversation);
    },

    async discard(hex) {
      const item = itemOf(hex);
      db.transaction(() => {
        // Its number may be known to others already: then something else must carry it.
        if (item.seq === null) deleteFromOutbox(db, item.id);
        else voidOutbox(db, item.id, encodeBody({ kind: "gone", seqs: [] }), item.conversation, item.seq);
        deleteMessage(db, item.conversation, ownOf(engine).account, item.id);
      });
      engine.changed(topicOf(item.conversation), "chats", "status");
      engine.kick(item.conversation);
    },

    async markRead(hex) {
      const conversation = idOf(hex);
      const row = readConversation(db, conversation);
      if (row === undefined) throw new ClientError("unknown-conversation");
      const position = newestPosition(db, conversation);
      if (position <= row.read_order) return;
      db.transaction(() => {
        setReadOrder(db, conversation, position);
        tellOwnDevices(engine, [{ kind: "read", conversation, upToMs: ports.nowMs(), stampMs: ports.nowMs() }]);
      });
      engine.changed("chats", "status");
    },

    async setDraft(hex, text) {
      const conversation = idOf(hex);
      db.transaction(() =>
        db.run(
          "UPDATE conversations SET draft = ? WHERE conversation = ?",
          text.slice(0, bodyLimits.textMax),
          conversation,
        ),
      );
      engine.changed("chats");
    },
  };
}

/** Where reading was left off when a chat is opened; kept while it is open, so that the line stays in place. */
export function rememberFirstUnread(engine: Engine, hex: Hex): void {
  const first = engine.db.get<{ position: number | null }>(
    `SELECT min(m.position) AS position FROM messages m JOIN conversations c USING (conversation)
     WHERE m.conversation = ? AND m.position > c.read_order AND m.author <> ? AND m.kind IN ('text', 'greeting', 'newer')`,
    idOf(hex),
    engine.own?.account ?? new Uint8Array(),
  )?.position;
  if (first == null) return;
  engine.firstUnread.set(hex, first);
}
