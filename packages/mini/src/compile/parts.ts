/** Parts: pages of a program, and the components that they use, found from `app.json` on. */
import type { PartConfig } from "../format/package.ts";
import { scriptEndings } from "./modules.ts";
import { normal, type Tree, type Warn } from "./tree.ts";

export type AppConfig = {
  readonly pages: readonly string[];
  readonly window: Readonly<Record<string, unknown>>;
  readonly tabBar: Readonly<Record<string, unknown>> | undefined;
  readonly usingComponents: Readonly<Record<string, string>>;
};
type FoundPart = { readonly isPage: boolean; readonly config: PartConfig };

/** @throws Error when there is no `app.json`, or one without pages. */
export function appConfigOf(tree: Tree, warn: Warn): AppConfig {
  if (!tree.has("app.json")) throw new Error("there is no app.json: this is no mini program");
  const app = jsonAt(tree, "app.json", warn);
  const pages = list(app["pages"]).filter(isText);
  for (const sub of [...list(app["subPackages"]), ...list(app["subpackages"])]) {
    const { root = "", pages: below } = record(sub);
    for (const page of list(below).filter(isText)) pages.push(normal(`${String(root)}/${page}`));
  }
  if (pages.length === 0) throw new Error("app.json names no page");
  const tabBar = app["tabBar"] === undefined ? undefined : record(app["tabBar"]);
  return {
    pages: pages.map(normal),
    window: record(app["window"]),
    tabBar,
    usingComponents: words(app["usingComponents"]),
  };
}

/** By path, without ending. */
export function partsOf(tree: Tree, app: AppConfig, warn: Warn): ReadonlyMap<string, FoundPart> {
  const parts = new Map<string, FoundPart>();
  const visit = (path: string, isPage: boolean): void => {
    if (parts.has(path)) return;
    const own = tree.has(`${path}.json`) ? jsonAt(tree, `${path}.json`, warn) : {};
    const config: Record<string, unknown> = { ...own, ...(isPage ? {} : { component: true }) };
    parts.set(path, { isPage, config });
    const find = (from: string, spec: string): string | undefined => {
      const found = componentAt(tree, from, spec);
      if (found === undefined) warn(`${path} uses the component ${spec}, which is not there`);
      else visit(found, false);
      return found;
    };
    const mine = words(own["usingComponents"]);
    const using: Record<string, string> = {};
    for (const [tag, spec] of Object.entries({ ...app.usingComponents, ...mine })) {
      const found = find(mine[tag] === undefined ? "app" : path, spec);
      if (found !== undefined) using[tag] = `/${found}`;
    }
    config["usingComponents"] = using;
    if (own["componentGenerics"] === undefined) return;
    const generics: Record<string, unknown> = {};
    for (const [tag, generic] of Object.entries(record(own["componentGenerics"]))) {
      const usual = record(generic)["default"];
      const found = isText(usual) ? find(path, usual) : undefined;
      generics[tag] = found === undefined ? true : { default: `/${found}` };
    }
    config["componentGenerics"] = generics;
  };
  for (const page of app.pages) {
    if (tree.has(`${page}.wxml`)) visit(page, true);
    else warn(`the page ${page} is not there`);
  }
  return parts;
}

function componentAt(tree: Tree, from: string, spec: string): string | undefined {
  if (/^(?:plugin|dynamicLib|ext):\/\//.test(spec)) return undefined;
  for (const candidate of tree.candidates(from, spec))
    for (const path of [candidate, `${candidate}/index`])
      if (tree.has(`${path}.json`) && tree.first(path, [".wxml", ...scriptEndings]) !== undefined) return path;
  return undefined;
}

/** JSON as WeChat's tools take it: with comments, and with commas at the end. */
function jsonAt(tree: Tree, path: string, warn: Warn): Record<string, unknown> {
  const text = tree.text(path);
  const plain = text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, quoted: string | undefined) => quoted ?? "")
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, quoted: string | undefined) => quoted ?? "");
  try {
    return record(JSON.parse(plain));
  } catch {
    warn(`${path} is not JSON`);
    return {};
  }
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? [...value] : [];
}

function words(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record(value)).filter((entry): entry is [string, string] => isText(entry[1])),
  );
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}
