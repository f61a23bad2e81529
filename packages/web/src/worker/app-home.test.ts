/** Where the page of `yanshu app` asks for files and answers (docs/spec/channels.md CH96). */
import { afterAll, expect, test } from "bun:test";
import { originFor } from "./app-home.ts";

const { location } = self;
afterAll(() => void Object.assign(self, { location }));

test("[CH96] a page asks its own server itself, and where yanshu app carries to home, no other at all", () => {
  Object.assign(self, { location: new URL("https://home.test/") });
  expect([originFor("home.test", undefined), originFor("shop.test", undefined)]).toEqual([
    "https://home.test",
    undefined,
  ]);
  Object.assign(self, { location: new URL("http://yanshu.localhost:4000/") });
  expect(originFor("home.test", "home.test")).toBe("http://yanshu.localhost:4000");
  for (const other of ["shop.test", "yanshu.localhost:4000"])
    expect(() => originFor(other, "home.test")).toThrow("carried to home alone");
});
