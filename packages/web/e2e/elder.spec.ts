/**
 * Elder mode as grandmother has it: faces to begin with, and messages that are read to her by a voice of her own
 * device. Headless Chromium has no voices; the two here are one of the device and one that would send the message away.
 */
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { clippedWords, partedWords, settled } from "./look.ts";
import { befriend, bubble, dressed, goes, home, isAccessible, sees, shot, write } from "./people.ts";

test("[WE17] [WE18] [WE72] [F-7-17] [F-1b-12] faces of those she writes to, and messages read aloud by a local voice alone", async ({
  browser,
}) => {
  test.setTimeout(180_000);
  const setup = await BrowserSetup.start(browser);
  try {
    const [gran, kid, son] = [await setup.resident(phone), await setup.resident(phone), await setup.resident(phone)];
    await hasVoices(gran);
    await setup.settle(gran, "外婆");
    await befriend(setup, gran, kid, "雨儿");
    const chat = gran.url();
    await home(gran);
    await befriend(setup, gran, son, "儿子");
    await goes(gran, chat);
    await write(gran, "周六回来吗？");
    await write(kid, "外婆，周六下午我和 Kevin 回来吃饺子");
    await sees(gran, "外婆，周六");
    await write(kid, "See you on Saturday");
    await sees(gran, "See you");

    // One switch, and everything is larger at once.
    await goes(gran, "/me/settings");
    await gran.getByTestId("setting-elder").click();
    await gran.getByTestId("back").click();
    await home(gran);
    await expect(gran.getByTestId("face")).toHaveText([/雨儿/, /儿子/]); // She wrote to her granddaughter.
    const face = await gran.getByTestId("face").first().boundingBox();
    expect(Math.min(face?.width ?? 0, face?.height ?? 0)).toBeGreaterThan(100);
    await shot(gran, "phone-faces");
    // What she wants first, then whom she wants it with.
    await gran.getByTestId("big-talk").click();
    await expect(gran.getByTestId("big-one")).toHaveText([/雨儿/, /儿子/]);
    await isAccessible(gran);
    await shot(gran, "phone-big-who");
    await gran.evaluate(() => {
      navigator.mediaDevices.getUserMedia = async () => {
        Object.assign(globalThis, { isHeard: true });
        throw new DOMException("no", "NotAllowedError");
      };
    });
    await gran.getByTestId("big-one").first().click();
    await expect(gran.getByTestId("title")).toContainText("雨儿");
    await expect.poll(() => gran.evaluate(() => "isHeard" in globalThis)).toBe(true);
    await home(gran);
    await gran.getByTestId("big-write").click();
    await gran.getByTestId("big-one").last().click();
    await expect(gran.getByTestId("title")).toContainText("儿子");
    await expect(gran.getByTestId("composer-input")).toBeFocused();
    await home(gran);
    await gran.getByTestId("big-photo").click();
    const chooser = gran.waitForEvent("filechooser");
    await gran.getByTestId("big-one").first().click();
    await chooser;
    await home(gran);
    await gran.getByTestId("face").first().click();

    // A local voice reads Chinese; for English there is only a remote one, so nothing is offered.
    await expect(gran.getByTestId("listen")).toHaveCount(2); // The greeting and the message, not "See you".
    await shot(gran, "phone-elder-listen");
    await gran.getByTestId("listen").last().click();
    await expect(gran.getByTestId("listen").last()).toHaveText("停");
    expect(await said(gran)).toEqual([["外婆，周六下午我和 Kevin 回来吃饺子", "Ting-Ting"]]);
    await gran.getByTestId("listen").last().click();
    await expect(gran.getByTestId("listen").last()).toHaveText("听");
    // Everybody finds it in the menu.
    await bubble(gran, "外婆，周六").click({ button: "right" });
    await gran.getByTestId("menu-listen").click();
    expect((await said(gran)).length).toBe(2);
    await bubble(gran, "See you").click({ button: "right" });
    await expect(gran.getByTestId("menu-listen")).toHaveCount(0);
  } finally {
    await setup.close();
  }
});

async function hasVoices(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const spoken: [string, string][] = [];
    const voices = [
      { name: "Ting-Ting", lang: "zh-CN", localService: true },
      { name: "Cloud", lang: "en-US", localService: false },
    ];
    Object.assign(globalThis, { spoken });
    Object.defineProperty(globalThis, "SpeechSynthesisUtterance", {
      value: class extends EventTarget {
        text: string;
        voice: { name: string } | null = null;
        constructor(text: string) {
          super();
          this.text = text;
        }
      },
    });
    Object.defineProperty(globalThis, "speechSynthesis", {
      value: {
        getVoices: () => voices,
        addEventListener: () => undefined,
        cancel: () => undefined,
        speak: (one: { text: string; voice: { name: string } | null }) =>
          spoken.push([one.text, one.voice?.name ?? ""]),
      },
    });
  });
}

async function said(page: Page): Promise<[string, string][]> {
  return page.evaluate(() => (globalThis as unknown as { spoken: [string, string][] }).spoken);
}

test("[WE343] in elder mode no word is parted of what can be done with several messages", async ({ browser }) => {
  const { setup, people } = await familyIn(browser, "妈妈 爸爸", [phone, phone]);
  try {
    const [mum] = people;
    await write(mum, "晚上吃什么？");
    await write(mum, "周日一起包饺子");
    const chat = mum.url();
    for (const [locale, theme] of [
      ["en", "light"],
      ["zh-Hans", "dark"],
    ] as const)
      for (const [width, textStep] of [
        [390, 2],
        [360, 2],
        [390, 4],
        [1280, 2],
      ] as const) {
        const size = { width, height: 800 };
        await dressed(mum, { locale, theme, elder: true, textStep }, { size });
        await goes(mum, chat);
        await bubble(mum, "晚上吃什么").click({ button: "right" });
        await mum.getByTestId("select").click();
        await settled(mum);
        await shot(mum, `elder-selecting-${locale}-${width}-${textStep}`);
        const wrong = [...(await partedWords(mum)), ...(await clippedWords(mum))];
        expect.soft([locale, width, textStep, wrong]).toEqual([locale, width, textStep, []]);
        await mum.getByTestId("select-cancel").click();
      }
  } finally {
    await setup.close();
  }
});

test("[WE344] a list that is not here yet says so, and never that it is empty", async ({ browser }) => {
  const { setup, people } = await familyIn(browser, "妈妈 爸爸", [phone, phone]);
  try {
    const [mum] = people;
    await dressed(mum, { locale: "en", theme: "light", elder: true, textStep: 6 }, phone);
    await mum.addInitScript(() => {
      // What the page says to the client takes a while, as on a machine that is busy.
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (this: Worker, ...said: Parameters<typeof postMessage>) {
        setTimeout(() => postMessage.apply(this, said), 2_000);
      } as typeof postMessage;
    });
    for (const [path, list, one] of [
      ["/", "chats", "chat-row"],
      ["/contacts", "contacts", "contact-row"],
    ] as const) {
      await goes(mum, path);
      await mum.reload();
      await expect(mum.locator("[aria-busy=true]").getByTestId(list)).toBeVisible();
      await expect(mum.getByTestId(one)).toHaveCount(0);
      await expect(mum.getByText(/No letters yet|No contacts yet/)).toHaveCount(0);
      await settled(mum);
      expect([list, await mum.getByTestId(one).count()]).not.toEqual([list, 0]);
      await expect(mum.locator("[aria-busy=true]").getByTestId(list)).toHaveCount(0);
    }
  } finally {
    await setup.close();
  }
});
