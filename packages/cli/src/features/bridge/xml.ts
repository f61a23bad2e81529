/**
 * XML as WeChat's interface has it: small, flat, and written by a stranger's program. It is read by a real parser
 * (`node-easywechat` splits a text that holds `]]>` over two CDATA sections), which takes no document type: an entity
 * that grows into gigabytes is not even read (docs/spec/bridge.md PA34).
 */
import { SaxesParser } from "saxes";

export type Element = { readonly name: string; text: string; readonly children: Element[] };

/** Numbers stand bare, texts in CDATA. */
export type Fields = { readonly [name: string]: string | number | Fields };

const depthMax = 8;
const elementsMax = 500;

/** Undefined where it is no XML, has a document type, or is deeper or longer than any answer of WeChat's interface. */
export function readXml(xml: string): Element | undefined {
  const top: Element = { name: "", text: "", children: [] };
  const open = [top];
  let count = 0;
  const parser = new SaxesParser({ position: false });
  const refuse = (why: string) => {
    throw new SyntaxError(why);
  };
  parser.on("error", (error) => refuse(error.message));
  // @checks PA34
  parser.on("doctype", () => refuse("a document type"));
  parser.on("opentag", ({ name }) => {
    const one = { name, text: "", children: [] };
    // @checks PA34
    if (open.length > depthMax || ++count > elementsMax) refuse("too many elements");
    open.at(-1)?.children.push(one);
    open.push(one);
  });
  parser.on("closetag", () => void open.pop());
  const add = (text: string) => {
    const one = open.at(-1);
    if (one !== undefined) one.text += text;
  };
  parser.on("text", add);
  parser.on("cdata", add);
  try {
    parser.write(xml).close();
  } catch {
    return undefined;
  }
  return top.children[0];
}

export const childOf = (element: Element | undefined, name: string): Element | undefined =>
  element?.children.find((one) => one.name === name);

/** The text at a path of names; empty where there is none. */
export const textAt = (element: Element | undefined, ...path: readonly string[]): string =>
  path.reduce(childOf, element)?.text.trim() ?? "";

/** What XML 1.0 cannot hold. */
const notXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const cdata = (text: string) => `<![CDATA[${text.replaceAll(notXml, "").replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;

export function xmlOf(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => {
      const inner = typeof value === "string" ? cdata(value) : typeof value === "number" ? `${value}` : xmlOf(value);
      return `<${name}>${inner}</${name}>`;
    })
    .join("");
}
