import { afterEach, beforeEach, expect, test } from "bun:test";
import { forgetPage } from "./forget-page.ts";

const names = ["caches", "localStorage", "location"] as const;
const had = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
/** Names of the browser's caches, and of what stands in its localStorage. */
let [cached, stored] = [new Set<string>(), {} as Record<string, unknown>];

beforeEach(() => {
  cached = new Set(["yanshu-app", "yanshu-words", "yanshu-shared", "yanshu-films"]);
  stored = { "yanshu.prefs": "{}", "yanshu.release": "", "yanshu.channels.stop": "10", "yanshu.lived": "1" };
  Object.defineProperty(stored, "removeItem", { value: (key: string) => delete stored[key] });
  const values = {
    caches: { delete: async (name: string) => cached.delete(name) },
    localStorage: stored,
    location: { replace() {}, reload() {}, assign() {} },
  };
  for (const name of names)
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value: values[name] });
});
afterEach(() => {
  names.forEach((name, at) => {
    const before = had[at];
    if (before === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, before);
  });
});

test("[KP2] with an account goes what the browser keeps of it outside of the store, films that were watched too", async () => {
  await forgetPage();
  expect([...cached]).toEqual(["yanshu-app"]);
  expect(Object.keys(stored)).toEqual(["yanshu.prefs", "yanshu.release"]);
});
