/** A message that cannot be shown takes nothing else from the screen. */
import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { i18n } from "@lingui/core";
import { type ComponentType, type ContainerNode, h, render } from "preact";
import { messages as en } from "../locales/en.ts";
import { Shield, shielded } from "./shield.ts";

/** As much of a document as Preact needs to draw words. */
class Node {
  childNodes: Node[] = [];
  parentNode: Node | null = null;
  readonly attributes: unknown[] = [];
  readonly localName: string;
  readonly nodeType: number;
  data: string;
  constructor(localName: string, nodeType: number, data = "") {
    this.localName = localName;
    this.nodeType = nodeType;
    this.data = data;
  }
  get ownerDocument() {
    return paper;
  }
  get firstChild(): Node | null {
    return this.childNodes[0] ?? null;
  }
  get nextSibling(): Node | null {
    const all = this.parentNode?.childNodes ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }
  insertBefore(child: Node, before: Node | null): Node {
    child.parentNode?.removeChild(child);
    const at = before === null ? this.childNodes.length : this.childNodes.indexOf(before);
    this.childNodes.splice(at, 0, child);
    child.parentNode = this;
    return child;
  }
  removeChild(child: Node): void {
    this.childNodes = this.childNodes.filter((one) => one !== child);
    child.parentNode = null;
  }
  remove(): void {
    this.parentNode?.removeChild(this);
  }
  contains(): boolean {
    return false;
  }
  setAttribute(): void {}
  removeAttribute(): void {}
  get words(): string {
    return this.data + this.childNodes.map((child) => child.words).join("");
  }
}
const paper = {
  createElement: (name: string) => new Node(name, 1),
  createElementNS: (_: string, name: string) => new Node(name, 1),
  createTextNode: (data: string) => new Node("#text", 3, data),
};

const before = Object.getOwnPropertyDescriptor(globalThis, "document");
const silent = spyOn(console, "error").mockImplementation(() => undefined);
beforeAll(() => {
  Object.defineProperty(globalThis, "document", { value: paper, configurable: true });
  i18n.loadAndActivate({ locale: "en", messages: en });
});
afterAll(() => {
  silent.mockRestore();
  if (before === undefined) Reflect.deleteProperty(globalThis, "document");
  else Object.defineProperty(globalThis, "document", before);
});

const Bubble: ComponentType<{ says: string }> = ({ says }) => {
  if (says === "odd") throw new RangeError("a secret word");
  return h("p", null, says);
};

test("[WE92] a message that fails while it is drawn says so in its place, and comes back once it can be shown", async () => {
  const root = new Node("root", 1);
  const draw = (item: { readonly says: string }) =>
    render(
      h("main", null, "before ", h(Shield, { of: item, children: h(Bubble, item) }), " after"),
      root as unknown as ContainerNode,
    );
  draw({ says: "odd" });
  await new Promise((resolve) => setTimeout(resolve)); // Preact draws again after the present work.
  expect(root.words).toBe(`before ${en["msg.unshown"]} after`);
  expect(silent.mock.calls.flat().join(" ")).not.toContain("secret");
  draw({ says: "edited" });
  expect(root.words).toBe("before edited after");
});

test("[WE92] what is made without a component is shielded as well", () => {
  const made = shielded(() => {
    throw new RangeError("odd");
  });
  expect(made.type).toBe("small");
  expect(made.props.children).toBe(en["msg.unshown"]);
});
