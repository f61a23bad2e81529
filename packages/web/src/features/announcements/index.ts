/** Announcements of a group (docs/spec/actions.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const announcements = webFeature({
  slots: {
    announcementSheet: lazily(() => import("./in-chat.ts").then((m) => m.AnnouncementSheet)),
  },
});
