/**
 * Folding: what two texts have in common for the one who searches (docs/spec/search.md SE1). Traditional becomes
 * Simplified, capitals and accents go, full width becomes half, and what is no word becomes a space.
 *
 * Character by character, with no regard to words: 乾 is always 干, in 乾隆 too. So a part of a text folds to a part
 * of the folded text, and every substring is found. (Converting by words, as one does for reading, would lose that.)
 */

export type Folded = {
  /** Words separated by single spaces at least. */
  readonly text: string;
  /** For each UTF-16 unit of `text`, where in the original its character begins; one more for the end. */
  readonly places: readonly number[];
};
export type Fold = (text: string) => Folded;

/** Written differently by whom one searches, though the dictionary leaves them apart: it converts them by words. */
const alike = "著着 妳你 甚什 牠它";

let loading: Promise<Fold> | undefined;

/** The dictionary is loaded when it is first needed. */
export function loadFold(): Promise<Fold> {
  loading ??= import("opencc-js/dict/TSCharacters").then(({ default: pairs }) => createFold(pairs));
  loading.catch(() => {
    loading = undefined; // Without a network it may not be there yet; asked again, it may be.
  });
  return loading;
}

function createFold(pairs: string): Fold {
  const simplified = new Map<string, string>();
  for (const pair of pairs.split("|")) {
    const [from = "", to = ""] = pair.split(" ");
    simplified.set(from, to);
  }
  for (const pair of alike.split(" ")) {
    const [from = "", to = ""] = pair;
    simplified.set(from, to);
  }
  const known = new Map<string, string>();

  /** Empty for what only changes the character before it; a space for what is no part of a word. */
  function foldCharacter(character: string): string {
    const held = known.get(character);
    if (held !== undefined) return held;
    const plain = character.normalize("NFKD").replace(marks, "").toLowerCase();
    const folded = Array.from(plain, (one) => simplified.get(one) ?? one)
      .join("")
      .replace(noWord, " ");
    known.set(character, folded);
    return folded;
  }

  return (text) => {
    let folded = "";
    const places: number[] = [];
    let at = 0;
    for (const character of text) {
      const part = foldCharacter(character);
      for (let unit = 0; unit < part.length; unit++) places.push(at);
      folded += part;
      at += character.length;
    }
    places.push(at);
    return { text: folded, places };
  };
}

/** Combining marks, joiners, and what chooses among forms of an emoji. */
const marks = /[\p{M}\p{Cf}]/gu;
/** Letters, digits and symbols such as emoji are searched for; spaces, punctuation and controls are not. */
const noWord = /[^\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}\p{Sc}\p{Emoji_Modifier}]/gu;
