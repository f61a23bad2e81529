/**
 * The way of somebody who knows WeChat and nothing of this: from a link that a friend sent to the first message, with
 * taps counted. No clock: how long it takes is a matter of the machine, how often one taps is ours.
 */
import { readFileSync } from "node:fs";
import { type Browser, expect, type Locator, type Page, test } from "@playwright/test";
import { BrowserSetup, type Chosen, oneLook } from "./browser-setup.ts";
import { contactLink, goes, home, info, isAccessible, opens, picks, sees, shot } from "./people.ts";

const tapsMax = 8;
/** What somebody of seventy would ask about. */
const strange = /加密|密钥|密鑰|端到端|同步|缓存|浏览器|协议|令牌|token|URL|PWA|MLS|QR|passkey|服务器|伺服器/i;

/** A face as a photo would be, from the pictures of the screens. */
async function portrait(browser: Browser): Promise<Chosen> {
  const svg = readFileSync(new URL("./screens/art/emily.svg", import.meta.url), "utf8");
  const page = await browser.newPage({ viewport: { width: 320, height: 320 } });
  await page.setContent(`<style>body { margin: 0 } svg { width: 320px; height: 320px }</style>${svg}`);
  const buffer = await page.screenshot();
  await page.close();
  return { name: "emily.png", mimeType: "image/png", buffer };
}

class Walk {
  taps = 0;
  readonly page: Page;
  private readonly name: string;

  constructor(page: Page, name: string) {
    this.page = page;
    this.name = name;
  }

  async tap(what: Locator): Promise<void> {
    await what.click();
    this.taps += 1;
  }

  /** A screen that one stops at: one thing to do stands out, and no word is in the way. */
  async looks(at: string): Promise<void> {
    const main = this.page.locator(".btn.fill:visible");
    expect([at, await main.count()]).toEqual([at, 1]);
    await expect(this.page.locator("#root")).not.toContainText(strange);
    await isAccessible(this.page);
    await shot(this.page, `walk-${at}-${this.name}`);
  }
}

for (const [name, look] of oneLook) {
  test(`[WE57] [ID62] from a friend's link to the first message it is eight taps at most, one main button a screen (${name})`, {
    tag: "@long",
  }, async ({ browser }) => {
    test.setTimeout(120_000);
    const setup = await BrowserSetup.start(browser);
    try {
      const mum = await setup.resident(look);
      await setup.settle(mum, "陈雨 Emily", setup.invite, await portrait(browser));
      const link = await contactLink(mum);
      await shot(mum, `walk-code-${name}`);
      await home(mum);

      const walk = new Walk(await setup.resident(look), name);
      const { page } = walk;
      await page.goto(link);
      const invitation = page.getByTestId("invitation");
      await expect(invitation.getByRole("heading")).toHaveText("陈雨 Emily");
      await expect(invitation).toContainText("请你写信");
      await expect(invitation.locator("img")).toBeVisible(); // Her face, before anybody was asked anything.
      await walk.looks("link");
      await walk.tap(page.getByTestId("start"));
      await walk.tap(page.getByTestId("name"));
      await page.keyboard.type("王阿姨");
      await walk.looks("name");
      await walk.tap(page.getByTestId("next"));
      await expect(page.getByTestId("later")).toBeVisible();
      await walk.looks("way-back");
      await walk.tap(page.getByTestId("later"));
      await expect(page.getByTestId("invite-card")).toBeVisible();
      await expect(page.getByTestId("invite-card").locator("img")).toBeVisible();
      await walk.looks("greeting");
      await walk.tap(page.getByTestId("send-request"));
      await expect(page.getByTestId("waits")).toBeVisible();
      await shot(page, `walk-waits-${name}`);

      await goes(mum, "/contacts/requests");
      await mum.getByTestId("request-row").filter({ hasText: "王阿姨" }).getByTestId("request-accept").click();
      await expect(page.getByTestId("conversation")).toHaveAttribute("data-state", "open");
      await walk.tap(page.getByTestId("composer-input"));
      await page.keyboard.type("我到了，看得见吗？");
      await walk.tap(page.getByTestId("send"));
      await sees(mum, "我到了，看得见吗？");
      await shot(page, `walk-chat-${name}`);
      expect(walk.taps).toBeLessThanOrEqual(tapsMax);
    } finally {
      await setup.close();
    }
  });

  test(`[WE57] [ID62] [F-1c-3] a group's link shows its members' faces first, and leads in by eight taps at most (${name})`, async ({
    browser,
  }) => {
    test.setTimeout(120_000);
    const setup = await BrowserSetup.start(browser);
    try {
      const [mum, dad] = [await setup.resident(look), await setup.resident(look)];
      await setup.settle(mum, "陈雨 Emily", setup.invite, await portrait(browser));
      await setup.settle(dad, "爸爸", await contactLink(mum));
      await dad.getByTestId("send-request").click();
      await goes(mum, "/contacts/requests");
      await mum.getByTestId("request-accept").click();
      await expect(mum.getByTestId("conversation")).toHaveAttribute("data-state", "open");
      await goes(mum, "/new-group");
      await picks(mum, 1);
      await mum.getByTestId("picked-done").click();
      await mum.getByTestId("ask-field").fill("一家人");
      await mum.getByTestId("ask-yes").click();
      await expect(mum.getByTestId("title")).toContainText("一家人 (2)");
      await info(mum);
      await mum.getByTestId("group-qr").click();
      await mum.getByTestId("make-link").click();
      await mum.getByTestId("make-link-yes").click();
      await expect(mum.getByTestId("group-link")).toHaveAttribute("data-link", /#g\//);
      const link = (await mum.getByTestId("group-link").getAttribute("data-link")) ?? "";
      await shot(mum, `walk-group-code-${name}`);
      await home(mum);

      const walk = new Walk(await setup.resident(look), `group-${name}`);
      const { page } = walk;
      await page.goto(link);
      const invitation = page.getByTestId("invitation");
      await expect(invitation.getByRole("heading")).toHaveText("一家人");
      await expect(invitation.locator(".av.mo > *")).toHaveCount(2);
      await expect(invitation.locator(".av.mo > img")).toHaveCount(1);
      await walk.looks("link");
      await walk.tap(page.getByTestId("start"));
      await walk.tap(page.getByTestId("name"));
      await page.keyboard.type("王阿姨");
      await walk.tap(page.getByTestId("next"));
      await walk.tap(page.getByTestId("later"));
      await expect(page.getByTestId("group-invitation").locator(".av.mo > img")).toHaveCount(1);
      await walk.looks("join");
      await walk.tap(page.getByTestId("join-group"));
      await expect(page.getByTestId("title")).toContainText("一家人 (3)"); // It opens by itself.
      await walk.tap(page.getByTestId("composer-input"));
      await page.keyboard.type("大家好");
      await walk.tap(page.getByTestId("send"));
      await opens(mum, "一家人");
      await sees(mum, "大家好");
      expect(walk.taps).toBeLessThanOrEqual(tapsMax);
    } finally {
      await setup.close();
    }
  });
}
