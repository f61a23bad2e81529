/**
 * Addresses of stickers, to be shown by `<img>` alone, in which nothing runs (docs/spec/media.md ME16). What we drew is
 * SVG of our own making; what others sent is only ever declared as a raster picture.
 */
import { stickerName } from "@yanshu/content";
import { useEffect, useState } from "preact/hooks";
import { localName } from "../../kit/sticker-names.ts";
import { type Locale, locale } from "../../locales/i18n.ts";
import { pictureUrl } from "../../shell/picture-url.ts";
import { api } from "../../shell/session.ts";
import { svgOf } from "./art/index.ts";

localName.value = stickerName;

export type Packed = { readonly pack: string; readonly sticker: string };

const still = new Map<string, string | undefined>();

/** At rest, for panels: one address for all. Undefined when the pack is not known. */
export function stillUrl({ pack, sticker }: Packed, language: Locale, hasWords = true): string | undefined {
  const key = `${pack}/${sticker}/${language}/${hasWords}`;
  if (!still.has(key)) still.set(key, addressOf(svgOf(pack, sticker, { language, isStill: true, hasWords })));
  return still.get(key);
}

/** In the log: an address of its own, so that it moves from the beginning whenever it comes into view. */
export function useMovingUrl({ pack, sticker }: Packed): string | undefined {
  const language = locale.value;
  const [isStill] = useState(() => matchMedia("(prefers-reduced-motion: reduce)").matches);
  const [url, setUrl] = useState(() => stillUrl({ pack, sticker }, language));
  useEffect(() => {
    if (isStill) {
      setUrl(stillUrl({ pack, sticker }, language));
      return undefined;
    }
    const made = addressOf(svgOf(pack, sticker, { language, isStill, hasWords: true }));
    setUrl(made);
    return () => {
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [pack, sticker, language, isStill]);
  return url;
}

function addressOf(svg: string | undefined): string | undefined {
  return svg === undefined ? undefined : URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
}

/** Blob URLs by id. An id is derived from the picture, so they never change. */
const read = new Map<string, Promise<string | undefined>>();

/** One of one's own that is a picture. */
export function useOwnUrl(id: string): string | undefined {
  const [url, setUrl] = useState<string | undefined>(undefined);
  useEffect(() => {
    const found =
      read.get(id) ??
      api.readSticker(id).then(
        ({ picture }) => picture && pictureUrl(picture.bytes),
        () => undefined, // Let go meanwhile, elsewhere.
      );
    read.set(id, found);
    void found.then(setUrl);
  }, [id]);
  return url;
}
