/** Release: memory is given back at once, and nobody else's. */
import { expect, test } from "bun:test";
import { release } from "./release.ts";

test("[DS171] large bytes are given back at once; a part of others' and small ones are left alone", () => {
  const [own, small] = [new Uint8Array(200_000), new Uint8Array(100)];
  const whole = new Uint8Array(200_000);
  for (const bytes of [own, small, whole.subarray(0, 100_000)]) release(bytes);
  expect([own.length, small.length, whole.length]).toEqual([0, 100, 200_000]);
});
