/** Mini programs without a browser: packed from sources as they are written for WeChat, and played by taps. */
import { expect, test } from "bun:test";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { zipSync } from "fflate";
import { isTrueToSources, packProgram } from "./compile/index.ts";
import { normalTemplate } from "./compile/wxml.ts";
import { safeScript } from "./compile/wxs.ts";
import { packageLimits } from "./format/limits.ts";
import { readPackage } from "./format/package.ts";
import { linkToPlace, placeIn } from "./format/place.ts";
import { isPackagePath, unzip, zip } from "./format/zip.ts";
import { frameLimits, programMessage } from "./frame-messages.ts";
import { inText, outlet, tooMuch } from "./logic/outlet.ts";
import { play } from "./testkit/open.ts";
import { orchard, orchardAbout } from "./testkit/orchard.ts";
import { pears, pearsAbout } from "./testkit/pears.ts";
import { asker } from "./view/asker.ts";
import { lately } from "./view/lately.ts";
import { meter, sizeOf } from "./view/meter.ts";
import { chosenPictures } from "./view/pictures.ts";
import { readText } from "./view/read-text.ts";
import { spokesman } from "./view/spokesman.ts";
import { turns } from "./view/turns.ts";

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

test("[PR6] Ann opens the orchard, taps, and sees what WeChat would show", async () => {
  const ann = await play(packed);
  expect(ann.text()).toContain("果园 · 第1次 梨 3.50 元 桃 4.00 元 没价的");
  expect(ann.byClass("kind")).toEqual(["Array"]);
  await ann.tap("加一");
  await ann.tap("加一");
  expect(ann.byClass("count")).toEqual(["2"]);
  await ann.send("wish", "input", { value: "李子" });
  expect(ann.byClass("echo")).toEqual(["李子"]);
  await ann.tap("梨");
  expect(ann.text()).toBe("梨，2页 回去 联网");
  expect(ann.said).toContainEqual({
    kind: "page",
    path: "pages/one/one",
    depth: 1,
    bar: expect.objectContaining({ title: "梨" }) as object,
  });
  await ann.tap("回去");
  expect(ann.byClass("count")).toEqual(["2"]);
  await ann.tell({ kind: "tab", path: "pages/about/about" });
  expect(ann.text()).toBe("我们种的");
  await ann.tell({ kind: "tab", path: "pages/fruit/fruit" });
  expect(ann.byClass("count")).toEqual(["2"]);
  expect(ann.faults()).toEqual([]);
});

test("[PR4] what a program draws leaves as plain values, whatever it puts into its data", async () => {
  const sources = orchard();
  const script =
    "Page({ onLoad() { const a = { f() {} }; a.a = a; this.setData({ a, f: () => 1, s: Symbol.iterator }) } })";
  sources.set("pages/about/about.js", bytesOf(script));
  sources.set("pages/about/about.wxml", bytesOf(`<view data-a="{{a}}" title="{{f}}" hidden="{{s}}">there</view>`));
  const ann = await play((await packProgram(sources, orchardAbout)).bytes);
  await ann.tell({ kind: "tab", path: "pages/about/about" });
  expect(ann.text()).toBe("there");
  expect(structuredClone(ann.ops())).toEqual([...ann.ops()]);
  const known =
    "element text page fragment append insert replace remove splice release id style class unclass words host";
  const names = new Set([...known.split(" "), "unstyled", "set", "sheet", "top", "scroll"]);
  expect(ann.ops().filter(([name]) => !names.has(name))).toEqual([]);
});

test("[PR7] what a program stores is there when it opens again, and a modal decides", async () => {
  const first = await play(packed);
  await first.tap("加一");
  expect(first.said).toContainEqual(expect.objectContaining({ kind: "toast", title: "记下了" }));
  const second = await play(packed, Object.fromEntries(first.stored));
  expect(second.text()).toContain("第2次");
  expect(second.byClass("count")).toEqual(["1"]);
  await second.tap("清空");
  expect(second.said).toContainEqual(expect.objectContaining({ kind: "modal" }));
  expect(second.byClass("count")).toEqual(["0"]);
  const third = await play(packed, Object.fromEntries(second.stored), () => ({ confirm: false, cancel: true }));
  await third.tap("加一");
  await third.tap("清空");
  expect(third.byClass("count")).toEqual(["1"]);
});

test("[PR8] a call that needs a network fails in WeChat's words, and a name that is not there is undefined", async () => {
  const ann = await play(packed);
  await ann.tap("梨");
  await ann.tap("联网");
  expect(ann.text()).toContain("request:fail no network");
  const sources = orchard();
  sources.set(
    "pages/about/about.js",
    bytesOf(
      "Page({ onLoad() { this.setData({ a: [typeof wx.createWorker, wx.canIUse('createWorker'), wx.canIUse('getStorageSync.x'), typeof fetch, typeof window, typeof self].join() }) } })",
    ),
  );
  sources.set("pages/about/about.wxml", bytesOf("<text>{{a}}</text>"));
  const asking = await play((await packProgram(sources, orchardAbout)).bytes);
  await asking.tell({ kind: "tab", path: "pages/about/about" });
  expect(asking.text()).toBe("function,false,true,undefined,undefined,undefined");
});

test("[PR8] a page that throws is said to its developer, and the program goes on", async () => {
  const sources = orchard();
  sources.set(
    "pages/one/one.js",
    bytesOf("Page({ onLoad() { throw new Error('ouch') }, back() { wx.navigateBack() } })"),
  );
  const ann = await play((await packProgram(sources, orchardAbout)).bytes);
  await ann.tap("梨");
  expect(String(ann.faults())).toContain("ouch");
  await ann.tap("回去");
  expect(ann.text()).toContain("果园 · 第1次");
});

test("[PR5] of what a program says, only known shapes are heard, and words are cut to what can be shown", () => {
  expect(programMessage({ kind: "open", url: "javascript:1" })).toBeUndefined();
  expect(programMessage("ready")).toBeUndefined();
  expect(programMessage({ kind: "store", id: 1, key: "k".repeat(257), value: "1" })).toBeUndefined();
  expect(programMessage({ kind: "store", id: 1, key: "k", value: "x".repeat((1 << 20) + 1) })).toBeUndefined();
  expect(programMessage({ kind: "store", id: -1, key: "k" })).toBeUndefined();
  expect(programMessage({ kind: "store", id: 1, key: "k\0" })).toBeUndefined();
  expect(programMessage({ kind: "store", id: 1, key: "k", value: "\0x" })).toBeUndefined();
  expect(programMessage({ kind: "store", id: 1, key: "k", more: 1 })).toEqual({ kind: "store", id: 1, key: "k" });
  expect(programMessage({ kind: "forget", id: "1" })).toBeUndefined();
  expect(programMessage({ kind: "choose", id: 1, items: [] })).toBeUndefined();
  expect(programMessage({ kind: "modal", id: 1 })).toBeUndefined();
  expect(programMessage({ kind: "page", path: "a", depth: 0.5, bar: {} })).toBeUndefined();
  expect(
    programMessage({ kind: "page", path: "a", depth: 1, bar: { title: "\u202ex\u0007", color: "url(x)" } }),
  ).toEqual({
    kind: "page",
    path: "a",
    depth: 1,
    bar: { title: "x" },
  });
  const toast = programMessage({ kind: "toast", title: "x".repeat(900), icon: {}, ms: 1e9 });
  expect(toast).toEqual({ kind: "toast", title: "x".repeat(500), icon: "", ms: 10_000 });
});

test("[PR20] a program in a chat shares what it says, and hears all in order; elsewhere it has no such call", async () => {
  const shared = await packProgram(pears(), pearsAbout);
  const alone = await play(shared.bytes);
  expect(alone.text()).toBe("一个人 0 个梨 加一");
  await alone.tap("加一");
  expect(alone.said.filter(({ kind }) => kind === "share")).toEqual([]);

  const self = { address: "00ff", name: "Maya" };
  const played = await play(shared.bytes, {}, undefined, self);
  await played.tap("加一");
  const [share] = played.said.filter(({ kind }) => kind === "share");
  expect(programMessage(share)).toEqual({
    kind: "share",
    id: expect.any(Number) as number,
    update: { payload: '{"add":1}', info: "Maya加了一个梨", summary: "1 个梨" },
  });
  expect(played.text()).toContain("0 个梨"); // It counts once it came back.
  const update = (serial: number, add: number) => ({ serial, payload: JSON.stringify({ add }) });
  await played.tell({ kind: "updates", updates: [update(1, 2), update(4, 1)], last: 9 });
  expect(played.text()).toBe("Maya 3 个梨 加一 4/9");
  await played.tell({ kind: "updates", updates: [{ serial: 5, payload: "no JSON" }, update(9, 1)], last: 9 });
  expect(played.text()).toBe("Maya 4 个梨 加一 9/9");
  expect(played.faults()).toHaveLength(1);
  const long = { kind: "share", id: 1, update: { payload: `"${"x".repeat(128_000)}"` } };
  expect(programMessage(long)).toBeUndefined();
  expect(programMessage({ kind: "share", id: 1, update: { payload: 1 } })).toBeUndefined();
  const words = { payload: "1", info: `\u202e${"x".repeat(900)}`, summary: {} };
  expect(programMessage({ kind: "share", id: 1, update: words })).toEqual({
    kind: "share",
    id: 1,
    update: { payload: "1", info: "x".repeat(200), summary: "" },
  });
});

test("[PR11] every message counts, of whatever kind, with all that it holds, before it is read", () => {
  const max = frameLimits.bytesPerSecondMax;
  const ends = (...messages: unknown[]) => {
    let [count, time] = [0, 0];
    const isHeard = meter(
      () => {
        count += 1;
      },
      () => time,
    );
    const heard = messages.filter((message) => isHeard(message)).length;
    time = 2_000;
    return { count, heard, later: isHeard("after") };
  };
  const ended = { count: 1, heard: 0, later: false };
  expect(ends({ kind: "ops", ops: [["text", 1, "x"]] })).toEqual({ count: 0, heard: 1, later: true });
  const ops = Array.from({ length: 200_000 }, (_, at) => ["text", at, "x"]);
  expect(ends({ kind: "ops", ops })).toEqual(ended);
  expect(ends({ kind: "ops", ops: [["words", 1, "x".repeat(max)]] })).toEqual(ended);
  const buffer = new ArrayBuffer(max);
  for (const held of [buffer, new Uint8Array(buffer, 0, 1), new Map([[1, buffer]]), new Set([buffer]), [[buffer]]])
    expect(ends({ kind: "app", message: held })).toEqual(ended);
  for (const message of [{ kind: "measure", id: 1, at: 1, what: "box" }, { kind: "?" }, null])
    expect(ends(...Array<unknown>(300).fill(message))).toEqual({ count: 1, heard: 200, later: false });
  const ring: unknown[] = [];
  ring.push(ring);
  expect(sizeOf(ring, max)).toBeLessThan(100);
});

test("[PR20] a program says a line in a chat only after a touch, and three in a minute at most", () => {
  let now = 1_000_000;
  const { touched, passed } = spokesman(() => now);
  const said = { kind: "share", id: 1, update: { payload: "1", info: "x", summary: "s" } } as const;
  const silent = { kind: "share", id: 1, update: { payload: "1", summary: "s" } } as const;
  expect(passed(said)).toEqual(silent);
  touched();
  expect(passed(said)).toEqual(said);
  expect(passed(said)).toEqual(silent); // A touch is good for one.
  touched();
  now += 5_001;
  expect(passed(said)).toEqual(silent);
  for (const words of [said, said, silent, silent]) {
    touched();
    expect(passed(said)).toEqual(words);
  }
  now += 55_000;
  touched();
  expect(passed(said)).toEqual(said);
  touched();
  expect(passed(silent)).toEqual(silent);
  expect(passed({ kind: "ready" })).toEqual({ kind: "ready" });
});

test("[PR14] a program asks one thing at a time: four wait, and what it asks beyond fails at once", () => {
  const [shown, refused]: [number[], number[]] = [[], []];
  const { asked, answered } = asker(
    ({ id }) => shown.push(id),
    (id) => refused.push(id),
  );
  const modal = { title: "问", content: "", canCancel: true };
  for (const id of [1, 2, 3, 4, 5, 6, 7]) asked({ kind: "modal", id, modal });
  expect([shown, refused]).toEqual([[1], [6, 7]]);
  answered(5); // Nobody was asked that.
  answered(1);
  expect(shown).toEqual([1, 2]);
  asked({ kind: "choose", id: 8, items: ["一"] });
  asked({ kind: "choose", id: 9, items: ["一"] });
  for (const id of [2, 3, 4, 5, 8]) answered(id);
  expect([shown, refused]).toEqual([
    [1, 2, 3, 4, 5, 8],
    [6, 7, 9],
  ]);
  asked({ kind: "modal", id: 10, modal });
  expect(shown.at(-1)).toBe(10);
});

test("[PR14] of toasts and bars in one moment the first and the newest are shown, and all else goes at once", () => {
  const told: unknown[] = [];
  const later: (() => void)[] = [];
  const say = lately(
    (message) => told.push(message.kind === "toast" ? message.title : message.kind),
    (work) => later.push(work),
  );
  const toast = (title: string) => say({ kind: "toast", title, icon: "", ms: 1 });
  for (const title of ["一", "二", "三"]) toast(title);
  say({ kind: "page", path: "a", depth: 0, bar: { title: "" } });
  say({ kind: "fault", words: "" });
  say({ kind: "store", id: 1, key: "a" });
  expect(told).toEqual(["一", "fault", "store"]);
  later.shift()?.();
  expect(told.slice(3)).toEqual(["三", "page"]);
  toast("四");
  say({ kind: "toast-off" });
  later.shift()?.();
  expect(told.slice(5)).toEqual(["toast-off"]);
  later.shift()?.();
  expect(later).toEqual([]);
  toast("五");
  expect(told.at(-1)).toBe("五");
});

const asking = sourcesOfPage(`Page({ data: { said: "" },
  said(words) { this.setData({ said: words }) },
  name() { wx.getUserProfile({ desc: "x", success: ({ userInfo }) => this.said(userInfo.nickName), fail: ({ errMsg }) => this.said(errMsg) }) },
  place() { wx.getLocation({ success: ({ latitude }) => this.said("" + latitude), fail: ({ errMsg }) => this.said(errMsg) }) },
  pasted() { wx.getClipboardData({ success: ({ data }) => this.said(data), fail: ({ errMsg }) => this.said(errMsg) }) },
  copied() { wx.setClipboardData({ data: "6222", success: ({ errMsg }) => this.said(errMsg) }) },
  picture() { wx.chooseMedia({ count: 2, success: ({ tempFiles }) => this.said(tempFiles[0].tempFilePath) }) },
  settings() { wx.getSetting({ success: ({ authSetting }) => this.said(JSON.stringify(authSetting)) }) },
  agreed() { wx.authorize({ scope: "scope.record", fail: ({ errMsg }) => this.said(errMsg) }) },
})`);

function sourcesOfPage(script: string): Map<string, Uint8Array> {
  const names = ["name", "place", "pasted", "copied", "picture", "settings", "agreed"];
  return new Map(
    Object.entries({
      "app.json": '{ "pages": ["pages/a/a"] }',
      "pages/a/a.wxml": `<text>{{said}}</text>${names.map((name) => `<view bindtap="${name}">${name}</view>`).join("")}`,
      "pages/a/a.js": script,
    }).map(([path, text]) => [path, bytesOf(text)]),
  );
}

test("[PR15] [PR16] a program has a name, a place, the clipboard and pictures by the app, in WeChat's shape, or is told no", async () => {
  const { bytes } = await packProgram(asking, { name: "问", version: "1" });
  const given: Readonly<Record<string, unknown>> = {
    name: { name: "安安" },
    place: { latitude: 31.2, longitude: 121.5, accuracy: 9 },
    clipboard: { text: "抄下的" },
    undefined: { files: [{ path: "/tmp/1.png", size: 3 }] },
  };
  const ann = await play(bytes, {}, ({ what }) => given[String(what)] as Record<string, unknown>);
  const tapped = async (words: string) => {
    await ann.tap(words);
    return ann.text().split(" name ")[0];
  };
  expect(await tapped("name")).toBe("安安");
  expect(await tapped("place")).toBe("31.2");
  expect(await tapped("settings")).toBe(
    '{"scope.userInfo":true,"scope.userLocation":true,"scope.userFuzzyLocation":true}',
  );
  expect(await tapped("pasted")).toBe("抄下的");
  expect(await tapped("copied")).toBe("setClipboardData:ok");
  expect(await tapped("picture")).toBe("/tmp/1.png");
  expect(await tapped("agreed")).toBe("authorize:fail auth deny");
  expect(ann.said.filter(({ kind }) => ["want", "copy", "pictures"].includes(String(kind)))).toMatchObject([
    { what: "name" },
    { what: "place" },
    { what: "clipboard" },
    { text: "6222" },
    { count: 2 },
  ]);
  const ben = await play(bytes, {}, ({ id }) => ({ id, fail: "auth deny" }));
  await ben.tap("name");
  expect(ben.text()).toContain("getUserProfile:fail auth deny");
  for (const wrong of [
    { kind: "want", id: 1, what: "purse" },
    { kind: "copy", id: 1, text: 7 },
    { kind: "pictures", id: 1 },
  ])
    expect(programMessage(wrong)).toBeUndefined();
  expect(programMessage({ kind: "pictures", id: 1, count: 99 })).toEqual({ kind: "pictures", id: 1, count: 9 });
});

test("[PR16] a picture that was chosen is a path to the program, and bytes to the frame alone", () => {
  const kept = new Map<string, Uint8Array>();
  const told = chosenPictures((path, bytes) => kept.set(path, bytes));
  const files = [
    { name: "a.PNG", bytes: new Uint8Array(3) },
    { name: "b", bytes: new Uint8Array(5) },
  ];
  expect(told({ kind: "result", id: 1, result: { files } })).toEqual({
    kind: "result",
    id: 1,
    result: {
      files: [
        { path: "/tmp/1.png", size: 3 },
        { path: "/tmp/2.jpg", size: 5 },
      ],
    },
  });
  expect([...kept.keys()]).toEqual(["tmp/1.png", "tmp/2.jpg"]);
  expect(told({ kind: "result", id: 2, fail: "cancel" })).toEqual({ kind: "result", id: 2, fail: "cancel" });
});

test("[PR8] calls that have nothing to do here end well, and a socket never opens: the program goes on", async () => {
  const script = `Page({ data: { said: "" }, async onLoad() {
    wx.onThemeChange(() => {}); wx.onSocketOpen(() => {}); wx.showShareMenu({ withShareTicket: true });
    const task = wx.connectSocket({ url: "wss://a.example", complete: ({ errMsg }) => { this.setData({ said: this.data.said + errMsg }) } });
    task.onOpen(() => this.setData({ said: "open" }));
    const { fileList } = await wx.getSavedFileList();
    this.setData({ said: this.data.said + fileList.length });
  }, name() {} })`;
  const { bytes } = await packProgram(sourcesOfPage(script), { name: "静", version: "1" });
  const ann = await play(bytes);
  expect(ann.text()).toContain("connectSocket:fail no network");
  expect(ann.text()).toContain("0");
  expect(ann.text()).not.toContain("open");
  expect(ann.faults()).toEqual([]);
});

test("[PR48] what is not here fails in WeChat's words and is not said to be there: a page that makes it goes on", async () => {
  const script = `Page({ data: { said: "" }, async onLoad() {
    const add = (words) => this.setData({ said: this.data.said + words + ";" });
    const audio = wx.createInnerAudioContext();
    audio.src = "/a.mp3"; audio.onPlay(() => add("played")); audio.onError(({ errMsg }) => add(errMsg)); audio.play();
    const pen = wx.createCanvasContext("c");
    pen.setFillStyle("red"); pen.fillRect(0, 0, pen.measureText("a").width, 1); pen.draw(false, () => add("drawn"));
    const beside = wx.createWorker("workers/a.js");
    beside.onMessage(() => add("counted")); beside.postMessage({ n: 1 });
    const camera = wx.createCameraContext().onCameraFrame(() => add("seen"));
    camera.start({ fail: ({ errMsg }) => add(errMsg) });
    wx.cloud.init({ env: "x" });
    wx.cloud.callFunction({ name: "f", fail: ({ errMsg }) => add(errMsg) });
    const db = wx.cloud.database();
    try { await db.collection("todos").where({ done: db.command.eq(true) }).orderBy("at", "asc").get() } catch ({ errMsg }) { add(errMsg) }
    add([wx.canIUse("cloud"), wx.canIUse("createWorker"), wx.canIUse("createSelectorQuery")].join());
  }, name() {} })`;
  const { bytes } = await packProgram(sourcesOfPage(script), { name: "缺", version: "1" });
  const ann = await play(bytes);
  for (const words of [
    "play:fail not supported",
    "start:fail not supported",
    "drawn",
    "cloud.callFunction:fail not supported",
    "cloud.get:fail not supported",
    "false,false,true",
  ])
    expect(ann.text()).toContain(words);
  for (const words of ["played", "counted", "seen"]) expect(ann.text()).not.toContain(words);
  expect(ann.faults()).toEqual([]);
});

test("[PR51] a page and a component move what a selector finds, from frame to frame, and take the movement back", async () => {
  const moves = `this.animate(".moved", [{ opacity: 1, rotate: 0 }, { offset: 0.25, translate: [3, 4] }, { opacity: 0, ease: "ease-in" }], 40, () => this.setData({ said: "moved" }))`;
  const script = `Page({ data: { said: "" }, onReady() { ${moves} }, name() { this.clearAnimation(".moved") } })`;
  const sources = sourcesOfPage(script);
  const markup = '<view class="moved">{{said}}</view><one/><button bindtap="name">back</button>';
  const part = {
    "pages/a/a.wxml": markup,
    "pages/a/a.json": '{ "usingComponents": { "one": "/one" } }',
    "one.json": '{ "component": true }',
    "one.wxml": '<view class="moved">{{said}}</view>',
    "one.js": `Component({ data: { said: "" }, lifetimes: { ready() { ${moves} } } })`,
  };
  for (const [path, text] of Object.entries(part)) sources.set(path, new TextEncoder().encode(text));
  const { bytes } = await packProgram(sources, { name: "动", version: "1" });
  const ben = await play(bytes);
  const moved = () => ben.ops().flatMap((op) => (op[0] === "set" && op[2] === "animation" ? [op] : []));
  while (ben.text().split("moved").length < 3) await ben.settled();
  expect(new Set(moved().map(([, at]) => at)).size).toBe(2);
  const option = { delay: 0, origin: "50% 50% 0" };
  const opacity = (now: number) => ({ type: "opacity", args: [now] });
  for (const [, , , value] of moved())
    expect(value as object).toEqual({
      actions: [
        { animates: [opacity(1), { type: "rotate", args: [0] }], option: { ...option, duration: 0, timing: "linear" } },
        { animates: [{ type: "translate", args: [3, 4] }], option: { ...option, duration: 10, timing: "linear" } },
        { animates: [opacity(0)], option: { ...option, duration: 30, timing: "ease-in" } },
      ],
    });
  await ben.tap("back");
  expect(moved().at(-1)?.[3]).toEqual({ actions: [] });
  expect(ben.faults()).toEqual([]);
});

test("[PR52] a component is ready once it is drawn, before its page is", async () => {
  const said = "getApp().said.push";
  const sources = sourcesOfPage(`Page({ data: { said: "" },
    onLoad() { setTimeout(() => this.setData({ said: getApp().said.join() }), 20) },
    onReady() { ${said}("page") }, name() {} })`);
  const files = {
    "app.js": "App({ said: [] })",
    "pages/a/a.wxml": '<view class="said">{{said}}</view><one/><two/>',
    "pages/a/a.json": '{ "usingComponents": { "one": "/one/one", "two": "/one/two" } }',
    "one/one.json": '{ "component": true }',
    "one/one.wxml": "<view>1</view>",
    "one/one.js": `Component({ behaviors: [Behavior({ lifetimes: { ready() { ${said}("behavior") } } })], attached() { ${said}("attached") }, ready() { ${said}("component") } })`,
    "one/two.json": '{ "component": true }',
    "one/two.wxml": "<view>2</view>",
    "one/two.js": `Component({ lifetimes: { created() { ${said}("made") }, ready() { ${said}("two") } } })`,
  };
  for (const [path, text] of Object.entries(files)) sources.set(path, bytesOf(text));
  const ann = await play((await packProgram(sources, { name: "好", version: "1" })).bytes);
  while (ann.byClass("said").join("") === "") await ann.settled();
  expect(ann.byClass("said").join("")).toBe("made,attached,behavior,component,two,page");
  expect(ann.faults()).toEqual([]);
});

test("[PR49] of what happens in a program's thread so much passes in a second, and the one by which it is ended", () => {
  let time = 1_000;
  const passed: number[] = [];
  const say = outlet<number>(
    (one) => void passed.push(one),
    () => time,
    3,
  );
  for (let one = 1; one <= 9; one += 1) say(one);
  expect(passed).toEqual([1, 2, 3, 4]);
  time += 1_000;
  say(10);
  expect(passed).toHaveLength(4);
  time += 1;
  for (let one = 11; one <= 19; one += 1) say(one);
  expect(passed).toEqual([1, 2, 3, 4, 11, 12, 13, 14]);
});

test("[PR53] a question to the publisher is asked for once, is written as WeChat writes it, and fails in its words", async () => {
  const script = `Page({ data: { said: "" },
    add(words) { this.setData({ said: this.data.said + words + ";" }) },
    name() { for (const q of ["a", "b"]) wx.request({ url: "https://s.example/x?y=1", data: { q, o: { n: 1 } }, success: ({ data, statusCode }) => this.add(statusCode + data.said), fail: ({ errMsg }) => this.add(errMsg) }) },
    place() { wx.request({ url: "https://s.example/p", method: "post", data: { q: 2 }, dataType: "text", success: ({ data }) => this.add(data + data.length) }) },
    pasted() { wx.login({ success: ({ code }) => { this.add("code " + code); wx.checkSession({ success: () => this.add("session") }) } }) },
    copied() { wx.checkSession({ fail: ({ errMsg }) => this.add(errMsg) }) },
    picture() { wx.request({ url: "/none", fail: ({ errMsg }) => this.add(errMsg) }); wx.request({ url: "https://s.example/", method: "POST", data: "x".repeat(100001), fail: ({ errMsg }) => this.add(errMsg) }) },
    settings() { const task = wx.request({ url: "https://s.example/slow", fail: ({ errMsg }) => this.add(errMsg) }); task.abort() },
    async agreed() { try { await wx.request({ url: "https://s.example/away" }) } catch ({ errMsg }) { this.add(errMsg) } } })`;
  const { bytes } = await packProgram(sourcesOfPage(script), { name: "问", version: "1" });
  const asked: unknown[] = [];
  let mayWrite = false;
  const answer = ({ kind, what, words }: Readonly<Record<string, unknown>>) => {
    if (kind === "want") {
      asked.push(what);
      return mayWrite ? {} : { fail: "auth deny" };
    }
    const question = JSON.parse(String(words)) as { kind: string; url?: string };
    asked.push(question);
    if (question.kind === "login") return { words: '{"code":"c1"}' };
    if (question.url?.endsWith("/away") === true) return { fail: "timeout" };
    return { words: JSON.stringify({ status: 200, headers: {}, body: '{"said":"好"}' }) };
  };
  const self = { address: "a", name: "Ann", hasPublisher: true } as const;
  const ann = await play(bytes, {}, answer, self);
  await ann.tap("name");
  expect(ann.text()).toContain("request:fail auth deny;request:fail auth deny;");
  expect(asked).toEqual(["publisher"]);
  mayWrite = true;
  for (const words of ["copied", "name", "place", "pasted", "picture", "settings", "agreed"]) await ann.tap(words);
  for (const words of [
    "checkSession:fail session expired",
    "200好;200好;",
    '{"said":"好"}12',
    "code c1;session;",
    "request:fail invalid url",
    "request:fail data too large",
    "request:fail abort",
    "request:fail timeout",
  ])
    expect(ann.text()).toContain(words);
  const question = (url: string, method: string) => ({ kind: "request", url: `https://s.example/${url}`, method });
  expect(asked.slice(1)).toEqual([
    "publisher",
    { ...question("x?y=1&q=a&o=%7B%22n%22%3A1%7D", "GET"), headers: {} },
    { ...question("x?y=1&q=b&o=%7B%22n%22%3A1%7D", "GET"), headers: {} },
    { ...question("p", "POST"), headers: { "content-type": "application/json" }, body: '{"q":2}' },
    { kind: "login" },
    { ...question("slow", "GET"), headers: {} },
    { ...question("away", "GET"), headers: {} },
  ]);
  expect(ann.faults()).toEqual([]);
  const alone = await play(bytes, {}, answer);
  await alone.tap("place");
  await alone.tap("name");
  expect(alone.text()).toContain("request:fail no network");
  const write = { kind: "write", id: 1, words: "?" };
  expect(programMessage(write)).toEqual(write as never);
  for (const bad of [{ id: -1 }, { words: 7 }, { words: "x".repeat(100_001) }])
    expect(programMessage({ ...write, ...bad })).toBeUndefined();
});

/** A clock that each op drawn moves on, and each layout, and turns that are run by hand. */
function turning(msAnOp: number, msALayout = 0) {
  const state = { ms: 0, drawn: 0, layouts: 0, messages: 0, isEnded: false, read: [] as unknown[] };
  const soon: (() => void)[] = [];
  const later: { readonly go: () => void; readonly ms: number }[] = [];
  const take = turns({
    now: () => state.ms,
    soon: (then) => soon.push(then),
    later: (go, ms) => later.push({ go, ms }),
    draw(op) {
      if (op[0] === "splice") return steps(op[3]);
      state.drawn += 1;
      state.ms += msAnOp;
      return undefined;
    },
    layOut() {
      state.layouts += 1;
      state.ms += msALayout;
    },
    drawn() {
      state.messages += 1;
    },
    read: (message) => state.read.push([state.drawn, message]),
    end() {
      state.isEnded = true;
    },
  });
  function* steps(count: number) {
    for (let at = 0; at < count; at += 1) {
      state.drawn += 1;
      state.ms += msAnOp;
      yield;
    }
  }
  const ops = (count: number) =>
    ({ kind: "ops", ops: Array.from({ length: count }, () => ["top", 1] as const) }) as const;
  return { state, soon, later, take, ops };
}

test("[PR59] what a program draws is drawn in turns, in order, and after a while each is followed by a pause", () => {
  const { state, soon, later, take, ops } = turning(0.25);
  take(ops(4));
  expect([state.drawn, state.messages, soon.length]).toEqual([4, 1, 0]);
  // A turn of eight milliseconds is thirty-two such ops.
  take(ops(1_000));
  take({ kind: "measure", id: 1, at: 1, what: "box" });
  expect([state.drawn, state.messages]).toEqual([36, 1]);
  while (soon.length > 0) soon.shift()?.();
  // A hundred and fifty milliseconds of a second are over.
  expect(state.ms).toBeGreaterThan(150);
  expect(state.drawn).toBeLessThan(700);
  expect(later.map(({ ms }) => ms)).toEqual([8]);
  while (later.length > 0) {
    const [one] = later.splice(0, 1);
    state.ms += one?.ms ?? 0;
    one?.go();
    expect(soon).toEqual([]);
  }
  expect([state.drawn, state.messages]).toEqual([1_004, 2]);
  expect(state.read).toEqual([[1_004, { kind: "measure", id: 1, at: 1, what: "box" }]]);
  // The next second has its own.
  state.ms += 1_001;
  take(ops(40));
  expect([soon.length, later.length]).toEqual([1, 0]);
});

test("[PR59] a program of which too much waits to be drawn is ended, and nothing more of it is taken", () => {
  const { state, soon, take, ops } = turning(1);
  take(ops(60_000));
  take(ops(30_000));
  expect(state.isEnded).toBe(false);
  take(ops(30_000));
  expect(state.isEnded).toBe(true);
  const { drawn } = state;
  soon.shift()?.();
  take(ops(1));
  expect(state.drawn).toBe(drawn);
});

test("[PR59] an op that moves many elements goes on in later turns, before the next op", () => {
  const { state, soon, later, take } = turning(3);
  take({
    kind: "ops",
    ops: [
      ["splice", 1, 0, 6, 0],
      ["top", 1],
    ],
  });
  expect([state.drawn, state.messages, soon.length]).toEqual([3, 0, 1]);
  soon.shift()?.();
  expect([state.drawn, state.messages]).toEqual([6, 0]);
  soon.shift()?.();
  expect([state.drawn, state.messages, state.layouts]).toEqual([7, 1, 3]);
  expect([soon.length, later.length]).toEqual([0, 0]);
});

test("[PR59] the layout of a turn is of its time, and after a long one nothing is drawn for four times as long", () => {
  const { state, later, take, ops } = turning(0, 60);
  take(ops(1));
  expect([state.drawn, state.layouts, later.map(({ ms }) => ms)]).toEqual([1, 1, [240]]);
  // What comes meanwhile waits, and is laid out at once.
  take(ops(1));
  take(ops(1));
  expect(state.drawn).toBe(1);
  state.ms += 240;
  later.shift()?.go();
  expect([state.drawn, state.layouts]).toEqual([3, 2]);
  // With nothing waiting the pause ends, and the next is drawn at once.
  state.ms += 240;
  later.shift()?.go();
  expect(later).toEqual([]);
  take(ops(1));
  expect([state.drawn, state.layouts]).toEqual([4, 3]);
});

test("[PR60] what the thread says is one text each time; one that is too long is not said, and ends the program", () => {
  const passed: unknown[] = [];
  const say = inText<unknown>((text) => void passed.push(text), 40, JSON.stringify);
  say({ kind: "ops", ops: [["top", 1]] });
  say({ kind: "ops", ops: [["text", 1, "x".repeat(40)]] });
  expect(passed).toEqual(['{"kind":"ops","ops":[["top",1]]}', tooMuch]);
  expect(readText(passed[0])).toEqual({ kind: "ops", ops: [["top", 1]] });
  expect(readText(passed[1])).toBe(tooMuch);
  for (const bad of [{ kind: "ops", ops: [] }, "{", "null", "7", '{"kind":"?"}', '{"kind":"ops","ops":[1]}', undefined])
    expect(readText(bad)).toBeUndefined();
});

test("[PR60] what one turn of a program draws is said in pieces of a thousand changes", async () => {
  const script = `Page({ data: { list: [] }, name() { this.setData({ list: Array.from({ length: 900 }, (_, at) => at) }) } })`;
  const sources = sourcesOfPage(script);
  sources.set(
    "pages/a/a.wxml",
    bytesOf('<button bindtap="name">go</button><view wx:for="{{list}}" wx:key="*this">{{item}}</view>'),
  );
  const lengths: number[] = [];
  const ann = await play(
    (await packProgram(sources, { name: "长", version: "1" })).bytes,
    {},
    undefined,
    undefined,
    (count) => lengths.push(count),
  );
  await ann.tap("go");
  expect(ann.text()).toEndWith("898 899");
  expect(lengths.length).toBeGreaterThan(2);
  expect(Math.max(...lengths)).toBe(1_000);
});

test("[PR61] a component asks how its elements lie before there is a page, finds a canvas, and has a property called dataset", async () => {
  const script = `Page({ data: { said: "" }, told({ detail }) { this.setData({ said: this.data.said + detail + ";" }) } })`;
  const sources = sourcesOfPage(script);
  const part = {
    "pages/a/a.wxml": '<view>{{said}}</view><one dataset="{{7}}" bind:told="told"/>',
    "pages/a/a.json": '{ "usingComponents": { "one": "/one" } }',
    "one.json": '{ "component": true }',
    "one.wxml": '<view class="here">{{dataset}}</view><canvas id="c" type="2d"/>',
    "one.js": `Component({ properties: { dataset: Number },
      lifetimes: { created() { this.query = wx.createSelectorQuery() }, ready() {
        const tell = (words) => this.triggerEvent("told", words);
        this.query.in(this).select(".here").boundingClientRect(({ width }) => tell("width " + width)).exec();
        this.createSelectorQuery().select("#c").fields({ node: true, size: true }).exec(([{ node, width }]) => {
          node.getContext("2d").fillRect(0, 0, 1, 1); tell("canvas " + width + " " + node.getContext("webgl")) });
        wx.createSelectorQuery().in(this).select(".here").node(({ node }) => tell("none " + node)).exec();
      } } })`,
  };
  for (const [path, text] of Object.entries(part)) sources.set(path, bytesOf(text));
  const ann = await play((await packProgram(sources, { name: "问", version: "1" })).bytes);
  for (const words of ["7", "width 100", "canvas 100 null", "none null"])
    expect([words, ann.text().includes(words), ann.faults()]).toEqual([words, true, []]);
});

test("[PR62] a link with a page of a program before it comes out as it went in; any other names none", () => {
  const contact = "https://tea.example/#c/AbC-_9";
  for (const place of ["pages/a/a", "pages/table/table?scene=id%3D7", "页/桌?号=七"]) {
    const link = linkToPlace(place, contact) ?? "";
    expect(link).toMatch(/^https:\/\/tea\.example\/#p\/[\w-]+#c\/AbC-_9$/);
    expect(placeIn(` ${link}\n`)).toBe(place);
    expect(placeIn(link.slice(link.indexOf("#")))).toBe(place);
  }
  for (const place of ["", "/pages/a", "a#b", "a b", "a?b c", "a\u202eb", "a".repeat(257), "桌".repeat(90), "?scene=7"])
    expect(linkToPlace(place, contact)).toBeUndefined();
  for (const link of ["https://tea.example/#g/AbC", "", "pages/a"])
    expect(linkToPlace("pages/a", link)).toBeUndefined();
  for (const link of [
    contact,
    "#p/#c/AbC",
    "#p/cGFnZXM",
    "#p/cGFnZXM#g/AbC",
    "#p/____#c/AbC",
    "#p/L3BhZ2Vz#c/AbC",
    "#p/A#c/AbC",
  ])
    expect(placeIn(link)).toBeUndefined();
});

test("[PR62] a program opens at the page that a link names, which is told what was asked, and else at its first", async () => {
  const sources = sourcesOfPage("Page({ data: { said: '' } })");
  const said = `Page({ data: { said: "" }, onLoad(query) {
    const { path, query: launched, scene } = wx.getLaunchOptionsSync();
    this.setData({ said: JSON.stringify([query, path, launched, scene]) }) } })`;
  const more = {
    "app.json":
      '{ "pages": ["pages/a/a", "pages/b/b", "pages/c/c"], "tabBar": { "list": [{ "pagePath": "pages/a/a", "text": "a" }, { "pagePath": "pages/c/c", "text": "c" }] } }',
    "app.js": "App({})",
    "pages/b/b.wxml": "<view>{{said}}</view>",
    "pages/b/b.js": said,
    "pages/c/c.wxml": "<view>tab {{said}}</view>",
    "pages/c/c.js": said,
    "pages/a/a.wxml": "<view>first</view>",
  };
  for (const [path, text] of Object.entries(more)) sources.set(path, bytesOf(text));
  const { bytes } = await packProgram(sources, { name: "桌", version: "1" });
  const at = async (page: string) => (await play(bytes, {}, undefined, undefined, undefined, page)).text();
  expect(await at("pages/b/b?scene=id%3D7&x=1?2")).toBe(
    '[{"scene":"id%3D7","x":"1?2"},"pages/b/b",{"scene":"id%3D7","x":"1?2"},1047]',
  );
  expect(await at("pages/c/c?scene=7")).toBe('tab [{"scene":"7"},"pages/c/c",{"scene":"7"},1047]');
  expect(await at("pages/c/c")).toBe('tab [{},"pages/c/c",{},1047]');
  expect(await at("pages/none/none?scene=7")).toBe("first");
});
