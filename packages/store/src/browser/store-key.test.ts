/** The key of a locked store: what wraps it, and what does not. */
import { expect, test } from "bun:test";
import {
  makeStoreKey,
  unwrapStoreKey,
  unwrapStoreKeyByPasskey,
  wrapStoreKey,
  wrapStoreKeyByPasskey,
} from "./store-key.ts";

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

test("[ST34] the key comes back by what the passkey answered, and by no other answer, no shorter one and no changed wrap", () => {
  const [key, answer] = [makeStoreKey(), crypto.getRandomValues(new Uint8Array(32))];
  const wrap = wrapStoreKeyByPasskey(key, answer);
  expect(unwrapStoreKeyByPasskey(wrap, answer)).toEqual(key);
  for (const other of [new Uint8Array(32), answer.subarray(0, 31), new Uint8Array(0)])
    expect(unwrapStoreKeyByPasskey(wrap, other)).toBeUndefined();
  for (let at = 0; at < wrap.length; at++)
    expect(unwrapStoreKeyByPasskey(wrap.with(at, (wrap[at] ?? 0) ^ 1), answer)).toBeUndefined();
  expect(unwrapStoreKeyByPasskey(new Uint8Array(3), answer)).toBeUndefined();
  for (const secret of [key, answer]) expect(Buffer.from(wrap).includes(Buffer.from(secret))).toBe(false);
});

test("[ST34] the same passkey wraps it each time into other bytes", () => {
  const [key, answer] = [makeStoreKey(), crypto.getRandomValues(new Uint8Array(32))];
  expect(wrapStoreKeyByPasskey(key, answer)).not.toEqual(wrapStoreKeyByPasskey(key, answer));
});
