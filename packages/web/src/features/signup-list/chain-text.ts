/**
 * A sign-up list (接龙) as people write it by hand: a title, then numbered lines, to which each person adds one. Parses
 * pasted text, and writes such text for copying. Pure.
 */
export type PlainChain = { readonly title: string; readonly note: string; readonly seeds: readonly string[] };

const linePattern = /^\s*(\d{1,3})\s*[.．、)）:：]\s*(.*?)\s*$/u;
const sayingPattern = /^\s*[#＃]?\s*接[龙龍]\s*[:：]?\s*/u;
const linesMax = 100;

/** Undefined when the text is no such list: it must say 接龙, or count from 1 over at least three lines. */
export function parseChain(text: string): PlainChain | undefined {
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== "");
  const first = lines.findIndex((line) => linePattern.test(line));
  if (first === -1) return undefined;
  const head = lines.slice(0, first);
  const isSaid = head.some((line) => sayingPattern.test(line));
  const numbered = lines.slice(first).map((line) => linePattern.exec(line));
  const isCounted = numbered.every((found, place) => found !== null && Number(found[1]) === place + 1);
  if (!isSaid && !(isCounted && numbered.length >= 3 && head.length > 0)) return undefined;
  const named = head.map((line) => line.replace(sayingPattern, "").trim()).filter((line) => line !== "");
  const [title = "", ...note] = named;
  const seeds: string[] = [];
  for (const [place, found] of numbered.entries()) {
    // A line without a number goes on where the one before it ended.
    if (found === null) seeds.push(`${seeds.pop() ?? ""} ${lines[first + place]?.trim() ?? ""}`.trim());
    else if (found[2] !== undefined && found[2] !== "") seeds.push(found[2]);
  }
  if (seeds.length === 0 || seeds.length > linesMax) return undefined;
  return { title, note: note.join("\n"), seeds };
}

export function chainText(chain: {
  readonly title: string;
  readonly note: string;
  readonly lines: readonly { readonly text: string }[];
}): string {
  const numbered = chain.lines.map(({ text }, place) => `${place + 1}. ${text}`);
  return ["#接龙", chain.title, chain.note, ...numbered].filter((line) => line !== "").join("\n");
}
