import { expect, test } from "bun:test";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm" with { type: "file" };
import { codeOf } from "./qr-code.ts";

prepareZXingModule({ overrides: { wasmBinary: await Bun.file(wasm).arrayBuffer() } });

/**
 * As long as the longest link at a home whose name has 29 characters (docs/spec/identity.md ID62), and as a recovery
 * card's code.
 */
const lengths = [60, 119, 151, 165, 190, 213];
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const texts = lengths.map((length) =>
  "https://yanshu.firstchurch-dallas.org/#c/".padEnd(
    length,
    Array.from(letters, (_, n) => letters[(n * 37) % 64]).join(""),
  ),
);

test("[WE56] no code that the app draws is over version 10, at a home with a name as long as many have", () => {
  for (const text of texts)
    expect([text.slice(0, 46), codeOf(text, 1).version <= 10]).toEqual([text.slice(0, 46), true]);
  expect(codeOf("https://yan.example/#i/short", 1)).toMatchObject({ version: 4 });
});

/** As it is drawn: a seal of 18 % of the side hides the middle, and the finders have round corners. */
function drawn(text: string, unit: number): ImageData {
  const { data, size } = codeOf(text, 4);
  const side = size * unit;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  const hidden = (at: number) => Math.abs((at + 0.5) / side - 0.5) < 0.09;
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1)
      if (data[Math.floor(y / unit)]?.[Math.floor(x / unit)] === true && !(hidden(x) && hidden(y)))
        pixels.fill(26, (y * side + x) * 4, (y * side + x) * 4 + 3);
  return { data: pixels, width: side, height: side, colorSpace: "srgb" } as ImageData;
}

test("[WE56] each code is read with the seal in its middle, at three points a square", async () => {
  for (const text of texts) {
    const found = await readBarcodes(drawn(text, 3), { formats: ["QRCode"] });
    expect(found.map((one) => one.text)).toEqual([text]);
  }
});
