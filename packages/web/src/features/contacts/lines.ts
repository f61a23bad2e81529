/** System lines: how two people became contacts. */
import type { Lines } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";

export const lines: Lines = {
  friends: () => t("friend.new"),
  "request-sent": () => t("sys.requestSent"),
  "not-contacts": () => t("sys.notContacts"),
};
