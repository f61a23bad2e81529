/** Bytes: the small operations, and readers that believe no length. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  ByteReader,
  ByteWriter,
  compareBytes,
  concat,
  equalBytes,
  fromBase64Url,
  fromHex,
  MalformedError,
  toBase64Url,
  toHex,
} from "./index.ts";

const bytes = fc.uint8Array({ maxLength: 70 });

test("[WI2] hexadecimal and base64url lead back, and nothing else does", () => {
  fc.assert(
    fc.property(bytes, (given) => {
      expect(fromHex(toHex(given))).toEqual(given);
      expect(toHex(given)).toBe(Buffer.from(given).toString("hex"));
      expect(fromBase64Url(toBase64Url(given))).toEqual(given);
      expect(toBase64Url(given)).toBe(Buffer.from(given).toString("base64url"));
    }),
  );
  for (const text of ["A", "AB=", "AB+", "A B", "AB/", "AAB", "é"]) expect(fromBase64Url(text)).toBeUndefined();
  for (const text of ["0", "zz", "0x"]) expect(() => fromHex(text)).toThrow();
});

test("[WI2] bytes compare as Buffer compares them", () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
      expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
      expect(equalBytes(concat(a, b), Buffer.concat([a, b]))).toBe(true);
    }),
  );
});

test("[WI3] a reader gives back what was written, and refuses to read on", () => {
  fc.assert(
    fc.property(
      fc.nat(255),
      fc.nat(0xffff_ffff),
      fc.nat(Number.MAX_SAFE_INTEGER),
      bytes,
      fc.nat(0xffff_ffff),
      (a, b, c, d, over) => {
        const written = new ByteWriter(13 + d.length).u8(a).u32(b).u53(c).put(d).finish();
        const reader = new ByteReader(written);
        expect([reader.u8(), reader.u32(), reader.u53()]).toEqual([a, b, c]);
        expect(() => reader.take(d.length + 1 + over)).toThrow(MalformedError);
        expect(reader.rest()).toEqual(d);
        reader.end();
        expect(() => reader.u8()).toThrow(MalformedError);
      },
    ),
  );
});

test("[WI2] [WI7] a reader refuses a number of 2^53, and to end before the last byte", () => {
  const reader = new ByteReader(Uint8Array.of(0, 0x1f, 255, 255, 255, 255, 255, 255, 0, 0x20, 0, 0, 0, 0, 0, 0));
  expect(reader.u53()).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => reader.end()).toThrow(MalformedError);
  expect(() => reader.u53()).toThrow(MalformedError);
});
