/** Strip: what a camera wrote beside the picture is gone, and the picture is the same. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { strip } from "./strip.ts";

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part, "latin1")] : [...part])));
const has = (all: Uint8Array | undefined, some: string) => Buffer.from(all ?? []).includes(some, 0, "latin1");

/** Exif with orientation 6, and a place as text. */
const tiff = [
  "II",
  [42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0],
  "GPS 31.2304 N",
] as const;
const exifBody = bytes("Exif", [0, 0], ...tiff);
const segment = (marker: number, body: Uint8Array) =>
  bytes([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255], [...body]);
const scan = bytes([0xff, 0xda, 0, 4, 1, 0, 9, 9, 0xff, 0, 8, 0xff, 0xd0, 7, 0xff, 0xd9]);

test("[ME10] a JPEG loses place, time, comments and what hides behind its end, and keeps how it is turned", () => {
  const jpeg = bytes(
    [0xff, 0xd8],
    [...segment(0xe0, bytes("JFIF"))],
    [...segment(0xe1, exifBody)],
    [...segment(0xe1, bytes("http://ns.adobe.com/xap/ secret"))],
    [...segment(0xe2, bytes("ICC_PROFILE", [0, 1, 1]))],
    [...segment(0xe2, bytes("MPF secret"))],
    [...segment(0xed, bytes("Photoshop secret"))],
    [...segment(0xfe, bytes("a comment"))],
    [...segment(0xdb, bytes([1, 2, 3]))],
    [...scan],
    "film with secret sound",
  );
  const out = strip(jpeg);
  expect(out?.type).toBe("image/jpeg");
  for (const gone of ["GPS", "secret", "comment", "film"]) expect([gone, has(out?.bytes, gone)]).toEqual([gone, false]);
  for (const kept of ["JFIF", "ICC_PROFILE"]) expect([kept, has(out?.bytes, kept)]).toEqual([kept, true]);
  expect([...(out?.bytes.subarray(-scan.length) ?? [])]).toEqual([...scan]);
  expect(Buffer.from(out?.bytes ?? []).indexOf(Buffer.from([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]))).toBeGreaterThan(0);
  expect(strip(out?.bytes ?? new Uint8Array())?.bytes).toEqual(out?.bytes);
});

test("[ME10] PNG, WebP and GIF lose their texts and keep their pictures", () => {
  const chunk = (name: string, body: string) => bytes([0, 0, 0, body.length], name, body, "CRC4");
  const png = bytes(
    [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10],
    ...["IHDR head", "tEXt GPS", "eXIf GPS", "IDAT data", "IEND "].map((one) => [
      ...chunk(one.slice(0, 4), one.slice(5)),
    ]),
    "GPS behind",
  );
  const outPng = strip(png)?.bytes;
  expect([has(outPng, "GPS"), has(outPng, "head"), has(outPng, "data")]).toEqual([false, true, true]);

  const riff = (name: string, body: string) =>
    bytes(name, [body.length, 0, 0, 0], body, body.length % 2 === 1 ? [0] : []);
  const inner = bytes(
    [...riff("VP8X", "\x0cabcdefghi")],
    [...riff("VP8 ", "pixels")],
    [...riff("EXIF", "GPS")],
    [...riff("XMP ", "GPS!")],
  );
  const webp = bytes("RIFF", [inner.length + 4, 0, 0, 0], "WEBP", [...inner]);
  const outWebp = strip(webp)?.bytes;
  expect([has(outWebp, "GPS"), has(outWebp, "pixels"), outWebp?.[20]]).toEqual([false, true, 0]);
  expect(new DataView((outWebp ?? new Uint8Array(8)).buffer).getUint32(4, true)).toBe((outWebp?.length ?? 0) - 8);

  const gif = bytes(
    "GIF89a",
    [1, 0, 1, 0, 0x80, 0, 0, 1, 2, 3, 4, 5, 6],
    [0x21, 0xfe, 3],
    "GPS",
    [0],
    [0x21, 0xff, 11],
    "NETSCAPE2.0",
    [3, 1, 0, 0, 0],
    [0x21, 0xff, 11],
    "XMP DataXMP",
    [3],
    "GPS",
    [0],
    [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0, 0x3b],
  );
  const outGif = strip(gif)?.bytes;
  expect([has(outGif, "GPS"), has(outGif, "NETSCAPE2.0"), outGif?.at(-1)]).toEqual([false, true, 0x3b]);
});

test("[ME10] what is no picture, or is cut off, is refused and never hangs", () => {
  expect(strip(bytes("<svg>"))).toBeUndefined();
  expect(strip(bytes([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 1]))).toBeUndefined();
  const heads = [
    [0xff, 0xd8, 0xff],
    [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10],
    [...Buffer.from("GIF89a")],
    [...Buffer.from("RIFF0000WEBP")],
  ];
  fc.assert(
    fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, rest) => {
      const out = strip(bytes(head, [...rest]));
      expect(out === undefined || out.bytes.length <= head.length + rest.length + 40).toBeTrue();
    }),
  );
});
