/**
 * Service accounts 服务号: a clinic answers by a program that was written for WeChat, behind the real bridge, and Maya
 * presses its buttons.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, freePort, looks } from "./browser-setup.ts";
import { dressed, goes, isAccessible, opens, shot } from "./people.ts";

const root = join(import.meta.dirname, "../../..");
const menu = {
  button: [
    { type: "click", name: "挂号", key: "BOOK" },
    { type: "click", name: "看结果", key: "RESULT" },
    {
      name: "更多",
      sub_button: [
        { type: "click", name: "地址", key: "PLACE" },
        { type: "view", name: "网站", url: "https://clinic.example/" },
      ],
    },
  ],
};

for (const [name, look] of looks) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial", timeout: 180_000 });
    const folder = mkdtempSync(join(tmpdir(), "yanshu-service-"));
    /** What the program was told: kind of event, and key. */
    const told: string[] = [];
    let setup: BrowserSetup;
    let maya: Page;
    let bridge: ChildProcess;
    let program: Server;
    let link = "";
    let call: (path: string, body: object) => Promise<{ readonly errcode?: number; readonly ticket?: string }>;
    let at = "";
    /** Who wrote to the account, as the program knows them. */
    let openid = "";

    test.beforeAll(async ({ browser }) => {
      setup = await BrowserSetup.start(browser);
      maya = await setup.resident(look);
      await setup.settle(maya, "Maya");
      program = createServer((request, answer) => {
        let words = "";
        request.on("data", (chunk) => {
          words += chunk;
        });
        request.on("end", () => {
          const field = (of: string) => new RegExp(`<${of}><!\\[CDATA\\[(.*?)\\]\\]>`).exec(words)?.[1] ?? "";
          openid = field("FromUserName");
          told.push(`${field("Event") || field("MsgType")} ${field("EventKey") || field("Content")}`.trim());
          answer.end("success");
        });
      });
      await new Promise<void>((resolve) => program.listen(0, "127.0.0.1", resolve));
      await terminal(folder, ["create", "--name", "城南诊所", setup.invite]).done;
      const [port, own] = [await freePort(), (program.address() as AddressInfo).port];
      const begun = terminal(folder, ["bridge", `http://127.0.0.1:${own}/wx`, "--port", `${port}`, "--json"]);
      bridge = begun.child;
      const printed = JSON.parse(await begun.line) as { link: string; appid: string; secret: string };
      link = printed.link;
      at = `http://127.0.0.1:${port}/cgi-bin/`;
      const { appid, secret } = printed;
      const given = await fetch(`${at}token?grant_type=client_credential&appid=${appid}&secret=${secret}`);
      const { access_token: token } = (await given.json()) as { access_token: string };
      call = async (path, body) => {
        const post = { method: "POST", body: JSON.stringify(body) };
        return (await (await fetch(`${at}${path}?access_token=${token}`, post)).json()) as {
          errcode?: number;
          ticket?: string;
        };
      };
    });
    test.afterAll(async () => {
      bridge?.kill("SIGTERM");
      program?.close();
      await setup?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test(`[F-services-1] [PA13] [PA14] [PA15] [PA17] [PA18] buttons stand where one writes, a press is told, a form stands as rows (${name})`, async () => {
      // Set before anybody came.
      expect((await call("menu/create", menu)).errcode).toBe(0);
      await maya.goto(link);
      await maya.getByTestId("send-request").click();
      await expect(maya.getByTestId("conversation")).toHaveAttribute("data-state", "open", { timeout: 60_000 });
      await opens(maya, "城南诊所");
      // Any contact may send buttons: the first time they are an offer, and the field stays.
      await expect(maya.getByTestId("service-offer")).toBeVisible({ timeout: 60_000 });
      await expect(maya.getByTestId("service-bar")).toHaveCount(0);
      await expect(maya.getByTestId("composer-input")).toBeVisible();
      await isAccessible(maya);
      await shot(maya, `${name}-service-offer`);
      await maya.getByTestId("service-take").click();
      await expect(maya.getByTestId("service-bar")).toBeVisible();
      await expect(maya.getByTestId("composer-input")).toBeHidden();
      await maya.getByTestId("service-button").first().click();
      await expect(maya.getByTestId("service-press")).toHaveText("挂号");
      await expect.poll(() => told, { timeout: 30_000 }).toContain("CLICK BOOK");
      const form = {
        touser: openid,
        template_id: "t",
        url: "https://clinic.example/booking/7",
        data: {
          first: { value: "挂号成功" },
          医生: { value: "刘大夫" },
          时间: { value: "周六上午九点" },
          remark: { value: "请带医保卡。" },
        },
      };
      expect((await call("message/template/send", form)).errcode).toBe(0);
      await expect(maya.getByTestId("service-form")).toContainText("刘大夫", { timeout: 30_000 });
      await expect(maya.getByTestId("service-on")).toContainText("clinic.example");
      await isAccessible(maya);
      await maya.getByTestId("service-button").last().click();
      await shot(maya, `${name}-service-below`);
      await maya.getByTestId("service-item").first().click();
      await expect(maya.getByTestId("service-press").last()).toHaveText("地址");
      await expect.poll(() => told, { timeout: 30_000 }).toContain("CLICK PLACE");
      // A page outside opens after a question alone, which names where it leads.
      await maya.getByTestId("service-button").last().click();
      await maya.getByTestId("service-item").last().click();
      await expect(maya.getByRole("dialog")).toContainText("clinic.example");
      await shot(maya, `${name}-service-asks`);
      await maya.keyboard.press("Escape");
      // Words of one's own, and back.
      await maya.getByTestId("service-words").click();
      await maya.getByTestId("composer-input").fill("几点开门？");
      await maya.getByTestId("send").click();
      await expect.poll(() => told, { timeout: 30_000 }).toContain("text 几点开门？");
      await maya.getByTestId("service-back").click();
      await shot(maya, `${name}-service-chat`);
      await dressed(maya, { locale: look.locale === "zh-CN" ? "zh-Hans" : "en", theme: "dark", elder: true }, look);
      await opens(maya, "城南诊所");
      // The large buttons of elder mode stay where they are.
      const back = maya.getByTestId("service-back").filter({ visible: true });
      await expect(back).toHaveCount(1);
      await expect(maya.getByTestId("service-bar")).toHaveCount(0);
      await shot(maya, `${name}-service-elder-before`);
      await back.click();
      await expect(maya.getByTestId("service-bar")).toBeVisible();
      await shot(maya, `${name}-service-elder-dark`);
      await isAccessible(maya);
      expect((await call("menu/delete", {})).errcode).toBe(0);
      await expect(maya.getByTestId("service-bar")).toHaveCount(0, { timeout: 30_000 });
      await goes(maya, "/");
    });

    test(`[F-services-1] [PA42] [PA43] who scans a code of the account is told of by it, newcomers too (${name})`, {
      tag: "@long",
    }, async () => {
      const scene = (scene_str: string) => ({
        action_name: "QR_LIMIT_STR_SCENE",
        action_info: { scene: { scene_str } },
      });
      const scans = async (page: Page, ticket = "") => {
        const buffer = Buffer.from(await (await fetch(`${at}showqrcode?ticket=${ticket}`)).arrayBuffer());
        await goes(page, "/scan");
        await page.getByTestId("scan-picture").setInputFiles({ name: "code.png", mimeType: "image/png", buffer });
        await expect(page.getByTestId("scan-note")).toBeVisible();
      };
      const { ticket } = await call("qrcode/create", scene("三号门"));
      await dressed(maya, { locale: look.locale === "zh-CN" ? "zh-Hans" : "en" }, look);
      await scans(maya, ticket);
      await isAccessible(maya);
      await shot(maya, `${name}-service-scan`);
      await maya.getByTestId("open-known").click();
      await expect(maya.getByTestId("service-press").last()).toContainText(/扫了码|Scanned a code/);
      await expect.poll(() => told, { timeout: 30_000 }).toContain("SCAN 三号门");
      const ben = await setup.resident(look);
      await setup.settle(ben, "Ben");
      await scans(ben, ticket);
      await shot(ben, `${name}-service-scan-new`);
      await ben.getByTestId("send-request").click();
      await expect.poll(() => told, { timeout: 60_000 }).toContain("subscribe qrscene_三号门");
      await expect(ben.getByTestId("service-press")).toHaveCount(1);
      expect(told.filter((one) => one.startsWith("SCAN"))).toEqual(["SCAN 三号门"]);
    });
  });
}

/** A command of the terminal client. `line`: the first that it prints. */
function terminal(folder: string, words: readonly string[]) {
  const cli = join(root, "packages/cli/src/main.ts");
  const child = spawn(join(root, "node_modules/bun/bin/bun.exe"), [cli, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, YANSHU_HOME: join(folder, "device") },
  });
  let said = "";
  const line = new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("\n")) resolve(said.slice(0, said.indexOf("\n")));
    });
    child.once("exit", (code) => reject(new Error(`${words[0]} ended with ${code}: ${said}`)));
  });
  line.catch(() => undefined);
  const done = new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${words[0]} ended with ${code}`))));
  });
  done.catch(() => undefined);
  return { child, line, done };
}
