/**
 * Addresses: what a webxdc app asks for by its path in the package, and gets as a blob (docs/spec/programs.md PR30).
 * Modules are asked for by `xdc:/path`, which an import map leads to blobs, so that those that import each other work.
 */
import { parse } from "es-module-lexer";

const types: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  mjs: "text/javascript",
  css: "text/css",
  json: "application/json",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  svg: "image/svg+xml",
  webp: "image/webp",
  ico: "image/x-icon",
  wasm: "application/wasm",
  woff: "font/woff",
  woff2: "font/woff2",
  ttf: "font/ttf",
  mp3: "audio/mpeg",
  ogg: "audio/ogg",
  wav: "audio/wav",
  mp4: "video/mp4",
  webm: "video/webm",
  txt: "text/plain",
  toml: "text/plain",
  xml: "text/xml",
};

export type Addresses = {
  /** The path in the package that an address means; undefined: none of it. */
  readonly pathOf: (address: unknown, folder?: string) => string | undefined;
  /** A blob in place of a path; any other address as it is. */
  readonly led: (address: string, folder?: string) => string;
  readonly sheet: (text: string, folder: string) => string;
  readonly module: (text: string, path: string) => string;
  readonly bytesAt: (path: string) => Uint8Array<ArrayBuffer>;
  readonly textAt: (path: string) => string;
  readonly typeOf: (path: string) => string;
  /** For an import map. */
  readonly modules: () => Readonly<Record<string, string>>;
};

export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

/** @param page from which relative addresses are read. */
export function addressesOf(files: ReadonlyMap<string, Uint8Array>, page: string): Addresses {
  const blobs = new Map<string, string>();
  const bytesAt = (path: string) => (files.get(path) ?? new Uint8Array()) as Uint8Array<ArrayBuffer>;
  const textAt = (path: string) => new TextDecoder().decode(bytesAt(path));
  const typeOf = (path: string) =>
    types[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream";

  function pathOf(address: unknown, folder = folderOf(page)): string | undefined {
    const asked = String(address);
    if (/^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i.test(asked) && !asked.startsWith("xdc:")) return undefined;
    try {
      const { pathname } = new URL(asked.replace(/^xdc:\/*/, "/"), `http://x/${folder}`);
      const path = decodeURIComponent(pathname.slice(1));
      return files.has(path) ? path : undefined;
    } catch {
      return undefined;
    }
  }

  function blobAt(path: string): string {
    const known = blobs.get(path);
    if (known !== undefined) return known;
    const content = /\.css$/i.test(path) ? sheet(textAt(path), folderOf(path)) : bytesAt(path);
    const made = URL.createObjectURL(new Blob([content], { type: typeOf(path) }));
    blobs.set(path, made);
    return made;
  }

  function led(address: string, folder?: string): string {
    const path = pathOf(address, folder);
    return path === undefined ? address : blobAt(path);
  }

  function sheet(text: string, folder: string): string {
    return text
      .replaceAll(/@import\s+(?:url\(\s*)?(["']?)([^"')\s;]+)\1\s*\)?/g, (all, _, address: string) =>
        pathOf(address, folder) === undefined ? all : `@import url("${led(address, folder)}")`,
      )
      .replaceAll(/url\(\s*(["']?)([^"')]+)\1\s*\)/g, (all, _, address: string) =>
        pathOf(address, folder) === undefined ? all : `url("${led(address, folder)}")`,
      );
  }

  function module(text: string, path: string): string {
    try {
      let said = "";
      let at = 0;
      for (const { type, specifier, start, end } of parse(text)[0]) {
        const found = specifier != null && /^[./]/.test(specifier) ? pathOf(specifier, folderOf(path)) : undefined;
        const own = type === "import-meta" ? `({url:${JSON.stringify(`xdc:///${path}`)}})` : undefined;
        if (own === undefined && found === undefined) continue;
        const asked = type === "dynamic" ? JSON.stringify(`xdc:/${found}`) : `xdc:/${found}`;
        said += text.slice(at, start) + (own ?? asked);
        at = end;
      }
      return said + text.slice(at);
    } catch {
      return text; // The browser says what is wrong with it.
    }
  }

  function modules(): Readonly<Record<string, string>> {
    const scripts = [...files.keys()].filter((path) => /\.m?js$/i.test(path));
    return Object.fromEntries(
      scripts.map((path) => {
        const blob = new Blob([module(textAt(path), path)], { type: "text/javascript" });
        return [`xdc:/${path}`, URL.createObjectURL(blob)];
      }),
    );
  }

  return { pathOf, led, sheet, module, bytesAt, textAt, typeOf, modules };
}
