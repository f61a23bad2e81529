/** Plain CBOR: it takes nothing but what the library takes, and reads and writes the same. */
import { expect, test } from "bun:test";
import { decode, encode } from "cborg";
import fc from "fast-check";
import { readPlainly, writePlainly } from "./plain-cbor.ts";

const options = { allowIndefinite: false, allowUndefined: false, strict: true, rejectDuplicateMapKeys: true };
const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 40 }), fc.constantFrom("", "名", "kind"));
const number = fc.oneof(
  fc.nat(0x1_0000),
  fc.maxSafeNat(),
  fc.constantFrom(23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
);
/** `__proto__` is no plain key: see "what is not plain". */
const key = text.filter((name) => name !== "__proto__");
const { plain } = fc.letrec<{ plain: unknown }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 4 },
    number,
    text,
    fc.boolean(),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie("plain"), { maxLength: 30 }),
    fc.dictionary(key, tie("plain"), { maxKeys: 8, noNullPrototype: true }),
  ),
}));

function written(value: unknown): Uint8Array {
  return new Uint8Array(encode(value, { float64: true }));
}

/** As the library reads it; "refused" where it does, or where it would write it otherwise. */
function byTheLibrary(bytes: Uint8Array): unknown {
  try {
    const value: unknown = decode(bytes, options);
    return Buffer.from(written(value)).equals(bytes) ? value : "refused";
  } catch {
    return "refused";
  }
}

/** A byte order mark, which the library takes from a text's beginning, and then refuses for it. */
function holdsMark(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).includes("\ufeff");
}

test("[WI2] a text that begins with a byte order mark is read as it was written", () => {
  for (const text of ["\ufeff", "\ufeff名字", `\ufeff${"字".repeat(40)}`])
    expect(readPlainly(written({ text }))).toEqual({ text });
});

test("[WI2] what is plain is read as the library reads it", () => {
  fc.assert(
    fc.property(plain, (value) => {
      const bytes = written(value);
      const read = readPlainly(bytes);
      expect<unknown>(read).toEqual(byTheLibrary(bytes));
    }),
    { numRuns: 500 },
  );
});

test("[WI2] what was changed in a byte is read as the library reads it, or left to it", () => {
  fc.assert(
    fc.property(plain, fc.nat(), fc.nat(255), fc.boolean(), (value, at, byte, isCut) => {
      const bytes = written(value);
      bytes[at % bytes.length] = byte;
      const changed = isCut ? bytes.subarray(0, at % bytes.length) : bytes;
      const read = readPlainly(changed);
      if (read !== undefined && !holdsMark(changed)) expect<unknown>(read).toEqual(byTheLibrary(changed));
    }),
    { numRuns: 3_000 },
  );
});

test("[WI2] any bytes are read as the library reads them, or left to it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      const read = readPlainly(bytes);
      if (read !== undefined && !holdsMark(bytes)) expect<unknown>(read).toEqual(byTheLibrary(bytes));
    }),
    { numRuns: 20_000 },
  );
});

test("[WI2] what is not plain is left to the library", () => {
  const odd = [
    ["18 17", "a number in a longer way"],
    ["1b 00 00 00 00 00 00 00 01", "a number in a longer way still"],
    ["1b ff ff ff ff ff ff ff ff", "a number that is not safe"],
    ["20", "a number below zero"],
    ["f6", "null"],
    ["fb 3f f8 00 00 00 00 00 00", "a fraction"],
    ["c1 00", "a tag"],
    ["9f 00 ff", "a list without its length"],
    ["a2 61 62 00 61 61 00", "keys that fall"],
    ["a2 61 61 00 61 61 00", "a key twice"],
    ["a2 62 61 61 00 61 62 00", "a longer key first"],
    ["a1 00 00", "a key that is no text"],
    ["a1 69 5f 5f 70 72 6f 74 6f 5f 5f 00", "the key __proto__"],
    ["61 ff", "text that is no UTF-8"],
    ["00 00", "something after the end"],
    ["5a ff ff ff ff", "more than is there"],
    ["81".repeat(40), "a list of lists without end"],
  ];
  for (const [hex = "", what] of odd)
    expect([what, readPlainly(Buffer.from(hex.replaceAll(" ", ""), "hex"))]).toEqual([what, undefined]);
});

test("[WI2] what is plain is written as the library writes it, after as many bytes as are left free", () => {
  const ascii = fc.string({ unit: "grapheme-ascii", maxLength: 23 }).filter((name) => name !== "__proto__");
  const { plain: shaped } = fc.letrec<{ plain: unknown }>((tie) => ({
    plain: fc.oneof(
      { maxDepth: 4 },
      number,
      text,
      fc.boolean(),
      fc.uint8Array({ maxLength: 300 }),
      fc.array(tie("plain"), { maxLength: 30 }),
      fc.dictionary(ascii, tie("plain"), { maxKeys: 30 }),
    ),
  }));
  fc.assert(
    fc.property(shaped, fc.nat(9), (value, before) => {
      const bytes = writePlainly(value, before);
      expect(bytes?.subarray(before)).toEqual(written(value));
      expect(bytes?.subarray(0, before)).toEqual(new Uint8Array(before));
    }),
    { numRuns: 1_000 },
  );
  const large = {
    entries: Array.from({ length: 300 }, () => new Uint8Array(70_000).fill(5)),
    text: "字".repeat(70_000),
  };
  expect(writePlainly(large)).toEqual(written(large));
});

test("[WI2] any value is written as the library writes it, or left to it", () => {
  const anything = fc.anything({ withNullPrototype: true, withTypedArray: true, withMap: true, withBigInt: true });
  fc.assert(
    fc.property(anything, (value) => {
      const bytes = writePlainly(value);
      if (bytes !== undefined) expect(bytes).toEqual(written(value));
    }),
    { numRuns: 3_000 },
  );
  const left = [-0, -1, 1.5, Number.NaN, 2 ** 53, 1n, null, undefined, "\ud800", new Date(0), new Map(), [undefined]];
  for (const value of [...left, { a: undefined }, { 名: 1 }, { ["k".repeat(24)]: 1 }, new Uint16Array(2)])
    expect(writePlainly(value)).toBeUndefined();
  let deep: unknown = 1;
  for (let i = 0; i < 20; i++) deep = [deep];
  expect(writePlainly(deep)).toBeUndefined();
});
