/**
 * Rich text: markup that a program has as text, or as a list of nodes, is built node by node from a list of tags
 * (docs/spec/programs.md PR64). What is none of them is drawn as its words, and nothing of it is a link or a script.
 */
import type { AddressOf, Kind } from "./kind.ts";
import { markupLimits, nodesOf, silent, unescaped } from "./markup-nodes.ts";

const tags = new Set(
  "abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del div dl dt em fieldset footer h1 h2 h3 h4 h5 h6 header hr i ins legend li mark nav ol p pre q rp rt ruby s section small span strong sub sup table tbody td tfoot th thead tr tt u ul".split(
    " ",
  ),
);
/** So many nodes are built in one step. */
const nodesAtOnce = 100;
/** What a node says of itself. */
type Said = {
  readonly name: string;
  readonly attribute: (name: string) => string;
  readonly children: () => Iterable<unknown>;
};

export const richText: Kind = {
  steps(element, name, value, { addressOf }) {
    return name === "nodes" ? draws(element, value, addressOf) : undefined;
  },
};

/** Built in steps: a program may say many nodes, and many of such texts. */
function* draws(element: HTMLElement, value: unknown, addressOf: AddressOf): Generator<undefined, void> {
  let count = 0;

  function* put(into: Node, from: Iterable<unknown>, depth: number): Generator<undefined, void> {
    for (const one of from) {
      count += 1;
      if (count > markupLimits.nodesMax || depth > markupLimits.depthMax) return;
      if (count % nodesAtOnce === 0) yield;
      const text = wordsOf(one);
      if (text !== undefined) into.appendChild(document.createTextNode(text));
      const said = text === undefined ? saidBy(one) : undefined;
      if (said === undefined || silent.has(said.name)) continue;
      const made = said.name === "img" ? pictured(said, addressOf) : elementOf(said);
      into.appendChild(made);
      if (said.name !== "img") yield* put(made, said.children(), depth + 1);
    }
  }
  const nodes = nodesIn(value);
  yield;
  const all = document.createDocumentFragment();
  yield* put(all, nodes, 0);
  element.replaceChildren(all);
}

function nodesIn(value: unknown): Iterable<unknown> {
  if (Array.isArray(value)) return value;
  return typeof value === "string" ? nodesOf(value) : [];
}

function elementOf({ name, attribute }: Said): HTMLElement {
  const made = document.createElement(tags.has(name) ? name : "span");
  made.style.cssText = attribute("style");
  if (made instanceof HTMLTableCellElement)
    for (const span of ["colSpan", "rowSpan"] as const)
      made[span] = Math.min(100, Number(attribute(span.toLowerCase())) || 1);
  return made;
}

function pictured({ attribute }: Said, addressOf: AddressOf): HTMLElement {
  const image = document.createElement("img");
  const address = addressOf(attribute("src"));
  image.alt = attribute("alt");
  image.style.cssText = attribute("style");
  for (const side of ["width", "height"] as const) {
    const said = attribute(side);
    if (/^\d+(?:\.\d+)?(?:px|%)?$/.test(said)) image.style[side] = /\d$/.test(said) ? `${said}px` : said;
  }
  if (address !== undefined) image.src = address;
  return image;
}

function wordsOf(one: unknown): string | undefined {
  if (!isRecord(one) || one["type"] !== "text") return undefined;
  const { text } = one;
  return typeof text === "string" ? unescaped(text.slice(0, markupLimits.charactersMax)) : "";
}

function saidBy(one: unknown): Said | undefined {
  if (!isRecord(one)) return undefined;
  const { name, attrs, children } = one;
  return {
    name: typeof name === "string" ? name.toLowerCase() : "span",
    attribute(called) {
      const value = isRecord(attrs) ? attrs[called] : undefined;
      return typeof value === "string" || typeof value === "number" ? `${value}` : "";
    },
    children: () => (Array.isArray(children) ? children : []),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
