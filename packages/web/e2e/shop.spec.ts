/**
 * A shop with a mini program and a server of its own: `yanshu bridge --backend --program` in a terminal, and a guest in
 * a browser who scans the code on a table, is given the program, and orders (docs/spec/programs.md PR53, PR62).
 */

import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page, test } from "@playwright/test";
import { packProgram } from "@yanshu/mini/compile";
import { sourcesOf } from "@yanshu/mini/testkit";
import { BrowserSetup, phone } from "./browser-setup.ts";
import { goes, home, isAccessible, opens, shot, write } from "./people.ts";
import { Terminal } from "./terminals.ts";

const script = `Page({ data: { table: "", goods: [], orders: [], said: "" },
onLoad(query) { this.setData({ table: decodeURIComponent(query.scene || "") }); var page = this;
  wx.login({ success: function (got) { page.ask("POST", "/login", { code: got.code }, function (told) {
    page.token = told.token; page.setData({ said: "你好" });
    page.ask("GET", "/goods", {}, function (goods) { page.setData({ goods: goods }) }) }) },
    fail: function (error) { page.setData({ said: error.errMsg }) } }) },
ask(method, path, data, then) { wx.request({ url: "https://api.noodles.example" + path, method: method, data: data,
  header: { Authorization: this.token || "" }, success: function (got) { then(got.data) } }) },
order(event) { var page = this; page.ask("POST", "/orders", { of: event.currentTarget.dataset.name, table: page.data.table },
  function () { page.ask("GET", "/orders", {}, function (orders) { page.setData({ orders: orders }) }) }) } })`;
const markup = `<view class="table">{{table}}</view><view>{{said}}</view>
<button wx:for="{{goods}}" wx:key="*this" data-name="{{item}}" bindtap="order">{{item}}</button>
<view class="order" wx:for="{{orders}}" wx:key="*this">{{item}}</view>`;

async function noodles(): Promise<Uint8Array> {
  const files = {
    "app.json": '{ "pages": ["pages/home/home", "pages/table/table"] }',
    "pages/home/home.wxml": "<view>面馆首页</view>",
    "pages/home/home.js": "Page({})",
    "pages/table/table.wxml": markup,
    "pages/table/table.js": script,
  };
  return (await packProgram(sourcesOf(files), { name: "面馆", version: "1" })).bytes;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

type Bridge = { readonly url: string; readonly appid: string; readonly secret: string };

test("[F-programs-5] [PR62] [PR53] [PR54] [PA40] [PA41] a guest scans a table's code, is given the shop's program, and orders at its own server", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(180_000);
  const setup = await BrowserSetup.start(browser);
  const shop = new Terminal("面馆");
  const seen: string[] = [];
  const orders: string[] = [];
  let bridge: Bridge | undefined;
  const respond = async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const [path, body] = [new URL(request.url ?? "", "http://x").pathname, await textOf(request)];
    if (path === "/bot") {
      answer.end("success"); // Its public account says nothing by itself.
      return;
    }
    seen.push(`${request.method} ${path} ${String(request.headers["x-forwarded-for"])}`);
    const told = async (): Promise<unknown> => {
      if (path === "/login") {
        const { appid, secret, url } = bridge as Bridge;
        const asked = `appid=${appid}&secret=${secret}&js_code=${JSON.parse(body).code}`;
        return {
          token: ((await (await fetch(`${url}/sns/jscode2session?${asked}`)).json()) as { openid: string }).openid,
        };
      }
      if (path === "/goods") return ["牛肉面", "小馄饨"];
      const guest = request.headers.authorization ?? "";
      if (request.method === "POST") orders.push(`${guest} ${JSON.parse(body).table} ${JSON.parse(body).of}`);
      return orders.filter((one) => one.startsWith(`${guest} `)).map((one) => one.slice(guest.length + 1));
    };
    answer.setHeader("content-type", "application/json");
    answer.end(JSON.stringify(await told()));
  };
  const server = createServer((request, answer) => {
    respond(request, answer).catch(() => answer.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = test.info().outputPath("面馆.ymp");
  let end: (() => Promise<void>) | undefined;
  try {
    writeFileSync(file, await noodles());
    await shop.says("create", "--name", shop.name, setup.invite);
    const link = await shop.says("link", "--place", "pages/table/table?scene=9");
    const port = await freePort();
    const begun = await shop.begins("bridge", `${at}/bot`, "--port", `${port}`, "--backend", at, "--program", file);
    end = begun.end;
    bridge = begun.value as Bridge;
    const code = await codeOf(bridge, "7号桌");
    const room = (page: Page) => page.frameLocator("[data-testid=program-frame]");

    const mum = await setup.resident(phone);
    await setup.settle(mum, "妈妈");
    await scans(mum, code);
    await expect(mum.getByTestId("invite-card")).toContainText("面馆");
    await expect(mum.getByTestId("program-to-come")).toBeVisible();
    await shot(mum, "table-stranger");
    await isAccessible(mum);
    await mum.getByTestId("send-request").click();
    await mum.getByTestId("program-open").click({ timeout: 60_000 });
    await expect(mum.getByTestId("program-wants")).toContainText("面馆");
    await mum.getByTestId("program-yes").click();
    await expect(room(mum).locator(".table")).toHaveText("7号桌");
    await expect(room(mum).getByText("你好")).toBeVisible({ timeout: 30_000 });
    await room(mum).getByText("牛肉面").click();
    await expect(room(mum).locator(".order")).toHaveText(["7号桌 牛肉面"], { timeout: 30_000 });
    await shot(mum, "table-ordered");
    await mum.getByTestId("program-close").click();

    // A contact needs one tap, and from a chat as well.
    await scans(mum, await codeOf(bridge, "8号桌"));
    await expect(mum.getByTestId("open-linked-program")).toBeVisible();
    await shot(mum, "table-known");
    await isAccessible(mum);
    await mum.getByTestId("open-linked-program").click();
    await expect(room(mum).locator(".table")).toHaveText("8号桌", { timeout: 30_000 });
    await room(mum).getByText("小馄饨").click();
    await expect(room(mum).locator(".order")).toHaveText(["7号桌 牛肉面", "8号桌 小馄饨"], { timeout: 30_000 });
    await mum.getByTestId("program-close").click();
    // Opened from the list it begins at its first page.
    await mum.getByTestId("program-open").click();
    await expect(room(mum).getByText("面馆首页")).toBeVisible();
    await mum.getByTestId("program-close").click();
    await home(mum);
    await opens(mum, "面馆");
    await write(mum, link);
    await mum.locator("a[href*='#p/']").click();
    await mum.getByTestId("open-linked-program").click();
    await expect(room(mum).locator(".table")).toHaveText("9", { timeout: 30_000 });
    await mum.getByTestId("program-close").click();
    // The shop's server saw the bridge, and no address of hers.
    expect(new Set(seen.map((one) => one.split(" ").at(-1)))).toEqual(new Set(["0.0.0.0"]));
  } finally {
    await end?.();
    shop.remove();
    await setup.close();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** As a server of the shop asks for the code of a table: by WeChat's call. */
async function codeOf({ url, appid, secret }: Bridge, scene: string): Promise<Buffer> {
  const token = `${url}/cgi-bin/token?grant_type=client_credential&appid=${appid}&secret=${secret}`;
  const { access_token } = (await (await fetch(token)).json()) as { readonly access_token: string };
  const body = JSON.stringify({ page: "pages/table/table", scene });
  const answer = await fetch(`${url}/wxa/getwxacodeunlimit?access_token=${access_token}`, { method: "POST", body });
  return Buffer.from(await answer.arrayBuffer());
}

async function scans(page: Page, buffer: Buffer): Promise<void> {
  await goes(page, "/scan");
  await page.getByTestId("scan-picture").setInputFiles({ name: "code.png", mimeType: "image/png", buffer });
}

async function freePort(): Promise<number> {
  const one = createServer();
  await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  const { port } = one.address() as AddressInfo;
  await new Promise((resolve) => one.close(resolve));
  return port;
}
