/** Searching everything, and one chat (docs/spec/search.md). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    search: Alone;
    "chat-search": WithId;
  }
}

const everywhere = lazily(() => import("./in-chat.ts").then((m) => m.Search));
const inOneChat = lazily(() => import("./in-chat.ts").then((m) => m.ChatSearch));

export const search = webFeature({
  inChat: () => import("./in-chat.ts"),
  pages: [
    page("/search", { name: "search" }, "chats", { name: "chats" }, everywhere),
    page("/chat/:id/search", { name: "chat-search" }, "chats", { name: "chat" }, inOneChat),
  ],
});
