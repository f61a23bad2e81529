/**
 * Body of a moment: what its author says in it (docs/spec/moments.md MO2), before it is signed, padded and sealed.
 *
 *   signed   signature 64 · CBOR body
 *
 * The signature is by a listed device of the author, over `yanshu moment v1\0` ‖ post id 16 ‖ CBOR body.
 */
import {
  type Bytes,
  decodeAs,
  encodeAs,
  fixed,
  type Infer,
  line,
  list,
  literal,
  MalformedError,
  oneOf,
  struct,
  text,
  uint,
} from "@yanshu/wire";
import { account } from "../../fields/ids.ts";
import { blobRef, inline, placeholder, side } from "../../fields/media.ts";
import { momentLimits } from "./limits.ts";

/** `cover`: picture and signature of the author's own page, and what is pinned there. */
export const momentKinds = ["post", "status", "cover"] as const;
export type MomentKind = (typeof momentKinds)[number];

const pictureType = oneOf("image/webp", "image/jpeg", "image/png", "image/gif", "image/avif");
export const picture = struct({
  type: pictureType,
  width: side,
  height: side,
  placeholder,
  blob: blobRef,
});
export const video = struct({
  type: oneOf("video/mp4", "video/webm", "video/quicktime"),
  ms: uint(momentLimits.videoMsMax),
  width: side,
  height: side,
  placeholder,
  poster: inline,
  blob: blobRef,
});
/** Of each picture in its order: how many bytes of the file; 0: none. They stand one behind the other. */
const previews = struct({
  type: pictureType,
  bytes: list(uint(momentLimits.previewBytesMax), momentLimits.picturesMax),
  blob: blobRef,
});
export const link = struct({ url: text(momentLimits.urlMax), title: line(momentLimits.titleMax) });
export const place = struct(
  { name: line(momentLimits.titleMax) },
  { fromSouth: uint(180_000_000), fromWest: uint(360_000_000) },
);

const body = struct(
  {
    v: literal(1),
    kind: oneOf(...momentKinds),
    author: account,
    /** By the author's clock. */
    atMs: uint(),
    text: text(momentLimits.textMax),
    pictures: list(picture, momentLimits.picturesMax),
  },
  {
    /** The pictures once more, small, in one file: it is here before they are. */
    previews,
    video,
    link,
    place,
    /** Of a status: which mood or doing. */
    icon: line(momentLimits.iconMax),
    /** Days since 1970: from that day on nobody shows it to others than its author. */
    untilDay: uint(),
    /** Of a cover: ids of the posts that stand first on the author's page. */
    pins: list(fixed(momentLimits.idBytes), momentLimits.pinsMax),
  },
);
export type MomentBody = Omit<Infer<typeof body>, "v">;
export type MomentPicture = Infer<typeof picture>;
export type MomentVideo = Infer<typeof video>;
export type MomentPreviews = Infer<typeof previews>;

/** @throws MalformedError when something of it is over its limits. */
export function encodeMomentBody(said: MomentBody): Bytes {
  const bytes = encodeAs(body, { v: 1, ...said });
  if (bytes.length > momentLimits.bodyBytesMax) throw new MalformedError("a moment: too long");
  return bytes;
}

/** Undefined when it is broken, or from a newer client. */
export function decodeMomentBody(bytes: Bytes): MomentBody | undefined {
  try {
    const { v: _, ...said } = decodeAs(body, bytes, momentLimits.bodyBytesMax);
    return said;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
