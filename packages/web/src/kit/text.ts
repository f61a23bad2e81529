/**
 * Text of a message as it is shown: links found, its language guessed, a lone emoji made large. Pure.
 */
export type Piece =
  | { readonly kind: "words" | "link" | "phone"; readonly text: string }
  | { readonly kind: "mention"; readonly text: string; readonly isMe: boolean };

type Range = { readonly at: number; readonly length: number; readonly isMe: boolean };

/**
 * An address, or a telephone number: with its country's, a Chinese mobile, a Chinese land line with its area, or a
 * North American one. Never a part of a longer row of figures, such as that of an account.
 */
const linkPattern =
  /(?<link>https?:\/\/[^\s<>"'“”「」（）()，。；！？、\u202a-\u202e\u2066-\u2069]+)|(?<![\d.+-])(?<phone>\+\d{1,3}[ -]?\d(?:[ -]?\d){6,12}|1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}-\d{7,8}|\(?\d{3}\)?[ -]\d{3}-\d{4})(?![\d-])/gi;

/** The text in pieces, nothing left out; `mentions` are ranges of it, those that do not fit are words. */
export function piecesOf(text: string, mentions: readonly Range[] = []): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { at, length, isMe } of [...mentions].sort((a, b) => a.at - b.at)) {
    if (at < from || length === 0 || at + length > text.length) continue;
    pieces.push(...linksIn(text.slice(from, at)), { kind: "mention", text: text.slice(at, at + length), isMe });
    from = at + length;
  }
  pieces.push(...linksIn(text.slice(from)));
  return pieces;
}

function linksIn(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(linkPattern)) {
    // A full stop or comma after an address ends the sentence, not the address.
    const link = found[0].replace(/[.,;:!?]+$/, "");
    if (found.index > from) pieces.push({ kind: "words", text: text.slice(from, found.index) });
    pieces.push({ kind: found.groups?.["link"] === undefined ? "phone" : "link", text: link });
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

/** Made once: it costs more than all else that is asked of a text. */
const graphemesOf = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** One to three emoji and nothing else. */
export function isLoneEmoji(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed.length === 0 || trimmed.length > 60 || /^[\p{Script=Han}\p{Script=Latin}]/u.test(trimmed)) return false;
  const graphemes = [...graphemesOf.segment(trimmed)];
  return graphemes.length <= 3 && graphemes.every(({ segment }) => isEmoji(segment));
}

function isEmoji(grapheme: string): boolean {
  return /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Regional_Indicator}{2}/u.test(grapheme);
}
