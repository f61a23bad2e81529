/**
 * WXS: scripts of templates. WeChat's engine reads a member of nothing as nothing, `.constructor` as a name, and the
 * backslashes of a pattern as they stand; programs rely on all three (docs/spec/programs.md PR3), so they are written
 * into the code.
 */
import { type CallExpression, type Expression, type MemberExpression, type Node, parse, type Super } from "acorn";
import { full } from "acorn-walk";
import MagicString from "magic-string";
import type { Warn } from "./tree.ts";

/** Objects that are always there. */
const solid = new Set(["module", "Math", "JSON", "Date"]);

export function safeScript(code: string, warn: Warn): string {
  let tree: Node;
  try {
    tree = parse(code, { ecmaVersion: 2020, sourceType: "script" });
  } catch (error) {
    warn(`a wxs script cannot be read: ${error instanceof Error ? error.message : "?"}`);
    return "";
  }
  const said = new MagicString(code);
  const kept = written(tree);
  full(tree, (node) => {
    if (kept.has(node)) return;
    if (isMember(node) && !solid.has(nameOf(node.object))) member(node, code, said);
    if (isCall(node) && nameOf(node.callee as Expression) === "getRegExp") keepsBackslashes(node, code, said);
    if (isCall(node) && isMember(node.callee) && !["Math", "JSON"].includes(nameOf(node.callee.object)))
      said.appendLeft(code.indexOf("(", node.callee.end), "?.");
  });
  return said.toString();
}

function member(node: MemberExpression, code: string, said: MagicString): void {
  if (node.computed) {
    said.appendLeft(code.indexOf("[", node.object.end), "?.");
    return;
  }
  const at = code.indexOf(".", node.object.end);
  const name = nameOf(node.property);
  said.overwrite(at, node.end, `?.${name === "constructor" ? "__wxsConstructor" : name}`);
}

/** JavaScript reads `'\\d'` as `d`: in a pattern it is a digit. Quotes, ends of lines and backslashes stay. */
function keepsBackslashes({ arguments: given }: CallExpression, code: string, said: MagicString): void {
  const [pattern] = given;
  if (pattern?.type !== "Literal" || typeof pattern.value !== "string") return;
  const written = code.slice(pattern.start, pattern.end);
  const kept = written.replace(/\\([\s\S])/g, (whole, one: string) => (/[\\'"`\n\r]/.test(one) ? whole : `\\${whole}`));
  if (kept !== written) said.overwrite(pattern.start, pattern.end, kept);
}

/** What is written to, deleted or called by `new`: there a member of nothing is an error in any engine. */
function written(tree: Node): ReadonlySet<Node> {
  const kept = new Set<Node>();
  const keep = (node: Node): void => {
    if (isMember(node)) {
      kept.add(node);
      keep(node.object);
    } else if (isCall(node)) {
      kept.add(node);
      keep(node.callee);
    }
  };
  full(tree, (node) => {
    const some = node as Node & Partial<Record<"left" | "argument" | "callee", Node>> & { operator?: string };
    if ((node.type === "AssignmentExpression" || node.type === "ForInStatement") && some.left) keep(some.left);
    if (node.type === "UpdateExpression" && some.argument) keep(some.argument);
    if (node.type === "UnaryExpression" && some.operator === "delete" && some.argument) keep(some.argument);
    if (node.type === "NewExpression" && some.callee) keep(some.callee);
  });
  return kept;
}

function isMember(node: Node): node is MemberExpression {
  return node.type === "MemberExpression";
}

function isCall(node: Node): node is CallExpression {
  return node.type === "CallExpression";
}

function nameOf(node: Expression | Super | { readonly type: "PrivateIdentifier"; readonly name: string }): string {
  return node.type === "Identifier" || node.type === "PrivateIdentifier" ? node.name : "";
}
