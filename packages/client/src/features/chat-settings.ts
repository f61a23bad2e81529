/**
 * Chat settings (docs/spec/sync.md SY32, SY33): chats pinned, muted, marked unread, hidden, cleared; names shown in a
 * group.
 */
import {
  type ChatMark,
  type Database,
  hasMessages,
  noteClearedChat,
  readChatMark,
  readChatMarks,
  readClearedChats,
  readConversation,
  writeChatMark,
} from "@yanshu/store";
import type { ConversationId } from "@yanshu/wire";
import { ClientError, clientFeature, type Hex, idOf, type SyncedOf } from "../feature.ts";

type ToldMark = Exclude<ChatMark, "alone">;

/** Each rejects with `unknown-conversation`. */
type ChatSettingsApi = {
  readonly setPinned: (conversation: Hex, isOn: boolean) => Promise<void>;
  readonly setMuted: (conversation: Hex, isOn: boolean) => Promise<void>;
  /** Until the chat is opened, or `markRead` is called. */
  readonly markUnread: (conversation: Hex) => Promise<void>;
  /** Hidden from the list until a new message comes. */
  readonly setHidden: (conversation: Hex, isOn: boolean) => Promise<void>;
  /**
   * Deletes the chat's messages, from this device or from all own ones; others keep theirs. The chat is hidden. Unsent
   * messages are dropped; those in flight still arrive.
   */
  readonly deleteChat: (conversation: Hex, where: "here" | "everywhere") => Promise<void>;
  /** Whether people of this group are called by their nicknames there, for this person. */
  readonly setNicknamesShown: (conversation: Hex, isOn: boolean) => Promise<void>;
};

function markItems(db: Database): readonly SyncedOf<"mark">[] {
  return readChatMarks(db).flatMap(({ conversation, mark, is_on, stamp_ms }): readonly SyncedOf<"mark">[] =>
    mark === "alone" ? [] : [{ kind: "mark", conversation, mark, isOn: is_on === 1, stampMs: stamp_ms }],
  );
}

export const chatSettings = clientFeature({
  kinds: ["mark", "clear"],

  synced: {
    mark: {
      isInRecord: true,
      // An own device may tell any number of chats that never were.
      inRecord: ({ db }) =>
        markItems(db).filter(({ conversation }) => readConversation(db, conversation) !== undefined),
      all: ({ db }) => markItems(db),
      take: ({ db, changedIn }, { conversation, mark, isOn, stampMs }) => {
        // A message that came after the chat was hidden elsewhere shows it again, unless the chat was cleared there and
        // the message only arrived here later.
        const activeMs = readConversation(db, conversation)?.active_ms ?? 0;
        // @checks SY11
        if (mark === "hidden" && isOn && activeMs > stampMs && hasMessages(db, conversation)) return;
        writeChatMark(db, conversation, mark, isOn, stampMs);
        changedIn(conversation);
      },
    },
    clear: {
      // Who deleted it may be put out before a device that is off hears of it.
      all: ({ db }) =>
        readClearedChats(db).map(({ conversation, up_to_ms: upToMs }) => ({
          kind: "clear",
          conversation,
          upToMs,
          stampMs: upToMs,
        })),
      take: ({ db, clearChat, changedIn }, { conversation, upToMs }) => {
        // What came since with an older stamp was not meant. @checks SY83
        if (!noteClearedChat(db, { conversation, up_to_ms: upToMs })) return;
        clearChat(conversation, upToMs);
        changedIn(conversation);
      },
    },
  },

  api: ({
    db,
    kindOf,
    nowMs,
    changed,
    changedIn,
    setChatMark,
    clearChat,
    clearEverywhere,
    sendSoon,
  }): ChatSettingsApi => {
    function known(hex: Hex): ConversationId {
      const conversation = idOf(hex);
      if (readConversation(db, conversation) === undefined) throw new ClientError("unknown-conversation");
      return conversation;
    }

    async function mark(hex: Hex, which: ToldMark, isOn: boolean): Promise<void> {
      const conversation = known(hex);
      db.transaction(() => setChatMark(conversation, which, isOn));
      changed("chats", "status");
      changedIn(conversation);
    }

    return {
      setPinned: (hex, isOn) => mark(hex, "pinned", isOn),
      setMuted: (hex, isOn) => mark(hex, "muted", isOn),
      markUnread: (hex) => mark(hex, "unread", true),
      setHidden: (hex, isOn) => mark(hex, "hidden", isOn),

      async deleteChat(hex, where) {
        const conversation = known(hex);
        db.transaction(() => {
          if (where === "everywhere") clearEverywhere(conversation);
          else {
            clearChat(conversation);
            const heldMs = readChatMark(db, conversation, "hidden")?.stamp_ms ?? 0;
            writeChatMark(db, conversation, "hidden", true, Math.max(nowMs(), heldMs + 1));
          }
        });
        changed("chats", "status");
        changedIn(conversation);
        sendSoon(conversation);
      },

      async setNicknamesShown(hex, isOn) {
        const conversation = idOf(hex);
        // not a check: what the own screens ask for.
        if (!kindOf(readConversation(db, conversation)?.kind).hasNicknames)
          throw new ClientError("unknown-conversation");
        db.transaction(() => setChatMark(conversation, "own-names", !isOn));
        changed("chats", "people");
        changedIn(conversation);
      },
    };
  },
});
