/**
 * Acts: what the core does with a message, for the menu, the keyboard and what is selected alike.
 */
import type { TimelineItem } from "@yanshu/client";
import { refOf, wordsIn } from "../kit/message.ts";
import { t } from "../locales/i18n.ts";
import { api, attempt, succeeds } from "../shell/session.ts";
import { confirm, isMeant } from "../shell/sheet.tsx";
import { toast } from "../shell/toast.tsx";

export function copy(item: TimelineItem): void {
  void navigator.clipboard.writeText(wordsIn(item)).then(() => toast(t("msg.copied")));
}

export async function discard(item: TimelineItem): Promise<void> {
  if (await isMeant(t("send.discard"))) await attempt(() => api.discard(item.id));
}

export async function remove(chat: string, items: readonly TimelineItem[]): Promise<boolean> {
  const isSure = await confirm({
    title: items.length === 1 ? t("delete.one") : t("delete.many", { n: items.length }),
    note: t("delete.note"),
    action: t("menu.delete"),
    danger: true,
  });
  return isSure && succeeds(() => api.deleteMessages(chat, items.map(refOf)));
}
