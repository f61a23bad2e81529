import { expect, test } from "bun:test";
import { decodeValue, encodeValue } from "./remote-values.ts";

const none = () => {
  throw new Error("there is no file");
};

test("[HM95] a value comes back as it was: bytes, what is nothing, odd numbers, and keys that look like ours", () => {
  const value = {
    words: "信",
    bytes: new Uint8Array([1, 2, 3]),
    empty: new Uint8Array(),
    list: [1, null, undefined, Number.NaN, Number.NEGATIVE_INFINITY, -0.5, [new Uint8Array([9])]],
    absent: undefined,
    $: "bytes",
    inner: { $: { $: 1 }, ["__proto__"]: 2 },
  };
  const back = decodeValue(encodeValue(value, none), none) as typeof value;
  expect(back).toEqual(value);
  expect(Object.getPrototypeOf(back.inner)).toBe(Object.prototype);
  expect("absent" in back).toBe(true);
  expect(decodeValue(encodeValue(JSON.parse('{"__proto__": {"isAdmin": true}}'), none), none)).not.toHaveProperty(
    "isAdmin",
  );
});

test("[HM95] a file goes as a number and its length; what is no plain value goes not at all", () => {
  const file = new Blob(["12345"]);
  const named = (number: number, size: number) => ({ number, size, slice: none }) as never;
  expect(
    decodeValue(
      encodeValue({ source: file }, () => 7),
      named,
    ),
  ).toMatchObject({ source: { number: 7, size: 5 } });
  for (const odd of [new Map(), new Date(0), () => 1, Symbol("a"), 1n])
    expect(() => encodeValue({ odd }, none)).toThrow("plain");
  let deep: unknown = 1;
  for (let n = 0; n < 100; n++) deep = [deep];
  expect(() => encodeValue(deep, none)).toThrow("deep");
});

test("[HM95] bytes and files by a number that is none are refused", () => {
  const said = (one: object) => {
    const text = new TextEncoder().encode(JSON.stringify(one));
    return new Uint8Array([0, 0, 0, text.length, ...text, 1, 2, 3]);
  };
  expect(decodeValue(said({ $: "bytes", at: 1, length: 2 }), none)).toEqual(new Uint8Array([2, 3]));
  for (const at of [0.5, -1, "1", null, 2 ** 53])
    expect(() => decodeValue(said({ $: "bytes", at, length: 1 }), none)).toThrow("odd number");
  for (const size of [0.5, "5", {}])
    expect(() => decodeValue(said({ $: "source", number: 1, size }), none)).toThrow("odd number");
});
