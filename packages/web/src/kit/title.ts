/**
 * What a chat is called on screen.
 */
import type { ChatRow } from "@yanshu/client";
import { t } from "../locales/i18n.ts";

export function titleOf(row: { readonly kind: ChatRow["kind"]; readonly title: string }): string {
  if (row.kind === "own") return t("chats.own");
  return row.title === "" ? t("group.unnamed") : row.title;
}
