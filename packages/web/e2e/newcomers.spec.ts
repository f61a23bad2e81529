/**
 * What newcomers of a group see of before: those who lead choose it, all see the choice, and who comes reads what was
 * handed over as what it is, by whose word. One setup for each size of screen.
 */
import { expect, type Page, test } from "@playwright/test";
import { oneLook } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { backToChat, befriend, bubble, dressed, goes, home, info, isAccessible, sees, shot, write } from "./people.ts";

for (const [name, look] of oneLook) {
  test(`[F-1c-15] [GR32] who comes later sees what the group chose, and by whose word (${name})`, {
    tag: "@long",
  }, async ({ browser }) => {
    test.setTimeout(240_000);
    const { setup, people } = await familyIn(browser, "妈妈 爸爸", [look, look]);
    try {
      const [mum, dad] = people;
      const [maya, wang] = [await setup.resident(look), await setup.resident(look)];
      await goes(mum, "/new-group");
      await expect(mum.getByTestId("family")).toHaveCount(0);
      await mum.getByTestId("pick").filter({ hasText: "爸爸" }).click();
      await mum.getByTestId("family").click();
      await expect(mum.getByTestId("family")).toHaveAttribute("aria-checked", "true");
      await shot(mum, `${name}-newcomers-family`);
      await isAccessible(mum);
      await mum.getByTestId("picked-done").click();
      await mum.getByTestId("ask-field").fill("一家人");
      await mum.getByTestId("ask-yes").click();
      await expect(mum.getByTestId("title")).toContainText("一家人 (2)");
      const group = new URL(mum.url()).pathname;

      // A family sees everything; whoever leads changes it, and a line says so to all.
      await info(mum);
      const row = mum.getByTestId("newcomers-see");
      const seen = { all: look.locale === "zh-CN" ? "全部" : "All" };
      await expect(row).toContainText(seen.all);
      await row.click();
      await expect(mum.getByTestId("choose-all")).toHaveAttribute("aria-pressed", "true");
      await shot(mum, `${name}-newcomers-choice`);
      await isAccessible(mum);
      await mum.getByTestId("choose-week").click();
      await expect(row).not.toContainText(seen.all);
      await row.click();
      await mum.getByTestId("choose-all").click();
      await expect(row).toContainText(seen.all);
      await shot(mum, `${name}-newcomers-row`);
      await isAccessible(mum);
      await backToChat(mum);
      await expect(mum.locator("[data-kind=history]")).toHaveCount(2);
      await home(dad);
      await dad.getByTestId("chat-row").filter({ hasText: "一家人" }).click();
      await expect(dad.locator("[data-kind=history]")).toHaveCount(2);
      await info(dad);
      await expect(dad.getByTestId("newcomers-see")).toContainText(seen.all);
      // Nothing to tap: he does not lead.
      await expect(dad.locator("button[data-testid=newcomers-see]")).toHaveCount(0);
      await backToChat(dad);

      await write(mum, "冬至那天都回来吃饺子");
      await write(dad, "我去买醋");
      await sees(mum, "我去买醋");
      await write(mum, "面也要一袋");
      await sees(dad, "面也要一袋");

      // Maya comes by the link: 妈妈's device hands over what was said.
      await goes(mum, `${group}/qr`);
      await mum.getByTestId("make-link").click();
      await mum.getByTestId("days-7").click();
      await mum.getByTestId("make-link-yes").click();
      await expect(mum.getByTestId("group-link")).toHaveAttribute("data-link", /#g\//);
      const link = (await mum.getByTestId("group-link").getAttribute("data-link")) ?? "";
      await setup.settle(maya, "Maya", link);
      await maya.getByTestId("join-group").click();
      await expect(maya.getByTestId("title")).toContainText("一家人 (3)");
      await isHanded(maya);
      await write(maya, "我来了，酱油我带");
      await home(maya);
      await expect(maya.getByTestId("chat-row").first()).toHaveAttribute("data-unread", "0");
      await maya.getByTestId("chat-row").first().click();
      await isHanded(maya);
      await shot(maya, `${name}-newcomers-handed`);
      await isAccessible(maya);
      if (process.env["SCREENS"] !== undefined) await inOtherLooks(maya, name, look);

      // 王阿姨 is brought in by 爸爸, who leads nothing: his device has it too.
      await befriend(setup, dad, wang, "王阿姨");
      await goes(dad, `${group}/add`);
      await dad.getByTestId("pick").filter({ hasText: "王阿姨" }).click();
      await dad.getByTestId("picked-done").click();
      await home(wang);
      await wang.getByTestId("chat-row").filter({ hasText: "一家人" }).click();
      await expect(wang.getByTestId("handed-begins")).toContainText("爸爸");
      await sees(wang, "我来了，酱油我带");
    } finally {
      await setup.close();
    }
  });
}

async function isHanded(page: Page): Promise<void> {
  await sees(page, "面也要一袋", 60_000);
  await expect(bubble(page, "冬至那天都回来吃饺子")).toBeVisible();
  await expect(page.getByTestId("handed-begins")).toContainText("妈妈");
  await expect(page.getByTestId("handed-ends")).toBeVisible();
  await expect(page.getByTestId("via")).toHaveCount(3);
  await expect(page.getByTestId("via").nth(1)).toContainText("妈妈"); // 爸爸's words, by hers.
}

async function inOtherLooks(page: Page, name: string, look: (typeof oneLook)[number][1]): Promise<void> {
  for (const locale of ["zh-Hans", "zh-Hant", "en"] as const)
    for (const theme of ["light", "dark"] as const) {
      await dressed(page, { locale, theme }, look);
      await expect(page.getByTestId("handed-begins")).toBeVisible();
      await shot(page, `${name}-newcomers-handed-${locale}-${theme}`);
    }
}
