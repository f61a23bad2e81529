/**
 * The pictures that `npm run screens` takes: of every screen that the app has, in every look. Those in docs/screens are
 * the README's, and small.
 */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  allScreens,
  keptFolder,
  looks,
  pageText,
  pictureBytesMax,
  pictureName,
  screens,
  shownIn,
} from "../../e2e/screens/list.ts";
import { features } from "../features/index.ts";
import { pages } from "../screens/pages.ts";
import { register } from "./features.ts";
import { setCorePages, staticPaths } from "./routes.ts";

register(features);
setCorePages(pages);

const root = join(import.meta.dir, "../../../..");
const wanted = looks.flatMap((look) => allScreens().map((screen) => pictureName(look, screen)));
const shown = shownIn(readFileSync(join(root, "README.md"), "utf8"));

test("every place of the router is a screen of which a picture is taken, in every look", () => {
  for (const [place, titles] of Object.entries(screens))
    expect([place, Object.keys(titles).length]).not.toEqual([place, 0]);
  for (const place of Object.keys(staticPaths())) expect(Object.keys(screens)).toContain(place);
  for (const name of wanted) expect(pageText()).toContain(`"${name}"`);
});

test("the history keeps the pictures that the README shows, and no others", () => {
  const there = readdirSync(join(root, keptFolder), { recursive: true, encoding: "utf8" });
  expect(there.filter((name) => /\.\w+$/.test(name)).sort()).toEqual([...shown]);
  expect(shown.length).toBe(6);
  for (const name of shown) expect(wanted).toContain(name);
});

test("the pictures are small", () => {
  const large = shown.filter((name) => statSync(join(root, keptFolder, name)).size > pictureBytesMax);
  expect(large).toEqual([]);
});
