/** Moments 朋友圈 and Status 状态 (docs/spec/moments.md): the tab Discover, and its pages. */

import { Compass } from "lucide";
import type { ComponentType } from "preact";
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";
import type { Spot } from "../../shell/places.ts";
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

type Screens = typeof import("./in-contacts.ts");
const screen = <P>(pick: (screens: Screens) => ComponentType<P>) => lazily(() => import("./in-contacts.ts").then(pick));
const discover = screen((m) => m.Discover);
const [tab, top, feed] = ["discover", { name: "discover" }, { name: "moments" }] as const;
/** A page whose route name follows from its path: `a-b` for `/a/b`. */
const under = (path: string, parent: Spot, pick: (screens: Screens) => ComponentType<never>) =>
  page(`/${path.replace("-", "/")}`, { name: path } as typeof feed, tab, parent, screen(pick as never));

export const moments = webFeature({
  tabs: [
    {
      tab,
      icon: Compass,
      words: "tab.discover",
      list: discover,
      news: () => useView("momentsNews"),
      newsWords: "moments.newIn",
      isShown: () => useView("momentsSettings")?.isOn !== false,
    },
  ],
  pages: [
    page("/discover", top, tab, { name: "chats" }, discover),
    under("moments", top, (m) => m.Feed),
    under("moments-new", feed, (m) => m.Compose),
    under("moments-news", feed, (m) => m.News),
    under("moments-settings", feed, (m) => m.MomentsSettings),
    under("moments-mine", feed, (m) => m.MyMoments),
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
    under("status", top, (m) => m.Status),
    under("family-album", top, (m) => m.FamilyAlbum),
  ],
  slots: { contactMoments: screen((m) => m.ContactMoments), foundMoments: screen((m) => m.FoundMoments) },
  inMe: () => import("./in-me.tsx"),
});
