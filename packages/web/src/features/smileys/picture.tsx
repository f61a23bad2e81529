/** One smiley as an image, in which nothing runs; who copies it, or hears it, has its code. */
import { svgOf } from "./art.ts";
import { drawLine } from "./drawn.ts";
import { wordsWithSmileys } from "./shown.tsx";

drawLine.value = wordsWithSmileys;

const urls = new Map<string, string>();

export function SmileyPicture({ id, code }: { id: string; code: string }) {
  return <img src={urlOf(id)} alt={code} title={code.slice(1, -1)} draggable={false} />;
}

function urlOf(id: string): string {
  const made = urls.get(id) ?? URL.createObjectURL(new Blob([svgOf(id) ?? ""], { type: "image/svg+xml" }));
  urls.set(id, made);
  return made;
}
