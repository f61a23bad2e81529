/** Moments 朋友圈 and Status 状态 (docs/spec/moments.md): the tab Discover, and what it leads to. */

import { Compass } from "lucide";
import type { ComponentType } from "preact";
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";
import { useView } from "../../shell/session.ts";

declare module "../../shell/places.ts" {
  interface Places {
    discover: Alone;
    moments: Alone;
    "moments-new": Alone;
    "moments-news": Alone;
    "moments-settings": Alone;
    "moments-mine": Alone;
    "moments-of": WithId;
    moment: WithId;
    status: Alone;
    "family-album": Alone;
  }
}

const screen = <P>(pick: (screens: typeof import("./screens.ts")) => ComponentType<P>) =>
  lazily(() => import("./screens.ts").then(pick));
const discover = screen((m) => m.Discover);
const [tab, feed, top] = ["discover", { name: "moments" }, { name: "discover" }] as const;

export const moments = webFeature({
  tabs: [
    {
      tab,
      icon: Compass,
      words: "tab.discover",
      list: discover,
      news() {
        const news = useView("momentsNews");
        return news === undefined
          ? undefined
          : { count: news.count, words: "moments.unseen", hasDot: news.newest !== undefined, dot: "moments.newIn" };
      },
      isShown: () => useView("momentsSettings")?.isOn !== false,
    },
  ],
  pages: [
    page("/discover", top, tab, { name: "chats" }, discover),
    page(
      "/moments",
      feed,
      tab,
      top,
      screen((m) => m.Feed),
    ),
    page(
      "/moments/new",
      { name: "moments-new" },
      tab,
      feed,
      screen((m) => m.Compose),
    ),
    page(
      "/moments/news",
      { name: "moments-news" },
      tab,
      feed,
      screen((m) => m.News),
    ),
    page(
      "/moments/settings",
      { name: "moments-settings" },
      tab,
      feed,
      screen((m) => m.MomentsSettings),
    ),
    page(
      "/moments/mine",
      { name: "moments-mine" },
      tab,
      feed,
      screen((m) => m.MyMoments),
    ),
    page(
      "/moments/of/:id",
      { name: "moments-of" },
      tab,
      feed,
      screen((m) => m.FriendMoments),
    ),
    page(
      "/moments/post/:id",
      { name: "moment" },
      tab,
      feed,
      screen((m) => m.PostPage),
    ),
    page(
      "/status",
      { name: "status" },
      tab,
      top,
      screen((m) => m.Status),
    ),
    page(
      "/family-album",
      { name: "family-album" },
      tab,
      top,
      screen((m) => m.FamilyAlbum),
    ),
  ],
  slots: { contactMoments: screen((m) => m.ContactMoments) },
  inMe: () => import("./in-me.tsx"),
});
