/** Whether a text is one to three emoji or smileys and nothing else: it is then drawn large. Pure. */
import { isLoneEmoji } from "../text.ts";
import { withSmileys } from "./names.ts";

export function isLone(text: string): boolean {
  const pieces = withSmileys(text);
  if (pieces.length === 1 && pieces[0]?.smiley === undefined) return isLoneEmoji(text);
  return isLoneEmoji(pieces.map(({ text: piece, smiley }) => (smiley === undefined ? piece : "🙂")).join(""));
}
