/**
 * Scan: what the arrow check needs to know of a source file, its imports and the global names it
 * touches. A small tokeniser, for TypeScript 7 has no API: it knows comments, strings, templates
 * and regular expressions, so that a word inside any of them is neither an import nor a global.
 */

export type Token = {
  readonly kind: "word" | "mark" | "text" | "template";
  /** A word or mark as written; the content of a text; nothing for a template with `${…}`. */
  readonly value: string;
  readonly line: number;
};

export type ImportFound = {
  /** Undefined for an `import(…)` whose argument is not plain text. */
  readonly specifier: string | undefined;
  readonly line: number;
};

/** After these words a slash begins a regular expression. */
const beforeRegex = new Set(
  "return typeof instanceof in of new delete void throw case do else await yield extends default".split(" "),
);

export function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  /** For each open template: how many braces are open inside its `${`. */
  const templates: number[] = [];
  let at = 0;
  let line = 1;

  function push(kind: Token["kind"], value: string): void {
    tokens.push({ kind, value, line });
  }

  function skipTo(end: number): void {
    for (; at < end; at++) if (source[at] === "\n") line++;
  }

  function text(quote: string): void {
    let end = at + 1;
    while (end < source.length && source[end] !== quote && source[end] !== "\n") end += source[end] === "\\" ? 2 : 1;
    if (source[end] !== quote) {
      at++; // An apostrophe in the text of a screen: a string never spans lines.
      return;
    }
    push("text", source.slice(at + 1, end));
    skipTo(end + 1);
  }

  /** Reads template text up to its end or its next `${`. */
  function templateText(begins: boolean): void {
    const from = at;
    let end = at;
    while (end < source.length) {
      if (source[end] === "\\") {
        end += 2;
      } else if (source[end] === "`") {
        if (begins) push("text", source.slice(from, end));
        skipTo(end + 1);
        return;
      } else if (source.startsWith("${", end)) {
        if (begins) push("template", source.slice(from, end));
        skipTo(end + 2);
        templates.push(0);
        return;
      } else {
        end++;
      }
    }
    skipTo(end);
  }

  function regexEnd(): number | undefined {
    const last = tokens.at(-1);
    const follows =
      last === undefined ||
      (last.kind === "word" ? beforeRegex.has(last.value) : last.kind === "mark" && !/[)\]}<]/.test(last.value));
    if (!follows) return undefined;
    let inClass = false;
    for (let end = at + 1; end < source.length && source[end] !== "\n"; end++) {
      const sign = source[end];
      if (sign === "\\") end++;
      else if (sign === "[") inClass = true;
      else if (sign === "]") inClass = false;
      else if (sign === "/" && !inClass) return end + 1;
    }
    return undefined;
  }

  function slash(): void {
    if (source[at + 1] === "/") {
      const end = source.indexOf("\n", at);
      skipTo(end === -1 ? source.length : end);
    } else if (source[at + 1] === "*") {
      const end = source.indexOf("*/", at + 2);
      skipTo(end === -1 ? source.length : end + 2);
    } else {
      const end = regexEnd();
      push("mark", "/");
      skipTo(end ?? at + 1);
    }
  }

  function mark(sign: string): void {
    const depth = templates.length - 1;
    const open = templates[depth];
    if (open !== undefined && sign === "{") templates[depth] = open + 1;
    if (open !== undefined && sign === "}") {
      if (open === 0) {
        templates.pop();
        at++;
        templateText(false);
        return;
      }
      templates[depth] = open - 1;
    }
    push("mark", sign);
    at++;
  }

  const word = /[\p{ID_Start}$_#][\p{ID_Continue}$]*/uy;
  while (at < source.length) {
    const sign = source[at] as string;
    word.lastIndex = at;
    const found = word.exec(source)?.[0];
    if (found !== undefined) {
      push("word", found);
      at += found.length;
    } else if (/\s/.test(sign)) {
      skipTo(at + 1);
    } else if (sign === '"' || sign === "'") {
      text(sign);
    } else if (sign === "`") {
      at++;
      templateText(true);
    } else if (sign === "/") {
      slash();
    } else {
      mark(sign);
    }
  }
  return tokens;
}

/** Every import and re-export: of types, for effects, dynamic, in a type, by `require`. */
export function importsOf(tokens: readonly Token[]): ImportFound[] {
  const found: ImportFound[] = [];
  tokens.forEach((token, index) => {
    if (token.kind !== "word" || tokens[index - 1]?.value === ".") return;
    const next = tokens[index + 1];
    if (token.value === "import" && next?.kind === "text") {
      found.push({ specifier: next.value, line: next.line });
    } else if ((token.value === "import" || token.value === "require") && next?.value === "(" && next.kind === "mark") {
      const argument = tokens[index + 2];
      if (argument === undefined || isParameter(tokens, index)) return;
      found.push({ specifier: argument.kind === "text" ? argument.value : undefined, line: argument.line });
    } else if (token.value === "import" || token.value === "export") {
      const source = sourceOf(tokens, index);
      if (source !== undefined) found.push({ specifier: source.value, line: source.line });
    }
  });
  return found;
}

/** `require` as the name of a method or function that is being declared. */
function isParameter(tokens: readonly Token[], index: number): boolean {
  return tokens[index - 1]?.value === "function";
}

/** The text after `from`, when what begins at `index` is an import or re-export that has one. */
function sourceOf(tokens: readonly Token[], index: number): Token | undefined {
  let braces = 0;
  for (let at = index + 1; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.kind === "text") {
      if (braces > 0) continue; // `import { "a name" as b }`
      return tokens[at - 1]?.value === "from" ? token : undefined;
    }
    if (token.value === "{") braces++;
    else if (token.value === "}") braces--;
    else if (token.kind === "mark" && !/[*,]/.test(token.value)) return undefined;
    else if (braces === 0 && token.kind === "word" && declares.has(token.value)) return undefined;
  }
  return undefined;
}

/** After `export`, these begin a declaration and not a list of names. */
const declares = new Set("const let var function class interface enum default abstract async declare".split(" "));

export type GlobalFound = { readonly name: string; readonly line: number };

/**
 * Uses of the given names as globals. `Date.now` is a name with its member; `new Date()` is the
 * clock read without arguments. A member of something else (`ports.fetch`), a key (`fetch: …`), and
 * a name that the file itself declares or imports do not count.
 */
export function globalsOf(tokens: readonly Token[], names: ReadonlySet<string>): GlobalFound[] {
  const own = declaredIn(tokens);
  const found: GlobalFound[] = [];
  tokens.forEach((token, index) => {
    if (token.kind !== "word" || own.has(token.value)) return;
    const before = tokens[index - 1]?.value;
    if ((before === "." && tokens[index - 2]?.value !== ".") || isKey(tokens, index)) return;
    const member = tokens[index + 1]?.value === "." ? `${token.value}.${tokens[index + 2]?.value}` : undefined;
    const clock = before === "new" && tokens[index + 1]?.value === "(" && tokens[index + 2]?.value === ")";
    const bare = token.value === "Date" && (clock || (before !== "new" && tokens[index + 1]?.value === "("));
    const name = bare ? "new Date()" : names.has(token.value) ? token.value : member;
    if (name !== undefined && names.has(name)) found.push({ name, line: token.line });
  });
  return found;
}

/** `{ name: … }`, `name?: …`, `name(…): …` in a type or object, and not `condition ? name : other`. */
function isKey(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.value ?? "";
  const after = tokens[index + 1]?.value;
  const opens =
    ["{", ",", ";", "readonly", "(", "|"].includes(before) || tokens[index - 1]?.line !== tokens[index]?.line;
  if (!opens) return false;
  return after === ":" || (after === "?" && tokens[index + 2]?.value === ":");
}

/** Names that the file declares with a keyword, imports, or takes out of an object or as a parameter. */
function declaredIn(tokens: readonly Token[]): Set<string> {
  const names = new Set<string>();
  tokens.forEach(({ kind, value }, index) => {
    if (kind !== "word") return;
    const next = tokens[index + 1];
    if (["const", "let", "var", "function", "class", "type", "interface"].includes(value)) {
      if (next?.kind === "word") names.add(next.value);
      else if (next?.value === "{" || next?.value === "[") takeNames(tokens, index + 1, names);
    } else if (value === "import" && next?.value !== "(" && next?.value !== ".") {
      for (let at = index + 1; at < tokens.length && tokens[at]?.kind !== "text"; at++) {
        if (tokens[at]?.kind === "word") names.add((tokens[at] as Token).value);
      }
    }
  });
  for (const name of parameters(tokens)) names.add(name);
  return names;
}

/** The names bound by a pattern that opens at `from`: `{ a, b: c }`, `[d]`. */
function takeNames(tokens: readonly Token[], from: number, names: Set<string>): void {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const { kind, value } = tokens[at] as Token;
    if (kind === "mark" && (value === "{" || value === "[")) depth++;
    if (kind === "mark" && (value === "}" || value === "]") && --depth === 0) return;
    if (kind === "word" && tokens[at + 1]?.value !== ":") names.add(value);
  }
}

/** Parameters: the words that begin an item of a `(…)` which is followed by `=>`, `{` or a result type. */
function parameters(tokens: readonly Token[]): string[] {
  const found: string[] = [];
  const open: number[] = [];
  tokens.forEach((token, index) => {
    if (token.kind !== "mark") return;
    if (token.value === "(") open.push(index);
    if (token.value !== ")") return;
    const from = open.pop();
    const after = tokens[index + 1]?.value;
    const arrow = after === "=" && tokens[index + 2]?.value === ">";
    const declared = from !== undefined && tokens[from - 1]?.kind === "word" && tokens[from - 2]?.value === "function";
    if (from === undefined || !(arrow || declared || after === ":")) return;
    for (let at = from + 1; at < index; at++) {
      const { kind, value } = tokens[at] as Token;
      const before = tokens[at - 1]?.value;
      if (kind === "word" && (before === "(" || before === "," || before === "{" || before === ".")) {
        if (before !== "." || tokens[at - 2]?.value === ".") found.push(value);
      }
    }
  });
  return found;
}
