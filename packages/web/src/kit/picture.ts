/**
 * Pictures of people: cut square and made small enough to be inside a message, on this device. Drawing the picture on a
 * canvas drops the camera's metadata (place, time).
 */

/** Limit of the message format for a picture inside a message: 24 KB. */
const pictureBytesMax = 24 * 1024;
const sidePx = 320;
const attempts = [
  { side: sidePx, quality: 0.86 },
  { side: sidePx, quality: 0.72 },
  { side: 256, quality: 0.7 },
  { side: 192, quality: 0.6 },
  { side: 128, quality: 0.6 },
] as const;

/** The square middle of `file` as JPEG, or undefined when it is no picture that the browser can read. */
export async function pictureFrom(file: Blob): Promise<Uint8Array | undefined> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return undefined;
  }
  try {
    for (const { side, quality } of attempts) {
      const blob = await draw(bitmap, side, quality);
      if (blob !== null && blob.size <= pictureBytesMax) return new Uint8Array(await blob.arrayBuffer());
    }
    return undefined;
  } finally {
    bitmap.close();
  }
}

function draw(bitmap: ImageBitmap, side: number, quality: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  if (context === null) return Promise.resolve(null);
  const edge = Math.min(bitmap.width, bitmap.height);
  context.fillStyle = "#fff"; // JPEG has no transparency.
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (bitmap.width - edge) / 2, (bitmap.height - edge) / 2, edge, edge, 0, 0, side, side);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}

/** The character of a drawn avatar before there is an account: the name's first grapheme cluster, in upper case. */
export function sealOf(name: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name.trim());
  return first === undefined ? "" : first.segment.toUpperCase();
}
