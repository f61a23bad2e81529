/** Links: their cards, and what was shared with the app (docs/spec/actions.md). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    share: Alone;
  }
}

const shared = lazily(() => import("./in-chat.ts").then((m) => m.Shared));

export const linkCards = webFeature({
  inChat: () => import("./in-chat.ts"),
  slots: {
    linkCard: lazily(() => import("./in-chat.ts").then((m) => m.LinkCard)),
    linkStrip: lazily(() => import("./in-chat.ts").then((m) => m.LinkStrip)),
  },
  pages: [page("/share", { name: "share" }, "chats", { name: "chats" }, shared)],
});
