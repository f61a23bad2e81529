/**
 * The words of a recovery card, as somebody typed or pasted them (docs/spec/identity.md ID61). Client and screens ask
 * here.
 */

/** Latin words, and each Han character by itself. Full-width characters count as half-width ones. */
export function cardWordsIn(text: string): readonly string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[a-z]+|\p{Script=Han}/gu) ?? []
  );
}
