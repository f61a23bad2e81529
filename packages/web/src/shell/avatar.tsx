/**
 * Avatars: a picture, or characters of the name drawn like a carved stamp; a group is a mosaic of up to nine.
 */
import type { Face } from "@yanshu/client";
import { pictureUrl } from "./picture-url.ts";

export type AvatarSize = "xs" | "sm" | "md" | "lg" | "xl" | "xxl";

/** An avatar always stands beside a name, so it is hidden from screen readers. */
export function Avatar({ face, size = "md" }: { face: Face; size?: AvatarSize }) {
  if (face.picture !== undefined) {
    return (
      <span class={`av ${size}`} aria-hidden="true">
        <img src={pictureUrl(face.picture)} alt="" draggable={false} />
      </span>
    );
  }
  return (
    <span class={`av ch p${face.pigment} ${isPair(face.seal) ? "pair" : ""} ${size}`} aria-hidden="true">
      {face.seal}
    </span>
  );
}

export function Mosaic({ faces, size = "md" }: { faces: readonly Face[]; size?: AvatarSize }) {
  const [only] = faces;
  if (faces.length === 1 && only !== undefined) return <Avatar face={only} size={size} />;
  const shown = faces.slice(0, 9);
  return (
    <span class={`av mo ${size} ${shown.length > 4 ? "three" : "two"}`} aria-hidden="true">
      {shown.map((face, place) =>
        face.picture === undefined ? (
          <span key={place} class={`p${face.pigment}`}>
            {face.seal}
          </span>
        ) : (
          <img key={place} src={pictureUrl(face.picture)} alt="" draggable={false} />
        ),
      )}
    </span>
  );
}

/** Two Han characters, as in a surname of two: they are drawn smaller. */
function isPair(seal: string): boolean {
  return (seal.match(/\p{Script=Han}/gu)?.length ?? 0) > 1;
}
