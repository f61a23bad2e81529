/** What the browser's cache keeps of a release is looked at before it is given out. */
import { expect, test } from "bun:test";
import { keptKey, keptWhole } from "./release.ts";

const { location } = globalThis;
Object.assign(globalThis, { location: location ?? { origin: "https://home.test" } });

const hash = new Bun.CryptoHasher("sha256").update("the app").digest("base64");

function cacheOf(rows: readonly (readonly [string, string])[]) {
  const kept = new Map(rows);
  return {
    kept,
    match: async (key: string) => {
      const text = kept.get(key);
      return text === undefined ? undefined : new Response(text);
    },
    delete: async (key: string) => kept.delete(key),
  };
}

test("[WE281] a kept file is given out where its bytes are the release's, and else is gone", async () => {
  const good = cacheOf([[keptKey("a.js", hash), "the app"]]);
  expect(await (await keptWhole(good, "a.js", hash))?.text()).toBe("the app");
  const bad = cacheOf([[keptKey("b.js", hash), "another"]]);
  expect(await keptWhole(bad, "b.js", hash)).toBeUndefined();
  expect(bad.kept.size).toBe(0);
  expect(await keptWhole(bad, "c.js", hash)).toBeUndefined();
});
