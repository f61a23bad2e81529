/**
 * Which of our languages a message is written in, told from its characters alone: what is asked of nobody cannot be
 * read by anybody. A Han character counts like a Latin word. Pure.
 */
import type { Fold } from "@yanshu/client";
import { type Locale, locales } from "../../locales/i18n.ts";

/**
 * As many of a hundred characters are different in Simplified where Traditional is meant: 乾 alone also stands in 乾隆.
 */
const traditionalShare = 0.1;
const other = /(?![\p{Script=Han}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}])\p{L}/gu;

/** Undefined where there are no words, or those of another language. Latin letters are taken for English. */
export function writtenIn(words: string, fold: Fold): Locale | undefined {
  const han = words.match(/\p{Script=Han}/gu) ?? [];
  const latin = words.match(/\p{Script=Latin}+/gu) ?? [];
  const rest = words.match(other) ?? [];
  if (rest.length > Math.max(han.length, latin.length) || /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(words))
    return undefined;
  if (han.length === 0 && latin.length === 0) return undefined;
  if (han.length < latin.length) return "en";
  const changed = han.filter((one) => fold(one).text !== one).length;
  return changed / han.length > traditionalShare ? "zh-Hant" : "zh-Hans";
}

/** Who reads one script of Chinese reads the other: 繁體 is no other language to a reader of 简体. */
export function isForeign(written: Locale, reader: Locale): boolean {
  return written.slice(0, 2) !== reader.slice(0, 2);
}

/** What somebody who reads `reader` may want to have translated. */
export function othersThan(reader: Locale): readonly Locale[] {
  return locales.filter((one) => one !== reader);
}
