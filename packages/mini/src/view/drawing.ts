/** Drawing: applies the ops of a program to the document of the frame (docs/spec/programs.md PR4). */
import type { Op } from "../logic/ops.ts";
import { elementFor } from "./elements.ts";
import type { Builder, Drawn } from "./kind.ts";

type Piece = { readonly node: Node; readonly drawn?: Drawn };
export type Drawing = {
  /** Taking many nodes away goes on by what it returns, some at each step. */
  readonly apply: (op: Op) => Iterator<unknown> | undefined;
  readonly numberOf: (element: Element) => number | undefined;
  readonly nodeAt: (at: number) => Node | undefined;
  readonly page: () => { readonly element: HTMLElement; readonly path: string } | undefined;
};

/** At most so many elements of a program are in the document; what is beyond is not drawn. */
const piecesMax = 200_000;
/** So many nodes are taken away in one step. */
const nodesAtOnce = 200;

/** @param addSheet shows the style sheet of a part. */
export function createDrawing(build: Builder, addSheet: (path: string) => void): Drawing {
  const pieces = new Map<number, Piece>();
  const numbers = new WeakMap<Node, number>();
  const paths = new WeakMap<Node, string>();
  let top: HTMLElement | undefined;

  const nodeAt = (at: number): Node | undefined => pieces.get(at)?.node;
  const elementAt = (at: number): HTMLElement | undefined => {
    const node = nodeAt(at);
    return node instanceof HTMLElement ? node : undefined;
  };

  function make(name: "element" | "text" | "page", at: number, what: string): void {
    if (pieces.size >= piecesMax) return;
    if (name === "text") pieces.set(at, { node: document.createTextNode(what) });
    else if (name === "element") {
      const drawn = elementFor(what, build);
      pieces.set(at, { node: drawn.element, drawn });
      numbers.set(drawn.element, at);
    } else {
      const page = document.createElement("wx-page");
      paths.set(page, what);
      pieces.set(at, { node: page });
      numbers.set(page, at);
      // The first is the root that glass-easel asks for, and is never on top.
      document.body.append(page);
    }
  }

  const remove = (node: Node | null | undefined) => node?.parentNode?.removeChild(node);

  function put(parentAt: number, childAt: number, before: Node | null): void {
    const child = nodeAt(childAt);
    if (child !== undefined) nodeAt(parentAt)?.insertBefore(child, before);
  }

  function* cut(first: Node | undefined, count: number): Generator<undefined, void> {
    let next = first ?? null;
    for (let gone = 1; gone <= count && next !== null; gone += 1) {
      const node: Node = next;
      next = node.nextSibling;
      remove(node);
      if (gone % nodesAtOnce === 0) yield;
    }
  }

  function show(at: number): void {
    const page = elementAt(at);
    if (page === undefined) return;
    if (top !== undefined) delete top.dataset["top"];
    top = page;
    page.dataset["top"] = "";
  }

  function apply(op: Op): Iterator<unknown> | undefined {
    const [, at] = op;
    switch (op[0]) {
      case "element":
      case "text":
      case "page":
        make(op[0], op[1], op[2]);
        break;
      case "append":
        put(op[1], op[2], null);
        break;
      case "insert":
        put(op[1], op[2], nodeAt(op[3]) ?? null);
        break;
      case "replace": {
        const old = nodeAt(op[3]);
        if (old === undefined) break;
        put(op[1], op[2], old);
        remove(old);
        break;
      }
      case "remove":
        remove(nodeAt(op[1]));
        break;
      case "cut":
        return cut(nodeAt(op[1]), op[2]);
      case "release":
        pieces.delete(op[1]);
        break;
      case "sheet":
        addSheet(op[1]);
        break;
      case "top":
        show(op[1]);
        break;
      case "words": {
        const node = nodeAt(op[1]);
        if (node instanceof Text) node.data = op[2];
        break;
      }
      case "set":
        return pieces.get(op[1])?.drawn?.set(op[2], op[3]);
      case "scroll":
        elementAt(op[1])?.scrollTo(op[2], op[3]);
        break;
      default:
        style(op[0], elementAt(Number(at)), op[2]);
    }
    return undefined;
  }

  return {
    apply,
    nodeAt,
    numberOf: (element) => numbers.get(element),
    page: () => (top === undefined ? undefined : { element: top, path: paths.get(top) ?? "" }),
  };
}

function style(
  name: "id" | "style" | "class" | "unclass" | "host" | "unstyled",
  element: HTMLElement | undefined,
  what = "",
): void {
  if (element === undefined) return;
  if (name === "id") element.id = what;
  else if (name === "style") element.style.cssText = what.replaceAll(/(-?\d*\.?\d+)rpx/g, "calc(var(--rpx)*$1)");
  else if (name === "host") element.setAttribute("wx-host", what);
  else if (name === "unstyled") element.className = "";
  else if (/^\S+$/.test(what)) element.classList[name === "class" ? "add" : "remove"](what);
}
