/** Web files: what a build of the web app hands to browsers, as a release names it (docs/spec/release.md RE1). */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { noteFile, proofFile } from "@yanshu/release";

/**
 * Every file of a build that a browser may be handed, and its SHA-256 in hex: not the note and the proof of the
 * release, nor the compressed forms, which are sent in the place of the files and unpack to them.
 */
export function hashesIn(dist: string): Readonly<Record<string, string>> {
  const paths = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => path !== noteFile && path !== proofFile && !/\.(?:br|gz)$/.test(path))
    .sort();
  return Object.fromEntries(
    paths.map((path) => [
      path,
      createHash("sha256")
        .update(readFileSync(join(dist, path)))
        .digest("hex"),
    ]),
  );
}

/** The default export of a built file whose name the build made, by the start of that name. */
export async function builtDefault(dist: string, start: string): Promise<unknown> {
  const assets = join(dist, "assets");
  const name = readdirSync(assets).find((file) => file.startsWith(`${start}-`) && /^[^.]*\.js$/.test(file));
  if (name === undefined) throw new Error(`${assets} has no ${start}`);
  return ((await import(pathToFileURL(join(assets, name)).href)) as { readonly default: unknown }).default;
}
