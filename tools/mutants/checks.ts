/**
 * Checks that refuse, found in the code (docs/spec/rooms.md RO12).
 *
 * The comment before a function, or before one statement, says `@checks GR4 GR12`: what stands in it refuses, and tests
 * whose names bear one of these rules show it. Each check there can be removed by itself, as if it always passed:
 *
 * - a guard, `if (A || B) return …` (or throw, continue, break): A, and B;
 * - the condition of a result that may be a refusal, `return A ? taken : "malformed"`;
 * - in a function that returns whether something may pass, `return A && B`: A, and B.
 *
 * - marked by itself: `const honest = A && B`, and `if (A && B) take(…)`: A, and B; an arrow that returns a boolean
 *   likewise.
 *
 * - in a statement in which none of these stands: what `filter`, `some` or `every` is told.
 *
 * `// not a check: reason`, at the end of its line or on the line before, leaves one out.
 */
import { type Comment, type Expression, type Node, parseSync, type Statement, Visitor } from "oxc-parser";

/** One check. Without it the source reads `source.slice(0, start) + passes + source.slice(end)`. */
export type Check = {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** The condition, as it is written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly passes: "true" | "false";
  readonly rules: readonly string[];
};

type Span = { readonly start: number; readonly end: number };
type Found = { readonly node: Span; readonly passes: "true" | "false" };

const mark = /@checks((?:\s+[A-Z]{2,4}\d+(?:,)?)+)/;
const isPlain = /=== undefined$|== null$|^"\w+" in | instanceof |^\w+\.kind [!=]== "(lost|error|ok)"$/;
const exempt = /^\s*not a check: \S/;

/** @throws Error where the source does not parse, or a mark stands before nothing that refuses. */
export function checksIn(path: string, source: string): readonly Check[] {
  return isMarked(source) ? read(path, source).checks : [];
}

/**
 * What refuses and stands under no mark, in a file that bears marks or of which `isWhole` says that all is marked:
 * `throw`, `return "word"`, `return refuse(…)`, `fail(…)`, `return false`. What the compiler misses by itself is left
 * out, `x === undefined`, and what the network answers, `answer.kind === "lost"`.
 *
 * @returns `path:line condition`.
 */
export function unmarkedIn(path: string, source: string, isWhole = false): readonly string[] {
  if (!isWhole && !isMarked(source)) return [];
  const { program, marked, isLeftOut, lineOf } = read(path, source);
  const unmarked: string[] = [];
  new Visitor({
    IfStatement({ test, consequent, start }) {
      const hasMark = marked.some((node) => node.start <= start && start < node.end);
      if (hasMark || isLeftOut(lineOf(test.start)) || !refuses(consequent)) return;
      if (parts(test, "false").every(({ node }) => isPlain.test(source.slice(node.start, node.end)))) return;
      unmarked.push(`${path}:${lineOf(test.start)} ${source.slice(test.start, test.end).replaceAll(/\s+/g, " ")}`);
    },
  }).visit(program);
  return unmarked;
}

function isMarked(source: string): boolean {
  return source.includes("@checks");
}

function read(path: string, source: string) {
  const { program, comments, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const lineOf = (at: number): number => source.slice(0, at).split("\n").length;
  const isLeftOut = leftOut(comments, lineOf, source);
  const nodes = statementsOf(program);
  const checks = new Map<number, Check>();
  const marked: Node[] = [];
  for (const comment of comments) {
    const rules = mark.exec(comment.value)?.[1]?.match(/[A-Z]{2,4}\d+/g);
    if (rules == null) continue;
    const node = nodes.find(({ start }) => start >= comment.end);
    const found = node === undefined ? [] : checksUnder(node, source);
    if (node === undefined || found.length === 0)
      throw new Error(`${path}:${lineOf(comment.start)}: nothing refuses under this @checks`);
    marked.push(node);
    for (const { node, passes } of found) {
      const line = lineOf(node.start);
      if (isLeftOut(line)) continue;
      const { start, end } = node;
      const before = checks.get(start);
      const text = source.slice(start, end).replaceAll(/\s+/g, " ");
      checks.set(start, { path, line, text, start, end, passes, rules: [...(before?.rules ?? []), ...rules] });
    }
  }
  return { program, marked, isLeftOut, lineOf, checks: [...checks.values()].sort((a, b) => a.start - b.start) };
}

/** Not where an error of somebody else is handed on, nor what cannot happen to a correct program. */
function refuses(statement: Statement): boolean {
  const last = statement.type === "BlockStatement" ? statement.body.at(-1) : statement;
  if (last?.type === "ThrowStatement") return last.argument.type === "NewExpression" && !isInvariant(last.argument);
  return last?.type === "ReturnStatement" && last.argument != null && refusal(last.argument) === 2;
}

function isInvariant({ arguments: [first] }: { readonly arguments: readonly Node[] }): boolean {
  return first?.type === "Literal" && typeof first.value === "string" && first.value.startsWith("invariant");
}

function leftOut(
  comments: readonly Comment[],
  lineOf: (at: number) => number,
  source: string,
): (line: number) => boolean {
  const lines = new Set<number>();
  for (const { value, start, end } of comments) {
    if (!exempt.test(value)) continue;
    const isAlone = /(?:^|\n)\s*$/.test(source.slice(0, start));
    lines.add(isAlone ? lineOf(end) + 1 : lineOf(start));
  }
  return (line) => lines.has(line);
}

/** Every statement, outermost first where two begin at one place. */
function statementsOf(program: Node): readonly Node[] {
  const all: Node[] = [];
  const keep = (node: Node) => void all.push(node);
  new Visitor({
    FunctionDeclaration: keep,
    VariableDeclaration: keep,
    ExportNamedDeclaration: keep,
    IfStatement: keep,
    ReturnStatement: keep,
    ExpressionStatement: keep,
    ForOfStatement: keep,
    TryStatement: keep,
    SwitchStatement: keep,
    MethodDefinition: keep,
    PropertyDefinition: keep,
    Property: keep,
  }).visit(program as never);
  return all.sort((a, b) => a.start - b.start || b.end - a.end);
}

function checksUnder(marked: Node, source: string): readonly Found[] {
  if (marked.type === "IfStatement" && !leaves(marked.consequent)) return parts(marked.test, "true");
  const found: Found[] = [];
  if (marked.type === "VariableDeclaration")
    for (const { init } of marked.declarations) {
      if (init == null || init.type === "FunctionExpression" || sifts(init)) continue;
      if (init.type !== "ArrowFunctionExpression") found.push(...parts(init, "true"));
      else if (init.body.type !== "BlockStatement" && saysYesOrNo(marked, source))
        found.push(...parts(init.body, "true"));
    }
  new Visitor({
    IfStatement({ test, consequent }) {
      if (leaves(consequent)) found.push(...parts(test, "false"));
    },
    ReturnStatement({ argument }) {
      if (argument != null) found.push(...partsOfResult(argument, saysYesOrNo(marked, source)));
    },
    ArrowFunctionExpression({ body }) {
      const result = body.type === "ParenthesizedExpression" ? body.expression : body;
      if (result.type === "ConditionalExpression") found.push(...partsOfResult(result, false));
    },
  }).visit(asProgram(marked));
  return found.length > 0 ? found : predicatesIn(marked);
}

/** `x.filter(…)`, and what is made of it. */
function sifts(value: Expression): boolean {
  if (value.type !== "CallExpression" || value.callee.type !== "MemberExpression") return false;
  const { property } = value.callee;
  return property.type === "Identifier" && /^(filter|map|find)$/.test(property.name);
}

/** Of a statement that only sifts: what `filter`, `some` or `every` is told. */
function predicatesIn(marked: Node): readonly Found[] {
  const found: Found[] = [];
  new Visitor({
    ArrowFunctionExpression({ body }) {
      if (/^(Logical|Binary|Call|Unary)Expression$/.test(body.type)) found.push(...parts(body as Expression, "true"));
    },
  }).visit(asProgram(marked));
  return found;
}

function asProgram(statement: Node): never {
  return { type: "Program", body: [statement], sourceType: "module", hashbang: null, start: 0, end: 0 } as never;
}

function partsOfResult(result: Expression, isYesOrNo: boolean): readonly Found[] {
  if (result.type !== "ConditionalExpression")
    return isYesOrNo && result.type !== "Literal" ? parts(result, "true") : [];
  const [then, otherwise] = [refusal(result.consequent), refusal(result.alternate)];
  if (then === otherwise) return [];
  return parts(result.test, then > otherwise ? "false" : "true");
}

/** What of a condition decides by itself: each side of `||` that must be false, and of `&&` that must be true. */
function parts(condition: Expression, passes: "true" | "false"): readonly Found[] {
  if (condition.type === "ParenthesizedExpression") return parts(condition.expression, passes);
  if (condition.type === "UnaryExpression" && condition.operator === "!")
    return parts(condition.argument, passes === "true" ? "false" : "true");
  if (condition.type === "LogicalExpression" && condition.operator === (passes === "true" ? "&&" : "||"))
    return [...parts(condition.left, passes), ...parts(condition.right, passes)];
  return [{ node: condition, passes }];
}

function leaves(statement: Statement): boolean {
  const last = statement.type === "BlockStatement" ? statement.body.at(-1) : statement;
  return last !== undefined && /^(Return|Throw|Continue|Break)Statement$/.test(last.type);
}

/**
 * How surely a result refuses: a word, `refuse(…)`, `fail(…)` or `false` says why, and `undefined` beside neither does.
 */
function refusal(value: Expression): 0 | 1 | 2 {
  if (value.type === "CallExpression")
    return value.callee.type === "Identifier" && /^(?:refused?|fail)$/.test(value.callee.name) ? 2 : 0;
  if (value.type === "Literal" && (typeof value.value === "string" || value.value === false)) return 2;
  return value.type === "Identifier" && value.name === "undefined" ? 1 : 0;
}

/** The first type that the function's head names as its result. */
function saysYesOrNo(marked: Node, source: string): boolean {
  return /\)\s*:\s*(?:Promise<)?boolean\b/.test(source.slice(marked.start, marked.end).split("{\n")[0] ?? "");
}
