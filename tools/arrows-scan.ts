/**
 * Scan: what the arrow check needs to know of a source file, its imports and the global names it touches, read from the
 * tree of Oxc's parser (TypeScript 7 has no API).
 */
import { type Node, parseSync } from "oxc-parser";

export type Source = { readonly text: string; readonly nodes: readonly Placed[] };

/** A node with the one that holds it, and under which name. */
type Placed = { readonly node: Node; readonly parent: Node | undefined; readonly key: string };

export type ImportFound = {
  /** Undefined for an `import(…)` whose argument is not plain text. */
  readonly specifier: string | undefined;
  readonly line: number;
};

/** @param path tells the language by its ending. @throws Error where the text is no program of it. */
export function parse(text: string, path = "source.tsx"): Source {
  const { program, errors } = parseSync(path, text, { sourceType: "module" });
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const nodes: Placed[] = [];
  place(program, undefined, "", nodes);
  return { text, nodes };
}

/** All nodes below, each before what it holds. */
function place(node: Node, parent: Node | undefined, key: string, nodes: Placed[]): void {
  nodes.push({ node, parent, key });
  for (const [name, value] of Object.entries(node)) {
    if (Array.isArray(value)) {
      for (const one of value) if (isNode(one)) place(one, node, name, nodes);
    } else if (isNode(value)) place(value, node, name, nodes);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

function lineOf(text: string, at: number): number {
  let line = 1;
  for (let end = text.indexOf("\n"); end !== -1 && end < at; end = text.indexOf("\n", end + 1)) line++;
  return line;
}

/** Every import and re-export: of types, for effects, dynamic, in a type, by `require`. */
export function importsOf({ text, nodes }: Source): ImportFound[] {
  return nodes.flatMap(({ node }) => {
    const from = sourceOf(node);
    if (from === undefined) return [];
    const specifier = from.type === "Literal" && typeof from.value === "string" ? from.value : undefined;
    return [{ specifier, line: lineOf(text, from.start) }];
  });
}

/** What a node imports from, when it imports. */
function sourceOf(node: Node): Node | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "TSImportType":
      return node.source;
    case "ExportNamedDeclaration":
      return node.source ?? undefined;
    case "TSExternalModuleReference":
      return node.expression;
    case "CallExpression":
      return node.callee.type === "Identifier" && node.callee.name === "require" ? node.arguments[0] : undefined;
    default:
      return undefined;
  }
}

export type GlobalFound = { readonly name: string; readonly line: number };

/**
 * Uses of the given names as globals. `Date.now` is a name with its member; `new Date()` is the
 * clock read without arguments. A member of something else (`ports.fetch`), a key (`fetch: …`), and
 * a name that the file itself declares or imports do not count.
 */
export function globalsOf({ text, nodes }: Source, names: ReadonlySet<string>): GlobalFound[] {
  const own = new Set(nodes.flatMap(({ node, parent, key }) => (binds(parent, key) ? namesIn(node) : [])));
  return nodes.flatMap(({ node, parent, key }) => {
    if (node.type !== "Identifier" || own.has(node.name) || isOnlyAName(parent, key)) return [];
    const name = [node.name, withMember(node.name, parent, key), clockOf(node.name, parent, key)].find(
      (one) => one !== undefined && names.has(one),
    );
    return name === undefined ? [] : [{ name, line: lineOf(text, node.start) }];
  });
}

/** `Date.now`, where `Date` is what a member is taken of. */
function withMember(name: string, parent: Node | undefined, key: string): string | undefined {
  if (parent?.type !== "MemberExpression" || key !== "object" || parent.computed) return undefined;
  return parent.property.type === "Identifier" ? `${name}.${parent.property.name}` : undefined;
}

/** `new Date()` and `Date(…)`: each reads the clock; `new Date(1)` does not. */
function clockOf(name: string, parent: Node | undefined, key: string): string | undefined {
  if (name !== "Date" || key !== "callee") return undefined;
  const reads =
    parent?.type === "CallExpression" || (parent?.type === "NewExpression" && parent.arguments.length === 0);
  return reads ? "new Date()" : undefined;
}

/** A member of something, a key, or a label: it names no value of its own. */
function isOnlyAName(parent: Node | undefined, key: string): boolean {
  switch (parent?.type) {
    case "MemberExpression":
      return key === "property" && !parent.computed;
    case "Property":
      // `{ fetch }` is key and value at once, and its value is looked at.
      return key === "key" && !parent.computed;
    case "MethodDefinition":
    case "PropertyDefinition":
    case "AccessorProperty":
    case "TSPropertySignature":
    case "TSMethodSignature":
    case "TSEnumMember":
      return key === "key" || key === "id";
    case "TSQualifiedName":
      return key === "right";
    case "TSImportType":
      return key === "qualifier";
    case "ImportSpecifier":
    case "ExportSpecifier":
      return key === "imported" || key === "exported";
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
      return key === "label";
    case "MetaProperty":
      return true;
    case "TSNamedTupleMember":
      return key === "label";
    default:
      return false;
  }
}

/**
 * Whether what stands there under that name is bound by the file: a variable, a parameter, a declaration, an import.
 */
function binds(parent: Node | undefined, key: string): boolean {
  switch (parent?.type) {
    case "VariableDeclarator":
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ClassDeclaration":
    case "ClassExpression":
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
    case "TSEnumDeclaration":
    case "TSModuleDeclaration":
      return key === "id" || key === "params";
    case "ArrowFunctionExpression":
    case "TSFunctionType":
    case "TSConstructorType":
    case "TSMethodSignature":
    case "TSCallSignatureDeclaration":
    case "TSDeclareFunction":
    case "TSEmptyBodyFunctionExpression":
    case "TSIndexSignature":
      return key === "params" || key === "parameters" || key === "id";
    case "CatchClause":
      return key === "param";
    case "ImportSpecifier":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
      return key === "local";
    case "TSTypeParameter":
      return key === "name";
    default:
      return false;
  }
}

/** The names that a pattern binds: `a`, `{ a, b: c = 1 }`, `[d, ...e]`. */
function namesIn(node: Node): readonly string[] {
  switch (node.type) {
    case "Identifier":
      return [node.name];
    case "ObjectPattern":
      return node.properties.flatMap((one) => namesIn(one.type === "Property" ? one.value : one.argument));
    case "ArrayPattern":
      return node.elements.flatMap((one) => (one === null ? [] : namesIn(one)));
    case "AssignmentPattern":
      return namesIn(node.left);
    case "RestElement":
      return namesIn(node.argument);
    case "TSParameterProperty":
      return namesIn(node.parameter);
    default:
      return [];
  }
}
