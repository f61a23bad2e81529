/**
 * Words with their smileys drawn. What draws them is loaded after the first screen, used or not, so that no request tells
 * of one; until then each has its room.
 */
import type { JSX } from "preact";
import { Lazy, lazily } from "../../shell/lazy.ts";
import { isLoneEmoji } from "../timeline/text.ts";
import { withSmileys } from "./names.ts";

const picture = lazily(() => import("../../parts/talking.ts").then((m) => m.SmileyPicture));

export function wordsWithSmileys(text: string): (JSX.Element | string)[] {
  return withSmileys(text).map(({ text: piece, smiley }, place) =>
    smiley === undefined ? (
      piece
    ) : (
      <span key={place} class="smiley" data-testid="smiley" data-smiley={smiley.id}>
        <Lazy of={picture} id={smiley.id} code={piece} />
      </span>
    ),
  );
}

/** One to three emoji or smileys, and nothing else. */
export function isLone(text: string): boolean {
  const pieces = withSmileys(text);
  if (pieces.length === 1 && pieces[0]?.smiley === undefined) return isLoneEmoji(text);
  return isLoneEmoji(pieces.map(({ text: piece, smiley }) => (smiley === undefined ? piece : "🙂")).join(""));
}
