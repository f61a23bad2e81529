/**
 * The seal of a channel: its picture or the first character of its name. It is round, since it is public: a person's is
 * not.
 */
import type { ChannelRef } from "@yanshu/client";
import { usePicture } from "./use-picture.ts";

const pigments = 7;

type FaceProps = {
  readonly of: ChannelRef;
  readonly size?: "sm" | "md" | "xl";
  /** Home may be asked for its picture: what one watches is the channel's. No list asks for any. */
  readonly mayAsk?: boolean;
};

export function ChannelFace({ of, size = "md", mayAsk = false }: FaceProps) {
  const { id, name, picture } = of;
  const { url, onError } = usePicture(picture === undefined ? undefined : { hash: picture }, mayAsk);
  if (url !== undefined)
    return (
      <span class={`av ch-face ${size}`} aria-hidden="true">
        <img src={url} alt="" draggable={false} onError={onError} />
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
