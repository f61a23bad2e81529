/** A small square thumbnail of a picture in pasted HTML, drawn anew on this device. */
const sidePx = 112;
const bytesMax = 16 * 1024;
const dataMax = 4 << 20;

export async function thumbOf(dataUrl: string): Promise<Uint8Array | undefined> {
  const [, type = "", data = ""] = /^data:(image\/[a-z]+);base64,([A-Za-z0-9+/=\s]+)$/.exec(dataUrl) ?? [];
  if (data === "" || data.length > dataMax) return undefined;
  try {
    const bytes = Uint8Array.from(atob(data.replace(/\s/g, "")), (one) => one.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type }));
    const side = Math.min(picture.width, picture.height);
    const canvas = new OffscreenCanvas(sidePx, sidePx);
    const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
    canvas.getContext("2d")?.drawImage(picture, left, top, side, side, 0, 0, sidePx, sidePx);
    picture.close();
    const small = await canvas.convertToBlob({ type: "image/webp", quality: 0.8 });
    return small.size > bytesMax ? undefined : new Uint8Array(await small.arrayBuffer());
  } catch {
    return undefined; // No picture, or one that this browser cannot read: no thumbnail is fine.
  }
}
