/** Unread: how far a chat was read, on all own devices (docs/spec/sync.md SY11, SY32). */
import { hasChatMark, newestPosition, readConversation, readMessage, setReadOrder } from "@yanshu/store";
import type { ConversationId, UnixMs } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  type FeatureContext,
  type Hex,
  idOf,
  type MessageRef,
  nameOf,
} from "../feature.ts";

type UnreadApi = {
  /**
   * Marks a chat as read up to its newest message, or up to the given one, which leaves what came after it unread.
   * Rejects with `unknown-conversation`, `unknown-message`.
   */
  readonly markRead: (conversation: Hex, upTo?: MessageRef) => Promise<void>;
};

/** Of what had come here by then, the newest. */
function positionAt({ db }: FeatureContext, conversation: ConversationId, upToMs: UnixMs): number {
  const newest = newestPosition(db, conversation);
  const row = db.get<{ position: number | null }>(
    "SELECT max(position) AS position FROM messages WHERE conversation = ? AND at_ms <= ?",
    conversation,
    upToMs,
  );
  return row?.position ?? Math.min(newest, 0);
}

export const unread = clientFeature({
  kinds: ["read"],

  synced: {
    read: {
      take: (context, { conversation, upToMs }) => {
        const { db, changedIn } = context;
        if (readConversation(db, conversation) === undefined) return;
        setReadOrder(db, conversation, positionAt(context, conversation, upToMs as UnixMs));
        changedIn(conversation);
      },
    },
  },

  api: ({ db, nowMs, changed, setChatMark, tellOwnDevices }): UnreadApi => ({
    async markRead(hex, upTo) {
      const conversation = idOf(hex);
      const row = readConversation(db, conversation);
      if (row === undefined) throw new ClientError("unknown-conversation");
      const name = upTo && nameOf(upTo);
      const message = name && readMessage(db, conversation, name.author, name.id);
      if (upTo !== undefined && message === undefined) throw new ClientError("unknown-message");
      const position = message?.position ?? newestPosition(db, conversation);
      const isMarked = upTo === undefined && hasChatMark(db, conversation, "unread");
      if (position <= row.read_order && !isMarked) return;
      db.transaction(() => {
        if (isMarked) setChatMark(conversation, "unread", false);
        if (position <= row.read_order) return;
        setReadOrder(db, conversation, position);
        tellOwnDevices([{ kind: "read", conversation, upToMs: message?.at_ms ?? nowMs(), stampMs: nowMs() }]);
      });
      changed("chats", "status");
    },
  }),
});
