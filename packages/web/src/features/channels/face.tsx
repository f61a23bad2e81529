/**
 * The seal of a channel: its picture or the first character of its name. It is round, since it is public: a person's is
 * not.
 */
import type { ChannelRef } from "@yanshu/client";
import { pictureAt } from "./film-url.ts";

const pigments = 7;

export function ChannelFace({ of, size = "md" }: { readonly of: ChannelRef; readonly size?: "sm" | "md" | "xl" }) {
  const { id, name, picture } = of;
  if (picture !== undefined)
    return (
      <span class={`av ch-face ${size}`} aria-hidden="true">
        <img src={pictureAt(picture)} alt="" draggable={false} />
      </span>
    );
  const pigment = (Number.parseInt(id.slice(0, 4), 16) % pigments) + 1;
  return (
    <span class={`av ch ch-face p${pigment} ${size}`} aria-hidden="true">
      {firstOf(name)}
    </span>
  );
}

function firstOf(name: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name.trim());
  return first?.segment ?? "雁";
}
