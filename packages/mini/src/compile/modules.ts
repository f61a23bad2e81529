/** Modules: the program's scripts, each as a function of what it may use (docs/spec/programs.md PR2). */
import { transform } from "esbuild";
import type { Tree, Warn } from "./tree.ts";

export const scriptEndings = [".js", ".ts"] as const;
export type Modules = {
  /** Code by path, in the form of CommonJS. */
  readonly code: ReadonlyMap<string, string>;
  /** By module, then by the words of its `require`: which module is meant. */
  readonly links: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

const requiring = /\brequire\(\s*['"`]([^'"`]+)['"`]\s*\)/g;

/** @param from paths without ending: the app, its pages and components. */
export async function modulesOf(tree: Tree, from: readonly string[], warn: Warn): Promise<Modules> {
  const code = new Map<string, string>();
  const links: Record<string, Record<string, string>> = {};
  const waiting = [...from];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (code.has(path)) continue;
    const file = tree.first(path, scriptEndings);
    if (file === undefined) {
      warn(`${path} has no script`);
      code.set(path, "");
      continue;
    }
    const said = await common(tree.text(file), file, warn);
    code.set(path, said);
    const own: Record<string, string> = {};
    for (const [, spec = ""] of said.matchAll(requiring)) {
      const found = moduleAt(tree, path, spec);
      if (found === undefined) warn(`${path} requires ${spec}, which is not there`);
      else {
        own[spec] = found;
        waiting.push(found);
      }
    }
    links[path] = own;
  }
  return { code, links };
}

async function common(code: string, file: string, warn: Warn): Promise<string> {
  try {
    const options = { loader: file.endsWith(".ts") ? "ts" : "js", format: "cjs", target: "es2020" } as const;
    return (await transform(code, { ...options, charset: "utf8" })).code;
  } catch (error) {
    warn(`${file}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "?") : "?"}`);
    return `throw new Error(${JSON.stringify(`${file} cannot be compiled`)});`;
  }
}

function moduleAt(tree: Tree, from: string, spec: string): string | undefined {
  for (const candidate of tree.candidates(from, spec)) {
    const file = tree.first(candidate, ["", ...scriptEndings, "/index.js", "/index.ts"]);
    if (file !== undefined && /\.(?:js|ts)$/.test(file)) return file.replace(/\.(?:js|ts)$/, "");
  }
  return undefined;
}

/**
 * What a module may use stands as the names of its function; those behind `wx` hide what a Worker has. They are no
 * wall: a program finds the global object in other ways. The wall is the policy that its Worker inherits (PR4).
 */
const given = [
  ..."require module exports wx App Page Component Behavior getApp getCurrentPages globalThis global requirePlugin".split(
    " ",
  ),
  ..."self window document postMessage fetch XMLHttpRequest WebSocket importScripts".split(" "),
];

export function moduleFunction(code: string): string {
  return `function(${given.join(",")}){(function(){\n${code}\n}).call(undefined)}`;
}
