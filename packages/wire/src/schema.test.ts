/** Schema: one value, one encoding. */
import { expect, test } from "bun:test";
import { encode as cborEncode } from "cborg";
import fc from "fast-check";
import {
  blob,
  bool,
  decodeAs,
  encodeAs,
  extensions,
  fixed,
  list,
  literal,
  MalformedError,
  oneOf,
  struct,
  text,
  uint,
  variants,
} from "./index.ts";

const shape = struct(
  {
    number: uint(),
    bytes: blob(64),
    id: fixed(4),
    name: text(20),
    flag: bool,
    kind: oneOf("one", "two"),
    v: literal(1),
    many: list(uint(300), 5),
    either: variants({ a: struct({ x: uint(9) }), b: struct({}) }),
  },
  { maybe: text(5) },
);

const value = fc.record(
  {
    number: fc.nat(Number.MAX_SAFE_INTEGER),
    bytes: fc.uint8Array({ maxLength: 64 }),
    id: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    name: fc.string({ unit: "grapheme", maxLength: 5 }).filter((name) => name.length <= 20),
    flag: fc.boolean(),
    kind: fc.constantFrom("one" as const, "two" as const),
    v: fc.constant(1 as const),
    many: fc.array(fc.nat(300), { maxLength: 5 }),
    either: fc.oneof(
      fc.record({ kind: fc.constant("a" as const), x: fc.nat(9) }),
      fc.record({ kind: fc.constant("b" as const) }),
    ),
    maybe: fc.string({ maxLength: 5 }),
  },
  { requiredKeys: ["number", "bytes", "id", "name", "flag", "kind", "v", "many", "either"] },
);

test("[WI2] a value comes out as it went in, whatever the order of its fields", () => {
  fc.assert(
    fc.property(value, (given) => {
      const bytes = encodeAs(shape, given);
      expect(decodeAs(shape, bytes, 1_000)).toEqual(given);
      const reversed = Object.fromEntries(Object.entries(given).reverse()) as typeof given;
      expect(encodeAs(shape, reversed)).toEqual(bytes);
    }),
  );
});

test("[WI2] whatever bytes decode are the one encoding of their value", () => {
  fc.assert(
    fc.property(value, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }), (given, changes) => {
      const bytes = encodeAs(shape, given);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      let decoded: typeof given;
      try {
        decoded = decodeAs(shape, bytes, 1_000) as typeof given;
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError);
        return;
      }
      expect(encodeAs(shape, decoded)).toEqual(bytes);
    }),
    { numRuns: 2_000 },
  );
});

test("[WI2] keys in another order than that of their bytes are refused, though they fit", () => {
  const of = struct({ a: bool, bb: bool });
  const [a, bb] = [
    [0x61, 0x61, 0xf5],
    [0x62, 0x62, 0x62, 0xf5],
  ] as const;
  expect(decodeAs(of, Uint8Array.of(0xa2, ...a, ...bb), 100)).toEqual({ a: true, bb: true });
  expect(() => decodeAs(of, Uint8Array.of(0xa2, ...bb, ...a), 100)).toThrow(MalformedError);
});

test("[WI2] random bytes and random CBOR are refused, never worse", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 100 }),
        fc.jsonValue().map((json) => Uint8Array.from(cborEncode(json))),
      ),
      (bytes) => {
        expect(() => decodeAs(shape, bytes, 1_000)).toThrow(MalformedError);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("[WI2] deep nesting is refused, not followed to the end of the stack", () => {
  for (const opener of [0x81, 0xa1, 0xc1])
    expect(() => decodeAs(shape, new Uint8Array(1 << 20).fill(opener), 1 << 20)).toThrow(MalformedError);
});

test("[WI3] bytes over the cap are refused before they are read", () => {
  const bytes = encodeAs(
    list(uint(), 100),
    Array.from({ length: 100 }, () => 1),
  );
  expect(() => decodeAs(list(uint(), 100), bytes, bytes.length - 1)).toThrow("over");
  expect(decodeAs(list(uint(), 100), bytes, bytes.length)).toHaveLength(100);
});

test("[WI2] values that do not fit are not encoded", () => {
  const wrong: [unknown, unknown][] = [
    [uint(5), 6],
    [uint(), 1.5],
    [uint(), -0],
    [uint(), 2 ** 53],
    [uint(), -1],
    [text(5), "\ud800"],
    [text(5), "123456"],
    [fixed(2), new Uint8Array(3)],
    [blob(2), [1]],
    [blob(2), new Uint8Array(3)],
    [literal(1), 2],
    [oneOf("one", "two"), "three"],
    [bool, 0],
    [struct({ a: bool }), {}],
    [struct({ a: bool }), { a: true, b: true }],
    [struct({}), []],
    [struct({}), 5],
    [struct({}), null],
    [struct({}), new Uint8Array()],
    [list(bool, 1), [true, true]],
    [variants({ a: struct({}) }), { kind: "toString" }],
    [variants({ a: struct({}) }), { kind: ["a"] }],
    [variants({ a: struct({}) }), null],
    [variants({ a: struct({}) }), undefined],
  ];
  for (const [schema, given] of wrong) expect(() => encodeAs(schema as never, given as never)).toThrow(MalformedError);
  expect(() => encodeAs(struct({ a: bool }), {} as never)).toThrow("value: lacks a");
});

test("[WI20] additions stand in the order of their types, each once, within bounds, and are kept as they are", () => {
  const of = struct({ v: literal(1) }, { more: extensions });
  const add = (type: number, length = 1) => ({ type, data: new Uint8Array(length).fill(type) });
  for (const more of [[add(1)], [add(1), add(7), add(65_535, 256)], Array.from({ length: 8 }, (_, i) => add(i))])
    expect(decodeAs(of, encodeAs(of, { v: 1, more }), 4_096)).toEqual({ v: 1, more });
  const refused = [
    [],
    [add(7), add(1)],
    [add(7), add(7)],
    [add(1, 257)],
    [add(65_536)],
    Array.from({ length: 9 }, (_, i) => add(i)),
  ];
  for (const more of refused) expect(() => encodeAs(of, { v: 1, more })).toThrow(MalformedError);
});
