/**
 * Stickers, for each size of screen: sent from the panel, made of a picture, added from a chat in two taps, offered
 * while one writes, and put in order.
 */
import { expect, type Page, test } from "@playwright/test";
import { oneLook } from "./browser-setup.ts";
import { familyOf } from "./family.ts";
import { loadedAhead } from "./look.ts";
import { home, isAccessible, sees, shot, write } from "./people.ts";

for (const [name, look] of oneLook) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial", timeout: 60_000 });
    let mum: Page;
    let maya: Page;
    const words = familyOf("妈妈 Maya", look, (people) => {
      [mum, maya] = people;
    });

    test(`[F-1a-3] a sticker is sent with one tap, and speaks the reader's language (${name})`, async () => {
      const asked: string[] = [];
      await loadedAhead(maya);
      maya.on("request", (request) => asked.push(request.url()));
      await openPanel(mum);
      await mum.getByRole("tab", { name: words("小雁", "Little goose") }).click();
      await shot(mum, `${name}-pack-goose`);
      await isAccessible(mum);
      await mum.locator('[data-sticker="goose/thanks"]').click();
      for (const one of [mum, maya]) {
        const sticker = one.getByTestId("sticker").last();
        await expect(sticker).toBeVisible();
        await expect(sticker).toHaveAttribute("alt", words("谢谢", "Thank you"));
        await expect(sticker).toHaveAttribute("src", /^blob:/);
        expect(await sticker.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(240);
      }
      // Nothing was asked of the server for it: what the app loads ahead by itself is the same for everybody.
      const others = asked.filter((url) => url.startsWith("http") && !/\/assets\/(?!pictures|sticker)/.test(url));
      expect(others).toEqual([]);
      await isAccessible(maya);
      for (const [pack, id] of [
        [words("汤圆一家", "The dumplings"), "dumplings/family"],
        [words("剪纸", "Paper cuts"), "paper/fu"],
      ] as const) {
        await mum.getByRole("tab", { name: pack }).click();
        await shot(mum, `${name}-pack-${id.split("/")[0]}`);
        await mum.locator(`[data-sticker="${id}"]`).click();
      }
      await expect(maya.getByTestId("sticker")).toHaveCount(3);
      await shot(maya, `${name}-stickers`);
      await mum.getByRole("tab", { name: words("最近", "Recent") }).click();
      await expect(mum.getByTestId("sticker-pick").first()).toHaveAttribute("data-sticker", "paper/fu");
      await shot(mum, `${name}-recent`);
      await home(maya);
      await expect(maya.getByTestId("chat-row").first()).toContainText(words("[表情] 福到了", "[Sticker] Blessings"));
    });

    test(`[F-1a-3] a sticker is found in Chinese, pinyin and English, from the keyboard too (${name})`, async () => {
      const panel = mum.getByTestId("emoji-panel");
      for (const query of ["晚安", "wanan", "wa", "good night"]) {
        await panel.getByRole("searchbox").fill(query);
        await expect(panel.locator('[data-sticker="goose/night"]')).toBeVisible();
      }
      await shot(mum, `${name}-sticker-search`);
      await panel.getByRole("searchbox").fill("");
      await panel.getByRole("tab", { name: words("最近", "Recent") }).focus();
      await mum.keyboard.press("End");
      await expect(panel.getByRole("tab", { name: words("自己的表情", "Own stickers") })).toBeFocused();
      await mum.keyboard.press("ArrowLeft");
      await mum.keyboard.press("Tab");
      await expect(mum.locator('[data-sticker="paper/fu"]')).toBeFocused();
      await mum.keyboard.press("Tab");
      await mum.keyboard.press("Enter");
      await expect(mum.getByTestId("sticker").last()).toHaveAttribute("alt", words("新年快乐", "Happy New Year"));
      // What was said by a sticker is found by its name.
      await home(mum);
      await mum.getByTestId("search").click();
      await mum.getByTestId("search-field").fill("新年");
      await expect(mum.getByTestId("hit")).toHaveCount(1);
      await home(mum);
      await mum.getByTestId("chat-row").first().click();
    });

    test(`[F-1a-3] [ME27] [AC14] smileys of older messengers are found, written, pasted, and drawn (${name})`, async () => {
      await openPanel(mum);
      const panel = mum.getByTestId("emoji-panel");
      for (const query of ["旺柴", "wangchai", "wc", "Doge", "狗头"]) {
        await panel.getByRole("searchbox").fill(query);
        await expect(panel.locator('[data-smiley="旺柴"]')).toBeVisible();
      }
      await panel.locator('[data-smiley="旺柴"]').click();
      const code = words("[旺柴]", "[Doge]");
      await expect(mum.getByTestId("composer-input")).toHaveValue(code);
      // One key takes it back whole, and the browser can bring it back.
      await mum.getByTestId("composer-input").focus();
      await mum.keyboard.press("Backspace");
      await expect(mum.getByTestId("composer-input")).toHaveValue("");
      await panel.getByRole("searchbox").fill("");
      await mum.getByRole("tab", { name: words("小表情", "Smileys") }).click();
      expect(await panel.getByTestId("smiley-pick").count()).toBeGreaterThan(108);
      await shot(mum, `${name}-smileys`);
      await isAccessible(mum);
      await panel.locator('[data-smiley="吃瓜"]').click();
      await mum.getByTestId("send").click();
      await home(maya);
      // In the list of chats as in the chat.
      const preview = maya.getByTestId("chat-row").first().getByTestId("smiley");
      await expect(preview).toHaveAttribute("data-smiley", "吃瓜");
      await maya.getByTestId("chat-row").first().click();
      const alone = maya.getByTestId("bubble").last();
      await expect(alone).toHaveClass(/large/);
      await expect(alone.getByRole("img")).toHaveAttribute("alt", words("[吃瓜]", "[Onlooker]"));
      expect((await alone.getByTestId("smiley").boundingBox())?.width).toBeGreaterThan(60);
      await mum.getByTestId("composer-input").fill("好的[旺柴]见 [附件1]");
      await mum.getByTestId("send").click();
      const among = maya.getByTestId("bubble").last();
      await expect(among).toContainText("见 [附件1]");
      await expect(among.getByTestId("smiley")).toHaveCount(1);
      const size = (await among.getByTestId("smiley").boundingBox())?.width ?? 0;
      expect(size).toBeGreaterThan(20);
      expect(size).toBeLessThan(40);
      await shot(maya, `${name}-smileys-said`);
      await isAccessible(maya);
      // Its name finds it, for it is written there.
      await home(maya);
      await maya.getByTestId("search").click();
      await maya.getByTestId("search-field").fill("旺柴");
      await expect(maya.getByTestId("hit")).toHaveCount(1);
      await home(maya);
    });

    test(`[F-1a-3] one's own is made of a picture, and added from a chat in two taps (${name})`, async () => {
      await openPanel(mum);
      await mum.getByRole("tab", { name: words("自己的表情", "Own stickers") }).click();
      await mum.getByTestId("sticker-input").setInputFiles({
        name: "cat.png",
        mimeType: "image/png",
        buffer: Buffer.from(await pictureIn(mum), "base64"),
      });
      await mum.getByTestId("sticker-name").fill("外婆的猫");
      await shot(mum, `${name}-new-sticker`);
      await isAccessible(mum);
      await mum.getByTestId("sticker-save").click();
      const own = mum.getByTestId("sticker-pick").filter({ has: mum.locator("img") });
      await expect(own).toHaveCount(1);
      await expect(own).toHaveAttribute("aria-label", "外婆的猫");
      await own.click();
      await home(maya);
      await maya.getByTestId("chat-row").first().click();
      const got = maya.getByTestId("sticker").last();
      await expect(got).toHaveAttribute("alt", "外婆的猫");
      // Square, small, and written by us: what stood beside the picture in its file is gone.
      expect(await got.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([
        240, 240,
      ]);

      await maya.getByTestId("bubble").last().click({ button: "right" });
      await expect(maya.getByTestId("add-sticker")).toBeVisible();
      await shot(maya, `${name}-sticker-menu`);
      await maya.getByTestId("add-sticker").click();
      await openPanel(maya);
      await maya.getByRole("tab", { name: words("自己的表情", "Own stickers") }).click();
      await expect(maya.getByTestId("sticker-pick")).toHaveCount(1);
      // A sticker of a pack too.
      await maya.getByTestId("sticker").first().click({ button: "right" });
      await maya.getByTestId("add-sticker").click();
      await expect(maya.getByTestId("sticker-pick")).toHaveCount(2);
      await expect(maya.getByTestId("sticker-pick").first()).toHaveAttribute("data-sticker", "goose/thanks");
      await shot(maya, `${name}-own`);
      await isAccessible(maya);

      await maya.getByTestId("sticker-manage").click();
      await expect(maya.getByTestId("own-sticker")).toHaveCount(2);
      await maya.getByTestId("sticker-more").last().click();
      await maya.getByTestId("sticker-rename").click();
      await maya.getByTestId("ask-field").fill("咪咪");
      await maya.getByTestId("ask-yes").click();
      await expect(maya.getByTestId("own-sticker").last()).toContainText("咪咪");
      await maya.getByTestId("sticker-more").last().click();
      await maya.getByTestId("sticker-first").click();
      await expect(maya.getByTestId("own-sticker").first()).toContainText("咪咪");
      await shot(maya, `${name}-my-stickers`);
      await isAccessible(maya);
      await maya.getByTestId("sticker-more").last().click();
      await maya.getByTestId("sticker-drop").click();
      await maya.getByTestId("confirm-yes").click();
      await expect(maya.getByTestId("own-sticker")).toHaveCount(1);
    });

    test(`[F-1a-3] while one writes, what fits is offered and takes nothing away (${name})`, async () => {
      await home(maya);
      await maya.getByTestId("chat-row").first().click();
      const field = maya.getByTestId("composer-input");
      const strip = maya.getByTestId("sticker-strip");
      for (const said of ["哈哈", "haha", "谢谢", "xiexie", "thanks", "咪咪"]) {
        await field.fill(said);
        await expect(strip.getByTestId("sticker-pick").first()).toBeVisible();
      }
      await field.fill("谢谢");
      await shot(maya, `${name}-strip`);
      await isAccessible(maya);
      // Escape turns it away until there is something new; the words stay.
      await field.press("Escape");
      await expect(strip).toHaveCount(0);
      await expect(field).toHaveValue("谢谢");
      await expect(field).toBeFocused();
      await field.fill("");
      await field.fill("谢谢你昨天送我回家");
      await expect(strip).toHaveCount(0);
      // While an input method composes, nothing is looked at.
      await field.fill("");
      await field.dispatchEvent("compositionstart");
      await field.evaluate((element: HTMLTextAreaElement) => {
        element.value = "xiexie";
        element.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
      });
      await expect(strip).toHaveCount(0);
      await field.evaluate((element: HTMLTextAreaElement) => {
        element.value = "谢谢";
        element.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "谢谢" }));
      });
      await expect(strip).toBeVisible();
      // Enter and the seal send the words.
      await maya.getByTestId("send").click();
      await sees(mum, "谢谢");
      await expect(strip).toHaveCount(0);
      await write(maya, "先写一句");
      await field.fill("抱抱");
      await strip.locator('[data-sticker="goose/hug"]').click();
      await expect(field).toHaveValue("");
      await expect(mum.getByTestId("sticker").last()).toHaveAttribute("alt", words("抱抱", "Hug"));
    });
  });
}

async function openPanel(page: Page): Promise<void> {
  if (!(await page.getByTestId("emoji-panel").isVisible())) await page.getByTestId("emoji").click();
  await expect(page.getByTestId("emoji-panel")).toBeVisible();
}

/** A picture as a camera may give it, wider than high: drawn by the page, in base64. */
async function pictureIn(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const canvas = new OffscreenCanvas(640, 400);
    const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
    context.fillStyle = "#e8a33d";
    context.fillRect(0, 0, 640, 400);
    context.fillStyle = "#4a3a2c";
    context.font = "200px sans-serif";
    context.fillText("=^.^=", 70, 270);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
    return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
  });
}
