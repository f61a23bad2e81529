/** What can be carried out of its chat, and keeping it. */
import type { TimelineItem } from "@yanshu/client";
import { isMessage, isSettled, refOf, wordsIn } from "../../kit/message.ts";
import { t } from "../../locales/i18n.ts";
import { api, succeeds } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";

export const may = {
  carry: (item: TimelineItem) => isMessage(item) && item.body.kind !== "newer" && isSettled(item),
  keep: (item: TimelineItem) => may.carry(item) && (wordsIn(item) !== "" || item.body.kind === "sticker"),
} as const;

export async function keep(chat: string, items: readonly TimelineItem[]): Promise<boolean> {
  const done = await succeeds(() => api.keepFavourites(chat, items.map(refOf)));
  if (done) toast(t("favourites.done"));
  return done;
}
