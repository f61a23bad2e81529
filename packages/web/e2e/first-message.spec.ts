/**
 * The first message, as people send it: two profiles and a
 * second device, against the server that `npm start` runs. On a phone in 简体, on a desktop in English. One setup a look:
 * each test goes on where the one before it ended.
 */
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, looks } from "./browser-setup.ts";
import {
  backToChat,
  befriend,
  bubble,
  devices,
  goes,
  home,
  info,
  isAccessible,
  makeGroup,
  scanDevice,
  sees,
  shot,
  write,
} from "./people.ts";

for (const [name, look] of looks) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial", timeout: 120_000 });
    let setup: BrowserSetup;
    let mum: Page;
    let kid: Page;
    /** The chat of these two is at this path, for both. */
    let chat: string;

    test.beforeAll(async ({ browser }) => {
      setup = await BrowserSetup.start(browser);
      [mum, kid] = [await setup.resident(look), await setup.resident(look)];
    });
    test.afterAll(() => setup.close());

    test(`[ID10] [SY1] [SY3] two people meet by a link, write, and find everything again (${name})`, async () => {
      await setup.settle(mum, "妈妈");
      await expect(mum.getByTestId("chats")).toBeVisible();
      await shot(mum, `${name}-empty`);

      await befriend(setup, mum, kid, "Maya");
      chat = new URL(mum.url()).pathname;
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
      kid = await context.newPage();
      await kid.goto(new URL("/", address).href);
      await expect(kid.getByTestId("chat-row").first()).toHaveAttribute("data-unread", "3");
      await kid.getByTestId("chat-row").first().click();
      await sees(kid, "第三句");
      await expect(kid.getByTestId("bubble").filter({ hasText: /第.句/ })).toHaveText([/第一句/, /第二句/, /第三句/]);
    });

    test(`[GR8] a family group: made, named, written in, somebody removed (${name})`, { tag: "@long" }, async () => {
      const dad = await setup.resident(look);
      await befriend(setup, mum, dad, "爸爸");
      await home(mum);

      await makeGroup(mum, "吃饭");
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
    });

    test(`[ID12] a second device is linked by four words, and revoked (${name})`, { tag: "@long" }, async () => {
      const tablet = await setup.resident(look);
      await goes(kid, chat);
      await tablet.goto(`http://localhost:${setup.port}/`);
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
      await shot(tablet, `${name}-link-join`);
      await tablet.getByTestId("join-yes").click();
      await mum.getByTestId("words-same").click();
      await expect(tablet.getByTestId("chat-row").filter({ hasText: "Maya" })).toBeVisible({ timeout: 30_000 });

      await write(kid, "两台都收到了吗");
      await tablet.getByTestId("chat-row").filter({ hasText: "Maya" }).click();
      await sees(tablet, "两台都收到了吗");
      await write(tablet, "平板收到了");
      await sees(kid, "平板收到了");
      await goes(mum, chat);
      await sees(mum, "平板收到了");

      await home(mum);
      await devices(mum);
      await expect(mum.getByTestId("device-row")).toHaveCount(2);
      await mum.getByTestId("revoke").first().click();
      await mum.getByTestId("confirm-yes").click();
      await expect(mum.getByTestId("device-row")).toHaveCount(1);
      await expect(tablet.getByTestId("signed-out")).toBeVisible({ timeout: 20_000 });

      // Handed to Maya: it says whose it becomes and what goes, and nothing goes without a tap here.
      await tablet.getByTestId("signed-out").getByRole("button").first().click();
      await home(kid);
      await scanDevice(kid, tablet);
      await expect(tablet.getByTestId("link-who")).toContainText("Maya");
      await expect(tablet.getByTestId("link-forgets")).toContainText("妈妈");
      await expect(kid.getByTestId("words-same")).toBeVisible();
      await isAccessible(tablet);
      await shot(tablet, `${name}-link-forgets`);
      await tablet.getByTestId("join-no").click();
      await expect(kid.getByTestId("link-old")).toHaveAttribute("data-step", "stopped");
      await home(kid);
      await tablet.getByTestId("link-again").click();
      await scanDevice(kid, tablet);
      await tablet.getByTestId("join-yes").click();
      await kid.getByTestId("words-same").click();
      await expect(tablet.getByTestId("chat-row").filter({ hasText: "妈妈" }).first()).toBeVisible({ timeout: 30_000 });
      await expect(tablet.getByTestId("chat-row").filter({ hasText: "Maya" })).toHaveCount(0);
    });

    test(`[DS16] [SY2] [F-1a-33] offline, and a server killed under load: whatever showed “sent” arrives, in order (${name})`, async () => {
      for (const one of [mum, kid]) await goes(one, chat);

      await mum.context().setOffline(true);
      await write(mum, "电梯里写的一");
      await write(mum, "电梯里写的二");
      await expect(mum.getByTestId("network")).toHaveAttribute("data-network", "offline");
      await shot(mum, `${name}-offline`);
      await mum.context().setOffline(false);
      await sees(kid, "电梯里写的二");
      await expect(kid.getByTestId("bubble").filter({ hasText: "电梯里写的" })).toHaveText([/一/, /二/]);

      for (let i = 1; i <= 4; i++) await write(mum, `压 ${i}`);
      await setup.killServer();
      for (let i = 5; i <= 8; i++) await write(mum, `压 ${i}`);
      await setup.startServer();
      await sees(kid, "压 8", 60_000);
      await expect(kid.getByTestId("bubble").filter({ hasText: /压 \d/ })).toHaveText(
        Array.from({ length: 8 }, (_, i) => new RegExp(`压 ${i + 1}`)),
      );
      await expect(bubble(mum, "压 8")).toHaveAttribute("data-state", "sent");
    });
  });
}
