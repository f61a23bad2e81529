/** The word lists of recovery cards (docs/spec/identity.md ID17, ID61), loaded only when a card is shown or typed. */
import type { CardWordLists } from "../api/recovery.ts";

/** The scripts that a card can be written in. */
export type CardScript = "en" | "zh-Hans" | "zh-Hant";
export const cardScripts = ["en", "zh-Hans", "zh-Hant"] as const satisfies readonly CardScript[];

/** A word's index in the lists (`at`), and the script in which it was written. */
export type ReadWord = { readonly at: number; readonly script: CardScript };

let loading: Promise<CardWordLists> | undefined;

export function loadCardLists(): Promise<CardWordLists> {
  loading ??= load();
  loading.catch(() => {
    loading = undefined; // Loading may fail without a network; the next call tries again.
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
