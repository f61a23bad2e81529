/** Channels 视频号 (docs/spec/channels.md): a row in Discover, the feed, and what lies below it (spots.ts). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    channels: Alone;
    channel: WithId;
  }
}

const feed = { name: "channels" } as const;

export const channels = webFeature({
  pages: [
    page(
      "/channels",
      feed,
      "discover",
      { name: "discover" },
      lazily(() => import("./in-contacts.tsx").then((m) => m.Feed)),
    ),
    page(
      "/channels/:id",
      { name: "channel" },
      "discover",
      feed,
      lazily(() => import("./in-contacts.tsx").then((m) => m.Below)),
    ),
  ],
  slots: { discoverRow: lazily(() => import("./in-contacts.tsx").then((m) => m.DiscoverRow)) },
});
