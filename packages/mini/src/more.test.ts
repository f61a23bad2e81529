/** What draws what few programs need comes with those alone (docs/spec/programs.md PR72). */
import { expect, test } from "bun:test";
import { packProgram } from "./compile/index.ts";
import { namesMore } from "./format/more.ts";
import { readPackage } from "./format/package.ts";
import "./view/more.ts";

const { __more: kinds } = globalThis as unknown as { readonly __more: Readonly<Record<string, unknown>> };

async function programOf(template: string) {
  const sources = { "app.json": '{ "pages": ["a/a"] }', "a/a.js": "Page({})", "a/a.wxml": template };
  const encoded = Object.entries(sources).map(([path, text]) => [path, new TextEncoder().encode(text)] as const);
  const read = readPackage((await packProgram(new Map(encoded), { name: "一", version: "1" })).bytes);
  if ("fault" in read) throw new Error(read.fault);
  return read.program;
}

test("[PR72] a program that draws what is a part of its own is given that part, and no other is", async () => {
  expect(Object.keys(kinds)).toEqual(["picker", "picker-view", "rich-text"]);
  for (const tag of Object.keys(kinds))
    expect(namesMore(await programOf(`<view><${tag} value="{{a}}">一</${tag}></view>`))).toBe(true);
  const usual = ["view", "button", "input", "image", "swiper", "scroll-view", "radio", "checkbox", "switch", "slider"];
  expect(namesMore(await programOf(usual.map((tag) => `<${tag} value="{{a}}" />`).join("")))).toBe(false);
});
