/** A text that is too long for a message goes as a file (docs/spec/actions.md AC14). Client and screens ask here. */
import { utf8 } from "@yanshu/wire";

/** UTF-8. Here and not among the limits of bodies, so that a screen that asks does not load all of them. */
const bytesMax = 16_384;
const nameGraphemes = 20;

/** Counted as it travels: three bytes for most Chinese characters. */
export function isLongText(text: string): boolean {
  return text.length > bytesMax || utf8(text).length > bytesMax;
}

/** Named by how it begins, so that it is known in the log and among the files. */
export function longTextName(text: string): string {
  const line = /[^\s\p{Cc}][^\n\r]*/u.exec(text)?.[0] ?? "";
  const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(line.slice(0, 200));
  const begun = Array.from(segments, ({ segment }) => segment)
    .slice(0, nameGraphemes)
    .join("");
  return `${begun.replaceAll(/[/\\:*?"<>|]/g, " ").trim() || "text"}.txt`;
}
