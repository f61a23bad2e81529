/**
 * Build: the web app that `yanshu app` serves, read once, checked once, and kept in memory: what was checked is what is
 * served (docs/spec/terminal.md TE20, docs/spec/release.md RE14).
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import {
  checkHandedOut,
  type Difference,
  differences,
  noteFile,
  type Pinned,
  proofFile,
  seenIn,
  seenText,
  type Verdict,
} from "@yanshu/release";

export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
export type Checked =
  | {
      readonly kind: "released";
      readonly files: Files;
      readonly version: string;
      readonly signers: readonly string[];
      /** The version of the last release in its log. */
      readonly latest: string | undefined;
      /** As it is kept for the next start. */
      readonly seen: string;
    }
  | { readonly kind: "own-build"; readonly files: Files }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly why: Exclude<Verdict, { readonly kind: "released" }> }
  | { readonly kind: "different"; readonly different: readonly Difference[] };

/** What lies in a folder. */
export function checkedBuild(folder: string, keys: Pinned, isOwnBuild: boolean, newest?: string): Checked {
  return checkedFiles(filesIn(folder), keys, isOwnBuild, newest);
}

/**
 * @param isOwnBuild the person takes what nobody signed; never what claims to be a release and is none.
 * @param newest the newest release that was served before, as it was kept.
 */
export function checkedFiles(files: Files, keys: Pinned, isOwnBuild: boolean, newest?: string): Checked {
  if (!files.has("index.html")) return { kind: "absent" };
  const note = textIn(files, noteFile);
  const verdict = checkHandedOut(note, textIn(files, proofFile), keys, seenIn(newest, keys));
  if (note === undefined && isOwnBuild) return { kind: "own-build", files };
  // @checks TE20, RE14
  if (verdict.kind !== "released") return { kind: "refused", why: verdict };
  const found = new Map([...files].map(([path, bytes]) => [path, createHash("sha256").update(bytes).digest("hex")]));
  for (const beside of [noteFile, proofFile]) found.delete(beside);
  const different = differences(verdict.release, found);
  // @checks TE20
  if (different.length > 0) return { kind: "different", different };
  const { release, signers } = verdict;
  return {
    kind: "released",
    files,
    version: release.version,
    signers,
    seen: seenText(verdict, keys, keys.log),
    latest: verdict.latest,
  };
}

function textIn(files: Files, path: string): string | undefined {
  const bytes = files.get(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
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
