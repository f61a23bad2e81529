/**
 * Acts: what one can do with a message, for the menu, the keyboard and gestures alike.
 */
import { signal } from "@preact/signals";
import type { ConversationView, MessageRef, TimelineItem } from "@yanshu/client";
import { t } from "../../locales/i18n.ts";
import { api, attempt, succeeds } from "../../shell/session.ts";
import { confirm, isMeant } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { firstLink } from "../links/found.ts";
import { personName } from "../timeline/system-words.ts";
import { aimAt } from "./aim.ts";
import { cardText } from "./card-text.ts";
import type { PlainChain } from "./chain-text.ts";
import { recordWords } from "./record-words.ts";

/** A sheet that is open now. */
export type OpenedSheet =
  | {
      readonly kind: "history" | "faces" | "record" | "large" | "card";
      readonly chat: string;
      readonly item: TimelineItem;
    }
  | { readonly kind: "forward"; readonly chat: string; readonly items: readonly TimelineItem[] }
  | { readonly kind: "poll" | "pick-card"; readonly chat: string }
  | { readonly kind: "chain"; readonly chat: string; readonly plain?: PlainChain }
  | { readonly kind: "announcement"; readonly view: ConversationView };
export const openedSheet = signal<OpenedSheet | undefined>(undefined);

export function refOf({ from, id }: TimelineItem): MessageRef {
  return { author: from.account, id };
}

/** What was said, and is somebody's: not a line about what happened. */
export function isMessage({ body }: TimelineItem): boolean {
  return body.kind !== "system";
}

function wordsIn({ body }: TimelineItem): string {
  if (body.kind === "text") return body.text;
  if (body.kind === "card") return body.name;
  return body.kind === "poll" || body.kind === "chain" || body.kind === "record" ? cardText(body) : "";
}

/** What is quoted in the strip above the field: as the quote reads once it is sent. */
function quotedWords({ body }: TimelineItem): string {
  switch (body.kind) {
    case "text":
      return body.text;
    case "photos":
      return recordWords(body.kind, body.caption);
    case "poll":
      return recordWords(body.kind, body.question);
    case "chain":
      return recordWords(body.kind, body.title);
    case "group-card":
      return recordWords("groupCard", body.name);
    case "file":
    case "location":
    case "card":
    case "sticker":
      return recordWords(body.kind, body.name);
    default:
      return recordWords(body.kind, "");
  }
}

function isSettled({ state }: TimelineItem): boolean {
  return state === "sent" || state === "sending";
}

export const may = {
  quote: (item: TimelineItem) => isMessage(item) && item.body.kind !== "newer" && isSettled(item),
  react: (item: TimelineItem) => isMessage(item) && isSettled(item),
  copy: (item: TimelineItem) => wordsIn(item) !== "",
  carry: (item: TimelineItem) => isMessage(item) && item.body.kind !== "newer" && isSettled(item),
  keep: (item: TimelineItem) => may.carry(item) && (wordsIn(item) !== "" || item.body.kind === "sticker"),
  addSticker: ({ body }: TimelineItem) =>
    body.kind === "sticker" || (body.kind === "photos" && body.pictures.length === 1),
  pat: (item: TimelineItem) => isMessage(item) && !item.mine,
  large: (item: TimelineItem) => item.body.kind === "text",
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

export function forward(chat: string, items: readonly TimelineItem[]): void {
  openedSheet.value = { kind: "forward", chat, items };
}

export async function keep(chat: string, items: readonly TimelineItem[]): Promise<boolean> {
  const done = await succeeds(() => api.keepFavourites(chat, items.map(refOf)));
  if (done) toast(t("favourites.done"));
  return done;
}

export function addSticker(item: TimelineItem): void {
  void import("../stickers/make.ts").then(({ keepFrom }) => keepFrom(item));
}

export function pat(chat: string, item: TimelineItem): void {
  void attempt(() => api.pat(chat, item.from.account));
}

export function enlarge(chat: string, item: TimelineItem): void {
  openedSheet.value = { kind: "large", chat, item };
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
