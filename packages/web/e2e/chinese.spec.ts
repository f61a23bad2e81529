/**
 * Chinese as it is written and read, row by row of docs/features.md: order by pinyin, line breaks, shapes, and what
 * counts as one character. On a phone in 简体 and on a desktop in English.
 */
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, oneLook, phone } from "./browser-setup.ts";
import { clippedWords } from "./look.ts";
import { befriend, bubble, goes, home, sees, shot, write } from "./people.ts";

const family = "👨‍👩‍👧‍👦";

for (const [name, look] of oneLook) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial", timeout: 90_000 });
    let setup: BrowserSetup;
    let mum: Page;
    let maya: Page;
    let chat = "";

    test.beforeAll(async ({ browser }) => {
      test.setTimeout(180_000);
      setup = await BrowserSetup.start(browser);
      [mum, maya] = [await setup.resident(look), await setup.resident(look)];
      await setup.settle(mum, "𠮷野妈妈");
      await befriend(setup, mum, maya, "Maya");
      chat = mum.url();
    });
    test.afterAll(() => setup.close());

    test(`[F-7-4] a surname is read as a surname: 单 under S, 曾 under Z, 区 under O, 仇 under Q, 尉迟 under Y (${name})`, async () => {
      await goes(mum, "/contacts");
      await mum.getByTestId("contact-row").filter({ hasText: "Maya" }).click();
      const page = mum.url();
      for (const [remark, letter, initials] of [
        ["单雄信", "S", "sxx"],
        ["曾国藩", "Z", "zgf"],
        ["区小姐", "O", "oxj"],
        ["仇英", "Q", "qy"],
        ["尉迟恭", "Y", "ycg"],
      ] as const) {
        await goes(mum, page);
        await mum.getByTestId("remark").click();
        await mum.getByTestId("ask-field").fill(remark);
        await mum.getByTestId("ask-yes").click();
        await goes(mum, "/contacts");
        await expect(mum.getByTestId("contacts").getByRole("heading")).toHaveText([letter]);
        await mum.getByTestId("contacts-search").fill(initials);
        await expect(mum.getByTestId("contact-row")).toHaveText([new RegExp(remark)]);
      }
    });

    test(`[F-7-6] no line begins with a comma or ends with an opening bracket, and a long address breaks (${name})`, async () => {
      await goes(mum, chat);
      await home(maya);
      await maya.getByTestId("chat-row").first().click();
      const text = `他说：「好的，我们（周六）去！」『真的？』对，真的。${"好，".repeat(30)}「完」`;
      await write(mum, text);
      await write(mum, `https://example.org/${"long".repeat(40)} and that is it`);
      await sees(maya, "and that is it");
      for (const page of [mum, maya]) {
        const lines = await linesOf(page, "他说：「好的");
        expect(lines.length).toBeGreaterThan(1);
        expect(lines.filter((line) => /^[，。！？：；、」』）]/u.test(line))).toEqual([]);
        expect(lines.filter((line) => /[「『（]$/u.test(line))).toEqual([]);
        expect(await clippedWords(page)).toEqual([]);
      }
      await expect(bubble(mum, "and that is it")).toHaveAttribute("lang", "en");
      await expect(bubble(mum, "他说")).toHaveAttribute("lang", look === phone ? "zh-Hans" : "zh");
      await shot(mum, `${name}-lines`);
    });

    test(`[F-7-7] 骨 has the shape of the reader's script, rare characters are there, and no font is fetched (${name})`, async () => {
      const fonts: string[] = [];
      mum.on("request", (request) => {
        if (request.resourceType() === "font") fonts.push(request.url());
      });
      await write(mum, "骨直誤");
      await write(mum, "𠮷");
      await write(mum, "葛󠄀");
      const shapes = async (language: "zh-Hans" | "zh-Hant") => {
        await goes(mum, "/me/settings");
        await mum.getByTestId("setting-language").click();
        await mum.getByTestId(`choose-${language}`).click();
        await expect(mum.locator("html")).toHaveAttribute("lang", language);
        await goes(mum, chat);
        await expect(bubble(mum, "骨直誤")).toHaveAttribute("lang", language);
        return bubble(mum, "骨直誤").screenshot();
      };
      const simplified = await shapes("zh-Hans");
      expect(simplified.equals(await shapes("zh-Hans"))).toBe(true);
      expect(simplified.equals(await shapes("zh-Hant"))).toBe(false);
      // One character each, as wide as any other; a mark of its shape takes no room.
      const [common = 0, rare = 0, marked = 0] = await Promise.all(
        ["骨直誤", "𠮷", "葛󠄀"].map((text) => bubble(mum, text).evaluate(widthOf)),
      );
      expect(rare).toBeCloseTo(common / 3, 0);
      expect(marked).toBeCloseTo(common / 3, 0);
      expect(fonts).toEqual([]);
      await goes(mum, "/me/settings");
      await mum.getByTestId("setting-language").click();
      await mum.getByTestId(look === phone ? "choose-zh-Hans" : "choose-en").click();
    });

    test(`[F-7-8] a family of emoji is one character wherever something is cut (${name})`, async () => {
      await goes(mum, chat);
      await write(mum, family.repeat(40));
      await bubble(mum, family).click({ button: "right" });
      await mum.getByTestId("quote").click();
      await write(mum, "都是谁？");
      await sees(maya, "都是谁？");
      for (const page of [mum, maya]) {
        const quoted = (await page.getByTestId("quote-chip").last().textContent()) ?? "";
        expect(quoted).toContain(family);
        expect(quoted.replaceAll(family, "")).not.toMatch(/[\u200d\ufffd\ud800-\udfff👨👩👧👦]/u);
      }
      // A seal bears the first character, also one beyond the first plane.
      await expect(maya.getByTestId("face").last()).toContainText("𠮷");
      await write(mum, family);
      await expect(bubble(mum, family)).toHaveClass(/large/);
      await home(mum);
      await expect(mum.getByTestId("chat-row").first()).toContainText(family);
      await shot(mum, `${name}-graphemes`);
    });
  });
}

/** The lines of a bubble as they stand on screen. */
async function linesOf(page: Page, text: string): Promise<string[]> {
  return bubble(page, text).evaluate((element) => {
    const lines: string[] = [];
    let top = Number.NEGATIVE_INFINITY;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node.parentElement?.closest(".sr") !== null) continue;
      for (let from = 0; from < (node.textContent?.length ?? 0); from++) {
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, from + 1);
        const box = range.getBoundingClientRect();
        if (box.top > top + box.height / 2) {
          lines.push("");
          top = box.top;
        }
        lines[lines.length - 1] += range.toString();
      }
    }
    return lines;
  });
}

/** How wide the words of a bubble are. Runs in the page. */
function widthOf(element: SVGElement | HTMLElement): number {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let width = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.parentElement?.closest(".sr") !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    width += range.getBoundingClientRect().width;
  }
  return width;
}
