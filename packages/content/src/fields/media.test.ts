/** What is heard or seen stands in its message, or lies at a server: one of both. */
import { expect, test } from "bun:test";
import { struct } from "@yanshu/wire";
import { blobRef, exactlyOne, inline } from "./media.ts";

test("[WI37] bytes stand in the message or in a file, never in both and never in neither", () => {
  const either = exactlyOne(struct({}, { inline, blob: blobRef }));
  const here = { inline: Uint8Array.of(1) };
  const there = {
    blob: { server: "yan.example", id: new Uint8Array(16), key: new Uint8Array(32), bytes: 9, expiresDay: 20_000 },
  };
  for (const one of [here, there]) expect(either.check(one, "voice")).toEqual(one);
  for (const wrong of [{}, { ...here, ...there }]) expect(() => either.check(wrong, "voice")).toThrow("voice: bytes");
});
