/** Announcements of a group (docs/spec/actions.md). */
import { webFeature } from "../../feature.ts";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { lazily } from "../../shell/lazy.ts";

export const announcements = webFeature({
  lines: {
    announced: ({ by, text }) =>
      text === "" ? t("sys.unannounced", { by: personName(by) }) : t("sys.announced", { by: personName(by), text }),
  },
  inLog: () => import("./in-log.ts"),
  slots: {
    announcementSheet: lazily(() => import("./in-chat.ts").then((m) => m.AnnouncementSheet)),
  },
});
