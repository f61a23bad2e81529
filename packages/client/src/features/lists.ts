/** Lists: chats pinned, muted, marked unread, hidden and deleted (docs/spec/sync.md SY32, SY33). */
import { type ChatMark, hasChatMark, readChatMark, readConversation, writeChatMark } from "@yanshu/store";
import type { ConversationId } from "@yanshu/wire";
import type { ListsApi } from "../api/lists.ts";
import { ClientError, type Hex } from "../api.ts";
import { type Engine, topicOf } from "../core/engine.ts";
import { clearChat } from "../sync/clear.ts";
import { tellOwnDevices } from "../sync/own-devices.ts";
import { idOf } from "./ids.ts";

type ToldMark = Exclude<ChatMark, "alone">;
type MarksApi = Pick<ListsApi, "setPinned" | "setMuted" | "markUnread" | "setHidden" | "deleteChat">;

export function listsApi(engine: Engine): MarksApi {
  const { db, ports } = engine;

  function known(hex: Hex): ConversationId {
    const conversation = idOf(hex);
    if (readConversation(db, conversation) === undefined) throw new ClientError("unknown-conversation");
    return conversation;
  }

  async function mark(hex: Hex, which: ToldMark, isOn: boolean): Promise<void> {
    const conversation = known(hex);
    db.transaction(() => setMark(engine, conversation, which, isOn));
    engine.changed("chats", "status", topicOf(conversation));
  }

  return {
    setPinned: (hex, isOn) => mark(hex, "pinned", isOn),
    setMuted: (hex, isOn) => mark(hex, "muted", isOn),
    markUnread: (hex) => mark(hex, "unread", true),
    setHidden: (hex, isOn) => mark(hex, "hidden", isOn),

    async deleteChat(hex, where) {
      const conversation = known(hex);
      const nowMs = ports.nowMs();
      db.transaction(() => {
        clearChat(engine, conversation);
        if (where === "everywhere") {
          tellOwnDevices(engine, [{ kind: "clear", conversation, upToMs: nowMs, stampMs: nowMs }]);
          setMark(engine, conversation, "hidden", true);
        } else writeChatMark(db, conversation, "hidden", true, nextStamp(engine, conversation, "hidden"));
      });
      engine.changed("chats", "status", topicOf(conversation));
      engine.kick(conversation);
    },
  };
}

/** Decided on this device: told to the others. Inside a transaction. */
export function setMark(engine: Engine, conversation: ConversationId, mark: ToldMark, isOn: boolean): void {
  if (hasChatMark(engine.db, conversation, mark) === isOn) return;
  const stampMs = nextStamp(engine, conversation, mark);
  writeChatMark(engine.db, conversation, mark, isOn, stampMs);
  tellOwnDevices(engine, [{ kind: "mark", conversation, mark, isOn, stampMs }]);
}

/** Later than what is held, also where that came from a device whose clock is ahead. */
function nextStamp({ db, ports }: Engine, conversation: ConversationId, mark: ToldMark): number {
  return Math.max(ports.nowMs(), (readChatMark(db, conversation, mark)?.stamp_ms ?? 0) + 1);
}
