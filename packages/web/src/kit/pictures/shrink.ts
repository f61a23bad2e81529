/**
 * Pictures to send, prepared on this device: drawn anew, which drops the metadata (place, time), upright, and small
 * enough for a phone (docs/spec/media.md ME10). If sent as the original, the file is also sent without its metadata.
 */
import type { PictureToSend, PictureType } from "@yanshu/client";
import { rgbaToThumbHash } from "thumbhash";
import { strip } from "./strip.ts";

const sidePxMax = 2_048;
const quality = 0.82;
const placeholderPx = 96;
/** A third of a phone's width at three device pixels per CSS px. */
const previewPx = 480;
const previewQuality = 0.7;
const movingBytesMax = 8 << 20;

/** A picked picture before it is sent. */
export type Picked = {
  readonly id: number;
  readonly file: File;
  readonly bitmap: ImageBitmap;
  /** A blob URL. */
  readonly url: string;
};

let nextId = 1;

/** Undefined when the browser cannot decode the picture: it is then sent as a file. */
export async function open(file: File): Promise<Picked | undefined> {
  try {
    return { id: nextId++, file, bitmap: await createImageBitmap(file), url: URL.createObjectURL(file) };
  } catch {
    return undefined;
  }
}

export function close({ bitmap, url }: Picked): void {
  bitmap.close();
  URL.revokeObjectURL(url);
}

export async function toSend({ file, bitmap }: Picked, asOriginal: boolean): Promise<PictureToSend> {
  const { width, height } = fitted(bitmap, sidePxMax);
  const placeholder = placeholderOf(bitmap);
  const isMoving = file.type === "image/gif" && file.size <= movingBytesMax;
  const stripped = isMoving || asOriginal ? strip(new Uint8Array(await file.arrayBuffer())) : undefined;
  if (isMoving && stripped?.type === "image/gif")
    return { source: blob(stripped.bytes), type: "image/gif", width: bitmap.width, height: bitmap.height, placeholder };
  const source = await encoded(bitmap, width, height, quality);
  const shown = { source, type: source.type as PictureType, width, height, placeholder };
  if (!asOriginal) return shown;
  if (stripped !== undefined) return { ...shown, original: { source: blob(stripped.bytes), type: stripped.type } };
  // A format whose metadata we cannot remove: drawn anew at full size.
  const whole = await encoded(bitmap, bitmap.width, bitmap.height, 0.95);
  return { ...shown, original: { source: whole, type: whole.type as PictureType } };
}

/** Small previews of all pictures in one file, with the length of each. Small or animated pictures have none (0). */
export async function previewsOf(pictures: readonly Picked[]) {
  const made = await Promise.all(
    pictures.map(async ({ bitmap, file }) => {
      const { width, height } = fitted(bitmap, previewPx);
      const isNone = file.type === "image/gif" || Math.max(bitmap.width, bitmap.height) <= 2 * previewPx;
      return isNone ? new Blob([]) : await encoded(bitmap, width, height, previewQuality);
    }),
  );
  const type = made.find(({ size }) => size > 0)?.type ?? "image/webp";
  return { source: new Blob(made), type: type as PictureType, bytes: made.map(({ size }) => size) };
}

/** A still of a video for the timeline, at most 24 KB. */
export async function posterOf(bitmap: ImageBitmap | HTMLVideoElement, from: { width: number; height: number }) {
  for (const [side, grade] of [
    [640, 0.7],
    [480, 0.6],
    [320, 0.5],
    [160, 0.4],
  ] as const) {
    const { width, height } = fitted(from, side);
    const made = await encoded(bitmap, width, height, grade);
    if (made.size <= 24 * 1024) return new Uint8Array(await made.arrayBuffer());
  }
  throw new Error("a poster of 160 points is never that large");
}

export function placeholderOf(image: ImageBitmap | HTMLVideoElement, from: { width: number; height: number } = image) {
  const { width, height } = fitted(from, placeholderPx);
  const context = new OffscreenCanvas(width, height).getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(image, 0, 0, width, height);
  return rgbaToThumbHash(width, height, context.getImageData(0, 0, width, height).data);
}

/** Encodes as WebP where the browser can, else as JPEG. */
async function encoded(
  image: ImageBitmap | HTMLVideoElement,
  width: number,
  height: number,
  grade: number,
): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
  const webp = await canvas.convertToBlob({ type: "image/webp", quality: grade });
  if (webp.type === "image/webp") return webp;
  const flat = new OffscreenCanvas(width, height);
  const paper = flat.getContext("2d") as OffscreenCanvasRenderingContext2D;
  paper.fillStyle = "#fff"; // JPEG has no transparency.
  paper.fillRect(0, 0, width, height);
  paper.drawImage(canvas, 0, 0);
  return flat.convertToBlob({ type: "image/jpeg", quality: grade });
}

function fitted({ width, height }: { width: number; height: number }, side: number) {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function blob(bytes: Uint8Array): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
}
