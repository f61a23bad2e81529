/** The photos, videos and files of a chat (docs/spec/media.md). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    album: WithId;
    "chat-files": WithId;
  }
}

const album = lazily(() => import("./in-chat.ts").then((m) => m.Album));
const files = lazily(() => import("./in-chat.ts").then((m) => m.ChatFiles));

export const gallery = webFeature({
  inChat: () => import("./in-chat.ts"),
  pages: [
    page("/chat/:id/album", { name: "album" }, "chats", { name: "chat-info" }, album),
    page("/chat/:id/files", { name: "chat-files" }, "chats", { name: "chat-info" }, files),
  ],
});
