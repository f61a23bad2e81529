/**
 * Cuts a text that is too long for one message: at a line end where there is one, never inside a
 * character that a reader sees as one.
 */

/** Below the format's 16,384 UTF-16 units, which a test compares it with. */
export const partUnitsMax = 16_000;

export function splitText(text: string, unitsMax = partUnitsMax): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > unitsMax) {
    const at = cutAt(rest, unitsMax);
    parts.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  if (rest !== "") parts.push(rest);
  return parts;
}

function cutAt(text: string, unitsMax: number): number {
  const window = text.slice(0, unitsMax);
  const line = window.lastIndexOf("\n");
  if (line > unitsMax / 2) return line + 1;
  // The last whole character before the limit: look at its neighbourhood only, and give up on one that
  // is itself longer than a part.
  const from = safeStart(text, Math.max(0, unitsMax - 200));
  let last = 0;
  for (const { index } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(
    text.slice(from, unitsMax + 200),
  )) {
    if (from + index > unitsMax) break;
    last = from + index;
  }
  return last > 0 ? last : unitsMax;
}

/** `index`, or one less when it would fall between the two halves of a surrogate pair. */
function safeStart(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return index > 0 && unit >= 0xdc00 && unit <= 0xdfff ? index - 1 : index;
}
