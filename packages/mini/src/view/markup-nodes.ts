/**
 * Markup as nodes: what a program gives `rich-text` as text, in the shape of WeChat's lists of nodes
 * (docs/spec/programs.md PR64). No parser of the browser reads it: one would tell of each style that the policy
 * forbids.
 */
export type MarkupNode =
  | { readonly type: "text"; readonly text: string }
  | { readonly name: string; readonly attrs: Readonly<Record<string, string>>; readonly children: MarkupNode[] };

export const markupLimits = { charactersMax: 100_000, nodesMax: 3_000, depthMax: 40 } as const;
const empty = new Set(["br", "hr", "img", "col", "wbr", "input"]);
/** Whose words are no words. */
export const silent: ReadonlySet<string> = new Set("script style template iframe object title svg math".split(" "));
/** In text, what stands in these is no markup either. */
const unread = new Set([...silent, "noscript", "textarea"]);
/** One that opens ends one of the same name before it. */
const inRows = new Set(["p", "li", "td", "th", "tr", "dt", "dd"]);

/** Reads no further than to the limits. */
export function nodesOf(markup: string): MarkupNode[] {
  const text = markup.slice(0, markupLimits.charactersMax);
  const lower = text.toLowerCase();
  const pieces = /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-z][\w-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>|[^<]+|</gi;
  const roots: MarkupNode[] = [];
  const open: { readonly name: string; readonly children: MarkupNode[] }[] = [];
  const into = () => open.at(-1)?.children ?? roots;
  let count = 0;
  for (let found = pieces.exec(text); found !== null && count < markupLimits.nodesMax; found = pieces.exec(text)) {
    const [piece, end, called, said = ""] = found;
    const name = called?.toLowerCase();
    if (name === undefined) {
      if (piece.startsWith("<!--")) continue;
      into().push({ type: "text", text: piece });
      count += 1;
    } else if (end === "/") {
      const at = open.findLastIndex((one) => one.name === name);
      if (at >= 0) open.length = at;
    } else if (unread.has(name)) {
      const closes = lower.indexOf(`</${name}`, pieces.lastIndex);
      pieces.lastIndex = closes < 0 ? text.length : closes;
    } else {
      if (inRows.has(name) && open.at(-1)?.name === name) open.pop();
      const made = { name, attrs: attributesIn(said), children: [] };
      into().push(made);
      count += 1;
      if (!empty.has(name) && !said.endsWith("/") && open.length < markupLimits.depthMax) open.push(made);
    }
  }
  return roots;
}

function attributesIn(said: string): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {};
  for (const [, name = "", one, other, bare] of said.matchAll(/([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/g))
    attributes[name.toLowerCase()] = unescaped(one ?? other ?? bare ?? "");
  return attributes;
}

const entities: Readonly<Record<string, string>> = {
  nbsp: "\u00a0",
  ensp: "\u2002",
  emsp: "\u2003",
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
  ldquo: "“",
  rdquo: "”",
  middot: "·",
  hellip: "…",
  mdash: "—",
};

export function unescaped(text: string): string {
  return text.replace(/&(?:(\w{2,6})|#(\d{1,7})|#x([\da-f]{1,6}));/gi, (all: string, ...[name, ten, hex]: string[]) => {
    if (name !== undefined) return entities[name] ?? all;
    const code = ten === undefined ? Number.parseInt(hex ?? "", 16) : Number(ten);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : all;
  });
}
