/**
 * Reads the words of a recovery card that a person typed or pasted (docs/spec/identity.md ID61), for client and
 * screens.
 */

/** Splits into Latin words and single Han characters. Full-width characters are read as ASCII. */
export function cardWordsIn(text: string): readonly string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[a-z]+|\p{Script=Han}/gu) ?? []
  );
}
