/**
 * Links with a title, long texts, and what a chat holds, row by row of FEATURES: one setup for each size of screen, in
 * which 妈妈 and Maya write to each other.
 */
import { expect, type Page, test } from "@playwright/test";
import { type BrowserSetup, kept, otherLook } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { bubble, home, info, isAccessible, sees, shot, write } from "./people.ts";

/** A red square, as a page carries it in a copied fragment. */
const redDot =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";

for (const [name, look] of otherLook) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial", timeout: 90_000 });
    let setup: BrowserSetup;
    let mum: Page;
    let maya: Page;

    test.beforeAll(async ({ browser }) => {
      test.setTimeout(240_000);
      const family = await familyIn(browser, "妈妈 Maya", [look, { look, more: kept }]);
      setup = family.setup;
      [mum, maya] = family.people;
    });
    test.afterAll(() => setup.close());

    test(`[F-1a-15] a pasted link brings its title and picture, which can be changed, and nobody fetches it (${name})`, async () => {
      const asked: string[] = [];
      for (const page of [mum, maya]) page.on("request", (request) => asked.push(new URL(request.url()).hostname));
      await pastes(
        maya,
        "https://example.org/dumplings",
        `<a href="https://example.org/dumplings"><img src="${redDot}">曾祖母的饺子</a>`,
      );
      await expect(maya.getByTestId("link-title")).toHaveValue("曾祖母的饺子");
      await expect(maya.locator(".link-strip img")).toBeVisible();
      await maya.getByTestId("link-title").fill("曾祖母的饺子怎么包");
      await shot(maya, `${name}-link-strip`);
      await isAccessible(maya);
      await maya.getByTestId("send").click();
      const card = mum.getByTestId("link-card");
      await expect(card).toContainText("曾祖母的饺子怎么包");
      await expect(card.getByTestId("link-host")).toHaveText("example.org");
      await expect(card.locator("img")).toBeVisible();
      await shot(mum, `${name}-link-card`);
      await isAccessible(mum);
      await card.click({ button: "right" });
      await mum.getByTestId("copy-link").click();
      expect(await mum.evaluate(() => navigator.clipboard.readText())).toBe("https://example.org/dumplings");
      // Put away it goes without; and a link alone needs no card.
      await pastes(maya, "https://example.org/two", '<a href="https://example.org/two">Two</a>');
      await maya.getByTestId("link-away").click();
      await maya.getByTestId("send").click();
      await sees(mum, "https://example.org/two");
      await expect(mum.getByTestId("link-card")).toHaveCount(1);
      // Pictures of the page have no host.
      expect(asked.filter((host) => host !== "localhost" && host !== "")).toEqual([]);
    });

    test(`[F-1a-15] what another app shares goes to the chat that one picks, and no request of it reaches home (${name})`, async () => {
      await maya.evaluate(() => navigator.serviceWorker.ready);
      await maya.reload();
      await expect.poll(() => maya.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
      // As the system does it: a page that is not the app's sends what was shared.
      const shared = await maya.context().newPage();
      const fields = { title: "周末的火车票", text: "", url: "https://example.net/train" };
      const inputs = Object.entries(fields).map(([key, value]) => `<input name="${key}" value="${value}">`);
      const action = new URL("/share", maya.url()).href;
      await shared.setContent(
        `<form method="post" enctype="multipart/form-data" action="${action}">${inputs.join("")}</form>`,
      );
      await shared.locator("form").evaluate((form: HTMLFormElement) => form.submit());
      await expect(shared.getByTestId("share")).toBeVisible();
      await shot(shared, `${name}-share`);
      await isAccessible(shared);
      await shared.getByTestId("share-chat").first().click();
      await expect(shared.getByTestId("composer-input")).toHaveValue("https://example.net/train");
      await expect(shared.getByTestId("link-title")).toHaveValue("周末的火车票");
      await shared.getByTestId("send").click();
      await expect(mum.getByTestId("link-card").last()).toContainText("周末的火车票");
      await shared.close();
    });

    test(`[F-1a-15] in elder mode a link from who is not family is asked about first (${name})`, async () => {
      await mum.evaluate(() =>
        localStorage.setItem(
          "yanshu.prefs",
          JSON.stringify({ ...JSON.parse(localStorage.getItem("yanshu.prefs") ?? "{}"), elder: true }),
        ),
      );
      await mum.reload();
      await mum.getByTestId("link-card").last().click();
      await expect(mum.getByTestId("confirm")).toContainText("example.net");
      await shot(mum, `${name}-link-ask`);
      await isAccessible(mum);
      await mum.getByTestId("confirm-no").click();
      await mum.evaluate(() =>
        localStorage.setItem(
          "yanshu.prefs",
          JSON.stringify({ ...JSON.parse(localStorage.getItem("yanshu.prefs") ?? "{}"), elder: false }),
        ),
      );
      await mum.reload();
      await expect(mum.getByTestId("composer-input")).toBeVisible();
    });

    test(`[F-1a-1] [WE6] [AC14] a very long text goes as a file, and is read in the app (${name})`, async () => {
      const text = `给大家的一封长信\n${"今年的事情很多，一件一件说。".repeat(600)}\n完`;
      await maya.getByTestId("composer-input").fill(text);
      await maya.getByTestId("send").click();
      const file = mum.getByTestId("file");
      await expect(file).toContainText("给大家的一封长信.txt");
      await shot(mum, `${name}-long-text`);
      await file.getByTestId("file-read").click();
      await expect(mum.getByTestId("large-text")).toContainText("今年的事情很多");
      expect((await mum.getByTestId("large-text").locator("p").textContent())?.length).toBe(text.length);
      await isAccessible(mum);
      await mum.getByTestId("large-close").click();
    });

    test(`[F-1c-16] [F-1b-7] [SE8] photos stand by month, files in a list, and each leads to its message (${name})`, async () => {
      await choosesPicture(maya);
      await expect(mum.getByTestId("photos")).toBeVisible();
      for (let n = 1; n <= 30; n++) {
        await maya.getByTestId("composer-input").fill(`第${n}句`);
        await maya.getByTestId("send").click();
      }
      await sees(mum, "第30句");
      await info(mum);
      await mum.getByTestId("chat-album").click();
      await expect(mum.getByTestId("tile")).toHaveCount(1);
      await expect(mum.getByTestId("tiles").locator("h2")).toHaveText(/年\d+月|[A-Z][a-z]+|\d{4}/);
      await shot(mum, `${name}-album`);
      await isAccessible(mum);
      await mum.getByTestId("tile").click();
      await expect(mum.getByTestId("viewer-shown")).toBeVisible();
      await mum.getByTestId("viewer-show").click();
      await expect(mum.getByTestId("photos")).toBeInViewport();
      await info(mum);
      await mum.getByTestId("chat-files-open").click();
      await mum.getByTestId("search-field").fill("长信");
      await expect(mum.getByTestId("hit")).toHaveCount(1);
      await shot(mum, `${name}-files`);
      await isAccessible(mum);
      await mum.getByTestId("hit").click();
      await expect(mum.getByTestId("file")).toBeInViewport();
      // The same kinds where one searches one chat.
      await info(mum);
      await mum.getByTestId("chat-search").click();
      await mum.getByTestId("kind-media").click();
      await expect(mum.getByTestId("tile")).toHaveCount(1);
      await mum.getByTestId("kind-file").click();
      await expect(mum.getByTestId("hit")).toHaveCount(1);
      await shot(mum, `${name}-chat-search-kinds`);
      await isAccessible(mum);
    });

    test(`[F-1b-8] [SE9] kinds and favourites are found among everything (${name})`, async () => {
      await home(mum);
      await mum.getByTestId("chat-row").first().click();
      await bubble(mum, "第30句").click({ button: "right" });
      await mum.getByTestId("keep").click();
      await home(mum);
      await mum.getByTestId("search").click();
      await mum.getByTestId("search-field").fill("第30");
      await expect(mum.getByTestId("found-favourite")).toHaveCount(1);
      await shot(mum, `${name}-search-favourites`);
      await isAccessible(mum);
      await mum.getByTestId("search-field").fill("");
      await mum.getByTestId("kind-media").click();
      await expect(mum.getByTestId("tile")).toHaveCount(1);
      await mum.getByTestId("kind-file").click();
      await expect(mum.getByTestId("hit")).toHaveCount(1);
      await write(maya, "好了");
    });
  });
}

/** As a browser pastes what was copied on a page. */
async function pastes(page: Page, plain: string, html: string): Promise<void> {
  await page.getByTestId("composer-input").evaluate(
    (field, [text, fragment]) => {
      const data = new DataTransfer();
      data.setData("text/plain", text ?? "");
      data.setData("text/html", fragment ?? "");
      const isTaken = !field.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
      );
      if (isTaken || !(field instanceof HTMLTextAreaElement)) return;
      field.setRangeText(text ?? "", field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    },
    [plain, html],
  );
}

/** A picture that the page draws itself. */
async function choosesPicture(page: Page): Promise<void> {
  const bytes = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(600, 400);
    const pen = canvas.getContext("2d");
    if (pen !== null) pen.fillStyle = "teal";
    pen?.fillRect(0, 0, 600, 400);
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer())];
  });
  await page.getByTestId("plus-open").click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId("plus-photo").click();
  await (await chooser).setFiles({ name: "sea.png", mimeType: "image/png", buffer: Buffer.from(bytes) });
  await page.getByTestId("preview-send").click();
}
