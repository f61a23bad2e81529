/** Mini programs without a browser: packed from sources as they are written for WeChat, and played by taps. */
import { expect, test } from "bun:test";
import { packProgram } from "./compile/index.ts";
import { play } from "./testkit/open.ts";
import { orchard, orchardAbout } from "./testkit/orchard.ts";
import { sourcesOf, sourcesOfPage } from "./testkit/sources.ts";

const { bytes: packed } = await packProgram(orchard(), orchardAbout);
const bytesOf = (text: string) => new TextEncoder().encode(text);

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
  const known = "element text page append insert replace remove cut release id style class unclass words host";
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

test("[PR89] what a page calls is the page's own, also where it is handed to a timer", async () => {
  const page = `Page({ data: { n: 0 }, more: function () { this.setData({ n: this.data.n + 1 }) },
    onReady: function () { this.more(); setTimeout(this.more, 0); var more = this.more; [1].forEach(more) } })`;
  const sources = sourcesOf({
    "app.json": '{ "pages": ["pages/a/a"] }',
    "pages/a/a.wxml": '<view bindtap="more">数到 {{n}}</view>',
    "pages/a/a.js": page,
  });
  const ann = await play((await packProgram(sources, { name: "数", version: "1" })).bytes);
  expect(ann.text()).toBe("数到 3");
  await ann.tap("数到 3");
  expect(ann.text()).toBe("数到 4");
  expect(ann.faults()).toEqual([]);
});

test("[PR89] a page's function keeps what it has of its own, and a class its own", async () => {
  const page = `const waits = Object.assign(function () { this.add("said") }, { cancel: function () { return "cancelled" } });
    class Fruit { static all() { return "plums" } }
    Page({ data: { words: "" }, waits: waits, Fruit: Fruit, add: function (word) { this.setData({ words: this.data.words + word + " " }) },
    onReady: function () {
      this.waits(); this.add(this.waits.cancel()); this.add(this.Fruit.all()); this.add(new this.Fruit() instanceof Fruit)
    } })`;
  const sources = sourcesOf({
    "app.json": '{ "pages": ["pages/a/a"] }',
    "pages/a/a.wxml": "<view>{{words}}</view>",
    "pages/a/a.js": page,
  });
  const ann = await play((await packProgram(sources, { name: "果", version: "1" })).bytes);
  expect(ann.text().trim()).toBe("said cancelled plums true");
  expect(ann.faults()).toEqual([]);
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
    add("eased " + wx.worklet.Easing.bezier(0.18, 1, 0.04, 1).factory()(3));
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
    "eased 3",
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
    (kind, count) => kind === "ops" && lengths.push(count),
  );
  await ann.tap("go");
  expect(ann.text()).toEndWith("898 899");
  expect(lengths.length).toBeGreaterThan(2);
  expect(Math.max(...lengths)).toBe(1_000);
});

test("[PR77] an element that is moved is one change, and changes go while the program goes on", async () => {
  const script = `Page({ data: { list: [] },
    fill() { this.setData({ list: Array.from({ length: 400 }, (_, id) => ({ id })) }); wx.setNavigationBarTitle({ title: "filled" }) },
    turn() { this.setData({ list: this.data.list.slice().reverse() }) } })`;
  const sources = sourcesOfPage(script);
  sources.set(
    "pages/a/a.wxml",
    bytesOf(
      '<button bindtap="fill">fill</button><button bindtap="turn">turn</button><view class="row" wx:for="{{list}}" wx:key="id">{{item.id}}</view><view>last</view>',
    ),
  );
  const { bytes } = await packProgram(sources, { name: "转", version: "1" });
  const counts: number[] = [];
  const saidAt: number[] = [];
  const told: { said?: readonly unknown[] } = {};
  const ann = await play(bytes, {}, undefined, undefined, (kind, count) => {
    if (kind !== "ops") return;
    counts.push(count);
    saidAt.push(told.said?.length ?? 0);
  });
  told.said = ann.said;
  [counts.length, saidAt.length] = [0, 0];
  const before = ann.said.length;
  await ann.tap("fill");
  // A bar is said at once: a thousand changes were before it, and the rest came after.
  expect(counts[0]).toBe(1_000);
  expect([saidAt[0], saidAt.at(-1)]).toEqual([before, before + 1]);
  counts.length = 0;
  const rows = ann.byClass("row");
  await ann.tap("turn");
  expect(ann.byClass("row")).toEqual(rows.toReversed());
  expect(ann.text()).toEndWith("1 0 last");
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(399);
});

test("[PR75] how elements lie, of which a turn asks, is asked a hundred at a time, after what the turn drew", async () => {
  const script = `Page({ data: { said: "", n: 0 }, ask() { var page = this, told = 0; page.setData({ n: 1 });
    for (var i = 0; i < 250; i++) wx.createSelectorQuery().select(".here").boundingClientRect(function (box) {
      if (box.width === 100) told++; if (told === 250) page.setData({ said: "all told" }) }).exec() } })`;
  const sources = sourcesOfPage(script);
  sources.set("pages/a/a.wxml", bytesOf('<button bindtap="ask">go</button><view class="here">{{n}} {{said}}</view>'));
  const said: (readonly [kind: string, count: number])[] = [];
  const { bytes } = await packProgram(sources, { name: "量", version: "1" });
  const ann = await play(bytes, {}, undefined, undefined, (...one) => said.push(one));
  said.length = 0;
  await ann.tap("go");
  expect(ann.text()).toContain("all told");
  expect(said.slice(0, 4)).toEqual([
    ["ops", 1],
    ["measure", 100],
    ["measure", 100],
    ["measure", 50],
  ]);
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
