/** Codes of a mini program's pages, as pictures: what WeChat's `getwxacode` returns (docs/spec/bridge.md PA40). */
import { crc32, deflateSync } from "node:zlib";
import { encode } from "uqr";

/** Pixels of a module, and modules of the quiet border: a code on a table is printed large. */
const [pixelsAModule, border] = [8, 4];

/** A PNG of one byte a pixel. */
export function codePicture(link: string): Uint8Array<ArrayBuffer> {
  const { data, size } = encode(link, { ecc: "M", border });
  const side = size * pixelsAModule;
  const rows = Buffer.alloc((side + 1) * side, 0xff);
  for (let y = 0; y < side; y += 1) {
    const start = y * (side + 1);
    rows[start] = 0; // The row is written as it is.
    const modules = data[Math.floor(y / pixelsAModule)] ?? [];
    for (const [x, isDark] of modules.entries())
      if (isDark) rows.fill(0, start + 1 + x * pixelsAModule, start + 1 + (x + 1) * pixelsAModule);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head[8] = 8; // Bits a pixel; all else is zero: grey, whole, in order.
  const parts = [chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...parts]));
}

function chunk(name: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(named, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}
