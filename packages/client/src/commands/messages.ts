/**
 * Messages of any kind: sent again, dropped, and read out in pages (docs/spec/sync.md SY1, SY2, SY14;
 * docs/spec/keeping.md KP7).
 */
import { deleteMessage, readOutbox, readUnsentMessage, setHeld, setMessageState, setRosterOf } from "@yanshu/store";
import { fromHex } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { forgetFilesOf } from "../files/blob-refs.ts";
import { answerLine } from "../group-state/lines.ts";
import { idOf } from "../ids.ts";
import { dropItem } from "../messages/clear.ts";
import { rosterOf } from "../messages/roster.ts";
import { type Overdue, sayAgain } from "../messages/unsent.ts";
import { discardUpload, resendUpload } from "../messages/uploads.ts";
import { countedKinds } from "../values/shown.ts";
import type { ViewContext } from "../views/context.ts";
import { readTimeline } from "../views/timeline.ts";

type MessagesApi = Pick<CoreApi, "exportPage" | "resend" | "discard" | "answerNotice">;

const pageMax = 500;

/** @param context what views are read from, now. */
export function messagesApi(engine: Engine, overdue: Overdue, context: () => ViewContext): MessagesApi {
  const { db } = engine;

  function contentIdOf(hex: Hex) {
    if (!/^[0-9a-f]{32}$/.test(hex)) throw new ClientError("unknown-conversation");
    return fromHex(hex);
  }

  return {
    async resend(hex) {
      const id = contentIdOf(hex);
      if (resendUpload(engine, id)) return;
      const item = readOutbox(db, id);
      if (item === undefined) {
        const conversation = sayAgain(engine, id);
        engine.changed(topicOf(conversation), "chats", "status");
        engine.schedule(conversation);
        return;
      }
      db.transaction(() => {
        setHeld(db, item.id, undefined);
        setRosterOf(db, item.id, rosterOf(engine, item.conversation)); // The person saw who is there now.
        setMessageState(db, item.conversation, ownOf(engine).account, item.id, "sending");
      });
      overdue.again();
      engine.changed(topicOf(item.conversation), "chats");
      engine.schedule(item.conversation);
    },

    async discard(hex) {
      const id = contentIdOf(hex);
      if (discardUpload(engine, id)) return;
      const own = ownOf(engine).account;
      const item = readOutbox(db, id);
      const conversation = (item ?? readUnsentMessage(db, own, id))?.conversation;
      if (conversation === undefined) throw new ClientError("unknown-conversation");
      db.transaction(() => {
        forgetFilesOf(engine, conversation, own, id, "everywhere");
        if (item !== undefined) dropItem(engine, item);
        deleteMessage(db, conversation, own, id);
      });
      engine.changed(topicOf(conversation), "chats", "status");
      engine.schedule(conversation);
    },

    exportPage: async (conversation, from, limit) =>
      readTimeline(context(), conversation, Math.min(pageMax, limit), { from }),

    async answerNotice(hex, id) {
      const conversation = idOf(hex);
      if (!db.transaction(() => answerLine(engine, conversation, contentIdOf(id))))
        throw new ClientError("unknown-message");
      engine.changed(topicOf(conversation));
    },
  };
}

/** Where reading was left off when a chat is opened; kept while it is open, so that the line stays in place. */
export function rememberFirstUnread(engine: Engine, hex: Hex): void {
  const first = engine.db.get<{ position: number | null }>(
    `SELECT min(m.position) AS position FROM messages m JOIN conversations c USING (conversation)
     WHERE m.conversation = ? AND m.position > c.read_order AND m.author <> ? AND m.kind IN ${countedKinds}`,
    idOf(hex),
    engine.own?.account ?? new Uint8Array(),
  )?.position;
  if (first == null) return;
  engine.firstUnread.set(hex, first);
}
