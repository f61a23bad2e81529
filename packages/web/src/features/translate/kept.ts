/**
 * What a translation leaves as it was written (README.md WE25): links, telephone numbers, those who are called
 * with an @, names of people in the chat, and whatever is written in figures. An engine promises none of it, so it is
 * asked three ways, each only where the one before lost something: the line as it stands, which reads best; the line
 * with a mark in place of each kept piece; and the words between them one by one, where nothing can be lost. Pure.
 */
import { piecesOf } from "../../kit/text.ts";

export type Part = { readonly text: string; readonly isKept: boolean };
type Mention = { readonly at: number; readonly length: number; readonly isMe: boolean };
export type Engine = (words: string) => Promise<string>;

/**
 * `12`, `3:30`, `2026-11-25`, `1,200.50`, `¥200`, `US$5`, `20%`, `3万`; the word that counts (元, people) is translated.
 */
const figures = String.raw`(?:(?:US|HK|NT|CA|AU|A|C)?[$¥￥€£₩]\s?)?[\d０-９]+(?:[.,:/'’–-][\d０-９]+)*(?:\s?[%％‰℃℉]|\s?°[CF]?)?[万萬亿億]?`;
const address = String.raw`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`;
const handle = "@[A-Za-z0-9_]+";
const aLetter = /\p{L}/u;
const latin = String.raw`\p{Script=Latin}`;

/** The text in parts, nothing left out. */
export function partsOf(text: string, mentions: readonly Mention[], names: readonly string[]): Part[] {
  const known = [...new Set(names)].filter(isName).sort((a, b) => b.length - a.length);
  const pattern = new RegExp([address, handle, ...known.map(nameAlone), figures].join("|"), "gu");
  const parts: Part[] = [];
  const add = (piece: string, isKept: boolean) => {
    if (piece !== "") parts.push({ text: piece, isKept });
  };
  for (const piece of piecesOf(text, mentions)) {
    if (piece.kind !== "words") {
      add(piece.text, true);
      continue;
    }
    let from = 0;
    for (const found of piece.text.matchAll(pattern)) {
      add(piece.text.slice(from, found.index), false);
      add(found[0], true);
      from = found.index + found[0].length;
    }
    add(piece.text.slice(from), false);
  }
  return parts;
}

/** One character may be a name, and is a word far more often. */
function isName(name: string): boolean {
  return aLetter.test(name) && Array.from(name).length > 1 && !name.includes("\n");
}

/** A name of Latin letters is not found within a word. */
function nameAlone(name: string): string {
  const start = new RegExp(`^${latin}`, "u").test(name) ? String.raw`(?<![${latin}\d])` : "";
  const end = new RegExp(`${latin}$`, "u").test(name) ? String.raw`(?![${latin}\d])` : "";
  return start + escaped(name) + end;
}

/** Words of a part that an engine could make something of. */
export function wordsOf(parts: readonly Part[]): string {
  return parts
    .filter(({ isKept }) => !isKept)
    .map(({ text }) => text)
    .join(" ");
}

/** The translation, line by line, with every kept part in it as it was. */
export async function translateParts(parts: readonly Part[], engine: Engine): Promise<string> {
  const lines: Part[][] = [[]];
  for (const part of parts) {
    const [first = "", ...rest] = part.isKept ? [part.text] : part.text.split("\n");
    lines.at(-1)?.push({ ...part, text: first });
    for (const text of rest) lines.push([{ ...part, text }]);
  }
  const translated: string[] = [];
  for (const line of lines) translated.push(await translateLine(line, engine));
  return translated.join("\n");
}

async function translateLine(line: readonly Part[], engine: Engine): Promise<string> {
  const whole = line.map(({ text }) => text).join("");
  const kept = line.filter(({ isKept }) => isKept).map(({ text }) => text);
  if (!aLetter.test(wordsOf(line))) return whole;
  const asIs = await within(whole, engine);
  if (isKeptIn(kept, asIs)) return asIs;
  let n = 0;
  const marked = line.map(({ text, isKept }) => (isKept ? `{${n++}}` : text)).join("");
  return unmarked(kept, await within(marked, engine)) ?? (await piecemeal(line, engine));
}

/** Spaces around what is translated stay where they are: engines drop them. */
async function within(text: string, engine: Engine): Promise<string> {
  const words = text.trim();
  const at = text.indexOf(words);
  return text.slice(0, at) + (await engine(words)).trim() + text.slice(at + words.length);
}

/** Each kept piece stands there by itself, as often as it was written. */
function isKeptIn(kept: readonly string[], translation: string): boolean {
  return [...new Set(kept)].every(
    (piece) => count(translation, alone(piece)) === kept.filter((one) => one === piece).length,
  );
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

/** Not as a part of a longer word or number. */
function alone(piece: string): RegExp {
  const digit = String.raw`\d０-９`;
  const joint = `[.,:/'’–-]`;
  const start = /^[\d０-９]/u.test(piece) ? `(?<![${digit}]|[${digit}]${joint})` : "";
  const end = /[\d０-９]$/u.test(piece) ? `(?![${digit}]|${joint}[${digit}])` : "";
  return new RegExp(start + (start === "" && end === "" ? nameAlone(piece) : escaped(piece)) + end, "gu");
}

/** The kept pieces in place of their marks; undefined where a mark was lost, doubled or made up. */
function unmarked(kept: readonly string[], translation: string): string | undefined {
  const seen = new Set<number>();
  let isWhole = true;
  const filled = translation.replaceAll(/[{｛]\s*(\d+)\s*[}｝]/gu, (_, found: string) => {
    const n = Number(found);
    const piece = kept[n];
    if (piece === undefined || seen.has(n)) isWhole = false;
    seen.add(n);
    return piece ?? "";
  });
  return isWhole && seen.size === kept.length ? filled : undefined;
}

async function piecemeal(line: readonly Part[], engine: Engine): Promise<string> {
  let text = "";
  for (const part of line)
    text += part.isKept || !aLetter.test(part.text) ? part.text : await within(part.text, engine);
  return text;
}

/** For a pattern with the flag `u`, which refuses the escape of what has no meaning, such as a hyphen. */
function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
