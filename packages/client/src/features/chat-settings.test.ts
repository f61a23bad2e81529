/** What another own device decided about a chat, and what came after it here (docs/spec/sync.md SY11). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { readChatMarks, touchConversation } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { chatsIn, conversation } from "../testing/chat.ts";
import { chatSettings } from "./chat-settings.ts";
import { clientFeatures } from "./index.ts";

const chat = chatsIn(createBunCrypto(), () => openBunDatabase(":memory:"), clientFeatures);

test("[SY11] what was hidden elsewhere before something new came here stays to be seen", async () => {
  const isHidden = async (hasNews: boolean, stampMs: number) => {
    const { db, hears } = await chat("direct");
    if (hasNews) hears({ kind: "text", text: "news" });
    touchConversation(db, conversation, 100);
    const context = { db, changedIn: () => undefined } as never;
    chatSettings.synced?.mark?.take(context, { kind: "mark", conversation, mark: "hidden", isOn: true, stampMs });
    return readChatMarks(db).some(({ mark, is_on }) => mark === "hidden" && is_on === 1);
  };
  expect([await isHidden(true, 50), await isHidden(false, 50)]).toEqual([false, true]);
});
