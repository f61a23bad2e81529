/**
 * The name of a sticker in the reader's language. The names of all packs come with the stickers themselves, after the
 * first screen: until then a name stands as it was sent, in two languages.
 */
import { signal } from "@preact/signals";
import { type Locale, locale } from "../locales/i18n.ts";

export const localName = signal<((name: string, language: Locale) => string) | undefined>(undefined);

export function stickerWords(name: string): string {
  return localName.value?.(name, locale.value) ?? name;
}
