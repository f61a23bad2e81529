/**
 * One smiley as an `<img>`, in which SVG cannot run scripts; copying or reading it aloud gives its code (`alt`).
 * Loading this file makes `lineWithSmileys` draw smileys.
 */
import { svgOf } from "./art.ts";
import { drawLine } from "./drawn.ts";
import { withSmileys } from "./names.ts";

drawLine.value = (text) =>
  withSmileys(text).map(({ text: piece, smiley }, place) =>
    smiley === undefined ? (
      piece
    ) : (
      <span key={place} class="smiley" data-testid="smiley" data-smiley={smiley.id}>
        <SmileyPicture id={smiley.id} code={piece} />
      </span>
    ),
  );

const urls = new Map<string, string>();

export function SmileyPicture({ id, code }: { id: string; code: string }) {
  return <img src={urlOf(id)} alt={code} title={code.slice(1, -1)} draggable={false} />;
}

function urlOf(id: string): string {
  const made = urls.get(id) ?? URL.createObjectURL(new Blob([svgOf(id) ?? ""], { type: "image/svg+xml" }));
  urls.set(id, made);
  return made;
}
