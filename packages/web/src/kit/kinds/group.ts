/** A group on screen. */
import { t } from "../../locales/i18n.ts";
import type { ScreenKind } from "./kind.ts";

export const group: ScreenKind = {
  name: "group",
  title: (title) => (title === "" ? t("group.unnamed") : title),
  isWithOthers: true,
  bearsPerson: false,
  isOfMany: true,
  hasCalls: false,
  hasGroupCalls: true,
  hasPeople: true,
};
