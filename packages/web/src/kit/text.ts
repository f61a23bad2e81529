/**
 * Text of a message for display: finds links, guesses the language, recognizes emoji without text. Pure.
 */
export type Piece =
  | { readonly kind: "words" | "link" | "phone"; readonly text: string }
  | { readonly kind: "mention"; readonly text: string; readonly isMe: boolean };

type Range = { readonly at: number; readonly length: number; readonly isMe: boolean };

/**
 * A URL or a telephone number: one with a country code, a Chinese mobile number, a Chinese land line with area code, or
 * a North American number. Never a part of a longer sequence of digits, such as an account number.
 */
const linkPattern =
  /(?<link>https?:\/\/[^\s<>"'“”「」（）()，。；！？、\u202a-\u202e\u2066-\u2069]+)|(?<![\d.+-])(?<phone>\+\d{1,3}[ -]?\d(?:[ -]?\d){6,12}|1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}-\d{7,8}|\(?\d{3}\)?[ -]\d{3}-\d{4})(?![\d-])/gi;

/** Splits the whole text. `mentions`: ranges in UTF-16 units; one that overlaps or lies outside is ignored. */
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
    // Punctuation after a URL ends the sentence, not the URL.
    const link = found[0].replace(/[.,;:!?]+$/, "");
    if (found.index > from) pieces.push({ kind: "words", text: text.slice(from, found.index) });
    pieces.push({ kind: found.groups?.["link"] === undefined ? "phone" : "link", text: link });
    from = found.index + link.length;
  }
  if (from < text.length) pieces.push({ kind: "words", text: text.slice(from) });
  return pieces;
}

/** The `lang` attribute for a text: it decides font, line breaks and voice. `reader`: the language of the app. */
export function languageOf(text: string, reader: string): string {
  if (/\p{Script=Hiragana}|\p{Script=Katakana}/u.test(text)) return "ja";
  if (/\p{Script=Hangul}/u.test(text)) return "ko";
  if (/\p{Script=Han}/u.test(text)) return reader.startsWith("zh") ? reader : "zh";
  return /\p{Script=Latin}/u.test(text) ? "en" : reader;
}

/** Made once, because making a segmenter is slow. */
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
