/**
 * What stands in front of a message's words where they are quoted, pinned or listed: what it is, if it is no plain
 * text.
 */
import { t } from "../locales/i18n.ts";
import { byName } from "../shell/features.ts";
import { stickerWords } from "./sticker-names.ts";

const labelBy = byName(({ labels }) => labels);

function labelOf(kind: string): string | undefined {
  const label = labelBy(kind);
  return label === undefined ? undefined : t(label);
}

/** The label alone, with a space behind it; empty for a plain text. */
export function kindLabel(kind: string): string {
  const label = labelOf(kind);
  return label === undefined ? "" : `${label} `;
}

/** @param kind of what was said; its label stands in front of `words`. */
export function kindWords(kind: string, words: string): string {
  const label = labelOf(kind);
  if (label === undefined) return words === "" ? t("quote.message") : words;
  return `${label} ${kind === "sticker" ? stickerWords(words) : words}`.trim();
}

/** Words of a message where there is one line for them. */
export function onOneLine(words: string): string {
  return words === "" ? t("quote.message") : words.replace(/\s+/gu, " ");
}
