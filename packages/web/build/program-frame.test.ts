/** What runs programs, as it is built for the frame (docs/spec/programs.md PR78). */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { readPackage } from "@yanshu/mini";
import { packProgram } from "@yanshu/mini/compile";
import { orchard, orchardAbout } from "@yanshu/mini/testkit";
import { programLogic } from "./program-frame.ts";

const code = await programLogic(join(import.meta.dirname, "../../mini/src"));

/** A Worker's realm, in this process. `said` are its messages. */
function realm() {
  const said: string[] = [];
  const own = { postMessage: (text: string) => said.push(text), importScripts: (text: string) => run(text) };
  const timers = { setTimeout, clearTimeout, setInterval, clearInterval };
  const shared = { ...timers, performance, Event, console, TextEncoder };
  const scope = createContext({ ...shared, ...own, addEventListener: () => undefined });
  const run = (text: string): unknown => runInContext(text, scope);
  run("globalThis.self = globalThis");
  run(code);
  return { said, tell: (message: unknown) => (scope["onmessage"] as (event: unknown) => void)({ data: message }) };
}

test("[PR78] what runs programs has one way of drawing alone, and opens a program with its components and wxs", async () => {
  const read = readPackage((await packProgram(orchard(), orchardAbout)).bytes);
  if ("fault" in read) throw new Error(read.fault);
  const { manifest, logic, styles } = read.program;
  const { said, tell } = realm();
  const screen = { width: 375, height: 600, pixelRatio: 2, language: "zh-Hans", theme: "light" };
  tell({ kind: "begin", code: logic, manifest, sheets: Object.keys(styles), stored: {}, screen });
  const drawn = said.join("");
  expect(said.filter((text) => text.includes('"fault"'))).toEqual([]);
  for (const words of ["果园 · 第", "3.50 元", "加一", "清空"]) expect(drawn).toContain(words);
  // What draws in a document.
  expect(code).not.toContain("createDocumentFragment");
  // With the page that draws that is 62 KiB at most.
  expect(gzipSync(code).length / 1_024).toBeLessThan(51);
});
