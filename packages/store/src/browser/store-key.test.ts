/** The key of a locked store: what wraps it, and what does not. */
import { expect, test } from "bun:test";
import { makeStoreKey, unwrapStoreKey, wrapStoreKey } from "./store-key.ts";

test("[ST32] the key comes back by what wrapped it, however that was typed, and by nothing else", () => {
  const key = makeStoreKey();
  const wrapped = wrapStoreKey(key, "Le caf\u00e9 au coin");
  expect(unwrapStoreKey(wrapped, "Le cafe\u0301 au coin")).toEqual(key);
  expect(unwrapStoreKey(wrapped, "Le cafe au coin")).toBeUndefined();
  expect(unwrapStoreKey({ ...wrapped, salt: new Uint8Array(16) }, "Le caf\u00e9 au coin")).toBeUndefined();
  expect(Buffer.from(wrapped.wrap).includes(Buffer.from(key))).toBe(false);
}, 60_000);

test("[ST32] a wrap that would stop the device is none", () => {
  const wrap = new Uint8Array(60);
  expect(unwrapStoreKey({ salt: new Uint8Array(16), logN: 30, wrap }, "271828")).toBeUndefined();
});
