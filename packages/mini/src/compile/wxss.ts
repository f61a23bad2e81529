/**
 * WXSS: style sheets. Tags become the elements that the frame draws (`view` is `wx-view`), classes get the prefix of
 * their component, `rpx` is a 750th of the width, and what is imported stands in its place (docs/spec/programs.md PR2).
 */
import postcss, { type Rule } from "postcss";
import selectors from "postcss-selector-parser";
import { packageLimits } from "../format/limits.ts";
import { folderOf, normal, type Tree, type Warn } from "./tree.ts";

export const styleEndings = [".wxss", ".css"] as const;

/** How many characters the sheets of a program may still have. */
export type StyleRoom = { chars: number };

export function styleRoom(): StyleRoom {
  return { chars: packageLimits.styleCharsMax };
}

/**
 * @param scope prefix of its classes; empty for the app and for pages.
 * @throws Error where imports go too deep, or sheets with all that they import are too long.
 */
export function sheetOf(tree: Tree, path: string, scope: string, warn: Warn, room: StyleRoom): string {
  const text = withImports(tree, path, warn, room, new Set(), 0);
  let root: postcss.Root;
  try {
    root = postcss.parse(text);
  } catch (error) {
    warn(`${path}: ${error instanceof Error ? error.message : "?"}`);
    return "";
  }
  root.walkDecls((declaration) => {
    declaration.value = inPixels(declaration.value);
  });
  root.walkAtRules("media", (rule) => {
    rule.params = rule.params.replace(/(\d+)rpx/g, "$1px");
  });
  // An address in a sheet leads nowhere: the frame has no network, and pictures of the package come by its elements.
  root.walkAtRules(/^(?:import|charset)$/, (rule) => {
    rule.remove();
  });
  root.walkRules((rule) => renamed(rule, scope, path, warn));
  return root.toString();
}

function renamed(rule: Rule, scope: string, path: string, warn: Warn): void {
  const { parent } = rule;
  if (parent?.type === "atrule" && /keyframes/.test((parent as postcss.AtRule).name)) return;
  const rename = selectors((all) => {
    all.walkTags((one) => {
      if (one.value === "*") return;
      one.value = `wx-${one.value.toLowerCase()}`;
    });
    if (scope !== "")
      all.walkClasses((one) => {
        one.value = `${scope}--${one.value}`;
      });
    all.walkPseudos((one) => {
      if (one.value !== ":host") return;
      const value = scope === "" ? path : scope;
      one.replaceWith(selectors.attribute({ attribute: "wx-host", operator: "=", value, quoteMark: '"', raws: {} }));
    });
  });
  try {
    rule.selector = rename.processSync(rule.selector);
  } catch {
    warn(`${path}: the selector ${rule.selector} cannot be read`);
  }
}

function inPixels(value: string): string {
  return value.replace(/(-?\d*\.?\d+)rpx/g, (_, count: string) => `calc(var(--rpx)*${count})`);
}

const importing = /@import\s+(?:url\(\s*)?['"]?([^'")\s;]+)['"]?\s*\)?\s*;?/g;

/**
 * A sheet with what it imports in the place of the words. A sheet stands once, where it is imported last: what it says
 * there holds anyway. So imports are read from the last to the first.
 *
 * @param seen paths that stand already.
 * @checks PR2
 */
function withImports(tree: Tree, path: string, warn: Warn, room: StyleRoom, seen: Set<string>, depth: number): string {
  if (seen.has(path)) return "";
  seen.add(path);
  if (depth > packageLimits.importDepthMax) throw new Error(`${path} is imported deeper than sheets may be`);
  const source = tree.text(path);
  room.chars -= source.length;
  if (room.chars < 0) throw new Error("the style sheets with all that they import are longer than they may be");
  const text = source.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, "");
  const pieces: string[] = [];
  let end = text.length;
  for (const { 0: words, 1: spec = "", index } of [...text.matchAll(importing)].reverse()) {
    const file = importedFile(tree, path, spec, warn);
    const imported = file === undefined ? "" : withImports(tree, file, warn, room, seen, depth + 1);
    pieces.push(text.slice(index + words.length, end), imported);
    end = index;
  }
  pieces.push(text.slice(0, end));
  return pieces.reverse().join("");
}

function importedFile(tree: Tree, path: string, spec: string, warn: Warn): string | undefined {
  if (/^(?:https?:)?\/\//.test(spec)) return undefined;
  const near = normal(spec.startsWith("/") ? spec : `${folderOf(path)}/${spec}`);
  const found =
    tree.first(near, ["", ...styleEndings]) ??
    tree.candidates(path, spec.replace(/\.wxss$/, "")).flatMap((one) => tree.first(one, styleEndings) ?? [])[0];
  if (found === undefined) warn(`${path}: ${spec} is imported and not there`);
  return found;
}
