/**
 * Words: one catalog a language, loaded when it is needed, switched without a reload.
 * Ids are those of the design's word list; screens never hold a word of their own.
 */
import { i18n } from "@lingui/core";
import { computed, signal } from "@preact/signals";
import type { AboutId } from "./parts/about.ts";
import type { AlarmId } from "./parts/alarm.ts";
import type { DevicesId } from "./parts/devices.ts";
import type { ElderId } from "./parts/elder.ts";
import type { FamilyId } from "./parts/family.ts";
import type { GroupsId } from "./parts/groups.ts";
import type { HomeId } from "./parts/home.ts";
import type { KeepingId } from "./parts/keeping.ts";
import type { LinkId } from "./parts/link.ts";
import type { LockId } from "./parts/lock.ts";
import type { NoticesId } from "./parts/notices.ts";
import type { PeopleId } from "./parts/people.ts";
import type { PrivacyId } from "./parts/privacy.ts";
import type { RecoveryId } from "./parts/recovery.ts";
import type { TranslateId } from "./parts/translate.ts";
import type { VaultId } from "./parts/vault.ts";
import type { StickersId } from "./parts/stickers.ts";
import type { GuardId } from "./parts/guard.ts";
import type { MediaId } from "./parts/media.ts";
import type { MessageId as FirstId } from "./zh-Hans.ts";

/** Those of the catalogs, and those that a part of the app brings along. */
export type MessageId = FirstId | MediaId | GuardId | StickersId | AboutId | AlarmId | DevicesId | ElderId | FamilyId | GroupsId | HomeId | KeepingId | LinkId | LockId | NoticesId | PeopleId | PrivacyId | RecoveryId | TranslateId | VaultId;
export const locales = ["zh-Hans", "zh-Hant", "en"] as const;
export type Locale = (typeof locales)[number];
/** Each language in its own words, so that nobody has to read another one to find theirs. */
export const localeNames: Record<Locale, string> = { "zh-Hans": "简体", "zh-Hant": "繁體", en: "English" };

const catalogs: Record<Locale, () => Promise<{ messages: Record<FirstId, string> }>> = {
  "zh-Hans": () => import("./zh-Hans.ts"),
  "zh-Hant": () => import("./zh-Hant.ts"),
  en: () => import("./en.ts"),
};

const active = signal<Locale>("zh-Hans");
export const locale = computed(() => active.value);

/** The first of the browser's languages that we speak. Hong Kong, Macau and Taiwan write Traditional. */
export function matchLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const lower = tag.toLowerCase();
    if (lower.startsWith("en")) return "en";
    if (!/^(zh|yue)\b/.test(lower)) continue;
    // A script that is named outranks what is usual in a place.
    if (lower.includes("hans")) return "zh-Hans";
    return /hant|-tw|-hk|-mo|^yue/.test(lower) ? "zh-Hant" : "zh-Hans";
  }
  return "en";
}

export async function useLocale(next: Locale): Promise<void> {
  const { messages } = await catalogs[next]();
  i18n.load(next, messages); // Beside what parts of the app brought along.
  i18n.activate(next);
  document.documentElement.lang = next;
  active.value = next;
}

/** Words that come with a part of the app, so that no first screen waits for them (WE12); whoever says them brings them. */
export function addWords(...parts: readonly Record<Locale, Record<string, string>>[]): void {
  for (const words of parts) for (const one of locales) i18n.load(one, words[one]);
}

/** The words for `id`. Reading it inside a component makes the component follow a change of language. */
export function t(id: MessageId, values?: Record<string, string | number>): string {
  void active.value;
  return i18n._(id, values);
}
