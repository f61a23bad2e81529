/** A record in words: whose it is, and what in it is no text. */
import type { MessageId } from "../../locales/i18n.ts";
import { t } from "../../locales/i18n.ts";
import { stickerWords } from "../stickers/names.ts";

export function recordTitle(names: readonly string[]): string {
  const [one, other] = names;
  return one === undefined || other === undefined ? t("record.group") : t("record.title", { one, other });
}

const kindWords: Readonly<Record<string, MessageId>> = {
  poll: "kind.poll",
  chain: "kind.chain",
  record: "kind.record",
  photos: "kind.photos",
  voice: "kind.voice",
  video: "kind.video",
  file: "kind.file",
  card: "kind.card",
  sticker: "kind.sticker",
  groupCard: "kind.group-card",
  location: "kind.location",
};

/** What it is, in front of its words; nothing for a plain text. */
export function kindLabel(of: string): string {
  const kind = kindWords[of];
  return kind === undefined ? "" : `${t(kind)} `;
}

/** `of`: the kind of what was said; in front of its words, if it is no plain text. */
export function recordWords(of: string, words: string): string {
  const kind = kindWords[of];
  if (kind === undefined) return words === "" ? t("quote.message") : words;
  return `${t(kind)} ${of === "sticker" ? stickerWords(words) : words}`.trim();
}
