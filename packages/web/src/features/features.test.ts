/** The list of features: what stands in it, and that no two bring the same. */
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { filesOfPart, partFiles, parts } from "../../build/parts.ts";
import { pages } from "../screens/pages.ts";
import { features } from "./index.ts";

const here = import.meta.dir;
const source = join(here, "..");
const linesMax = 60;

test("[WE88] every folder that brings something stands in the list, by its own line", () => {
  const listed = readFileSync(join(here, "index.ts"), "utf8");
  const bringing = readdirSync(here).filter((name) => existsSync(join(here, name, "index.ts")));
  expect(bringing.length).toBeGreaterThan(30);
  for (const name of bringing) expect(listed).toContain(`"./${name}/index.ts"`);
  expect(features.length).toBe(bringing.length);
});

test("[WE98] every feature says what a person can do with it, and each rule that it names stands on the page that it names", () => {
  for (const name of readdirSync(here).filter((one) => existsSync(join(here, one, "index.ts")))) {
    const readme = join(here, name, "README.md");
    expect([name, existsSync(readme)]).toEqual([name, true]);
    const text = readFileSync(readme, "utf8");
    expect([name, text.split("\n").length <= linesMax]).toEqual([name, true]);
    for (const [, words = "", path = ""] of text.matchAll(/\[([^\]]*)\]\((\.[^)]*)\)/g)) {
      const page = readFileSync(join(here, name, path), "utf8");
      for (const id of words.match(/\b(?:[A-Z]{2}\d+|F-[\da-z-]+)\b/g) ?? [])
        expect([name, id, new RegExp(`(?:\\*\\*|## |\\| )${id}\\b`).test(page)]).toEqual([name, id, true]);
    }
  }
});

test("[WE88] [WE91] no two features bring the same kind, label, path, place or slot", () => {
  const twice = (names: readonly string[]) => names.filter((name, place) => names.indexOf(name) !== place);
  const keysOf = (bring: (feature: (typeof features)[number]) => object | undefined) =>
    features.flatMap((feature) => Object.keys(bring(feature) ?? {}));
  expect(twice(keysOf(({ bubbles }) => bubbles))).toEqual([]);
  expect(twice(keysOf(({ labels }) => labels))).toEqual([]);
  expect(twice(keysOf(({ said }) => said))).toEqual([]);
  expect(twice(keysOf(({ lines }) => lines))).toEqual([]);
  expect(twice(keysOf(({ notices }) => notices))).toEqual([]);
  expect(twice(keysOf(({ whole }) => whole))).toEqual([]);
  expect(twice(keysOf(({ slots }) => slots))).toEqual([]);
  const all = [...pages, ...features.flatMap((feature) => feature.pages ?? [])];
  expect(twice(all.map(({ path }) => path))).toEqual([]);
});

test("[WE89] where back leads from a page, there is one", () => {
  const all = [...pages, ...features.flatMap((feature) => feature.pages ?? [])];
  for (const { path, parent } of all) {
    const there = all.some(({ at }) =>
      Object.entries(parent).every(([key, value]) => at[key as keyof typeof at] === value),
    );
    expect([path, there]).toEqual([path, true]);
  }
});

test("[WE90] [WE94] [WE100] what is opened from one place is asked for in one file, whichever feature it belongs to", () => {
  const { transform, load } = parts(source) as unknown as {
    transform: (code: string, id: string) => string;
    load: (id: string) => string;
  };
  const made = (code: string) => transform(code, join(here, "polls/index.ts"));
  const asking = join(source, "shell/parts.js");
  expect(made(`lazily(() => import("./in-chat.ts").then((m) => m.PollCard))`)).toBe(
    `lazily(() => part_talking((parts) => parts.polls).then((m) => m.PollCard))\nimport { talking as part_talking } from ${JSON.stringify(asking)};`,
  );
  expect(load(asking)).toContain(
    `export const talking = (take) => import(${JSON.stringify(join(source, "parts/talking.js"))}).then(take);`,
  );
  expect(load(join(source, "parts/talking.js"))).toContain(
    `export * as polls from ${JSON.stringify(join(here, "polls/in-chat.ts"))};`,
  );
  // A file that asks twice for a part imports its function once.
  expect(made(`[import("./in-chat.ts"), import("../pins/in-chat.ts")]`)).toBe(
    `[part_talking((parts) => parts.polls), part_talking((parts) => parts.pins)]\nimport { talking as part_talking } from ${JSON.stringify(asking)};`,
  );
  // Types and what is no part are left as they are.
  for (const code of [`type All = typeof import("./in-chat.ts");`, `import("./poll-sheet.tsx")`])
    expect(made(code)).toBe(code);
  for (const part of Object.keys(partFiles)) expect([part, filesOfPart(source, part).length > 1]).toEqual([part, true]);
});

test("[WE99] every style sheet is worn by something that is shown", () => {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" });
  const texts = files
    .filter((file) => /\.(?:tsx?|css)$/.test(file))
    .map((file) => [file, readFileSync(join(source, file), "utf8")] as const);
  const worn = new Set(
    texts.flatMap(([file, text]) =>
      [...text.matchAll(/import(?:\(|\s)*"(\.[^"]+\.css)"/g)].map(([, path = ""]) => join(dirname(file), path)),
    ),
  );
  expect(files.filter((file) => file.endsWith(".css") && !worn.has(file))).toEqual([]);
});

test("[RO13] a feature wears its own styles, those of the kit and those that all share", () => {
  const files = readdirSync(here, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  const borrowed = files.flatMap((file) => {
    const [feature = ""] = file.split("/");
    const worn = [...readFileSync(join(here, file), "utf8").matchAll(/^import "(\.[^"]+\.css)";$/gm)];
    return worn
      .map(([, specifier = ""]) => join("features", dirname(file), specifier))
      .filter((path) => !/^(?:styles|kit)\//.test(path) && !path.startsWith(`features/${feature}/`))
      .map((path) => `${file}: ${path}`);
  });
  expect(borrowed).toEqual([]);
});
