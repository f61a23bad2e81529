/**
 * WXSS: style sheets. Tags become the elements that the frame draws (`view` is `wx-view`), classes get the prefix of
 * their component, `rpx` is a 750th of the width, and what is imported stands in its place (docs/spec/programs.md PR2).
 */
import postcss, { type Rule } from "postcss";
import selectors from "postcss-selector-parser";
import { folderOf, normal, type Tree, type Warn } from "./tree.ts";

export const styleEndings = [".wxss", ".css"] as const;

/** @param scope prefix of its classes; empty for the app and for pages. */
export function sheetOf(tree: Tree, path: string, scope: string, warn: Warn): string {
  let root: postcss.Root;
  try {
    root = postcss.parse(withImports(tree, path, warn, []));
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

const importing = /@import\s+(?:url\()?\s*['"]?([^'")\s;]+)['"]?\s*\)?\s*;?/g;

function withImports(tree: Tree, path: string, warn: Warn, above: readonly string[]): string {
  if (above.includes(path)) return "";
  const text = tree.text(path).replace(/\/\*[\s\S]*?\*\//g, "");
  return text.replace(importing, (_, spec: string) => {
    if (/^(?:https?:)?\/\//.test(spec)) return "";
    const near = normal(spec.startsWith("/") ? spec : `${folderOf(path)}/${spec}`);
    const found =
      tree.first(near, ["", ...styleEndings]) ??
      tree.candidates(path, spec.replace(/\.wxss$/, "")).flatMap((one) => tree.first(one, styleEndings) ?? [])[0];
    if (found === undefined) {
      warn(`${path}: ${spec} is imported and not there`);
      return "";
    }
    return withImports(tree, found, warn, [...above, path]);
  });
}
