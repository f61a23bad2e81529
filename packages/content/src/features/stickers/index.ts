/**
 * Stickers (docs/spec/media.md ME15–ME18): one of a pack that every app of this kind brings along, named inside
 * the envelope, or a small picture that rides in the message itself.
 */
import { blob, bool, type Infer, line, MalformedError, oneOf, type Schema, struct, text, uint } from "@yanshu/wire";
import { body, contentFeature, synced } from "../../feature.ts";
import { content } from "../../fields/ids.ts";

export const stickerLimits = {
  nameMax: 48,
  idMax: 32,
  emojiMax: 32,
  pictureBytesMax: 24 * 1024,
  pictureSideMax: 512,
  /** An encoded body, as own devices tell each other of it. */
  bodyBytesMax: 26 * 1024,
  ownMax: 300,
  placeMax: 2 ** 32,
} as const;

/** Raster only: nothing that could hold a script or a link is ever taken from others. */
export const stickerTypes = ["image/webp", "image/png", "image/jpeg"] as const;
export type StickerType = (typeof stickerTypes)[number];

const side = uint(stickerLimits.pictureSideMax);

const packed = struct({
  pack: text(stickerLimits.idMax),
  sticker: text(stickerLimits.idMax),
  /** Shown large where the pack is not known. */
  emoji: text(stickerLimits.emojiMax),
});

const picture = struct({
  type: oneOf(...stickerTypes),
  width: side,
  height: side,
  bytes: blob(stickerLimits.pictureBytesMax),
});

const sticker = struct({ name: line(stickerLimits.nameMax) }, { packed, picture });

export type Sticker = Infer<typeof sticker>;

/** Exactly one of `packed` and `picture`. */
const oneOfBoth: Schema<Sticker> = {
  check: (value, path) => {
    const checked = sticker.check(value, path);
    // @checks ME16
    if ((checked.packed === undefined) === (checked.picture === undefined))
      throw new MalformedError(`${path}: picture`);
    return checked;
  },
};

export const stickers = contentFeature({
  bodies: {
    sticker: body({
      schema: oneOfBoth,
      disposition: "message",
      text: ({ name }) => name,
      forward: "whole",
      isSharedWithNewcomers: true,
    }),
  },
  synced: {
    /**
     * One that is kept. Without a body only its place changed; the higher place stands first. The id is made of what it
     * shows, so that one kept twice is one.
     */
    sticker: synced(
      struct({ id: content, on: bool, place: uint(), stampMs: uint() }, { body: blob(stickerLimits.bodyBytesMax) }),
    ),
  },
});
