/**
 * Messages in another language, read in one's own. On a phone in 简体 and on a desktop in English.
 *
 * Debian's Chromium has a translator, and gets nothing to translate with where there is no network
 * (docs/decisions/0009-browser-translator.md), so whoever reads has one of the test's own put into the page: it has the
 * interface of the specification, knows the lines below, has to be fetched after a tap, and mistreats names and figures
 * as real ones do. It stands for the browser and for nothing of ours. Whoever writes has Chromium as it is, which is
 * not among the browsers that promise to translate on the device.
 */
import { expect, type Page, type Request, test } from "@playwright/test";
import { BrowserSetup, otherLook, phone } from "./browser-setup.ts";
import { clippedWords, loadedAhead, smallTargets, smallWords } from "./look.ts";
import { backToChat, befriend, bubble, goes, home, info, isAccessible, sees, shot, write } from "./people.ts";

/** What the translator knows, by the tags of the languages. */
const known: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "en zh": {
    "Shall we make dumplings on Saturday?": "周六我们包饺子好吗？",
    "Bring the big pot, please": "请带上大锅",
    "I'll be late, start without me": "我会晚到，你们先开始",
    "Kevin comes at 3:30 with ¥1,200.50, see https://x.org/a": "凯文三点半带一千二百块来",
    "{0} comes at {1} with {2}, see {3}": "{0} {1}来，带着{2}，见 {3}",
  },
  "zh en": {
    周六我们包饺子好吗: "Shall we make dumplings on Saturday?",
    请带上大锅: "Bring the big pot, please",
    "我会晚到，你们先开始": "I'll be late, start without me",
    "Kevin 3:30来，带着¥1,200.50，见 https://x.org/a": "Kaiwen comes at half past three with 1200 yuan",
    "{0} {1}来，带着{2}，见 {3}": "{0} comes at {1} with {2}, see {3}",
  },
  "zh-Hant en": { 媽媽說餃子包好了: "Mum says the dumplings are made" },
  "zh-Hant zh": { 媽媽說餃子包好了: "妈妈说饺子包好了" },
  "en zh-Hant": { "Bring the big pot, please": "請帶上大鍋" },
};

for (const [name, look] of otherLook) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial", timeout: 120_000 });
    const isChinese = look === phone;
    const lines = (isChinese ? known["en zh"] : known["zh en"]) ?? {};
    const [dumplings = "", pot = "", late = ""] = Object.keys(lines);
    const meaning = (text: string) => lines[text] ?? "no such line";
    const by = isChinese ? "本机翻译" : "Translated on this device";
    let setup: BrowserSetup;
    let reader: Page;
    let writer: Page;

    test.beforeAll(async ({ browser }) => {
      test.setTimeout(180_000);
      setup = await BrowserSetup.start(browser);
      [reader, writer] = [await setup.resident(look), await setup.resident(look)];
      await hasTranslator(reader, "Google Chrome");
      await setup.settle(reader, isChinese ? "外婆" : "Maya");
      await befriend(setup, reader, writer, "Kevin");
    });
    test.afterAll(() => setup.close());

    test(`[F-1b-11] [WE25] a message is translated under the original, on this device, and put away at a tap (${name})`, async () => {
      await write(writer, dumplings);
      await sees(reader, dumplings);
      const message = bubble(reader, dumplings);

      // The browser fetches nothing before the person said so.
      await choose(reader, dumplings, "translate");
      await expect(reader.getByTestId("confirm")).toBeVisible();
      await shot(reader, `${name}-translate-ask`);
      await reader.getByTestId("confirm-no").click();
      expect(await created(reader)).toEqual([]);
      await choose(reader, dumplings, "translate");
      await reader.getByTestId("confirm-yes").click();
      await expect(message).toContainText("42%");
      await arrives(reader);
      await expect(message.getByTestId("translation")).toContainText(meaning(dumplings));
      await expect(message.getByTestId("translation")).toContainText(by);
      await expect(message).toContainText(dumplings);
      await expect(message.getByTestId("translation").locator("[lang]")).toHaveAttribute(
        "lang",
        isChinese ? "zh-Hans" : "en",
      );
      expect(await created(reader)).toEqual([isChinese ? "en zh" : "zh en"]);

      await message.getByTestId("translation-off").click();
      await expect(message.getByTestId("translation")).toHaveCount(0);
      await choose(reader, dumplings, "translate");
      await expect(message.getByTestId("translation")).toBeVisible();
      await isAccessible(reader);
      expect(await clippedWords(reader)).toEqual([]);
      await shot(reader, `${name}-translated`);
      await choose(reader, dumplings, "translate-off");
      await expect(message.getByTestId("translation")).toHaveCount(0);

      // What one reads anyway, and what says nothing in words, is not offered.
      for (const text of [isChinese ? "好的" : "All right", "🥟🥟"]) {
        await write(writer, text);
        await sees(reader, text);
        await bubble(reader, text).click({ button: "right" });
        await expect(reader.getByTestId("select")).toBeVisible();
        await expect(reader.getByTestId("translate")).toHaveCount(0);
        await reader.keyboard.press("Escape");
      }
    });

    test(`[F-1b-11] [WE25] a chat shows both lines throughout, and asks nobody: no request is made (${name})`, async () => {
      // Without a network, and with no request at all.
      await write(writer, pot);
      await sees(reader, pot);
      await loadedAhead(reader);
      await reader.context().setOffline(true);
      const asked: string[] = [];
      const note = (request: Request) => asked.push(request.url());
      reader.on("request", note);
      await choose(reader, pot, "translate");
      await expect(bubble(reader, pot).getByTestId("translation")).toContainText(meaning(pot));
      await isAccessible(reader);
      reader.off("request", note);
      expect(asked).toEqual([]);
      await reader.context().setOffline(false);

      await info(reader);
      await reader.getByTestId("chat-translate").click();
      await expect(reader.getByTestId("chat-translate")).toHaveAttribute("aria-checked", "true");
      await isAccessible(reader);
      await shot(reader, `${name}-both-lines-switch`);
      await backToChat(reader);
      await expect(bubble(reader, dumplings).getByTestId("translation")).toBeVisible();
      await write(writer, late);
      await expect(bubble(reader, late).getByTestId("translation")).toContainText(meaning(late));
      await shot(reader, `${name}-both-lines`);

      // It is kept on this device. One's own messages are not among them.
      await write(reader, isChinese ? "See you" : "回头见");
      await sees(writer, isChinese ? "See you" : "回头见");
      await reader.reload();
      await expect(reader.getByTestId("translation")).toHaveCount(3);
      await choose(reader, late, "translate-off");
      await expect(reader.getByTestId("translation")).toHaveCount(2);

      await info(reader);
      await reader.getByTestId("chat-translate").click();
      await backToChat(reader);
      await expect(reader.getByTestId("translation")).toHaveCount(0);
    });

    test(`[F-7-9] [WE25] each of the three into the reader's, with names, links and amounts as they were written (${name})`, async () => {
      const written = isChinese
        ? "Kevin comes at 3:30 with ¥1,200.50, see https://x.org/a"
        : "Kevin 3:30来，带着¥1,200.50，见 https://x.org/a";
      await write(writer, written);
      await sees(reader, "https://x.org/a");
      await choose(reader, "https://x.org/a", "translate");
      await expect(bubble(reader, "https://x.org/a").getByTestId("translation")).toContainText(
        isChinese
          ? "Kevin 3:30来，带着¥1,200.50，见 https://x.org/a"
          : "Kevin comes at 3:30 with ¥1,200.50, see https://x.org/a",
      );
      await shot(reader, `${name}-kept`);

      // 繁體 is told from 简体. Whoever reads one is not shown the other twice, and may ask for it.
      await write(writer, "媽媽說餃子包好了");
      await sees(reader, "媽媽說");
      await choose(reader, "媽媽說", "translate");
      await reader.getByTestId("confirm-yes").click();
      await arrives(reader);
      await expect(bubble(reader, "媽媽說").getByTestId("translation")).toContainText(
        isChinese ? "妈妈说饺子包好了" : "Mum says the dumplings are made",
      );
      expect(await created(reader)).toContain(isChinese ? "zh-Hant zh" : "zh-Hant en");
      await info(reader);
      await reader.getByTestId("chat-translate").click();
      await backToChat(reader);
      await expect(bubble(reader, "https://x.org/a").getByTestId("translation")).toBeVisible();
      await expect(bubble(reader, "媽媽說").getByTestId("translation")).toHaveCount(isChinese ? 0 : 1);

      // The app's language is the reader's.
      if (!isChinese) return;
      await speaks(reader, "zh-Hant");
      await bubble(reader, pot).getByTestId("translate-here").click();
      await reader.getByTestId("confirm-yes").click();
      await arrives(reader);
      await expect(bubble(reader, pot).getByTestId("translation")).toContainText("請帶上大鍋");
      await speaks(reader, "zh-Hans");
    });

    test(`[F-1b-11] [WE25] a browser that cannot, or does not promise to do it on the device, offers nothing and says so (${name})`, {
      tag: "@long",
    }, async () => {
      const chat = writer.url();
      const offersNothing = async () => {
        await goes(writer, chat);
        await bubble(writer, isChinese ? "See you" : "回头见").click({ button: "right" });
        await expect(writer.getByTestId("select")).toBeVisible();
        await expect(writer.getByTestId("translate")).toHaveCount(0);
        await writer.keyboard.press("Escape");
        await info(writer);
        await expect(writer.getByTestId("chat-mute")).toBeVisible();
        await expect(writer.getByTestId("chat-translate")).toHaveCount(0);
        await goes(writer, "/me/settings");
        await expect(writer.getByTestId("translator-note")).toHaveAttribute("data-can", "false");
        await expect(writer.getByTestId("translator-note")).toContainText("Chrome 138");
      };
      await offersNothing();
      await isAccessible(writer);
      await shot(writer, `${name}-no-translator`);

      // Chromium's own, if it called itself Chrome: it gets nothing to translate with here, and is not waited for.
      await writer.addInitScript(callsItself, "Google Chrome");
      await writer.goto(chat);
      await sees(writer, pot);
      await loadedAhead(writer);
      const asked: string[] = [];
      writer.on("request", (request) => asked.push(request.url()));
      await choose(writer, pot, "translate");
      await writer.getByTestId("confirm-yes").click();
      await expect(bubble(writer, pot)).toContainText("0%");
      await writer.getByTestId("translate-stop").click();
      await expect(writer.getByTestId("toast")).toContainText(isChinese ? "没翻译出来" : "Not translated");
      await expect(bubble(writer, pot)).not.toContainText("0%");
      expect(asked.filter((url) => !/\/assets\/[^/]*\.(?:js|css)$/.test(url))).toEqual([]);

      await hasTranslator(writer, "Some Browser");
      await offersNothing();
      expect(await created(writer)).toEqual([]);

      await goes(reader, "/me/settings");
      await expect(reader.getByTestId("translator-note")).toHaveAttribute("data-can", "true");
      await reader.getByTestId("setting-elder").click();
      await home(reader);
      await reader.getByTestId("chat-row").first().click();
      await expect(reader.getByTestId("translation").last()).toBeVisible();
      expect(await smallWords(reader, 20)).toEqual([]);
      expect(await smallTargets(reader, 56)).toEqual([]);
      await isAccessible(reader);
      await shot(reader, `${name}-translated-elder`);
    });
  });
}

async function choose(page: Page, text: string, what: string): Promise<void> {
  await bubble(page, text).click({ button: "right", position: { x: 12, y: 12 } });
  await page.getByTestId(what).click();
}

async function speaks(page: Page, language: string): Promise<void> {
  const chat = page.url();
  await goes(page, "/me/settings");
  await page.getByTestId("setting-language").click();
  await page.getByTestId(`choose-${language}`).click();
  await goes(page, chat);
}

/** A translator in a browser of that maker. What was fetched stays, as in a browser. */
async function hasTranslator(page: Page, brand: string): Promise<void> {
  await page.addInitScript(
    ({ lines }) => {
      const fetched = () => JSON.parse(localStorage.getItem("browser-has") ?? "[]") as string[];
      class Translator {
        private readonly pair: string;
        private constructor(pair: string) {
          this.pair = pair;
        }
        static async availability(of: { sourceLanguage: string; targetLanguage: string }) {
          const pair = `${of.sourceLanguage} ${of.targetLanguage}`;
          if (!(pair in lines)) return "unavailable";
          return fetched().includes(pair) ? "available" : "downloadable";
        }
        static async create(of: {
          sourceLanguage: string;
          targetLanguage: string;
          monitor?: (one: EventTarget) => void;
        }) {
          const pair = `${of.sourceLanguage} ${of.targetLanguage}`;
          if ((await Translator.availability(of)) === "downloadable") {
            if (!navigator.userActivation.isActive) throw new DOMException("no tap", "NotAllowedError");
            const progress = new EventTarget();
            of.monitor?.(progress);
            for (const loaded of [0, 0.42])
              progress.dispatchEvent(Object.assign(new Event("downloadprogress"), { loaded }));
            await new Promise((arrived) => Object.assign(globalThis, { arrived }));
            localStorage.setItem("browser-has", JSON.stringify([...fetched(), pair]));
          }
          return new Translator(pair);
        }
        async translate(words: string) {
          return lines[this.pair]?.[words] ?? "…";
        }
        destroy() {}
      }
      Object.assign(globalThis, { Translator });
    },
    { lines: known },
  );
  await page.addInitScript(callsItself, brand);
  await page.reload().catch(() => undefined); // Nothing is open yet where the page is new.
}

/** The rest of what the browser fetches is there. */
async function arrives(page: Page): Promise<void> {
  await page.waitForFunction(() => "arrived" in globalThis);
  await page.evaluate(() => {
    (globalThis as unknown as { arrived: () => void }).arrived();
    Reflect.deleteProperty(globalThis, "arrived");
  });
}

/** Which pairs the browser fetched. */
async function created(page: Page): Promise<string[]> {
  return page.evaluate(() => JSON.parse(localStorage.getItem("browser-has") ?? "[]") as string[]);
}

function callsItself(maker: string): void {
  Object.defineProperty(navigator, "userAgentData", {
    configurable: true,
    value: { brands: [{ brand: maker, version: "156" }] },
  });
}
