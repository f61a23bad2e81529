/**
 * The words that may stand on a card (docs/spec/identity.md ID17, ID61): loaded when a card is shown or typed, and not
 * before.
 */
import type { CardWordLists } from "../api/recovery.ts";

/** The scripts that a card can be written in. */
export type CardScript = "en" | "zh-Hans" | "zh-Hant";
export const cardScripts = ["en", "zh-Hans", "zh-Hant"] as const satisfies readonly CardScript[];

/** A word where it stands in the lists, as somebody wrote it. */
export type ReadWord = { readonly at: number; readonly script: CardScript };

let loading: Promise<CardWordLists> | undefined;

export function loadCardLists(): Promise<CardWordLists> {
  loading ??= load();
  loading.catch(() => {
    loading = undefined; // Without a network it may not be there yet; asked again, it may be.
  });
  return loading;
}

async function load(): Promise<CardWordLists> {
  const [en, hans, hant, { sounds }] = await Promise.all([
    import("@scure/bip39/wordlists/english.js"),
    import("@scure/bip39/wordlists/simplified-chinese.js"),
    import("@scure/bip39/wordlists/traditional-chinese.js"),
    import("./card-alike.ts"),
  ]);
  const bySound: Record<string, number[]> = {};
  for (const one of sounds.trim().split(/\s+/)) {
    const sound = /^[a-z]+/.exec(one)?.[0] ?? "";
    bySound[sound] = Array.from(one.slice(sound.length), (word) => hans.wordlist.indexOf(word));
  }
  return { en: en.wordlist, "zh-Hans": hans.wordlist, "zh-Hant": hant.wordlist, sounds: bySound };
}
