/**
 * The pictures in docs/screens: every screen that the app has, in every look, small, and nothing that is no more. They are
 * made by `npm run screens` alone.
 */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { allScreens, folder, looks, pageText, pictureBytesMax, pictureName, screens } from "../../e2e/screens/list.ts";
import { features } from "../features/index.ts";
import { pages } from "../screens/pages.ts";
import { register } from "./features.ts";
import { pathsAlone, setCorePages } from "./routes.ts";

register(features);
setCorePages(pages);

const root = join(import.meta.dir, "../../../..");
const wanted = looks.flatMap((look) => allScreens().map((screen) => pictureName(look, screen)));

test("every place of the router is a screen with a picture, in every look", () => {
  for (const [place, titles] of Object.entries(screens))
    expect([place, Object.keys(titles).length]).not.toEqual([place, 0]);
  for (const place of Object.keys(pathsAlone())) expect(Object.keys(screens)).toContain(place);
  const there = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  expect(there.filter((name) => /\.\w+$/.test(name)).sort()).toEqual(["README.md", ...wanted].sort());
});

test("the pictures are small", () => {
  const large = wanted.filter((name) => statSync(join(root, folder, name)).size > pictureBytesMax);
  expect(large).toEqual([]);
});

test("the page beside them shows all of them, and the README only what is there", () => {
  expect(readFileSync(join(root, folder, "README.md"), "utf8")).toBe(pageText());
  const shown = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/docs\/screens\/([^)"\s]+)/g)];
  for (const [, name = ""] of shown) expect([...wanted, "README.md"]).toContain(name);
  expect(shown.length).toBeGreaterThan(0);
});
