/** The chat with oneself, on all own devices (docs/spec/groups.md GR16). */
import { ownConversationId } from "@yanshu/mls";
import { readConversation } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { planOwn } from "../group-state/jobs.ts";

export function ownChatApi(engine: Engine): Pick<CoreApi, "openOwn"> {
  const { db, ports } = engine;
  return {
    async openOwn() {
      const own = ownOf(engine).account;
      const conversation = ownConversationId(ports.crypto.sha256, own);
      if (readConversation(db, conversation) === undefined) {
        db.transaction(() => planOwn(engine));
        engine.changed("chats", topicOf(conversation));
        engine.schedule(conversation);
      }
      return toHex(conversation);
    },
  };
}
