/** A title with its hashtags as links to what else has them: `#春节#`, or `#春节` up to a space. */
import type { ComponentChildren } from "preact";
import { Link } from "../../shell/link.tsx";
import { placeOfTag } from "./spots.ts";

/** A title in another sentence: its words, where it has any besides hashtags. */
export function withoutTags(title: string): string {
  return title.replaceAll(tag, " ").replaceAll(/\s+/gu, " ").trim() || title;
}

const tag = /#([^\s#]{1,40})#?/gu;

export function Tagged({ text }: { readonly text: string }) {
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const found of text.matchAll(tag)) {
    const to = placeOfTag(found[1] ?? "");
    if (to === undefined) continue;
    parts.push(
      text.slice(from, found.index),
      <Link key={found.index} class="ch-tag" to={to} data-testid="film-tag">
        #{found[1]}
      </Link>,
    );
    from = found.index + found[0].length;
  }
  return <>{[...parts, text.slice(from)]}</>;
}
