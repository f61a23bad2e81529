/**
 * Webxdc: an app as messengers exchange them, `.xdc`, a zip of web pages (docs/spec/programs.md PR30). It runs as it
 * is: nobody compiled it, and nobody signed it. The same limits hold as for a package of ours.
 */
import { packageLimits } from "./limits.ts";
import { packageId } from "./package.ts";
import { type PackageFault, unzip } from "./zip.ts";

export type WebxdcApp = {
  /** SHA-256 of the file, in hex. */
  readonly id: string;
  /** As `manifest.toml` says; empty where it says none. */
  readonly name: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
};

/** Its first page. */
export const webxdcPage = "index.html";

/** @checks PR30 */
export function readWebxdc(bytes: Uint8Array): { readonly app: WebxdcApp } | PackageFault {
  const unzipped = unzip(bytes);
  if ("fault" in unzipped) return unzipped;
  const { files } = unzipped;
  if (!files.has(webxdcPage)) return { fault: "not-a-package" };
  return { app: { id: packageId(bytes), name: nameIn(files.get("manifest.toml")), files } };
}

/** Of the whole of TOML a manifest has lines of one word and one text. */
function nameIn(manifest: Uint8Array | undefined): string {
  const text = manifest === undefined ? "" : new TextDecoder().decode(manifest);
  const said = /^\s*name\s*=\s*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)')/m.exec(text);
  const name = said?.[1]?.replaceAll(/\\(["\\])/g, "$1") ?? said?.[2] ?? "";
  return name
    .replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, "")
    .trim()
    .slice(0, packageLimits.nameMax)
    .toWellFormed();
}
