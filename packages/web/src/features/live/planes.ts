/**
 * Planes: a frame of a camera in another size, with the colours that it came with (README.md, CA260). A canvas would
 * give it the colour space of the screen. The head of a film says that of its first frame, and so all that follows,
 * which the encoder takes as it comes, would be shown darker.
 */
export type Size = { readonly width: number; readonly height: number };
/** Where a plane's samples lie: so many bytes from one row to the next, and from one sample of a row to the next. */
type Plane = { readonly at: number; readonly row: number; readonly step: number; readonly size: Size };

/** Layouts of planes whose samples have 8 bits: brightness, and two of colour in half the size. */
export const planeFormats: readonly string[] = ["I420", "NV12"];

/**
 * The frame in the middle of `to`, as large as it fits, black beside it. Each sample is the nearest one.
 *
 * @param layout as `copyTo` tells it (WebCodecs, `PlaneLayout`).
 * @param isFull whether its brightness goes from 0 to 255, and not from 16 on.
 * @returns I420, without gaps.
 */
export function fittedPlanes(
  from: Size & { readonly format: string; readonly data: Uint8Array; readonly layout: readonly PlaneLayout[] },
  to: Size,
  isFull: boolean,
): Uint8Array<ArrayBuffer> {
  const half = ({ width, height }: Size): Size => ({ width: (width + 1) >> 1, height: (height + 1) >> 1 });
  const [first, second, third] = from.layout;
  const isPacked = from.format === "NV12";
  const offset = second?.offset ?? 0;
  const row = second?.stride ?? 0;
  const colour = { row, step: isPacked ? 2 : 1, size: half(from) };
  const planes: readonly Plane[] = [
    { at: first?.offset ?? 0, row: first?.stride ?? 0, step: 1, size: from },
    { ...colour, at: offset },
    { ...colour, at: isPacked ? offset + 1 : (third?.offset ?? 0), row: isPacked ? row : (third?.stride ?? 0) },
  ];
  const sizes = [to, half(to), half(to)];
  const out = new Uint8Array(sizes.reduce((sum, { width, height }) => sum + width * height, 0));
  let at = 0;
  for (const [i, plane] of planes.entries()) {
    const size = sizes[i] as Size;
    out.fill(i > 0 ? 128 : isFull ? 0 : 16, at, at + size.width * size.height);
    place(from.data, plane, out, { at, row: size.width, step: 1, size });
    at += size.width * size.height;
  }
  return out;
}

function place(data: Uint8Array, from: Plane, out: Uint8Array, to: Plane): void {
  const scale = Math.min(to.size.width / from.size.width, to.size.height / from.size.height);
  const [width, height] = [Math.round(from.size.width * scale), Math.round(from.size.height * scale)];
  const [left, top] = [(to.size.width - width) >> 1, (to.size.height - height) >> 1];
  for (let y = 0; y < height; y++) {
    const row = from.at + from.row * Math.floor((y * from.size.height) / height);
    const into = to.at + to.row * (top + y) + left;
    for (let x = 0; x < width; x++)
      out[into + x] = data[row + from.step * Math.floor((x * from.size.width) / width)] as number;
  }
}
