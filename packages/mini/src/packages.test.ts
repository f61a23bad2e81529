/** Packages of mini programs: what is packed, what is read, and what is refused (docs/spec/programs.md PR1–PR3). */
import { expect, test } from "bun:test";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { zipSync } from "fflate";
import { isTrueToSources, packProgram } from "./compile/index.ts";
import { normalTemplate } from "./compile/wxml.ts";
import { safeScript } from "./compile/wxs.ts";
import { packageLimits } from "./format/limits.ts";
import { readPackage } from "./format/package.ts";
import { isPackagePath, unzip, zip } from "./format/zip.ts";
import { orchard, orchardAbout } from "./testkit/orchard.ts";

const { bytes: packed, warnings } = await packProgram(orchard(), orchardAbout);
const bytesOf = (text: string) => new TextEncoder().encode(text);
const silent = () => undefined;

test("[PR1] a package names every file by its hash, and is what its sources compile to", async () => {
  expect(warnings).toEqual([]);
  const read = readPackage(packed);
  if ("fault" in read) throw new Error(read.fault);
  const { manifest, sources } = read.program;
  expect(manifest.name).toBe("果园");
  expect(manifest.pages).toEqual(["pages/fruit/fruit", "pages/one/one", "pages/about/about"]);
  expect(manifest.window).toEqual({ title: "果园", barColor: "#2f6b3c", barText: "white" });
  expect([...sources.keys()].sort()).toEqual([...orchard().keys()].sort());
  expect(await isTrueToSources(packed)).toBe(true);
});

test("[PR1] a package with a file changed, added or taken away is refused, and verify finds code of other sources", async () => {
  const unzipped = unzip(packed);
  if ("fault" in unzipped) throw new Error(unzipped.fault);
  const changedTo = (change: (files: Map<string, Uint8Array>) => void) => {
    const files = new Map(unzipped.files);
    change(files);
    return zip(files);
  };
  const swapped = changedTo((files) => files.set("source/app.js", bytesOf("App({})")));
  expect(readPackage(swapped)).toEqual({ fault: "changed", path: "source/app.js" });
  expect(readPackage(changedTo((files) => files.set("more.js", bytesOf("1"))))).toMatchObject({ fault: "changed" });
  expect(readPackage(changedTo((files) => files.delete("source/app.js")))).toMatchObject({ fault: "changed" });
  expect(readPackage(changedTo((files) => files.delete("program.json")))).toEqual({ fault: "not-a-package" });
  const { writePackage } = await import("./format/package.ts");
  const read = readPackage(packed);
  if ("fault" in read) throw new Error(read.fault);
  const { manifest, logic, styles, sources } = read.program;
  const other = writePackage({ manifest, logic: `${logic}\n// more`, styles, sources });
  expect(readPackage(other)).toHaveProperty("program");
  expect(await isTrueToSources(other)).toBe(false);
});

test("[PR1] a zip that would fill the memory, or reach out of its folder, is refused before it is unpacked", () => {
  const zipped = (files: Record<string, Uint8Array>, level: 0 | 1 = 1) => zipSync(files, { level });
  expect(unzip(zipped({ "a/../b": bytesOf("1") }))).toMatchObject({ fault: "bad-path" });
  expect(unzip(zipped({ "a\\b": bytesOf("1") }))).toMatchObject({ fault: "bad-path" });
  expect(unzip(zipped({ bomb: new Uint8Array(4 << 20) }))).toEqual({ fault: "bomb", path: "bomb" });
  const many = Object.fromEntries(
    Array.from({ length: packageLimits.filesMax + 1 }, (_, at) => [`${at}x`, bytesOf("")]),
  );
  expect(unzip(zipped(many, 0))).toEqual({ fault: "too-many-files" });
  expect(unzip(new Uint8Array(packageLimits.packedBytesMax + 1))).toEqual({ fault: "too-large" });
  expect(unzip(bytesOf("no zip"))).toEqual({ fault: "not-a-package" });
  // Names that are one name after normalization.
  const twins = zipped({ caf\u00e9: bytesOf("1"), "cafe\u0301": bytesOf("2") });
  expect(unzip(twins)).toMatchObject({ fault: expect.stringMatching(/twice|bad-path/) as string });
  expect(["a", "a/b.c", "图/一.png"].every(isPackagePath)).toBe(true);
  expect(["", "/a", "a/", "a//b", ".", "../a", "a\u0000", "c:a", "x".repeat(256)].some(isPackagePath)).toBe(false);
});

/** Entries of a zip that lie on the same stored bytes, each with the sizes that it says of itself. */
function onSameBytes(names: readonly string[], content: Uint8Array, says: { packed: number; unpacked: number }) {
  const parts = names.map((name) => zipSync({ [name]: content }, { level: 0 }));
  const centralAt = (part: Uint8Array) => new DataView(part.buffer, part.byteOffset).getUint32(part.length - 6, true);
  const [first = new Uint8Array()] = parts;
  const start = centralAt(first);
  const headers = parts.map((part) => part.slice(centralAt(part), -22));
  for (const header of headers) {
    new DataView(header.buffer).setUint32(20, says.packed, true);
    new DataView(header.buffer).setUint32(24, says.unpacked, true);
  }
  const end = first.slice(-22);
  const size = headers.reduce((sum, header) => sum + header.length, 0);
  for (const at of [8, 10]) new DataView(end.buffer).setUint16(at, names.length, true);
  new DataView(end.buffer).setUint32(12, size, true);
  return Uint8Array.from([...first.slice(0, start), ...headers.flatMap((header) => [...header]), ...end]);
}

test("[PR1] entries that lie on the same bytes, or deny their size, are refused before they are unpacked", () => {
  const content = new Uint8Array(1_000).fill(7);
  const names = Array.from({ length: 9 }, (_, at) => `f${at}`);
  expect(unzip(onSameBytes(["f0"], content, { packed: 1_000, unpacked: 1_000 }))).toHaveProperty("files");
  expect(unzip(onSameBytes(names, content, { packed: 1_000, unpacked: 0 }))).toEqual({ fault: "bomb", path: "f0" });
  expect(unzip(onSameBytes(names, content, { packed: 1_000, unpacked: 1_000 }))).toMatchObject({ fault: "bomb" });
  expect(unzip(onSameBytes(names, content, { packed: 100, unpacked: 1_000 }))).toMatchObject({ fault: "bomb" });
  // What is packed says that it is shorter, or longer, than it is.
  const deflated = zipSync({ f0: content }, { level: 9 });
  const says = (unpacked: number) => {
    const changed = deflated.slice();
    const view = new DataView(changed.buffer);
    view.setUint32(view.getUint32(changed.length - 6, true) + 24, unpacked, true);
    return unzip(changed);
  };
  expect(says(1_000)).toHaveProperty("files");
  expect([says(999), says(1_001)]).toEqual(Array(2).fill({ fault: "bomb", path: "f0" }));
  // Folders hold nothing, and count.
  const folders = Array.from({ length: packageLimits.filesMax + 1 }, (_, at) => `d${at}/`);
  expect(unzip(onSameBytes(folders, new Uint8Array(), { packed: 0, unpacked: 0 }))).toEqual({
    fault: "too-many-files",
  });
});

test("[PR1] a zip of 98 bytes that says it has four billion files is refused at once", () => {
  const long = new Uint8Array(98);
  const view = new DataView(long.buffer);
  view.setUint32(0, 0x06064b50, true);
  view.setUint32(32, 0xffffffff, true);
  view.setUint32(56, 0x07064b50, true);
  view.setUint32(76, 0x06054b50, true);
  view.setUint16(84, 1, true);
  expect(unzip(long)).toEqual({ fault: "not-a-package" });
});

test("[PR1] no bytes make the reader of packages throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(), fc.nat({ max: 255 }), (bytes, at, byte) => {
      readPackage(bytes);
      const broken = new Uint8Array(packed);
      broken[at % broken.length] = byte;
      readPackage(broken);
    }),
    { numRuns: 60 },
  );
});

test("[PR2] what is no mini program is refused with its reason, and what lacks a file is packed with a warning", async () => {
  expect(packProgram(new Map(), orchardAbout)).rejects.toThrow("app.json");
  const lacking = orchard();
  lacking.delete("components/stepper/stepper.js");
  lacking.delete("pages/about/about.wxml");
  const { warnings: said } = await packProgram(lacking, orchardAbout);
  expect(said.join("\n")).toContain("pages/about/about is not there");
  expect(said.join("\n")).toContain("components/stepper/stepper has no script");
});

test("[PR2] a sheet stands once in what imports it, where it was imported last, and imports have bounds", async () => {
  const sheet = async (more: Record<string, string>) => {
    const sources = orchard();
    for (const [path, text] of Object.entries(more)) sources.set(path, bytesOf(text));
    const read = readPackage((await packProgram(sources, orchardAbout)).bytes);
    return "fault" in read ? read.fault : read.program.styles["app"];
  };
  const chain = (count: number, text: string) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`s${at}.wxss`, text.replaceAll("NEXT", `s${at + 1}.wxss`)]),
    );
  const last = {
    "base.wxss": ".b{}",
    "one.wxss": '@import "base.wxss";.o{}',
    "two.wxss": "@import url(base.wxss);.t{}",
  };
  const words = (await sheet({ ...last, "app.wxss": '@import "one.wxss"; @import "two.wxss";.a{}' })) ?? "";
  expect(words.match(/\.\w/g)).toEqual([".o", ".b", ".t", ".a"]);
  const doubling = chain(20, '@import "NEXT"; @import "NEXT"; .x{}');
  const doubled = (await sheet({ ...doubling, "app.wxss": '@import "s0.wxss";' })) ?? "";
  expect(doubled.match(/\.x/g)).toHaveLength(20);
  await expect(sheet({ ...chain(40, '@import "NEXT";'), "app.wxss": '@import "s0.wxss";' })).rejects.toThrow("deeper");
  const large = `/*${"x".repeat(1 << 20)}*/`;
  const pages = Object.fromEntries(
    Array.from({ length: 17 }, (_, at) => [`pages/p${at}/p.wxss`, '@import "/l.wxss";']),
  );
  const templates = Object.fromEntries(Object.keys(pages).map((path) => [path.replace("wxss", "wxml"), "<view/>"]));
  const named = Object.keys(pages).map((path) => path.replace(".wxss", ""));
  const app = { "app.json": JSON.stringify({ pages: named }), "l.wxss": large };
  await expect(sheet({ ...app, ...pages, ...templates })).rejects.toThrow("style sheets");
});

test("[PR3] events without a colon and older loops mean what they mean in WeChat", () => {
  const template = `<view bindtap="a" catchtouchstart='b' wx:for-items="{{x}}" data-say=" bindtap ">bindtap</view>`;
  expect(normalTemplate(template, (code) => code)).toBe(
    `<view bind:tap="a" catch:touchstart='b' wx:for="{{x}}" data-say=" bindtap ">bindtap</view>`,
  );
  expect(normalTemplate(`<!-- <view bindtap="x"/> --><input bind:input="a"/>`, (code) => code)).toBe(
    `<input bind:input="a"/>`,
  );
});

test("[PR3] a script of a template reads a member of nothing as nothing", () => {
  const run = (code: string): unknown => {
    const module: { exports: Record<string, (...given: unknown[]) => unknown> } = { exports: {} };
    runInNewContext(safeScript(code, silent), { module });
    return module.exports["f"]?.(undefined);
  };
  expect(run("module.exports.f = function (a) { return a.b.c }")).toBeUndefined();
  expect(run("module.exports.f = function (a) { return a.b() }")).toBeUndefined();
  expect(run("module.exports.f = function (a) { var o = {}; o.x = 1; o.x++; return o['x'] }")).toBe(2);
  expect(safeScript("this is no script", silent)).toBe("");
});

test("[PR3] a pattern of a template's script keeps its backslashes, as in WeChat", () => {
  const matches = (code: string, words: string): unknown => {
    const module: { exports: { f?: RegExp } } = { exports: {} };
    const getRegExp = (pattern: string, flags?: string) => new RegExp(pattern, flags ?? "");
    runInNewContext(safeScript(`module.exports.f = ${code}`, silent), { module, getRegExp });
    return module.exports.f?.test(words);
  };
  expect(matches(String.raw`getRegExp('^-?\d+(\.\d+)?$')`, "-12.5")).toBe(true);
  expect(matches(String.raw`getRegExp('^-?\d+(\.\d+)?$')`, "ddd")).toBe(false);
  expect(matches(String.raw`getRegExp("^\\d\"\n$", "g")`, '7"\n')).toBe(true);
  expect(matches("getRegExp('a' + 'b')", "ab")).toBe(true);
});

test("[PR3] a script that is named alone ends where its tag does, and what follows it stays", () => {
  const template =
    '<wxs src="a.wxs" module="a"/><view>{{a.b}}</view><wxs src="b.wxs" module="b"></wxs><wxs module="c">old</wxs>';
  const scripts: string[] = [];
  const said = normalTemplate(template, (code) => {
    scripts.push(code);
    return code.replace("old", "new");
  });
  expect(scripts).toEqual(["", "old"]);
  expect(said).toBe(template.replace("old", "new"));
});
