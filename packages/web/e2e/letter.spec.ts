/**
 * The first letter, as people send it (issue “The first letter”, steps 1–6): two profiles and a
 * second device, against the server that `npm start` runs. On a phone in 简体, on a desktop in English.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { desktop, type Look, phone, Town } from "./town.ts";

const looks: readonly (readonly [string, Look])[] = [
  ["phone", phone],
  ["desktop", desktop],
];

for (const [name, look] of looks) {
  test.describe(name, () => {
    test.describe.configure({ timeout: 180_000 });

    test(`[ID10] [SY1] [SY3] two people meet by a link, write, and find everything again (${name})`, async ({
      browser,
    }) => {
      const town = await Town.found(browser);
      try {
        const mum = await town.profile(look);
        await town.settle(mum, "妈妈");
        await expect(mum.getByTestId("chats")).toBeVisible();
        await shot(mum, `${name}-empty`);

        const kid = await town.profile(look);
        await befriend(town, mum, kid, "Maya");
        await write(mum, "晚饭吃火锅 🍲 你几点回来？");
        await sees(kid, "晚饭吃火锅 🍲 你几点回来？");
        await write(kid, "七点！Save me some 豆腐 😋");
        await sees(mum, "七点！Save me some 豆腐 😋");
        await expect(bubble(mum, "晚饭吃火锅")).toHaveAttribute("data-state", "sent");
        await shot(mum, `${name}-chat`);

        // The browser is closed, somebody writes meanwhile, and all is there, once, in order.
        const address = kid.url();
        const context = kid.context();
        await kid.close();
        for (const text of ["第一句", "第二句", "第三句"]) await write(mum, text);
        await expect(bubble(mum, "第三句")).toHaveAttribute("data-state", "sent");
        const again = await context.newPage();
        await again.goto(new URL("/", address).href);
        await expect(again.getByTestId("chat-row").first()).toHaveAttribute("data-unread", "3");
        await again.getByTestId("chat-row").first().click();
        await sees(again, "第三句");
        await expect(again.getByTestId("bubble").filter({ hasText: /第.句/ })).toHaveText([
          /第一句/,
          /第二句/,
          /第三句/,
        ]);
      } finally {
        await town.close();
      }
    });

    test(`[GR8] a family group: made, named, written in, somebody removed (${name})`, async ({ browser }) => {
      const town = await Town.found(browser);
      try {
        const [mum, dad, kid] = [await town.profile(look), await town.profile(look), await town.profile(look)];
        await town.settle(mum, "妈妈");
        await befriend(town, mum, dad, "爸爸");
        await home(mum);
        await befriend(town, mum, kid, "Maya");
        await home(mum);

        await mum.getByTestId("plus").click();
        await mum.getByTestId("plus-group").click();
        await mum.getByTestId("pick").nth(0).click();
        await mum.getByTestId("pick").nth(1).click();
        await mum.getByTestId("picked-done").click();
        await mum.getByTestId("ask-field").fill("吃饭");
        await mum.getByTestId("ask-yes").click();
        await expect(mum.getByTestId("conversation")).toBeVisible();
        await info(mum);
        await mum.getByTestId("rename").click();
        await mum.getByTestId("ask-field").fill("一家人");
        await mum.getByTestId("ask-yes").click();
        for (const one of [dad, kid]) {
          await home(one);
          await one.getByTestId("chat-row").filter({ hasText: "一家人" }).click();
        }
        await backToChat(mum);
        await write(mum, "周日一起包饺子");
        for (const one of [dad, kid]) await sees(one, "周日一起包饺子");
        await write(dad, "我买肉");
        await sees(kid, "我买肉");
        await sees(mum, "我买肉");
        await shot(kid, `${name}-group`);
        await isAccessible(kid);

        await info(mum);
        await shot(mum, `${name}-group-info`);
        await isAccessible(mum);
        await mum.getByTestId("member").filter({ hasText: "爸爸" }).click();
        await mum.getByTestId("remove-member").click();
        await mum.getByTestId("confirm-yes").click();
        await expect(mum.getByTestId("member").filter({ hasText: "爸爸" })).toHaveCount(0);
        await backToChat(mum);
        await write(mum, "爸爸看不到这句");
        await sees(kid, "爸爸看不到这句");
        await expect(dad.getByTestId("conversation")).toHaveAttribute("data-state", "removed");
        await expect(dad.getByText("爸爸看不到这句")).toHaveCount(0);
      } finally {
        await town.close();
      }
    });

    test(`[ID12] a second device is linked by four words, and revoked (${name})`, async ({ browser }) => {
      const town = await Town.found(browser);
      try {
        const [mum, kid, tablet] = [await town.profile(look), await town.profile(look), await town.profile(look)];
        await town.settle(mum, "妈妈");
        await befriend(town, mum, kid, "Maya");

        await tablet.goto(`http://localhost:${town.port}/`);
        await tablet.getByTestId("used").click();
        await expect(tablet.getByTestId("device-link")).toHaveAttribute("data-link", /#d\//);
        const link = (await tablet.getByTestId("device-link").getAttribute("data-link")) ?? "";
        await shot(tablet, `${name}-link-new`);

        await home(mum);
        await devices(mum);
        await mum.getByTestId("link-device").click();
        await mum.getByTestId("paste-link").fill(link);
        await mum.getByTestId("open-link").click();
        const words = mum.getByTestId("link-words");
        await expect(words).toBeVisible();
        const shown = await words.getAttribute("data-words");
        await expect(tablet.getByTestId("link-words")).toHaveAttribute("data-words", shown ?? "none");
        await shot(mum, `${name}-link-words`);
        await mum.getByTestId("words-same").click();
        await expect(tablet.getByTestId("chat-row").filter({ hasText: "Maya" })).toBeVisible({ timeout: 30_000 });

        await write(kid, "两台都收到了吗");
        await tablet.getByTestId("chat-row").filter({ hasText: "Maya" }).click();
        await sees(tablet, "两台都收到了吗");
        await write(tablet, "平板收到了");
        await sees(kid, "平板收到了");
        await home(mum);
        await mum.getByTestId("chat-row").filter({ hasText: "Maya" }).click();
        await sees(mum, "平板收到了");

        await home(mum);
        await devices(mum);
        await expect(mum.getByTestId("device-row")).toHaveCount(2);
        await mum.getByTestId("revoke").first().click();
        await mum.getByTestId("confirm-yes").click();
        await expect(mum.getByTestId("device-row")).toHaveCount(1);
        await expect(tablet.getByTestId("signed-out")).toBeVisible({ timeout: 20_000 });
      } finally {
        await town.close();
      }
    });

    test(`[DS16] [SY2] offline, and a server killed under load: whatever showed “sent” arrives, in order (${name})`, async ({
      browser,
    }) => {
      const town = await Town.found(browser);
      try {
        const [mum, kid] = [await town.profile(look), await town.profile(look)];
        await town.settle(mum, "妈妈");
        await befriend(town, mum, kid, "Maya");

        await mum.context().setOffline(true);
        await write(mum, "电梯里写的一");
        await write(mum, "电梯里写的二");
        await expect(mum.getByTestId("network")).toHaveAttribute("data-network", "offline");
        await shot(mum, `${name}-offline`);
        await mum.context().setOffline(false);
        await sees(kid, "电梯里写的二");
        await expect(kid.getByTestId("bubble").filter({ hasText: "电梯里写的" })).toHaveText([/一/, /二/]);

        for (let i = 1; i <= 4; i++) await write(mum, `压 ${i}`);
        await town.killServer();
        for (let i = 5; i <= 8; i++) await write(mum, `压 ${i}`);
        await town.startServer();
        await sees(kid, "压 8", 60_000);
        await expect(kid.getByTestId("bubble").filter({ hasText: /压 \d/ })).toHaveText(
          Array.from({ length: 8 }, (_, i) => new RegExp(`压 ${i + 1}`)),
        );
        await expect(bubble(mum, "压 8")).toHaveAttribute("data-state", "sent");
      } finally {
        await town.close();
      }
    });
  });
}

/** `one` shows the link; `other`, who is new here, opens it, greets, and is accepted. Both end in the chat. */
async function befriend(town: Town, one: Page, other: Page, name: string): Promise<void> {
  await town.settle(other, name, await contactLink(one));
  await expect(other.getByTestId("invite-card")).toBeVisible();
  await other.getByTestId("send-request").click();
  await home(one);
  await one.getByTestId("tab-contacts").click();
  await one.getByTestId("requests").click();
  await one.getByTestId("request-row").filter({ hasText: name }).getByTestId("request-accept").click();
  await home(one);
  await one.getByTestId("chat-row").filter({ hasText: name }).click();
  await home(other);
  await other.getByTestId("chat-row").first().click();
  await expect(other.getByTestId("conversation")).toHaveAttribute("data-state", "open");
  await expect(one.getByTestId("conversation")).toHaveAttribute("data-state", "open");
}

async function contactLink(page: Page): Promise<string> {
  await page.goto(new URL("/my-qr", page.url()).href);
  await expect(page.getByTestId("my-link")).toHaveAttribute("data-link", /#c\//);
  return (await page.getByTestId("my-link").getAttribute("data-link")) ?? "";
}

/** To the chat list, however deep one is. */
async function home(page: Page): Promise<void> {
  await page.goto(new URL("/", page.url()).href);
  await expect(page.getByTestId("chats")).toBeVisible();
}

async function devices(page: Page): Promise<void> {
  await page.goto(new URL("/me/devices", page.url()).href);
  await expect(page.getByTestId("device-row").first()).toBeVisible();
}

/** The details of the open chat, which a wide window may show beside it. */
async function info(page: Page): Promise<void> {
  if (!(await page.getByTestId("chat-details").isVisible())) await page.getByTestId("chat-info").click();
  await expect(page.getByTestId("chat-details")).toBeVisible();
}

async function backToChat(page: Page): Promise<void> {
  if (!(await page.getByTestId("composer-input").isVisible())) await page.getByTestId("back").click();
  await expect(page.getByTestId("composer-input")).toBeVisible();
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByTestId("composer-input").fill(text);
  await page.getByTestId("send").click();
  await expect(bubble(page, text)).toBeVisible();
}

function bubble(page: Page, text: string) {
  return page.getByTestId("bubble").filter({ hasText: text }).last();
}

async function sees(page: Page, text: string, timeout = 20_000): Promise<void> {
  await expect(bubble(page, text)).toBeVisible({ timeout });
}

/** WCAG 2.2 AA, as far as a program can tell. */
async function isAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENS"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
