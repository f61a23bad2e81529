import { expect, test } from "bun:test";
import { encodeLink, type Link, limits, linkName } from "@yanshu/wire";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm" with { type: "file" };
import { codeOf } from "./qr-code.ts";

prepareZXingModule({ overrides: { wasmBinary: await Bun.file(wasm).arrayBuffer() } });

const server = "yanshu.firstchurch-dallas.org";
const bytes = (length: number, from: number) => Uint8Array.from({ length }, (_, n) => (n * 73 + from * 151) % 256);
const name = linkName("圣路易斯华人基督教会青年团契", limits.linkNameBytes);
const card = { seed: bytes(16, 5), units: 32 };
const links: readonly Link[] = [
  { kind: "contact", link: { account: bytes(32, 1), server, capability: bytes(16, 2), name, card } },
  {
    kind: "group",
    link: { server, doors: [], secret: bytes(16, 3), token: bytes(16, 4), expiresMs: 1_795_000_000_000, name, card },
  },
  { kind: "device", link: { server, rendezvous: bytes(16, 6), sealKey: bytes(32, 7), commitment: bytes(32, 8) } },
  { kind: "help", link: { server, meet: bytes(16, 6), sealKey: bytes(32, 7), commitment: bytes(32, 8) } },
  { kind: "invite", link: { server, token: bytes(16, 9) } },
];
const texts = [
  ...links.map((link) => encodeLink(`https://${server}`, link)),
  // A recovery card's: 32 bytes of key, 32 of account, and the home.
  `yanshu-card:${Buffer.from([...bytes(64, 9), ...new TextEncoder().encode(server)]).toString("base64url")}`,
];

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
