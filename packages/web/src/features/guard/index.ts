/** Devices that are not let in, and what is said of them (docs/spec/identity.md). */
import { webFeature } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { lazily } from "../../shell/lazy.ts";

const notice = lazily(() => import("./in-chat.ts").then((m) => m.Notice));

export const guard = webFeature({
  lines: {
    "device-refused": () => t("guard.title"),
    "account-frozen": () => t("guard.frozen"),
    "list-differs": () => t("guard.differs"),
  },
  notices: { "device-refused": notice, "account-frozen": notice, "list-differs": notice },
});
