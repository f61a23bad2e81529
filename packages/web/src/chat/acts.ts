/**
 * Acts: what one can do with a message, for the menu, the keyboard and gestures alike.
 */
import type { TimelineItem } from "@yanshu/client";
import { aimAt } from "../kit/aim.ts";
import { firstLink } from "../kit/links/found.ts";
import { isMessage, isSettled, quotedWords, refOf, wordsIn } from "../kit/message.ts";
import { personName } from "../kit/person.ts";
import { t } from "../locales/i18n.ts";
import { api, attempt, succeeds } from "../shell/session.ts";
import { confirm, isMeant } from "../shell/sheet.tsx";
import { toast } from "../shell/toast.tsx";

export const may = {
  quote: (item: TimelineItem) => isMessage(item) && item.body.kind !== "newer" && isSettled(item),
  react: (item: TimelineItem) => isMessage(item) && isSettled(item),
  copy: (item: TimelineItem) => wordsIn(item) !== "",
  recall: (item: TimelineItem) => isSettled(item) && (item.recallUntilMs ?? 0) >= Date.now(),
  edit: (item: TimelineItem) => isSettled(item) && item.body.kind === "text" && (item.editUntilMs ?? 0) >= Date.now(),
} as const;

export function quote(chat: string, item: TimelineItem): void {
  const from = personName({ ...item.from, isMe: item.mine });
  aimAt(chat, { kind: "quote", message: refOf(item), from, words: quotedWords(item) });
}

export function edit(chat: string, item: TimelineItem): void {
  aimAt(chat, { kind: "edit", id: item.id, words: wordsIn(item) });
}

export function copy(item: TimelineItem): void {
  void navigator.clipboard.writeText(wordsIn(item)).then(() => toast(t("msg.copied")));
}

/** The address that a text leads to first. */
export function linkIn({ body }: TimelineItem): string | undefined {
  return body.kind === "text" ? (body.link?.url ?? firstLink(body.text)) : undefined;
}

export function copyLink(item: TimelineItem): void {
  void navigator.clipboard.writeText(linkIn(item) ?? "").then(() => toast(t("msg.copied")));
}

export async function recall(chat: string, item: TimelineItem): Promise<void> {
  if (await isMeant(t("menu.recall"))) await attempt(() => api.recall(chat, item.id));
}

export async function discard(item: TimelineItem): Promise<void> {
  if (await isMeant(t("send.discard"))) await attempt(() => api.discard(item.id));
}

export function react(chat: string, item: TimelineItem, emoji: string): void {
  const isOn = item.reactions?.some((one) => one.emoji === emoji && one.mine) === true;
  void attempt(() => api.react(chat, refOf(item), emoji, !isOn));
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
