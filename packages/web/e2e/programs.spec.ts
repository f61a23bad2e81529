/** Mini programs: sent as a file, opened by a tap, played, and found again; a hostile one reaches nothing. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page, test } from "@playwright/test";
import { linkToPlace } from "@yanshu/mini";
import { packProgram } from "@yanshu/mini/compile";
import { appOf, board, orchard, orchardAbout, pears, pearsAbout, sourcesOf } from "@yanshu/mini/testkit";
import { oneLook } from "./browser-setup.ts";
import { familyOf } from "./family.ts";
import { clippedWords, partedWords, settled, smallTargets, smallWords, violations } from "./look.ts";
import { contactLink, draws, dressed, goes, home, isAccessible, opens, shot } from "./people.ts";
import { sends } from "./program-hands.ts";

/** Replaces what the program that is open stored by what a file holds, which closes it. */
async function brings(page: Page, file: string): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId("program-import").click();
  await (await chooser).setFiles({ name: "存.json", mimeType: "application/json", buffer: Buffer.from(file) });
  await page.getByTestId("confirm-yes").click();
  await expect(page.getByTestId("program")).toHaveCount(0);
}

/** Ways out of a Worker, each with an address to ask; a page of the app would be as closed, so the control is Node. */
const ways = [
  "fetch(E+'fetch')",
  "var x=new XMLHttpRequest();x.open('GET',E+'xhr');x.send()",
  "new WebSocket(E.replace('http','ws')+'socket')",
  "importScripts(E+'import')",
  "import(E+'module').catch(function(){})",
  "new EventSource(E+'events')",
  "new Worker(E+'worker')",
  "new Worker(URL.createObjectURL(new Blob(['fetch(\"'+E+'nested\")'])))",
];
/** What it would read of the app's, each of which has to throw. */
const reads = [
  "new G.Worker(URL.createObjectURL(new Blob(['1'])))",
  "indexedDB.open('x')",
  "localStorage.length",
  "document.cookie",
  "parent.document",
  "opener.document",
];

async function hostile(address: string): Promise<Uint8Array> {
  const attempts = [...ways, ...reads].map((code) => `function(){${code}}`);
  const script = `var G=(function(){return this})(), fetch=G.fetch, XMLHttpRequest=G.XMLHttpRequest, WebSocket=G.WebSocket;
var importScripts=G.importScripts, E=${JSON.stringify(address)}, document=undefined, window=undefined, opener=undefined;
var all=[${attempts.join(",")}];
Page({ data: { said: '' }, onLoad: function () {
  var read=0; all.forEach(function (f, n) { try { f(); if (n >= ${ways.length}) read++ } catch (e) {} });
  var page=this, said='tried ' + all.length + ', read ' + read + ', ' + G.origin;
  setTimeout(function () { page.setData({ said: said }) }, 300) },
  hold: function hold() { wx.showModal({ title: '再问', complete: hold }) },
  flood: function () { setInterval(function () { for (var i=0;i<500;i++) wx.showToast({ title: '满' + i }) }, 1) } })`;
  const sources = new Map(
    Object.entries({
      "app.json": '{ "pages": ["pages/a/a"] }',
      "pages/a/a.wxml":
        '<view>{{said}}</view><view onclick="alert(1)" bindtap="flood">洪水</view><view bindtap="hold">再问</view>',
      "pages/a/a.js": script,
    }).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
  return (await packProgram(sources, { name: "坏", version: "1" })).bytes;
}

for (const [name, look] of oneLook) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial" });
    let mum: Page;
    let maya: Page;
    familyOf("妈妈 Maya", look, (people) => {
      [mum, maya] = people;
    });
    const room = () => maya.frameLocator("[data-testid=program-frame]");

    test(`[F-programs-1] [PR10] [PR11] [PR53] a mini program is opened from a chat, played, and keeps what it stored (${name})`, async () => {
      const { bytes } = await packProgram(orchard(), orchardAbout);
      await sends(mum, "果园.ymp", bytes);
      await expect(maya.getByTestId("program-card")).toContainText("果园");
      await shot(maya, `${name}-program-card`);
      await maya.getByTestId("program-open").click();
      await expect(room().getByText("果园 · 第1次")).toBeVisible();
      await expect(room().getByText("3.50 元")).toBeVisible();
      await room().getByText("加一").click();
      await room().getByText("加一").click();
      await expect(room().locator(".c0--count")).toHaveText("2");
      await expect(maya.getByTestId("program-toast")).toHaveText("记下了");
      await room().locator("wx-input input").fill("李子");
      await expect(room().locator(".echo")).toHaveText("李子");
      await shot(maya, `${name}-program`);
      await isAccessible(maya);
      await room().getByText("梨", { exact: true }).click();
      await expect(maya.getByTestId("program-title")).toHaveText("梨");
      await expect(room().getByText("梨，2页")).toBeVisible();
      // The account that gave it could be asked (PR53): she is asked before.
      await room().getByText("联网").click();
      await expect(maya.getByTestId("program-wants")).toContainText("果园想和妈妈通信");
      await shot(maya, `${name}-program-writes`);
      await maya.getByTestId("program-no").click();
      await expect(room().getByText("request:fail auth deny")).toBeVisible();
      await maya.getByTestId("program-back").click();
      await maya.getByTestId("program-tab-pages/about/about").click();
      await expect(room().getByText("我们种的")).toBeVisible();
      await maya.getByTestId("program-tab-pages/fruit/fruit").click();
      await room().getByText("清空").click();
      await expect(maya.getByTestId("program-modal")).toContainText("果园 在问");
      await shot(maya, `${name}-program-asks`);
      await maya.getByTestId("program-no").click();
      await maya.getByTestId("program-more").click();
      await maya.getByTestId("program-star").click();
      await shot(maya, `${name}-program-about`);
      await maya.keyboard.press("Escape");
      await maya.getByTestId("program-close").click();
      await home(maya);
      await maya.getByTestId("tab-discover").click();
      await maya.getByTestId("to-programs").click();
      await maya.getByTestId("program-search").fill("guoyuan");
      await shot(maya, `${name}-program-tray`);
      await maya.getByTestId("program-kept").click();
      await expect(room().getByText("果园 · 第2次")).toBeVisible();
      await expect(room().locator(".c0--count")).toHaveText("2");
      await maya.getByTestId("program-close").click();
    });

    test(`[F-programs-5] [PR62] a link with a page of a program opens the one that its giver sent, at that page (${name})`, async () => {
      const link = linkToPlace("pages/one/one?name=桃", await contactLink(mum)) ?? "";
      await goes(maya, "/scan");
      await maya.getByTestId("paste-link").fill(link);
      await maya.getByTestId("open-link").click();
      await expect(maya.getByTestId("open-linked-program")).toContainText("果园");
      await shot(maya, `${name}-program-linked`);
      await isAccessible(maya);
      await maya.getByTestId("open-linked-program").click();
      await expect(room().getByText("桃，1页")).toBeVisible();
      await maya.getByTestId("program-close").click();
      await home(maya);
      await opens(mum, "Maya");
    });

    test(`[PR13] a program is two touches away: the list is drawn down, and it stands there (${name})`, async () => {
      await home(maya);
      await draws(maya, maya.getByTestId("chats"), { y: 160 });
      await expect(maya.getByTestId("pulled-program")).toHaveText("果园");
      await shot(maya, `${name}-program-pulled`);
      await isAccessible(maya);
      await maya.getByTestId("pulled-program").click();
      await expect(room().getByText("果园 · 第4次")).toBeVisible();
      await maya.getByTestId("program-close").click();
      // What is typed finds it by its pinyin, and what nothing is called like does not.
      await maya.getByTestId("search-field").fill("guoyuan");
      await expect(maya.getByTestId("pulled-program")).toHaveText("果园");
      await maya.getByTestId("search-field").fill("没有这个");
      await expect(maya.getByTestId("pulled-program")).toHaveCount(0);
      await home(maya);
    });

    test(`[F-programs-2] [PR20] [PR21] two count together in a program that one sent the other (${name})`, async () => {
      const { bytes } = await packProgram(pears(), pearsAbout);
      await sends(mum, "数梨.ymp", bytes);
      await opens(maya, "妈妈");
      const [hers, mums] = [maya, mum].map((page) => page.frameLocator("[data-testid=program-frame]"));
      if (hers === undefined || mums === undefined) throw new Error("two pages");
      for (const page of [maya, mum]) {
        await expect(page.getByTestId("program-card").last()).toContainText("数梨");
        await page.getByTestId("program-open").last().click();
      }
      await hers.getByText("加一").click();
      await expect(mums.getByText("1 个梨")).toBeVisible();
      await mums.getByText("加一").click();
      await expect(hers.getByText("2 个梨")).toBeVisible();
      await expect(mums.getByText("2/2")).toBeVisible();
      await shot(maya, `${name}-program-shared`);
      await maya.getByTestId("program-more").click();
      await shot(maya, `${name}-program-shared-about`);
      await maya.keyboard.press("Escape");
      for (const page of [maya, mum]) await page.getByTestId("program-close").click();
      await expect(maya.getByTestId("program-card").last()).toContainText("2 个梨");
      await expect(maya.getByText("数梨”：Maya加了一个梨")).toBeVisible();
      await shot(maya, `${name}-program-shared-chat`);
      await maya.getByTestId("program-open").last().click();
      await expect(hers.getByText("2 个梨")).toBeVisible();
      await maya.getByTestId("program-close").click();
    });

    test(`[F-programs-3] [PR30] [PR32] [PR33] [PR80] an app of webxdc is opened as it is, and the chat shares it (${name})`, async () => {
      await sends(mum, "board.xdc", board());
      await opens(maya, "妈妈");
      const app = (page: Page) => page.frameLocator("[data-testid=program-frame]").frameLocator("iframe");
      const open = (page: Page) =>
        page.getByTestId("program-card").filter({ hasText: "board" }).getByTestId("program-open");
      for (const page of [maya, mum]) await open(page).click();
      await expect(app(maya).locator("#who")).toHaveText("Maya的板");
      await expect(app(maya).locator("#opened")).toHaveText("第1次");
      await expect(app(maya).locator("#count")).toHaveCSS("color", "rgb(1, 2, 3)");
      expect(
        await app(maya)
          .locator("#dot")
          .evaluate((one: HTMLImageElement) => one.naturalWidth),
      ).toBe(1);
      await expect(app(maya).locator("body")).toHaveAttribute("data-read", /^\d+$/);
      await app(maya).locator("#add").click();
      await expect(app(mum).locator("#count")).toHaveText("1");
      await app(mum).locator("#add").click();
      await expect(app(maya).locator("#count")).toHaveText("2");
      await shot(maya, `${name}-webxdc`);
      await app(maya).getByText("网页").click();
      await expect(maya.getByTestId("program-wants")).toContainText("board.example");
      await shot(maya, `${name}-webxdc-link`);
      await maya.getByTestId("program-no").click();
      await app(maya).getByText("第二页").click();
      await expect(app(maya).getByText("第二页到了")).toBeVisible();
      await app(maya).getByText("回去").click();
      await expect(app(maya).locator("#opened")).toHaveText("第2次");
      await expect(app(maya).locator("#count")).toHaveText("2");
      await app(maya).locator("#say").click();
      await expect(maya.getByTestId("program-wants")).toContainText("我们数到2");
      await shot(maya, `${name}-webxdc-say`);
      await isAccessible(maya);
      await maya.getByTestId("program-yes").click();
      for (const page of [maya, mum]) await page.getByTestId("program-close").click();
      await expect(mum.getByText("我们数到2")).toBeVisible();
      await expect(mum.getByText("数.txt")).toBeVisible();
      await expect(maya.getByText("board”：Maya加了一")).toBeVisible();
      await expect(maya.getByTestId("program-card").filter({ hasText: "board" })).toContainText("2个");
      await open(maya).click();
      await expect(app(maya).locator("#opened")).toHaveText("第3次");
      await expect(app(maya).locator("#count")).toHaveText("2");
      await expect(app(maya).locator("body")).toHaveAttribute("data-known", "2");
      await maya.getByTestId("program-more").click();
      const saved = maya.waitForEvent("download");
      await maya.getByTestId("program-export").click();
      expect((await saved).suggestedFilename()).toBe("留言板.json");
      const file = await readFile((await (await saved).path()) ?? "", "utf8");
      expect(JSON.parse(file).stored).toMatchObject({ opened: "3" });
      await brings(maya, file.replace('"opened":"3"', '"opened":"7"'));
      await open(maya).click();
      await expect(app(maya).locator("#opened")).toHaveText("第8次");
      await maya.getByTestId("program-close").click();
    });

    test(`[F-programs-4] [PR15] [PR16] what a program wants of her is asked once, and turned where it says so (${name})`, async () => {
      const calls = {
        名字: "wx.getUserProfile({desc:'',success:function(r){p.say(r.userInfo.nickName)},fail:function(r){p.say(r.errMsg)}})",
        抄: "wx.setClipboardData({data:'6222 0000'})",
        看抄: "wx.getClipboardData({success:function(r){p.say(r.data)},fail:function(r){p.say(r.errMsg)}})",
        图: "wx.chooseImage({count:1,success:function(r){p.setData({src:r.tempFilePaths[0]})}})",
      };
      const taps = Object.entries(calls).map(([, code], at) => `t${at}:function(){var p=this;${code}}`);
      const buttons = Object.keys(calls).map((words, at) => `<button bindtap="t${at}">${words}</button>`);
      const sources = sourcesOf({
        "app.json": '{ "pages": ["pages/a/a"] }',
        "pages/a/a.wxml": `<view class="said">{{said}}</view><image src="{{src}}" bindload="seen"></image>${buttons.join("")}`,
        "pages/a/a.js": `Page({data:{said:'无',src:''},say:function(w){this.setData({said:w})},seen:function(e){this.say('宽'+e.detail.width)},${taps.join()}})`,
      });
      await sends(mum, "问一问.ymp", (await packProgram(sources, { name: "问一问", version: "1" })).bytes);
      await opens(maya, "妈妈");
      const open = () =>
        maya.getByTestId("program-card").filter({ hasText: "问一问" }).getByTestId("program-open").click();
      const said = room().locator(".said");
      await open();
      await room().getByText("名字", { exact: true }).click();
      await expect(maya.getByTestId("program-wants")).toContainText("问一问想知道你的名字");
      await shot(maya, `${name}-program-wants`);
      await isAccessible(maya);
      await maya.getByTestId("program-no").click();
      await expect(said).toHaveText("getUserProfile:fail auth deny");
      await room().getByText("名字", { exact: true }).click();
      await maya.getByTestId("program-more").click();
      await shot(maya, `${name}-program-may`);
      await maya.getByTestId("program-may-name").click();
      await maya.keyboard.press("Escape");
      await room().getByText("名字", { exact: true }).click();
      await expect(said).toHaveText("Maya");
      await room().getByText("抄", { exact: true }).click();
      await expect(maya.getByTestId("program-toast")).toHaveText("问一问复制了文字");
      await room().getByText("看抄").click();
      await maya.getByTestId("program-once").click();
      await expect(said).toHaveText("6222 0000");
      await room().getByText("图", { exact: true }).click();
      const chooser = maya.waitForEvent("filechooser");
      await maya.getByTestId("program-yes").click();
      const buffer = Buffer.from("R0lGODlhAwABAIAAAP///wAAACwAAAAAAwABAAACAoRRADs=", "base64");
      await (await chooser).setFiles({ name: "三.gif", mimeType: "image/gif", buffer });
      await expect(said).toHaveText("宽3");
      // She is called otherwise there (PR46).
      await maya.getByTestId("program-more").click();
      await maya.getByTestId("program-calls").click();
      await maya.getByTestId("ask-field").fill("画梨的");
      await shot(maya, `${name}-program-calls`);
      await maya.getByTestId("ask-yes").click();
      await expect(maya.getByTestId("program-calls")).toContainText("画梨的");
      await maya.keyboard.press("Escape");
      await room().getByText("名字", { exact: true }).click();
      await expect(said).toHaveText("画梨的");
      await maya.getByTestId("program-close").click();
      await open();
      await room().getByText("名字", { exact: true }).click();
      await expect(said).toHaveText("画梨的");
      await maya.getByTestId("program-close").click();
    });

    test(`[PR17] while a card is on the screen a frame waits, and the program that is opened begins in it (${name})`, async () => {
      await opens(maya, "妈妈");
      const waiting = maya.locator("iframe.program-waiting");
      const frameOf = async (one: typeof waiting) => (await one.elementHandle())?.contentFrame();
      await expect(waiting).toHaveCount(1);
      await expect.poll(async () => (await frameOf(waiting))?.url()).toContain("/mini/host.html");
      await (await frameOf(waiting))?.evaluate(() => Object.assign(globalThis, { hasWaited: true }));
      await maya.getByTestId("program-card").filter({ hasText: "果园" }).getByTestId("program-open").click();
      await expect(room().getByText(/^果园 · 第/)).toBeVisible();
      await expect(waiting).toHaveCount(0);
      const begun = await frameOf(maya.getByTestId("program-frame"));
      expect(await begun?.evaluate(() => (globalThis as unknown as { hasWaited?: true }).hasWaited)).toBe(true);
      await maya.getByTestId("program-close").click();
      await expect(waiting).toHaveCount(1);
      await home(maya);
      await expect(waiting).toHaveCount(0);
    });

    test(`[PR87] a program that is opened while the frame still loads begins in it, and it is loaded once (${name})`, async () => {
      let asked = 0;
      let comes: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        comes = resolve;
      });
      await maya.route("**/mini/host.html", async (route) => {
        asked += 1;
        await held;
        await route.fallback();
      });
      await opens(maya, "妈妈");
      await expect.poll(() => asked).toBe(1);
      await maya.getByTestId("program-card").filter({ hasText: "果园" }).getByTestId("program-open").click();
      await expect(maya.getByTestId("program-frame")).toHaveCount(1);
      comes();
      await expect(room().getByText(/^果园 · 第/)).toBeVisible();
      expect(asked).toBe(1);
      await maya.getByTestId("program-close").click();
      await maya.unroute("**/mini/host.html");
      await home(maya);
      // What could not be loaded is no frame that waits.
      await maya.route("**/mini/host.html", (route) => route.abort());
      const failed = maya.waitForEvent("requestfailed", (one) => one.url().endsWith("/mini/host.html"));
      await opens(maya, "妈妈");
      await failed;
      await maya.unroute("**/mini/host.html");
      await maya.getByTestId("program-card").filter({ hasText: "果园" }).getByTestId("program-open").click();
      await expect(room().getByText(/^果园 · 第/)).toBeVisible();
      await maya.getByTestId("program-close").click();
      await home(maya);
    });

    test(`[PR17] no frame waits beside a running program, whenever it was to be made (${name})`, async () => {
      await expect(maya.locator("iframe.program-waiting")).toHaveCount(0);
      await maya.evaluate(() => {
        const later = window.setTimeout;
        const due: (() => void)[] = [];
        const held = (then: () => void, ms?: number) => (ms === 500 ? due.push(then) : later(then, ms));
        window.setTimeout = held as typeof later;
        // The timers of the card fall due in the moment in which the program is shown.
        new MutationObserver((_, observer) => {
          if (document.querySelector("[data-testid=program]") === null) return;
          observer.disconnect();
          window.setTimeout = later;
          for (const then of due) then();
          document.body.dataset["due"] = `${due.length}`;
        }).observe(document.body, { childList: true, subtree: true });
      });
      await opens(maya, "妈妈");
      await maya.getByTestId("program-card").filter({ hasText: "果园" }).getByTestId("program-open").click();
      await expect(room().getByText(/^果园 · 第/)).toBeVisible();
      await expect(maya.locator("body")).toHaveAttribute("data-due", /^[1-9]/);
      await expect(maya.locator("iframe.program-waiting")).toHaveCount(0);
      await maya.getByTestId("program-close").click();
      await expect(maya.locator("iframe.program-waiting")).toHaveCount(1);
      await home(maya);
    });

    test(`[PR10] [PR11] a hostile program asks nobody for anything, and one that floods is ended (${name})`, async () => {
      const asked: string[] = [];
      const evil = createServer(({ url }, answer) => {
        asked.push(url ?? "");
        answer.writeHead(200, { "access-control-allow-origin": "*" }).end();
      });
      evil.on("upgrade", ({ url }, socket) => {
        asked.push(url ?? "");
        socket.destroy();
      });
      await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
      // By home's name, for the browser tells of requests that it refused as well; the port is another.
      const address = `http://localhost:${(evil.address() as AddressInfo).port}/`;
      try {
        await sends(mum, "坏.ymp", await hostile(address));
        await opens(maya, "妈妈");
        await expect(maya.getByTestId("program-card")).toHaveCount(5);
        await maya.getByTestId("program-open").last().click();
        await expect(room().getByText(`tried ${ways.length + reads.length}, read 0, null`)).toBeVisible();
        await fetch(`${address}control`);
        expect(asked).toEqual(["/control"]);
        await room().getByText("再问").click();
        for (let again = 0; again < 3; again += 1) await maya.getByTestId("program-no").click();
        await shot(maya, `${name}-program-asks-again`);
        await maya.getByTestId("program-stop").click();
        await expect(maya.getByTestId("program-frame")).toHaveCount(0);
        await maya.getByTestId("program-open").last().click();
        await room().getByText("洪水").click();
        await expect(maya.getByTestId("program-ended")).toBeVisible();
        await maya.getByTestId("program-close").click();
        await expect(maya.getByTestId("plus-open")).toBeVisible();
      } finally {
        await new Promise((resolve) => evil.close(resolve));
      }
    });

    test(`[PR11] [PR84] a program that draws a sheet over everything covers neither its name nor the ways out of it (${name})`, async () => {
      const everywhere = "position:fixed;left:-400px;top:-400px;width:2000px;height:2000px;z-index:2147483647";
      const sources = sourcesOf({
        "app.json": '{ "pages": ["pages/a/a"], "window": { "navigationStyle": "custom" } }',
        "pages/a/a.wxml": `<root-portal><view style="${everywhere};background:#fff;text-align:center;padding-top:600px">雁书：请输入应用锁的密码</view></root-portal>`,
        "pages/a/a.js": "Page({ onLoad: function () { wx.setNavigationBarTitle({ title: '雁书' }) } })",
      });
      await sends(mum, "假.ymp", (await packProgram(sources, { name: "假", version: "1" })).bytes);
      await opens(maya, "妈妈");
      const card = maya.getByTestId("program-card").filter({ hasText: "假" });
      await card.getByTestId("program-open").click();
      await expect(room().getByText("请输入应用锁的密码")).toBeVisible();
      await expect(maya.getByTestId("program-title")).toHaveText("雁书");
      await expect(maya.getByTestId("program-name")).toHaveText("假 · 小程序");
      await shot(maya, `${name}-program-false-sheet`);
      // What lies on top in the middle of each is the app's own.
      for (const own of [
        maya.getByTestId("program-name"),
        maya.getByTestId("program-more"),
        maya.getByTestId("program-close"),
      ]) {
        const isOnTop = await own.evaluate((one) => {
          const { left, top, width, height } = one.getBoundingClientRect();
          return one.contains(document.elementFromPoint(left + width / 2, top + height / 2));
        });
        expect(isOnTop).toBe(true);
      }
      // The browser would open a link that is dragged out of it and dropped there.
      const drops = () =>
        maya
          .locator("body")
          .evaluate((one) =>
            ["dragover", "drop"].map((kind) =>
              one.dispatchEvent(
                new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }),
              ),
            ),
          );
      expect(await drops()).toEqual([false, false]);
      await maya.getByTestId("program-close").click();
      await expect(maya.getByTestId("program-frame")).toHaveCount(0);
      await expect(maya.getByTestId("plus-open")).toBeVisible();
      expect(await drops()).toEqual([true, true]);
    });

    test(`[PR1] [PR80] [PR81] another version asks for all anew, and what the first stored is brought to it (${name})`, {
      tag: "@long",
    }, async () => {
      const version = async (number: string, more: Readonly<Record<string, string>>) => {
        const calls = {
          名字: "wx.getUserProfile({desc:'',success:function(r){p.say(r.userInfo.nickName)},fail:function(r){p.say(r.errMsg)}})",
          ...more,
        };
        const taps = Object.values(calls).map((code, at) => `t${at}:function(){var p=this;${code}}`);
        const buttons = Object.keys(calls).map((words, at) => `<button bindtap="t${at}">${words}</button>`);
        const sources = sourcesOf({
          "app.json": '{ "pages": ["pages/a/a"] }',
          "pages/a/a.wxml": `<view class="count">第{{n}}次</view><view class="said">{{said}}</view>${buttons.join("")}`,
          "pages/a/a.js": `Page({data:{said:'无',n:0},say:function(w){this.setData({said:w})},onLoad:function(){var n=(wx.getStorageSync('n')||0)+1;wx.setStorageSync('n',n);this.setData({n:n})},${taps.join()}})`,
        });
        const { bytes } = await packProgram(sources, { name: "记次数", version: number });
        await sends(mum, `记次数${number}.ymp`, bytes);
      };
      const open = () =>
        maya.getByTestId("program-card").filter({ hasText: "记次数" }).last().getByTestId("program-open").click();
      const [said, count] = [room().locator(".said"), room().locator(".count")];
      await opens(maya, "妈妈");
      await version("1", {});
      await open();
      await expect(count).toHaveText("第1次");
      await maya.getByTestId("program-close").click();
      await open();
      await expect(count).toHaveText("第2次");
      await room().getByText("名字", { exact: true }).click();
      await maya.getByTestId("program-yes").click();
      await expect(said).toHaveText("Maya");
      // What she allowed and takes back is asked again, and a no stays.
      await maya.getByTestId("program-more").click();
      await maya.getByTestId("program-may-name").click();
      await expect(maya.getByTestId("program-may-name")).toContainText("下次会再问你");
      await shot(maya, `${name}-program-taken-back`);
      await isAccessible(maya);
      await maya.keyboard.press("Escape");
      await room().getByText("名字", { exact: true }).click();
      await expect(maya.getByTestId("program-wants")).toContainText("记次数想知道你的名字");
      await maya.getByTestId("program-no").click();
      await expect(said).toHaveText("getUserProfile:fail auth deny");
      await maya.getByTestId("program-close").click();
      await open();
      await room().getByText("名字", { exact: true }).click();
      await expect(said).toHaveText("getUserProfile:fail auth deny");
      await maya.getByTestId("program-more").click();
      const saved = maya.waitForEvent("download");
      await maya.getByTestId("program-export").click();
      const file = await readFile((await (await saved).path()) ?? "", "utf8");
      expect(JSON.parse(file)).toMatchObject({ name: "记次数", stored: { n: 3 } });
      await maya.keyboard.press("Escape");
      await maya.getByTestId("program-close").click();
      // Another version is another program, which also asks for what was copied.
      await version("2", {
        看抄: "wx.getClipboardData({success:function(r){p.say(r.data)},fail:function(r){p.say(r.errMsg)}})",
      });
      await expect(maya.getByTestId("program-card").last()).toContainText("记次数2");
      await open();
      await expect(count).toHaveText("第1次");
      await room().getByText("看抄").click();
      await expect(maya.getByTestId("program-wants")).toContainText("记次数想看你复制了什么");
      await maya.getByTestId("program-no").click();
      await expect(said).toHaveText("getClipboardData:fail auth deny");
      await room().getByText("名字", { exact: true }).click();
      await expect(maya.getByTestId("program-wants")).toContainText("记次数想知道你的名字");
      await maya.getByTestId("program-yes").click();
      await expect(said).toHaveText("Maya");
      await maya.getByTestId("program-more").click();
      const chooser = maya.waitForEvent("filechooser");
      await maya.getByTestId("program-import").click();
      await (await chooser).setFiles({ name: "别.json", mimeType: "application/json", buffer: Buffer.from("[]") });
      await expect(maya.getByTestId("program-import")).toContainText("这个文件不是小程序存下的东西");
      await shot(maya, `${name}-program-import`);
      await brings(maya, file);
      await open();
      await expect(count).toHaveText("第4次");
      await maya.getByTestId("program-close").click();
    });

    test(`[PR83] [PR86] places of itself that an app goes through are none of hers, and it leads her nowhere back (${name})`, {
      tag: "@long",
    }, async () => {
      const page = `<!doctype html><button id="few">走几步</button><button id="many">走很多</button><button id="back">回</button><script>
function goes(n){for(let i=0;i<n;i++){history.pushState(i,'');location.hash='h'+i}}
function on(id,does){const one=document.querySelector(id);one.onclick=()=>{one.textContent='等';does();setTimeout(()=>one.textContent='好'+history.length,500)}}
on('#few',()=>goes(3));on('#many',()=>goes(60));on('#back',()=>{history.go(-90);history.go(-2);history.back()})</script>`;
      await sends(mum, "走走.xdc", appOf({ "index.html": page }));
      const app = room().frameLocator("iframe");
      for (const how of ["few", "many"] as const) {
        await opens(maya, "妈妈");
        const at = maya.url();
        // The way back is the browser's.
        expect(await maya.evaluate(() => history.state.depth)).toBeGreaterThan(0);
        // Opened again it comes to as many places as the tab had left of its first ones.
        for (let opened = 0; opened < 2; opened++) {
          const length = await maya.evaluate(() => history.length);
          await maya.getByTestId("program-card").filter({ hasText: "走走" }).getByTestId("program-open").click();
          for (const one of ["back", how, "back"]) {
            await app.locator(`#${one}`).click();
            await expect(app.locator(`#${one}`)).toHaveText(/^好\d+$/);
            expect(maya.url()).toBe(at);
          }
          // So it went through places, or nothing is shown by this.
          const now = await maya.evaluate(() => history.length);
          if (opened === 0) expect(now).toBeGreaterThan(length);
          else expect(now).toBe(length);
          await maya.getByTestId("program-close").click();
          await expect(maya.getByTestId("composer-input")).toBeVisible();
        }
        if (how === "few") await maya.goBack();
        else await maya.getByTestId("back").click();
        await expect(maya.getByTestId("chats")).toBeVisible();
      }
    });

    test(`[PR88] a program is sent on from its page, and opens from the new card (${name})`, async () => {
      await home(maya);
      await maya.getByTestId("tab-discover").click();
      await maya.getByTestId("to-programs").click();
      await maya.getByTestId("program-kept").filter({ hasText: "果园" }).click();
      await expect(room().getByText(/^果园 · 第/)).toBeVisible();
      await maya.getByTestId("program-more").click();
      await maya.getByTestId("program-send-on").click();
      await maya.getByTestId("forward-chat").first().click();
      await shot(maya, `${name}-program-send-on`);
      await isAccessible(maya);
      await maya.getByTestId("program-send-go").click();
      await expect(maya.getByTestId("program-send-sheet")).toHaveCount(0);
      await maya.keyboard.press("Escape");
      await maya.getByTestId("program-close").click();
      await opens(mum, "Maya");
      await expect(mum.getByTestId("program-card").filter({ hasText: "果园" })).toHaveCount(2);
      await mum.getByTestId("program-open").last().click();
      await expect(mum.frameLocator("[data-testid=program-frame]").getByText("果园 · 第1次")).toBeVisible();
      await mum.getByTestId("program-close").click();
    });

    test(`[PR15] [PR80] what the app shows of a program is whole in elder mode, with words at 200 % and in three languages (${name})`, {
      tag: "@long",
    }, async () => {
      test.setTimeout(240_000);
      const calls = {
        名字: "wx.getUserProfile({desc:''})",
        问: "wx.showModal({title:'要这些吗',content:'三个梨和两个苹果',editable:true})",
        选: "wx.showActionSheet({itemList:['梨','苹果','李子']})",
      };
      const taps = Object.values(calls).map((code, at) => `t${at}:function(){${code}}`);
      const buttons = Object.keys(calls).map((words, at) => `<button bindtap="t${at}">${words}</button>`);
      const sources = sourcesOf({
        "app.json": '{ "pages": ["pages/a/a"] }',
        "pages/a/a.wxml": `<view>果摊</view>${buttons.join("")}`,
        "pages/a/a.js": `Page({${taps.join()}})`,
      });
      await opens(maya, "妈妈");
      await sends(mum, "果摊.ymp", (await packProgram(sources, { name: "果摊", version: "1" })).bytes);
      await expect(maya.getByTestId("program-card").last()).toContainText("果摊");
      const chat = new URL(maya.url()).pathname;
      const wrong: string[] = [];
      const worn = [
        { locale: "zh-Hans", theme: "dark", elder: true },
        { locale: "en", theme: "light", elder: true, textStep: 6 },
        { locale: "zh-Hant", theme: "light", textStep: 6 },
        { locale: "en", theme: "dark" },
      ] as const;
      for (const prefs of worn) {
        await dressed(maya, prefs, look);
        const called = Object.values(prefs).join("-");
        const looksAt = async (place: string) => {
          const say = (what: string) => (found: string) => wrong.push(`${called} ${place}: ${what} ${found}`);
          await settled(maya);
          (await violations(maya)).forEach(say("axe"));
          (await clippedWords(maya)).forEach(say("cut off"));
          if ("textStep" in prefs) (await partedWords(maya)).forEach(say("parted word"));
          if ("elder" in prefs) {
            (await smallTargets(maya, 56)).forEach(say("small target"));
            (await smallWords(maya, 20)).forEach(say("small words"));
          }
          await shot(maya, `${name}-program-${place}-${called}`);
        };
        await goes(maya, chat);
        await maya.getByTestId("program-card").last().getByTestId("program-open").click();
        await room().getByText("名字", { exact: true }).click();
        await expect(maya.getByTestId("program-once")).toBeEnabled();
        await looksAt("wants");
        await maya.getByTestId("program-once").click();
        await room().getByText("问", { exact: true }).click();
        await expect(maya.getByTestId("program-modal")).toBeVisible();
        await looksAt("asks");
        await maya.getByTestId("program-no").click();
        await room().getByText("选", { exact: true }).click();
        await expect(maya.getByTestId("program-choose")).toBeVisible();
        await looksAt("chooses");
        await maya.keyboard.press("Escape");
        await maya.getByTestId("program-more").click();
        await expect(maya.getByTestId("program-import")).toBeVisible();
        await looksAt("about");
        await maya.keyboard.press("Escape");
        await looksAt("running");
        await maya.getByTestId("program-close").click();
      }
      expect(wrong).toEqual([]);
    });
  });
}
