/** Notifications (docs/spec/push.md). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    notifications: Alone;
  }
}

const notifications = lazily(() => import("./in-me.tsx").then((m) => m.Notifications));

export const push = webFeature({
  pages: [page("/me/settings/notifications", { name: "notifications" }, "me", { name: "settings" }, notifications)],
  inMe: () => import("./in-me.tsx"),
  start: () => import("./notices.ts"),
});
