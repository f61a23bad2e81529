/**
 * Text of a message as it is shown: links found, its language guessed, a lone emoji made large. Pure.
 */
export type Piece = { readonly kind: "words" | "link"; readonly text: string };

const linkPattern = /https?:\/\/[^\s<>"'“”「」（）()，。；！？、]+/gi;

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(linkPattern)) {
    // A full stop or comma after an address ends the sentence, not the address.
    const link = found[0].replace(/[.,;:!?]+$/, "");
    if (found.index > from) pieces.push({ kind: "words", text: text.slice(from, found.index) });
    pieces.push({ kind: "link", text: link });
    from = found.index + link.length;
  }
  if (from < text.length) pieces.push({ kind: "words", text: text.slice(from) });
  return pieces;
}

/** What `lang` the words deserve, so that they take the right font, line breaks and voice. */
export function languageOf(text: string, reader: string): string {
  if (/\p{Script=Hiragana}|\p{Script=Katakana}/u.test(text)) return "ja";
  if (/\p{Script=Hangul}/u.test(text)) return "ko";
  if (/\p{Script=Han}/u.test(text)) return reader.startsWith("zh") ? reader : "zh";
  return /\p{Script=Latin}/u.test(text) ? "en" : reader;
}

/** One to three emoji and nothing else. */
export function isLoneEmoji(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed.length === 0 || trimmed.length > 60) return false;
  const graphemes = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(trimmed)];
  return graphemes.length <= 3 && graphemes.every(({ segment }) => isEmoji(segment));
}

function isEmoji(grapheme: string): boolean {
  return /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Regional_Indicator}{2}/u.test(grapheme);
}
