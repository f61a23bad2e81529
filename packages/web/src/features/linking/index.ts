/** Linking a new device (docs/spec/identity.md). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    "link-device": Alone;
  }
}

const screen = lazily(() => import("./in-me.ts").then((m) => m.LinkDevice));

export const linking = webFeature({
  slots: {
    linkNew: lazily(() => import("./on-arrival.ts").then((m) => m.LinkNew)),
  },
  pages: [page("/me/devices/link", { name: "link-device" }, "me", { name: "devices" }, screen)],
});
