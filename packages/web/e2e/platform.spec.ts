/**
 * What the app is on this device, row by row of docs/features.md: elder mode, looks and sizes, languages, notices,
 * installing. On a phone in 简体 and on a desktop in English.
 */
import { expect, type Page, test } from "@playwright/test";
import { type BrowserSetup, desktop, looks, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { clippedWords, smallTargets, smallWords } from "./look.ts";
import { beginsAnew, bubble, goes, home, isAccessible, opens, sees, shot, write } from "./people.ts";

const elderTargetPx = 56;
const elderWordPx = 20;

for (const [name, look] of looks) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial", timeout: 90_000 });
    let setup: BrowserSetup;
    let mum: Page;
    let maya: Page;
    let chat = "";
    let sent: readonly string[] = [];

    test.beforeAll(async ({ browser }) => {
      test.setTimeout(180_000);
      const family = await familyIn(browser, "妈妈 Maya 爸爸", [look, desktop, phone]);
      setup = family.setup;
      [mum, maya] = family.people;
      await opens(mum, "爸爸");
      await write(mum, "药买到了吗？");
      await opens(mum, "Maya");
      chat = mum.url();
      await remembersWishToKeep(mum);
      sent = framesFrom(maya);
      for (const page of [mum, maya]) {
        await page.reload();
        await expect(page.getByTestId("conversation")).toBeVisible();
      }
    });
    test.afterAll(() => setup.close());

    test(`[F-2j-11] [WE22] the browser is asked to keep what is here, and the person told to install it (${name})`, async () => {
      expect(await mum.evaluate(() => (globalThis as unknown as { askedToKeep?: boolean }).askedToKeep)).toBe(true);
      await goes(mum, "/me");
      await expect(mum.getByTestId("profile")).toBeVisible();
      await expect(mum.getByTestId("install-strip")).toHaveCount(0); // This browser has not offered it.
      await offersInstalling(mum);
      await expect(mum.getByTestId("install-strip")).toContainText(look === phone ? "不会被浏览器清掉" : "no browser");
      await shot(mum, `${name}-install`);
      await isAccessible(mum);
      await mum.getByTestId("install-later").click();
      await expect(mum.getByTestId("install-strip")).toHaveCount(0);
      await mum.reload();
      await expect(mum.getByTestId("profile")).toBeVisible();
      await offersInstalling(mum);
      await mum.getByTestId("settings").click();
      await mum.getByTestId("install").click(); // In the settings it stays.
      await expect(mum.getByTestId("install")).toHaveCount(0);
      await goes(mum, "/me");
      await mum.reload();
      await expect(mum.getByTestId("profile")).toBeVisible();
      await offersInstalling(mum);
      await expect(mum.getByTestId("install-strip")).toHaveCount(0); // For a week it does not ask again.
    });

    test(`[F-2j-1] [WE18] elder mode: faces, three big actions, and what cannot be undone is asked (${name})`, async () => {
      await goes(mum, "/me/settings");
      await mum.getByTestId("setting-elder").click();
      await home(mum);
      await expect(mum.getByTestId("face")).toHaveCount(2);
      await isLarge(mum);
      await shot(mum, `${name}-elder-chats`);
      await mum.getByTestId("face").filter({ hasText: "Maya" }).click();
      await expect(mum.getByTestId("elder-acts").getByRole("button")).toHaveCount(3);
      await expect(mum.getByTestId("composer-input")).toBeHidden();
      await isLarge(mum);
      await isAccessible(mum);
      await shot(mum, `${name}-elder-chat`);

      // One tap begins to listen, the next sends.
      await mum.getByTestId("elder-talk").click();
      await expect(mum.getByTestId("talking")).toHaveAttribute("data-mode", "locked");
      await mum.waitForTimeout(1_100); // Shorter is no message.
      await shot(mum, `${name}-elder-talking`);
      await mum.getByTestId("talk-send").click();
      await expect(maya.getByTestId("voice")).toHaveCount(1);
      const chooser = mum.waitForEvent("filechooser");
      await mum.getByTestId("elder-photo").click();
      expect((await chooser).isMultiple()).toBe(true);
      await mum.getByTestId("elder-write").click();
      await expect(mum.getByTestId("composer-input")).toBeFocused();
      await write(mum, "周六我在家");
      await sees(maya, "周六我在家");
      await shot(mum, `${name}-elder-writing`);
      await isLarge(mum);

      // A slip of the finger takes nothing back.
      const recall = async (answer: "confirm-no" | "confirm-yes") => {
        await bubble(mum, "周六我在家").click({ button: "right" });
        await mum.getByTestId("recall").click();
        await mum.getByTestId(answer).click();
      };
      await recall("confirm-no");
      await expect(bubble(maya, "周六我在家")).toBeVisible();
      await recall("confirm-yes");
      await expect(maya.getByText("周六我在家")).toHaveCount(0);
      await goes(mum, "/me/settings");
      await mum.getByTestId("setting-elder").click();
    });

    test(`[F-2j-4] light and dark by the system or by choice; words to 200 %, lying and standing (${name})`, async () => {
      await goes(mum, "/me/settings");
      const paper = () => mum.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = await paper();
      await mum.emulateMedia({ colorScheme: "dark" });
      await expect.poll(paper).not.toBe(light);
      await mum.getByTestId("setting-theme").click();
      await mum.getByTestId("choose-light").click();
      await expect.poll(paper).toBe(light);

      const slider = mum.getByTestId("setting-text");
      await slider.press("Home");
      for (const percent of [85, 100, 115, 130, 160, 200]) {
        await expect(slider).toHaveAttribute("aria-valuetext", `${percent}%`);
        const px = await mum.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
        expect(px).toBeCloseTo(0.16 * percent, 1);
        expect(await clippedWords(mum)).toEqual([]);
        await slider.press("ArrowRight");
      }
      await shot(mum, `${name}-settings-200`);
      for (const size of sizes) {
        await mum.setViewportSize(size);
        await goes(mum, chat);
        await expect(mum.getByTestId("composer-input")).toBeInViewport({ ratio: 1 });
        expect(await clippedWords(mum)).toEqual([]);
      }
      await goes(mum, "/me/settings");
      await slider.press("Home");
      await slider.press("ArrowRight");
      for (const size of sizes) {
        await mum.setViewportSize(size);
        await goes(mum, chat);
        await expect(mum.getByTestId("composer-input")).toBeInViewport({ ratio: 1 });
        await expect(mum.getByTestId("bubble").last()).toBeInViewport();
        // Where there is room, the chats stand beside the chat.
        if (size.width >= 820) await expect(mum.getByTestId("chat-row").first()).toBeInViewport();
        expect(await clippedWords(mum)).toEqual([]);
        await shot(mum, `${name}-${size.width}x${size.height}`);
      }
      await mum.setViewportSize(look.size);
      await mum.emulateMedia({ colorScheme: "light" });
    });

    test(`[F-2j-4] [WE26] a deeper page comes over its list and goes away, unless less motion is asked for (${name})`, async () => {
      const moves = await watchMoves(mum);
      await mum.emulateMedia({ reducedMotion: "no-preference" });
      await beginsAnew(mum);
      await mum.getByTestId("chat-row").filter({ hasText: "爸爸" }).click();
      await expect(mum.getByTestId("title")).toContainText("爸爸");
      expect(await moves()).toEqual(look === phone ? ["deeper"] : []);
      if (look === phone) await mum.getByTestId("back").click();
      else await mum.goBack();
      await expect(mum.getByTestId("chats")).toBeVisible();
      expect(await moves()).toEqual(look === phone ? ["deeper", "back"] : []);
      await mum.getByTestId("tab-contacts").click();
      await expect(mum.getByTestId("requests")).toBeVisible();
      await mum.emulateMedia({ reducedMotion: "reduce" });
      await mum.getByTestId("requests").click();
      await expect(mum).toHaveURL(/\/contacts\/requests$/);
      expect(await moves()).toEqual(look === phone ? ["deeper", "back"] : []);
      await home(mum);
    });

    test(`[F-2j-5] [F-7-13] each reads in their own language, also what happened, and turns it without a reload (${name})`, async () => {
      await goes(mum, chat);
      await write(mum, "说错了");
      await sees(maya, "说错了");
      await bubble(mum, "说错了").click({ button: "right" });
      await mum.getByTestId("recall").click();
      const lineOf = (page: Page) => page.locator('[data-testid="system-line"][data-kind="recalled"]').last();
      await expect(lineOf(mum)).toContainText(look === phone ? "你撤回了一条消息" : "You recalled a message");
      await expect(lineOf(maya)).toHaveText("妈妈 recalled a message");
      await maya.evaluate(() => Object.assign(globalThis, { isTheSamePage: true }));
      const asked: string[] = [];
      maya.on("request", (request) => asked.push(request.resourceType()));
      const place = maya.url();
      for (const [choice, words, lang] of [
        ["zh-Hant", "「妈妈」收回了一則訊息", "zh-Hant"],
        ["zh-Hans", "“妈妈”撤回了一条消息", "zh-Hans"],
        ["en", "妈妈 recalled a message", "en"],
      ] as const) {
        await goes(maya, "/me/settings");
        await maya.getByTestId("setting-language").click();
        await maya.getByTestId(`choose-${choice}`).click();
        await goes(maya, place);
        await expect(lineOf(maya)).toHaveText(words);
        await expect(maya.locator("html")).toHaveAttribute("lang", lang);
      }
      expect(await maya.evaluate(() => (globalThis as unknown as { isTheSamePage?: boolean }).isTheSamePage)).toBe(
        true,
      );
      expect(asked).not.toContain("document");
      await expect(lineOf(mum)).toContainText(look === phone ? "你撤回了" : "You recalled"); // Hers is her own.
      await maya.reload();
      await expect(lineOf(maya)).toHaveText("妈妈 recalled a message");
    });

    test(`[F-2j-5] what the app is, whose server it is and under which licence is told in the settings (${name})`, async () => {
      await goes(mum, "/me/settings");
      await mum.getByTestId("about").click();
      const sheet = mum.getByTestId("about-sheet");
      for (const words of ["AGPL-3.0", "Apache-2.0", setup.origin.replace("http://", "")])
        await expect(sheet).toContainText(words);
      await shot(mum, `${name}-about`);
      await isAccessible(mum);
      await mum.keyboard.press("Escape");
      await expect(sheet).toHaveCount(0);
    });

    test(`[F-2j-6] a test of the notices says in plain words what stands in their way (${name})`, async () => {
      await goes(mum, "/me/settings");
      await mum.getByTestId("notifications").click();
      await mum.getByTestId("notices-test").click();
      const steps = mum.getByTestId("notices-steps");
      await expect(steps).toHaveAttribute("data-why", "denied");
      await expect(steps).toContainText(look === phone ? "设置" : "settings");
      await shot(mum, `${name}-notices-denied`);
      await isAccessible(mum);
      await expect(mum.getByTestId("notices-on")).toHaveAttribute("aria-checked", "false");
    });

    test(`[F-2j-8] [WE23] who may turn to her is on one page; the link that is off lets nobody in (${name})`, async () => {
      await goes(mum, "/my-qr");
      await expect(mum.getByTestId("my-link")).toHaveAttribute("data-link", /#c\//);
      const link = (await mum.getByTestId("my-link").getAttribute("data-link")) ?? "";
      await goes(mum, "/me/settings");
      await mum.getByTestId("privacy").click();
      for (const one of ["setting-link", "setting-passed-on", "setting-groups"])
        await expect(mum.getByTestId(one)).toHaveAttribute("aria-checked", "true");
      await mum.getByTestId("setting-link").click();
      await expect(mum.getByTestId("setting-link")).toHaveAttribute("aria-checked", "false");
      await shot(mum, `${name}-privacy`);
      await isAccessible(mum);
      const stranger = await setup.resident(look);
      await setup.settle(stranger, "陌生人");
      await stranger.goto(link);
      await stranger.getByTestId("send-request").click();
      await expect(stranger.getByTestId("toast")).toContainText(look === phone ? "用不了" : "work any more");
      // Her own code says so, and is turned on where it is shown.
      await goes(mum, "/my-qr");
      await mum.getByTestId("link-off").getByRole("button").click();
      await expect(mum.getByTestId("link-off")).toHaveCount(0);
      await stranger.getByTestId("send-request").click();
      await expect(stranger.getByTestId("conversation")).toBeVisible();
      await goes(mum, "/contacts/requests");
      await expect(mum.getByTestId("request-row")).toContainText("陌生人");
      await mum.getByTestId("request-decline").click();
    });

    test(`[F-2a-1] [WE23] a chosen name leads to her, whoever types the whole of it, until she turns it off (${name})`, {
      tag: "@long",
    }, async () => {
      const handle = look === phone ? "mama.zhang" : "maya-l";
      await goes(mum, "/me/settings/privacy");
      await mum.getByTestId("handle").click();
      await mum.getByTestId("handle-field").fill("妈妈");
      await mum.getByTestId("handle-save").click();
      await expect(mum.getByTestId("toast")).toContainText(look === phone ? "字母开头" : "a letter first");
      await mum.getByTestId("handle-field").fill(`@${handle}`);
      await shot(mum, `${name}-handle-sheet`);
      await isAccessible(mum);
      await mum.getByTestId("handle-save").click();
      await expect(mum.getByTestId("handle")).toContainText(`@${handle}`);
      await expect(mum.getByTestId("setting-found")).toHaveAttribute("aria-checked", "true");
      await expect(mum.getByTestId("handle-sheet")).toHaveCount(0);
      await shot(mum, `${name}-handle`);

      // Somebody new looks for a name that nobody has, then for hers: once where one adds people, once where one
      // searches.
      const stranger = await setup.resident(look);
      await setup.settle(stranger, "老同学");
      await goes(stranger, "/scan");
      await stranger.getByTestId("paste-link").fill("@nobody-here");
      await stranger.getByTestId("open-link").click();
      await expect(stranger.getByTestId("toast")).toContainText(look === phone ? "没有这个号" : "Nobody has");
      await shot(stranger, `${name}-handle-scan`);
      await goes(stranger, "/search");
      await stranger.getByRole("searchbox").fill(handle.toUpperCase());
      await shot(stranger, `${name}-handle-search`);
      await stranger.getByTestId("find-handle").click();
      await expect(stranger.getByTestId("invite-card")).toContainText("妈妈");
      await expect(stranger.getByTestId("found-by")).toContainText(`@${handle}`);
      await shot(stranger, `${name}-handle-found`);
      await isAccessible(stranger);
      await stranger.reload(); // It is said as long as the link lies there.
      await expect(stranger.getByTestId("found-by")).toContainText(`@${handle}`);
      await stranger.getByTestId("send-request").click();
      await expect(stranger.getByTestId("conversation")).toHaveAttribute("data-state", "request-out");
      await goes(mum, "/contacts/requests");
      await expect(mum.getByTestId("request-source")).toContainText(look === phone ? "通过雁书号" : "By Yanshu ID");
      await mum.getByTestId("request-decline").click();

      await goes(mum, "/me/settings/privacy");
      await mum.getByTestId("setting-found").click();
      await expect(mum.getByTestId("setting-found")).toHaveAttribute("aria-checked", "false");
      await goes(stranger, "/scan");
      await stranger.getByTestId("paste-link").fill(handle);
      await stranger.getByTestId("open-link").click();
      await expect(stranger.getByTestId("toast")).toContainText(look === phone ? "没有这个号" : "Nobody has");
      await mum.getByTestId("handle").click();
      await mum.getByTestId("handle-drop").click();
      await expect(mum.getByTestId("setting-found")).toHaveCount(0);
    });

    test(`[F-1a-31] reading tells nobody, and no screen says who is there (${name})`, async () => {
      await goes(maya, "/");
      await goes(mum, chat);
      await write(mum, "看到不用回");
      await expect(bubble(mum, "看到不用回")).toHaveAttribute("data-state", "sent");
      const row = maya.getByTestId("chat-row").filter({ hasText: "看到不用回" });
      await expect(row).toHaveAttribute("data-unread", "1");
      const before = sent.length;
      await row.click();
      await sees(maya, "看到不用回");
      await goes(maya, "/");
      await expect(row).toHaveAttribute("data-unread", "0");
      await maya.waitForTimeout(1_000);
      // Home alone hears that the message arrived; what is for others would travel as a post.
      expect(sent.slice(before)).not.toContain("post");
      await expect(mum.getByText(/已读|在线|正在输入|online|typing|seen/i)).toHaveCount(0);
      // What is said does leave, as more than that.
      await row.click();
      await write(maya, "OK");
      await sees(mum, "OK");
      expect(sent.slice(before)).toContain("post");
    });
  });
}

/** A phone that lies, a tablet that stands, and one that lies. */
const sizes = [
  { width: 844, height: 390 },
  { width: 820, height: 1180 },
  { width: 1180, height: 820 },
];

async function isLarge(page: Page): Promise<void> {
  await page.waitForTimeout(300); // What moves comes to rest.
  expect(await smallTargets(page, elderTargetPx)).toEqual([]);
  expect(await smallWords(page, elderWordPx)).toEqual([]);
  expect(await clippedWords(page)).toEqual([]);
}

/** Whether the page asked the browser not to forget it; a browser without a head answers nobody. */
async function remembersWishToKeep(page: Page): Promise<void> {
  await page.addInitScript(() => {
    navigator.storage.persist = async () => {
      Object.assign(globalThis, { askedToKeep: true });
      return true;
    };
  });
}

/** As Chromium does once it finds that the app can be installed. */
async function offersInstalling(page: Page): Promise<void> {
  await page.evaluate(() => {
    const offer = Object.assign(new Event("beforeinstallprompt"), { prompt: async () => ({ outcome: "accepted" }) });
    dispatchEvent(offer);
  });
}

/**
 * What a page's sockets send, from now on: posts, acknowledgements, and calls by their name
 * (packages/wire/src/frames.ts).
 */
function framesFrom(page: Page): readonly string[] {
  const sent: string[] = [];
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      const bytes = Buffer.from(payload);
      const call = bytes.subarray(6, 6 + (bytes[5] ?? 0)).toString();
      sent.push(bytes[0] === 0x10 ? "post" : bytes[0] === 0x11 ? "acks" : call);
    }),
  );
  return sent;
}

/** Which ways pages moved since, each once it is over. */
async function watchMoves(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seenMoves: seen });
    const start = Document.prototype.startViewTransition;
    Document.prototype.startViewTransition = function (...args) {
      const turning = start.apply(this, args);
      void turning.ready.then(() => seen.push(document.documentElement.dataset["move"] ?? "without a way"));
      return turning;
    };
  });
  return async () => {
    await expect(page.locator("html[data-move]")).toHaveCount(0);
    return page.evaluate(() => (globalThis as unknown as { seenMoves: readonly string[] }).seenMoves);
  };
}
