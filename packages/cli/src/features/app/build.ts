/**
 * Build: the web app that `yanshu app` serves, read once, checked once, and kept in memory: what was checked is what is
 * served (docs/spec/terminal.md TE20).
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { checkRelease, type Difference, differences, type Keys, type Verdict } from "@yanshu/release";

export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
export type Checked =
  | { readonly kind: "released"; readonly files: Files; readonly version: string; readonly signers: readonly string[] }
  | { readonly kind: "own-build"; readonly files: Files }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly why: Exclude<Verdict, { readonly kind: "released" }>["kind"] }
  | { readonly kind: "different"; readonly different: readonly Difference[] };

const noteFile = "release.note";

/** @param isOwnBuild the person takes what nobody signed; never what claims to be a release and is none. */
export function checkedBuild(folder: string, keys: Keys, isOwnBuild: boolean): Checked {
  const files = filesIn(folder);
  if (!files.has("index.html")) return { kind: "absent" };
  const note = files.get(noteFile);
  const verdict = checkRelease(note === undefined ? undefined : new TextDecoder().decode(note), keys);
  if (note === undefined && isOwnBuild) return { kind: "own-build", files };
  // @checks TE20
  if (verdict.kind !== "released") return { kind: "refused", why: verdict.kind };
  const found = new Map([...files].map(([path, bytes]) => [path, createHash("sha256").update(bytes).digest("hex")]));
  found.delete(noteFile);
  const different = differences(verdict.release, found);
  // @checks TE20
  if (different.length > 0) return { kind: "different", different };
  return { kind: "released", files, version: verdict.release.version, signers: verdict.signers };
}

function filesIn(folder: string): Files {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      // Forms in which a home sends files; on this computer nothing is compressed.
      if (!entry.isFile() || /\.(?:br|gz)$/.test(path)) continue;
      files.set(relative(folder, path).split(sep).join("/"), new Uint8Array(readFileSync(path)));
    }
  } catch {
    return new Map(); // No such folder.
  }
  return files;
}
