/** Tree: a program's sources by path, and how one file of it names another. */

/** Sources by path from the root of the program, such as `pages/index/index.wxml`. */
export type Sources = ReadonlyMap<string, Uint8Array>;
/** Takes what a developer should know of; compiling goes on. */
export type Warn = (what: string) => void;

export type Tree = {
  readonly sources: Sources;
  readonly has: (path: string) => boolean;
  /** A text without its byte order mark. */
  readonly text: (path: string) => string;
  /** The first that exists of a path with each ending. */
  readonly first: (path: string, endings: readonly string[]) => string | undefined;
  /** Where `spec`, as written in the file at `from`, may lie: the likeliest first. Without an ending. */
  readonly candidates: (from: string, spec: string) => readonly string[];
};

/** Where WeChat's tools put packages of npm. */
const npmFolder = "miniprogram_npm";

export function treeOf(sources: Sources): Tree {
  const has = (path: string) => sources.has(path);
  return {
    sources,
    has,
    text: (path) => new TextDecoder().decode(sources.get(path) ?? new Uint8Array()).replace(/^\uFEFF/, ""),
    first: (path, endings) => endings.map((ending) => path + ending).find(has),
    candidates: (from, spec) => {
      if (spec.startsWith("/")) return [normal(spec)];
      const near = normal(`${folderOf(from)}/${spec}`);
      if (spec.startsWith(".")) return [near];
      // A package may stand beside the file, in any folder above it, and at the root.
      const folders = [...foldersAbove(from), ""];
      return [near, normal(spec), ...folders.map((folder) => normal(`${folder}/${npmFolder}/${spec}`))];
    },
  };
}

/** A path without `.`, `..`, and slashes in front; one that leads out of the program ends at its root. */
export function normal(path: string): string {
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return steps.join("/");
}

export function folderOf(path: string): string {
  return path.split("/").slice(0, -1).join("/");
}

function foldersAbove(path: string): string[] {
  const folder = folderOf(path);
  return folder === "" ? [] : [folder, ...foldersAbove(folder)];
}
