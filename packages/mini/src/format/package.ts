/**
 * Package: one file, `.ymp`, that holds a mini program compiled, and its sources (docs/spec/programs.md PR1).
 *
 *     program.json   what it is: name, pages, styles of its bar, and the SHA-256 of every other file
 *     logic.js       its modules and templates, as functions
 *     styles.json    style sheets by the path of the page or component
 *     source/…       what the developer wrote, from which `verify` compiles it again
 *
 * A program is its package: its id is the SHA-256 of the file.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { packageLimits } from "./limits.ts";
import { type PackageFault, unzip, zip } from "./zip.ts";

/** A page or a component as the compiler found it. */
export type Part = {
  readonly path: string;
  readonly isPage: boolean;
  /** Its JSON file: `usingComponents` with paths from the root, title, styles. */
  readonly config: PartConfig;
  /** Prefix of its classes; empty: it shares those of the app. */
  readonly scope: string;
};
export type PartConfig = Readonly<Record<string, unknown>> & {
  readonly usingComponents?: Readonly<Record<string, string>>;
};
export type WindowConfig = {
  readonly title?: string;
  /** `#rgb` or `#rrggbb`. */
  readonly barColor?: string;
  readonly barText?: "black" | "white";
  readonly background?: string;
  readonly canPullDown?: boolean;
};
export type Tab = {
  readonly path: string;
  readonly text: string;
  readonly icon?: string;
  readonly chosenIcon?: string;
};
export type Manifest = {
  readonly v: 1;
  readonly name: string;
  readonly version: string;
  /** Paths of its pages; the first is where it begins. */
  readonly pages: readonly string[];
  readonly parts: readonly Part[];
  readonly window: WindowConfig;
  readonly tabs: readonly Tab[];
  /** Modules as they are asked for: by module, then by the words of its `require`. */
  readonly modules: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly files: Readonly<Record<string, string>>;
};
export type Program = {
  /** SHA-256 of the package, in hex. */
  readonly id: string;
  readonly manifest: Manifest;
  readonly logic: string;
  readonly styles: Readonly<Record<string, string>>;
  /** What the developer wrote, by path: pictures of a program are among it. */
  readonly sources: ReadonlyMap<string, Uint8Array>;
};
export type PackageResult = { readonly program: Program } | PackageFault;

export function packageId(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** The package of a compiled program. */
export function writePackage(
  program: Omit<Program, "id" | "manifest"> & { readonly manifest: Omit<Manifest, "files"> },
) {
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array>([
    ["logic.js", encoder.encode(program.logic)],
    ["styles.json", encoder.encode(JSON.stringify(program.styles))],
  ]);
  for (const [path, content] of program.sources) files.set(`source/${path}`, content);
  const hashes = Object.fromEntries(
    [...files.keys()].sort().map((path) => [path, packageId(files.get(path) as Uint8Array)]),
  );
  files.set("program.json", encoder.encode(JSON.stringify({ ...program.manifest, files: hashes })));
  return zip(files);
}

/**
 * Reads a package whole. Every file has to be what `program.json` says, and no other may be there.
 *
 * @checks PR1
 */
export function readPackage(bytes: Uint8Array): PackageResult {
  const unzipped = unzip(bytes);
  if ("fault" in unzipped) return unzipped;
  const { files } = unzipped;
  const manifest = manifestOf(files.get("program.json"));
  if (manifest === undefined) return { fault: "not-a-package" };
  for (const [path, content] of files)
    if (path !== "program.json" && manifest.files[path] !== packageId(content)) return { fault: "changed", path };
  const missing = Object.keys(manifest.files).find((path) => !files.has(path));
  if (missing !== undefined) return { fault: "changed", path: missing };
  const logic = files.get("logic.js");
  const styles = jsonOf(files.get("styles.json"));
  if (logic === undefined || !isWords(styles)) return { fault: "not-a-package" };
  const sources = new Map<string, Uint8Array>();
  for (const [path, content] of files)
    if (path.startsWith("source/")) sources.set(path.slice("source/".length), content);
  return { program: { id: packageId(bytes), manifest, logic: new TextDecoder().decode(logic), styles, sources } };
}

/** The manifest if it has the shape of one. What is in it is a stranger's: it is shown, and never run. */
function manifestOf(bytes: Uint8Array | undefined): Manifest | undefined {
  const read = jsonOf(bytes);
  if (!isRecord(read) || read["v"] !== 1) return undefined;
  const { name, version, pages, parts, window, tabs, modules, files } = read;
  if (!isLine(name, packageLimits.nameMax) || name === "" || !isLine(version, 40)) return undefined;
  if (!Array.isArray(pages) || pages.length === 0 || pages.length > packageLimits.pagesMax) return undefined;
  if (!pages.every((page) => isLine(page, packageLimits.pathBytesMax))) return undefined;
  if (!Array.isArray(parts) || !parts.every(isPart) || !isRecord(window) || !isWindow(window)) return undefined;
  if (!Array.isArray(tabs) || tabs.length > packageLimits.tabsMax || !tabs.every(isTab)) return undefined;
  if (!isRecord(modules) || !Object.values(modules).every(isWords) || !isWords(files)) return undefined;
  return read as unknown as Manifest;
}

function jsonOf(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWords(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((one) => typeof one === "string");
}

/** Words for a bar or a list: in one line. */
function isLine(value: unknown, max: number): value is string {
  return typeof value === "string" && value.length <= max && !/[\p{Cc}\u2028\u2029]/u.test(value);
}

/** @checks PR1 */
function isPart(value: unknown): value is Part {
  if (!isRecord(value) || typeof value["path"] !== "string" || typeof value["isPage"] !== "boolean") return false;
  const using = isRecord(value["config"]) ? (value["config"]["usingComponents"] ?? {}) : undefined;
  return typeof value["scope"] === "string" && isWords(using);
}

function isWindow(value: Record<string, unknown>): boolean {
  const isColor = (color: unknown) => color === undefined || (typeof color === "string" && colorShape.test(color));
  const isText = value["barText"] === undefined || value["barText"] === "black" || value["barText"] === "white";
  const isTitle = value["title"] === undefined || isLine(value["title"], packageLimits.nameMax);
  return isTitle && isText && isColor(value["barColor"]) && isColor(value["background"]);
}

export const colorShape = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** @checks PR1 */
function isTab(value: unknown): value is Tab {
  if (!isRecord(value)) return false;
  const isPath = (path: unknown) => isLine(path, packageLimits.pathBytesMax);
  const icons = [value["icon"], value["chosenIcon"]];
  return (
    isPath(value["path"]) && isLine(value["text"], 20) && icons.every((icon) => icon === undefined || isPath(icon))
  );
}
