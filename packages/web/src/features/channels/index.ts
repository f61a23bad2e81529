/** Channels 视频号 (docs/spec/channels.md): a row in Discover, the feed, and what lies below it (spots.ts). */
import type { ComponentType } from "preact";
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    channels: Alone;
    channel: WithId;
  }
}

type Screens = typeof import("./in-contacts.tsx");
const screen = <P>(pick: (screens: Screens) => ComponentType<P>) =>
  lazily(() => import("./in-contacts.tsx").then(pick));
const [tab, top, feed] = ["discover", { name: "discover" }, { name: "channels" }] as const;

export const channels = webFeature({
  pages: [
    page(
      "/channels",
      feed,
      tab,
      top,
      screen((m) => m.Feed),
    ),
    page(
      "/channels/:id",
      { name: "channel" },
      tab,
      feed,
      screen((m) => m.Below),
    ),
  ],
  slots: { discoverRow: screen((m) => m.DiscoverRow) },
});
