/**
 * Compiling: an unmodified WeChat mini program becomes a package, on the machine of the one who packs it
 * (docs/spec/programs.md PR2). The app has no compiler. Who compiled does not matter for safety: the result runs where
 * a hostile program may.
 */
import { parse } from "acorn";
import { TmplGroup } from "glass-easel-template-compiler";
import { packageLimits } from "../format/limits.ts";
import {
  colorShape,
  type Manifest,
  type Part,
  readPackage,
  type Tab,
  type WindowConfig,
  writePackage,
} from "../format/package.ts";
import { isPackagePath } from "../format/zip.ts";
import { moduleFunction, modulesOf, scriptEndings } from "./modules.ts";
import { appConfigOf, isText, partsOf, record } from "./parts.ts";
import { normal, type Sources, type Tree, treeOf, type Warn } from "./tree.ts";
import { normalTemplate } from "./wxml.ts";
import { safeScript } from "./wxs.ts";
import { sheetOf, styleEndings, styleRoom } from "./wxss.ts";

export type { Sources } from "./tree.ts";
export type Packed = { readonly bytes: Uint8Array; readonly warnings: readonly string[] };
export type About = { readonly name: string; readonly version: string };

/**
 * Compiles and packs a program.
 *
 * @param sources by path from the folder that holds `app.json`.
 * @throws Error when it is no mini program, or larger than a package may be.
 */
export async function packProgram(sources: Sources, about: About): Promise<Packed> {
  const bad = [...sources.keys()].find((path) => !isPackagePath(`source/${path}`));
  if (bad !== undefined) throw new Error(`${bad} is no name for a file of a package`);
  const warnings: string[] = [];
  const warn: Warn = (what) => {
    warnings.push(what);
  };
  const tree = treeOf(sources);
  const app = appConfigOf(tree, warn);
  const found = partsOf(tree, app, warn);
  const parts = scoped(found);
  const modules = await modulesOf(tree, [...(tree.first("app", scriptEndings) ? ["app"] : []), ...found.keys()], warn);
  const styles: Record<string, string> = {};
  const room = styleRoom();
  for (const { path, scope } of [{ path: "app", scope: "" }, ...parts]) {
    const file = tree.first(path, styleEndings);
    if (file !== undefined) styles[path] = sheetOf(tree, file, scope, warn, room);
  }
  const manifest: Omit<Manifest, "files"> = {
    v: 1,
    name: about.name,
    version: about.version,
    pages: app.pages.filter((path) => found.has(path)),
    parts,
    window: windowOf(app.window),
    tabs: tabsOf(app.tabBar),
    modules: modules.links,
  };
  const code = [...modules.code].map(([path, said]) => `D.modules[${JSON.stringify(path)}]=${moduleFunction(said)};`);
  const logic = `(function(D){\nD.templates=${templatesOf(tree, [...found.keys()], warn)};\n${code.join("\n")}\n})(self.__program);\n`;
  parse(logic, { ecmaVersion: "latest", sourceType: "script" }); // Throws where the result is no script.
  const bytes = writePackage({ manifest, logic, styles, sources });
  const read = readPackage(bytes);
  if ("fault" in read) throw new Error(`the package cannot be read again: ${read.fault} ${read.path ?? ""}`);
  return { bytes, warnings };
}

/** Whether a package is what its own sources compile to. */
export async function isTrueToSources(bytes: Uint8Array): Promise<boolean> {
  const read = readPackage(bytes);
  if ("fault" in read) return false;
  const { manifest, sources } = read.program;
  const again = await packProgram(sources, manifest).catch(() => undefined);
  return (
    again !== undefined && again.bytes.length === bytes.length && again.bytes.every((byte, at) => byte === bytes[at])
  );
}

/** A component's classes are its own, unless it says that it shares those of the page. */
function scoped(found: ReturnType<typeof partsOf>): Part[] {
  let count = 0;
  return [...found].map(([path, { isPage, config }]) => {
    const isolation = isText(config["styleIsolation"]) ? config["styleIsolation"] : "";
    const isShared = isPage
      ? !/^(?:isolated|apply-shared)$/.test(isolation)
      : /^(?:shared|page-shared)$/.test(isolation);
    return { path, isPage, config, scope: isShared ? "" : `c${count++}` };
  });
}

/** The templates of all parts, and those that they import, as one expression. */
function templatesOf(tree: Tree, paths: readonly string[], warn: Warn): string {
  const group = new TmplGroup();
  const templates = new Set<string>();
  const scripts = new Map<string, string>();
  const addScript = (path: string): void => {
    if (scripts.has(path)) return;
    const file = tree.first(path, ["", ".wxs"]);
    if (file === undefined) warn(`${path} is not there`);
    const code = file === undefined ? "" : tree.text(file);
    const safe = safeScript(code, warn);
    scripts.set(path, scriptOf(path, safe));
    group.addScript(path, safe);
    for (const [, spec = ""] of code.matchAll(/require\(\s*['"]([^'"]+)['"]\s*\)/g)) {
      const near = normal(spec.startsWith("/") ? spec : `${path.split("/").slice(0, -1).join("/")}/${spec}`);
      addScript(near);
      addScript(near.replace(/\.wxs$/, ""));
    }
  };
  const addTemplate = (path: string): void => {
    if (templates.has(path)) return;
    templates.add(path);
    const file = tree.first(path, [".wxml"]);
    if (file === undefined) warn(`${path} has no template`);
    const source = file === undefined ? "" : normalTemplate(tree.text(file), (code) => safeScript(code, warn));
    const found = group.addTmpl(path, source) as readonly { readonly level?: number; readonly message?: string }[];
    for (const { level = 0, message = "?" } of found ?? []) if (level >= 3) warn(`${path}.wxml: ${message}`);
    for (const next of group.getDirectDependencies(path) as string[]) addTemplate(next);
    for (const next of group.getScriptDependencies(path) as string[]) addScript(next);
  };
  for (const path of paths) addTemplate(path);
  // The group would write them in an order that differs from run to run; equal sources have to give equal bytes.
  const said = [...templates]
    .sort()
    .map((path) => `G[${JSON.stringify(path)}]=${inOrder(group.getTmplGenObject(path))};`);
  const runtime = group.getRuntimeString();
  group.free();
  const script = [...scripts.keys()].sort().map((path) => `${scripts.get(path)};`);
  return `(()=>{var G={};var R={};${runtime};${script.join("")}${said.join("")}return G})()`;
}

/** Fields of the data that a template binds, which the compiler lists in an order of chance. */
function inOrder(code: string): string {
  return code.replace(/A=A\|\|\{((?:"(?:[^"\\]|\\.)*":new Array\(\d+\),?)+)\}/g, (_, fields: string) => {
    const each = fields.match(/"(?:[^"\\]|\\.)*":new Array\(\d+\)/g) ?? [];
    return `A=A||{${each.sort().join(",")}}`;
  });
}

function scriptOf(path: string, code: string): string {
  const group = new TmplGroup();
  group.addScript(path, code);
  const said = group.exportAllScripts();
  group.free();
  return said;
}

function windowOf(config: Readonly<Record<string, unknown>>): WindowConfig {
  const { navigationBarTitleText, navigationBarBackgroundColor, navigationBarTextStyle, backgroundColor } = config;
  const color = (value: unknown) => (isText(value) && colorShape.test(value) ? value : undefined);
  const [barColor, background] = [color(navigationBarBackgroundColor), color(backgroundColor)];
  return {
    ...(isText(navigationBarTitleText) ? { title: navigationBarTitleText.slice(0, packageLimits.nameMax) } : {}),
    ...(barColor === undefined ? {} : { barColor }),
    ...(background === undefined ? {} : { background }),
    ...(navigationBarTextStyle === "black" || navigationBarTextStyle === "white"
      ? { barText: navigationBarTextStyle }
      : {}),
    ...(config["enablePullDownRefresh"] === true ? { canPullDown: true } : {}),
  };
}

function tabsOf(tabBar: Readonly<Record<string, unknown>> | undefined): Tab[] {
  const tabs = tabBar?.["list"];
  if (!Array.isArray(tabs)) return [];
  return tabs.slice(0, packageLimits.tabsMax).flatMap((one) => {
    const { pagePath, text, iconPath, selectedIconPath } = record(one);
    if (!isText(pagePath)) return [];
    return [
      {
        path: normal(pagePath),
        text: isText(text) ? text.slice(0, 20) : "",
        ...(isText(iconPath) ? { icon: normal(iconPath) } : {}),
        ...(isText(selectedIconPath) ? { chosenIcon: normal(selectedIconPath) } : {}),
      },
    ];
  });
}
