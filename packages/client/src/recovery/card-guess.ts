/**
 * Card guesses: which words of a recovery card may be wrong (docs/spec/identity.md ID63). Either one word is mistaken
 * for another that sounds, looks or is spelled much like it, or two neighbours are swapped. A guess is a change after
 * which the card's checksum (BIP 39) is right. About one change in 256 is so by chance.
 *
 * `place`: a word's index on the card, from 0. `at`: its index in the word list, 0 to 2,047. A smaller cost is a
 * likelier mistake.
 */
import type { Primitives } from "@yanshu/wire";
import type { CardGuess, CardWordLists } from "../api/recovery.ts";
import type { ReadWord } from "./card-lists.ts";

type Sha256 = Primitives["sha256"];

const chinese = ["zh-Hans", "zh-Hant"] as const;
/** How many guesses are shown. */
const shownMax = 3;
/** The largest edit distance between two English words that are alike. */
const slipsMax = 2;
/** English words that begin alike, for so many characters, are alike too. */
const sharedLetters = 3;
/** The cost of two swapped neighbours. Only 23 pairs are tried, so one that fits is seldom chance: it comes first. */
const exchangedCost = 0.5;

/** The guesses for a card whose checksum is wrong, the likeliest first. */
export async function guessesOf(
  lists: CardWordLists,
  words: readonly ReadWord[],
  sha256: Sha256,
): Promise<readonly CardGuess[]> {
  const places = words.map(({ at }) => at);
  const alike = await likeness(
    lists,
    words.some(({ script }) => script !== "en"),
  );
  const found: { readonly guess: CardGuess; readonly cost: number }[] = [];
  const take = (changed: ReadonlyMap<number, number>, cost: number) => {
    const tried = places.map((at, place) => changed.get(place) ?? at);
    if (!doFit(tried, sha256)) return;
    const guess = [...changed].map(([place, at]) => ({ place, word: lists[words[place]?.script ?? "en"][at] ?? "" }));
    found.push({ guess, cost });
  };
  for (const [place, word] of words.entries()) {
    for (const [at, cost] of alike(word)) take(new Map([[place, at]]), cost);
    const next = words[place + 1];
    if (next !== undefined && next.at !== word.at)
      take(
        new Map([
          [place, next.at],
          [place + 1, word.at],
        ]),
        exchangedCost,
      );
  }
  return found
    .toSorted((a, b) => a.cost - b.cost)
    .slice(0, shownMax)
    .map(({ guess }) => guess);
}

const wordBits = 11;

/**
 * Whether the checksum is right. By BIP 39 the 24 words are 256 bits and the first 8 bits of their SHA-256. The
 * library's own check is not used, because some hundred cards are tried.
 */
function doFit(places: readonly number[], sha256: Sha256): boolean {
  const bytes = new Uint8Array((places.length * wordBits) / 8);
  for (const [place, at] of places.entries())
    for (let bit = 0; bit < wordBits; bit += 1) {
      const to = place * wordBits + bit;
      if ((at >> (wordBits - 1 - bit)) & 1) bytes[to >> 3] = (bytes[to >> 3] ?? 0) | (128 >> (to & 7));
    }
  return sha256(bytes.subarray(0, -1))[0] === bytes.at(-1);
}

/** The words that are like a word: the index of each in the list, and its cost. */
type Alike = (word: ReadWord) => ReadonlyMap<number, number>;

async function likeness(lists: CardWordLists, hasChinese: boolean): Promise<Alike> {
  const ofChinese = hasChinese ? await chineseLikeness(lists) : undefined;
  return (word) => (word.script === "en" ? englishLikeness(lists.en, word.at) : (ofChinese?.(word) ?? new Map()));
}

function englishLikeness(all: readonly string[], at: number): ReadonlyMap<number, number> {
  const written = all[at] ?? "";
  const alike = new Map<number, number>();
  for (const [other, word] of all.entries()) {
    if (other === at) continue;
    const slips = slipsBetween(written, word);
    // While the word was typed, the wrong one of those that begin alike may have been tapped.
    if (slips <= slipsMax) alike.set(other, slips);
    else if (word.startsWith(written.slice(0, sharedLetters)) && written.length >= sharedLetters) alike.set(other, 2.5);
  }
  return alike;
}

/** The Damerau-Levenshtein distance: two swapped characters count once. More than `slipsMax` is not exact. */
function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > slipsMax) return slipsMax + 1;
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, n) => n)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      let slips = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        slips = Math.min(slips, (before[j - 2] ?? 0) + 1);
      row.push(slips);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** Sounds of Mandarin that many speakers do not tell apart (zh and z, n and l, hu and fu, -ng and -n). */
const blurred: readonly (readonly [RegExp, string])[] = [
  [/^([zcs])h/, "$1"],
  [/^n/, "l"],
  [/^h(?=u)/, "f"],
  [/ng$/, "n"],
];

async function chineseLikeness(lists: CardWordLists): Promise<Alike> {
  const { shapes } = await import("./card-alike.ts");
  const placeOf = new Map(chinese.flatMap((script) => lists[script].map((word, at) => [word, at] as const)));
  const [bySound, byBlur, byShape] = [groups(), groups(), groups()];
  for (const [sound, places] of Object.entries(lists.sounds)) {
    const blur = blurred.reduce((now, [from, to]) => now.replace(from, to), sound);
    for (const at of places) {
      bySound.put(sound, at);
      byBlur.put(blur, at);
    }
  }
  for (const pair of shapes.trim().split(/\s+/)) for (const word of pair) byShape.put(pair, placeOf.get(word));
  // A later kind overrides the cost of an earlier one.
  const kinds = [
    [byBlur, 2],
    [bySound, 1],
    [byShape, 1],
  ] as const;
  return ({ at }) => {
    const alike = new Map<number, number>();
    for (const [group, cost] of kinds) for (const other of group.with(at)) if (other !== at) alike.set(other, cost);
    return alike;
  };
}

/** Sets of words by a key. `with`: all words that share a set with one. Words are given by `at`. */
function groups() {
  const members = new Map<string, Set<number>>();
  const keys = new Map<number, string[]>();
  return {
    put: (key: string, at: number | undefined) => {
      if (at === undefined) return;
      members.set(key, (members.get(key) ?? new Set()).add(at));
      keys.set(at, [...(keys.get(at) ?? []), key]);
    },
    with: (at: number) => new Set((keys.get(at) ?? []).flatMap((key) => [...(members.get(key) ?? [])])),
  };
}
