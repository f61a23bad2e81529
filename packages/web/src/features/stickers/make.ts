/**
 * Own stickers, made on this device (docs/spec/media.md ME17). The picture is drawn anew, so that its metadata (EXIF)
 * is left behind. The result is small enough to be part of a message.
 */
import type { StickerPicture, StickerPictureType, TimelineItem } from "@yanshu/client";
import { urlOf } from "../../kit/bytes.ts";
import { stickerWords } from "../../kit/sticker-names.ts";
import { t } from "../../locales/i18n.ts";
import { pictureUrl } from "../../shell/picture-url.ts";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";

/** The whole picture, or the square in its middle. */
export type Fit = "whole" | "square";

/** What a message may hold: `stickerLimits.pictureBytesMax` in @yanshu/content. */
const bytesMax = 24 * 1024;
/** Tried in this order until the file is small enough. `side`: the longer side in pixels; `quality`: 0 to 1. */
const attempts = [
  { side: 240, quality: 0.88 },
  { side: 240, quality: 0.7 },
  { side: 200, quality: 0.7 },
  { side: 160, quality: 0.65 },
  { side: 112, quality: 0.6 },
  { side: 72, quality: 0.6 },
] as const;

/** Undefined when no attempt is small enough. That has not been seen with a real picture. */
async function makePicture(image: ImageBitmap, fit: Fit): Promise<StickerPicture | undefined> {
  for (const { side, quality } of attempts) {
    const canvas = drawn(image, fit, side);
    const made = await encoded(canvas, quality);
    if (made.size > bytesMax) continue;
    const bytes = new Uint8Array(await made.arrayBuffer());
    return { type: made.type as StickerPictureType, width: canvas.width, height: canvas.height, bytes };
  }
  return undefined;
}

/** Draws the picture so that its longer side is `side` pixels at most. It is never enlarged. */
function drawn(image: ImageBitmap, fit: Fit, side: number): OffscreenCanvas {
  const edge = Math.min(image.width, image.height);
  const [wide, high] = fit === "square" ? [edge, edge] : [image.width, image.height];
  const scale = Math.min(1, side / Math.max(wide, high));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(wide * scale)), Math.max(1, Math.round(high * scale)));
  const context = contextOf(canvas);
  context.imageSmoothingQuality = "high";
  const [x, y] = [(image.width - wide) / 2, (image.height - high) / 2];
  context.drawImage(image, x, y, wide, high, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** WebP where the browser can write it. Elsewhere PNG if any pixel is transparent, else JPEG. */
async function encoded(canvas: OffscreenCanvas, quality: number): Promise<Blob> {
  const webp = await canvas.convertToBlob({ type: "image/webp", quality });
  if (webp.type === "image/webp") return webp;
  const { data } = contextOf(canvas).getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return canvas.convertToBlob({ type: "image/png" });
  return canvas.convertToBlob({ type: "image/jpeg", quality });
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  return canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
}

/** Adds the sticker or the first picture of a message to the own stickers. */
export async function keepFrom({ body }: TimelineItem): Promise<void> {
  if (body.kind === "sticker" && body.packed !== undefined) {
    const { pack, sticker } = body.packed;
    return told(() => api.keepSticker({ pack, sticker }));
  }
  const name = body.kind === "sticker" ? stickerWords(body.name) : "";
  const image = await imageIn(body);
  if (image === undefined) toast(t("error.bad-picture"));
  else await keepImage(image, "whole", name);
}

/** Adds a picture to the own stickers and tells the user. Closes `image`. */
export async function keepImage(image: ImageBitmap, fit: Fit, name: string): Promise<void> {
  const picture = await makePicture(image, fit).finally(() => image.close());
  if (picture === undefined) toast(t("error.bad-picture"));
  else await told(() => api.keepSticker({ name, ...picture }));
}

/** Runs `work`, and shows that the sticker is kept if it succeeded. */
async function told(work: () => Promise<unknown>): Promise<void> {
  if ((await attempt(work)) !== undefined) toast(t("sticker.kept"));
}

async function imageIn(body: TimelineItem["body"]): Promise<ImageBitmap | undefined> {
  try {
    const image = new Image();
    if (body.kind === "sticker" && body.picture !== undefined) image.src = pictureUrl(body.picture.bytes);
    else if (body.kind === "photos" && body.pictures[0] !== undefined) {
      const { inline, file, type } = body.pictures[0];
      if (inline !== undefined) image.src = pictureUrl(inline);
      else if (file !== undefined) image.src = await urlOf(file, type);
    }
    await image.decode();
    return await createImageBitmap(image);
  } catch {
    return undefined; // No network, or no picture.
  }
}
