/** The chat with oneself on screen: what one sends to one's own devices. */
import { t } from "../../locales/i18n.ts";
import type { ScreenKind } from "./kind.ts";

export const own: ScreenKind = {
  name: "own",
  title: () => t("chats.own"),
  isWithOthers: false,
  bearsPerson: false,
  isOfMany: false,
  hasCalls: false,
  hasGroupCalls: false,
  hasPeople: false,
};
