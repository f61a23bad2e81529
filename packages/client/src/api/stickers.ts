/**
 * Api of stickers: sending one, and those that a person keeps (docs/spec/media.md ME15–ME18). A kept one is named by
 * its id, in hex, which is made of what it shows: what is once read of it stays true.
 */
import type { Bytes } from "@yanshu/wire";
import type { Hex } from "./hex.ts";

export type StickerPictureType = "image/webp" | "image/png" | "image/jpeg";

/** Of a pack that every app brings along. */
export type PackedStickerRef = { readonly pack: string; readonly sticker: string };

export type StickerPicture = {
  readonly type: StickerPictureType;
  readonly width: number;
  readonly height: number;
  /** At most 24 KiB. */
  readonly bytes: Bytes;
};

export type StickerItemBody = {
  readonly kind: "sticker";
  /** Of one of a pack: in Chinese and English; a screen says it in the reader's language (`stickerName`). */
  readonly name: string;
  /** Exactly one of both. The emoji stands in where the pack is not known. */
  readonly packed?: PackedStickerRef & { readonly emoji: string };
  readonly picture?: StickerPicture;
};

export type OwnStickerView = {
  readonly id: Hex;
  readonly name: string;
  readonly packed?: PackedStickerRef;
};

/** A picture is made on the device, small and without what a camera wrote beside it. */
export type StickerToKeep = PackedStickerRef | ({ readonly name: string } & StickerPicture);

export type StickersViews = {
  /** In the person's own order. */
  readonly stickers: { readonly args: readonly []; readonly value: readonly OwnStickerView[] };
};

/** Rejects with `unknown-message` when there is no such sticker. */
export type StickersApi = {
  readonly sendSticker: (conversation: Hex, sticker: PackedStickerRef | { readonly own: Hex }) => Promise<Hex>;
  /** In front of the others, on all own devices. Answers its id; one that is kept already comes to the front. */
  readonly keepSticker: (sticker: StickerToKeep) => Promise<Hex>;
  /** All that stands in the view, in the new order. */
  readonly orderStickers: (ids: readonly Hex[]) => Promise<void>;
  readonly renameSticker: (id: Hex, name: string) => Promise<void>;
  /** From all own devices; what was sent of it stays where it was sent. */
  readonly dropSticker: (id: Hex) => Promise<void>;
  readonly readSticker: (id: Hex) => Promise<StickerItemBody>;
};
