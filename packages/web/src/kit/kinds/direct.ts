/** A chat of two on screen. */
import { t } from "../../locales/i18n.ts";
import type { ScreenKind } from "./kind.ts";

export const direct: ScreenKind = {
  name: "direct",
  title: (title) => (title === "" ? t("group.unnamed") : title),
  isWithOthers: true,
  bearsPerson: true,
  isOfMany: false,
  hasCalls: true,
  hasGroupCalls: false,
  hasPeople: true,
};
