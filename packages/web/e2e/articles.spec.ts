/** Public accounts 公众号: Mum founds one and writes in her browser; Maya follows, reads and comments in hers. */
import { expect, type Page, test } from "@playwright/test";
import { type BrowserSetup, looks } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { goes, isAccessible, shot } from "./people.ts";

for (const [name, look] of looks) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial" });
    let mum: Page;
    let maya: Page;
    let setup: BrowserSetup | undefined;
    /** Pictures that Maya's browser asked home for. */
    const asked: string[] = [];
    test.beforeAll(async ({ browser }) => {
      test.setTimeout(240_000);
      const family = await familyIn(browser, "妈妈 Maya", [look, look], ["--pack-seconds", "1"]);
      setup = family.setup;
      [mum, maya] = family.people;
      maya.context().on("request", (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith("/public/films/")) asked.push(pathname);
      });
    });
    test.afterAll(() => setup?.close());

    const blocks = (page: Page) => page.getByTestId("article-block");
    /** Each screen that is opened looks for what is new. */
    const sees = (page: Page, path: string, what: () => Promise<unknown>) =>
      expect(async () => {
        await goes(page, "/accounts/00");
        await goes(page, path);
        await what();
      }).toPass({ timeout: 90_000 });
    const soon = { timeout: 4_000 };

    test(`[F-articles-1] [PA1] [PA11] [WE191] [WE192] an article is written, published, followed, read and commented (${name})`, async () => {
      test.setTimeout(240_000);
      await goes(mum, "/accounts/00");
      await isAccessible(mum);
      await shot(mum, `${name}-accounts-none`);
      await mum.getByTestId("account-found").click();
      await mum.getByTestId("ask-field").fill("城南诊所");
      await mum.getByTestId("ask-yes").click();
      await expect(mum.getByTestId("account-name")).toHaveText("城南诊所");
      await mum.getByTestId("account-write").click();
      await mum.getByTestId("article-title-field").fill("周六社区义诊");
      await mum.getByTestId("article-author").fill("刘大夫");
      await blocks(mum).first().click();
      await mum.getByTestId("article-heading").click();
      await expect(mum.getByTestId("article-heading")).toHaveAttribute("aria-pressed", "true");
      await mum.keyboard.type("时间地点");
      await mum.keyboard.press("Enter");
      await expect(blocks(mum)).toHaveCount(2);
      await mum.keyboard.type("周六上午九点，在河滨公园。带上医保卡，人多请排队。");
      await blocks(mum)
        .nth(1)
        .evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(0, 6));
      await mum.getByTestId("article-strong").click();
      await expect(blocks(mum).nth(1)).toHaveValue(/^\*\*周六上午九点\*\*/);
      const chooser = mum.waitForEvent("filechooser");
      await mum.getByTestId("article-add-picture").click();
      await (await chooser).setFiles({ name: "park.png", mimeType: "image/png", buffer: await drawn(mum) });
      await expect(blocks(mum)).toHaveCount(4);
      await blocks(mum).nth(2).fill("去年的义诊");
      await isAccessible(mum);
      await shot(mum, `${name}-article-write`);
      await mum.getByTestId("article-publish").click();
      await expect(mum.getByTestId("article-row")).toContainText("周六社区义诊", { timeout: 60_000 });
      await shot(mum, `${name}-account-own`);
      const [, id] = /accounts\/([0-9a-f]{64})$/.exec(mum.url()) ?? [];

      // Maya opens the link that Mum sent.
      await goes(maya, `/accounts/${id}`);
      await expect(maya.getByTestId("account-name")).toHaveText("城南诊所", { timeout: 60_000 });
      await maya.getByTestId("account-follow").click();
      await expect(maya.getByTestId("account-follow")).toHaveAttribute("aria-pressed", "true");
      await maya.getByTestId("account-code").click();
      await expect(maya.getByTestId("account-link")).toHaveAttribute("data-link", new RegExp(`/accounts/${id}$`));
      await shot(maya, `${name}-account-code`);
      await maya.getByTestId("account-qr-close").click();
      await goes(maya, "/accounts/00");
      await expect(maya.getByTestId("article-row")).toContainText("城南诊所");
      await shot(maya, `${name}-accounts`);
      // No list tells home what one follows.
      expect(asked).toEqual([]);
      await maya.getByTestId("article-row").click();
      await expect(maya.getByTestId("article-title")).toHaveText("周六社区义诊");
      await expect(maya.locator(".acc-article-body h2")).toHaveText("时间地点");
      await expect(maya.locator(".acc-article-body strong")).toHaveText("周六上午九点");
      await expect(maya.getByTestId("article-picture")).toBeVisible();
      expect(asked.length).toBeGreaterThan(0);
      const set = await maya.locator(".acc-article-body").evaluate((body) => {
        const { fontSize, lineHeight, textAlign } = getComputedStyle(body);
        return [fontSize, Number.parseFloat(lineHeight) / Number.parseFloat(fontSize), textAlign];
      });
      expect(set).toEqual(["17px", 1.75, "start"]);
      await isAccessible(maya);
      await shot(maya, `${name}-article`);
      await maya.getByTestId("article-say").fill("几点排队？");
      await maya.getByTestId("article-say-go").click();
      await maya.getByTestId("ask-field").fill("小梅");
      await maya.getByTestId("ask-yes").click();
      await expect(maya.locator('[data-testid="article-comment"][data-state="here"]')).toContainText("几点排队", {
        timeout: 60_000,
      });
    });

    test(`[PA5] [PA8] what is withheld is counted, and a later edition stands in its place (${name})`, {
      tag: "@long",
    }, async () => {
      test.setTimeout(240_000);
      const { pathname } = new URL(maya.url());
      await sees(mum, pathname, () => expect(mum.getByTestId("article-hide")).toBeVisible(soon));
      await mum.getByTestId("article-hide").click();
      await sees(maya, pathname, () => expect(maya.getByTestId("article-withheld")).toContainText("1", soon));
      await expect(maya.getByTestId("article-comment")).toHaveCount(0);
      await mum.getByTestId("article-menu").click();
      await mum.getByTestId("article-edit").click();
      await expect(mum.getByTestId("article-title-field")).toHaveValue("周六社区义诊");
      await expect(blocks(mum).nth(1)).toHaveValue(/^\*\*周六上午九点\*\*/);
      await mum.getByTestId("article-title-field").fill("义诊改到周日");
      await mum.getByTestId("article-publish").click();
      await sees(maya, pathname, () => expect(maya.getByTestId("article-title")).toHaveText("义诊改到周日", soon));
      await expect(maya.getByTestId("article-edited")).toBeVisible();
      await shot(maya, `${name}-article-edited`);
      await expect(maya.getByTestId("article-picture")).toBeVisible();
    });
  });
}

/** A picture of a park, as far as two colours go. */
async function drawn(page: Page): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(480, 270);
    const pen = canvas.getContext("2d");
    if (pen !== null) {
      pen.fillStyle = "#bcd6e6";
      pen.fillRect(0, 0, 480, 270);
      pen.fillStyle = "#5f8a5a";
      pen.fillRect(0, 170, 480, 100);
    }
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer())];
  });
  return Buffer.from(bytes);
}
