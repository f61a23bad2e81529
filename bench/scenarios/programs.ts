/**
 * Programs: how soon a mini program stands there after a tap, and how soon a list in it has changed
 * (docs/spec/programs.md PR4, PR6). The program is dropped into a chat of the real app and opened from its card.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packProgram } from "@yanshu/mini/compile";
import { board, orchard, orchardAbout, sourcesOf } from "@yanshu/mini/testkit";
import { here, type Tab } from "../browser/chromium.ts";
import { atChats, withLongChat } from "../browser/long-chat.ts";
import { middle, row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const [rounds, rowsInList] = [9, 1_000];
const dist = join(import.meta.dirname, "../../packages/web/dist");

/** It changes its list when it is tapped, and its bar says how long that took until the rows were measured. */
const listScript = `var list=[],n=0;
function rows(from,count){var some=[];for(var i=0;i<count;i++)some.push({id:from+i,text:'第'+(from+i)+'行'});return some}
var steps=[
  ['fill',function(){list=rows(0,COUNT);return {list:list}}],
  ['all',function(){n+=1;list=list.map(function(one){return {id:one.id,text:one.text+n}});return {list:list}}],
  ['one',function(){n+=1;return {'list[500].text':'改'+n}}],
  ['append',function(){var more=rows(list.length,20);list=list.concat(more);return {list:list}}],
  ['reverse',function(){list=list.slice().reverse();return {list:list}}],
];
Page({data:{list:[]},tap:async function(){var page=this,said=[];
for(var s=0;s<steps.length;s++){var ms=[];for(var k=0;k<7;k++){
if(steps[s][0]==='fill')await new Promise(function(done){page.setData({list:[]},done)});
var changes=steps[s][1](),since=Date.now();
await new Promise(function(done){page.setData(changes);wx.createSelectorQuery().select('.last').boundingClientRect(done).exec()});
ms.push(Date.now()-since);await new Promise(function(done){setTimeout(done,60)})}
ms.sort(function(a,b){return a-b});said.push(steps[s][0]+' '+ms[3])}
wx.setNavigationBarTitle({title:said.join(', ')})}})`;

async function listProgram(count: number): Promise<Uint8Array> {
  const sources = {
    "app.json": '{ "pages": ["pages/a/a"] }',
    "pages/a/a.wxml":
      '<view bindtap="tap" class="go">开始</view><view wx:for="{{list}}" wx:key="id"><text>{{item.text}}</text></view><view class="last">末</view>',
    "pages/a/a.js": listScript.replaceAll("COUNT", `${count}`),
    // It is tapped from outside its frame, so all of it is to be tapped.
    "pages/a/a.wxss": ".go{height:300px}",
  };
  return (await packProgram(sourcesOf(sources), { name: "长单", version: "1" })).bytes;
}

export const programs: Scenario = {
  name: "programs",
  isLong: true,
  about:
    "a mini program and an app of webxdc in the real app (phone size): a tap on the card until it is painted, nine times each, the program also when a frame waits for it; and a list of 1,000 rows in a program, from setData until the frame has laid it out, the middle of seven",
  promises: [
    "programs: tap to painted, p50",
    "programs: tap to painted, a frame waits, p50",
    "programs: list of 1,000, filled",
    "programs: list of 1,000, all rows changed",
    "programs: list of 1,000, one row changed",
    "programs: list of 1,000, twenty more",
    "programs: list of 1,000, turned round",
    "programs: fetched before one is opened",
    "programs: what draws and runs them, packed",
  ],
  run: async (conditions) =>
    withLongChat(20, async (chat) => {
      const tab = await atChats(chat);
      await tab.click("chat-row");
      await tab.until(here("bubble"));
      const before = await fetched(tab);
      const count = conditions.quick ? 50 : rowsInList;
      await drop(tab, "果园.ymp", (await packProgram(orchard(), orchardAbout)).bytes);
      await drop(tab, "板.xdc", board());
      await drop(tab, "长单.ymp", await listProgram(count));
      const times = conditions.quick ? 2 : rounds;
      const first = await openedMs(tab, "果园");
      const fetchedFirst = await fetched(tab);
      const opened: number[] = [];
      for (let at = 0; at < times; at += 1) opened.push(await openedMs(tab, "果园"));
      const waited: number[] = [];
      for (let at = 0; at < times; at += 1) {
        await frameWaits(tab);
        waited.push(await openedMs(tab, "果园"));
      }
      const apps: number[] = [];
      for (let at = 0; at < times; at += 1) apps.push(await openedMs(tab, "板"));
      const list = await listed(tab);
      const goal = (atMost: number) => unlessQuick(conditions, { atMost });
      const frame = gzipSync(readFileSync(join(dist, "mini/host.html"))).length / 1_024;
      return [
        row("programs: tap to painted, the first time", first, "ms"),
        row("programs: tap to painted, p50", middle(opened), "ms", goal(300)),
        row("programs: tap to painted, slowest", Math.max(...opened), "ms"),
        row("programs: tap to painted, a frame waits, p50", middle(waited), "ms", goal(100)),
        row("programs: tap to painted, webxdc, p50", middle(apps), "ms", goal(300)),
        row("programs: list of 1,000, filled", list["fill"] ?? Number.NaN, "ms", goal(120)),
        row("programs: list of 1,000, all rows changed", list["all"] ?? Number.NaN, "ms", goal(50)),
        row("programs: list of 1,000, one row changed", list["one"] ?? Number.NaN, "ms", goal(16)),
        row("programs: list of 1,000, twenty more", list["append"] ?? Number.NaN, "ms", goal(16)),
        row("programs: list of 1,000, turned round", list["reverse"] ?? Number.NaN, "ms", goal(50)),
        row("programs: fetched before one is opened", before, "files", { atMost: 0 }),
        row("programs: fetched when one is opened first", fetchedFirst, "files"),
        row("programs: what draws and runs them, packed", frame, "KiB", { atMost: 62 }),
      ];
    }),
};

/** Files of what runs programs that the page fetched so far. */
function fetched(tab: Tab): Promise<number> {
  return tab.ask<number>(
    "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/mini/') || /read-worker|\\/open-/.test(name)).length",
  );
}

async function drop(tab: Tab, name: string, bytes: Uint8Array): Promise<void> {
  const cards = await tab.ask<number>("document.querySelectorAll('[data-testid=program-card]').length");
  await tab.ask(`(() => {
    const bytes = Uint8Array.from(atob(${JSON.stringify(Buffer.from(bytes).toString("base64"))}), (char) => char.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], ${JSON.stringify(name)}));
    const place = ${here("composer-input")};
    for (const type of ["dragenter", "dragover", "drop"])
      place.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
  })()`);
  await tab.until(`${here("ready-send")} ?? document.querySelectorAll('[data-testid=program-card]').length > ${cards}`);
  await tab.ask(`${here("ready-send")}?.click()`);
  await tab.until(`document.querySelectorAll('[data-testid=program-card]').length > ${cards}`);
}

/** A frame was made ahead, as while a card is looked at (PR17), and has read its own code. */
async function frameWaits(tab: Tab): Promise<void> {
  await tab.until("document.querySelector('.program-waiting') !== null");
  await Bun.sleep(1_000);
}

/** From the tap on a card until the frame said that it painted. It is closed again. */
async function openedMs(tab: Tab, name: string): Promise<number> {
  const ms = await opens(tab, name);
  await tab.ask(`${here("program-close")}.click()`);
  await tab.until(`document.querySelector('[data-testid=program]') === null`);
  await Bun.sleep(300);
  return ms;
}

function opens(tab: Tab, name: string): Promise<number> {
  return tab.ask<number>(`(async () => {
    const card = [...document.querySelectorAll("[data-testid=program-card]")].findLast((one) => one.textContent.includes(${JSON.stringify(name)}));
    const since = performance.now();
    card.querySelector("[data-testid=program-open]").click();
    const isPainted = () => document.querySelector("[data-testid=program-frame]")?.dataset.state === "running";
    while (!isPainted()) {
      if (performance.now() - since > 30_000) throw new Error("it did not open");
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    return performance.now() - since;
  })()`);
}

async function listed(tab: Tab): Promise<Readonly<Record<string, number>>> {
  await opens(tab, "长单");
  const at = await tab.ask<{ x: number; y: number }>(
    `(() => { const { x, y, width } = ${here("program-frame")}.getBoundingClientRect(); return { x: x + width / 2, y: y + 60 }; })()`,
  );
  for (const type of ["mousePressed", "mouseReleased"])
    await tab.send("Input.dispatchMouseEvent", { type, ...at, button: "left", clickCount: 1 });
  const title = here("program-title");
  await tab.until(`${title}?.textContent.includes("reverse")`, 120_000);
  const said = await tab.ask<string>(`${title}.textContent`);
  return Object.fromEntries(said.split(", ").map((one) => [one.split(" ")[0] ?? "", Number(one.split(" ")[1])]));
}
