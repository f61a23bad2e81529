/** Calls in groups in real browsers, with Chromium's own microphone and camera: FEATURES §1d, row 3. */
import { expect, type Locator, type Page, test } from "@playwright/test";
import { type BrowserSetup, desktop, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { befriend, home, isAccessible, makeGroup, opens, sees, shot, write } from "./people.ts";

const tile = (page: Page, name: string): Locator => page.locator(`[data-testid=group-call-tile][data-name="${name}"]`);

/** Each of them is seen by this page, and heard: their tile is lit while they speak. */
async function seesAndHears(page: Page, names: readonly string[]): Promise<void> {
  for (const name of names) await expect(tile(page, name)).toHaveAttribute("data-seen", "true", { timeout: 40_000 });
  await hears(page, names);
}

async function hears(page: Page, names: readonly string[]): Promise<void> {
  for (const name of names) await expect(tile(page, name)).toHaveClass(/speaking/, { timeout: 40_000 });
}

/** Pictures that move: how many this page has drawn of others. */
const drawn = (page: Page) =>
  page.evaluate(
    () =>
      [...document.querySelectorAll<HTMLVideoElement>("[data-testid=group-call-picture]")]
        .map((video) => video.getVideoPlaybackQuality().totalVideoFrames)
        .filter((frames) => frames > 3).length,
  );

test.describe("group calls", () => {
  test.describe.configure({ mode: "serial", timeout: 240_000 });
  let setup: BrowserSetup;
  let mum: Page;
  let maya: Page;
  let ben: Page;

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(240_000);
    const family = await familyIn(browser, "妈妈 Maya Ben 一家人", [phone, desktop, phone]);
    setup = family.setup;
    [mum, maya, ben] = family.people;
  });
  test.afterAll(() => setup.close());

  test("[F-1d-3] [CA97] a video call in a group rings whom one chose, another joins from the chat, and all see and hear each other", async () => {
    await mum.getByTestId("plus-open").click();
    await mum.getByTestId("plus-call-video").click();
    await expect(mum.getByTestId("group-call-choose")).toBeVisible();
    await shot(mum, "group-call-choose");
    await isAccessible(mum);
    await mum.locator("label", { hasText: "Ben" }).getByTestId("group-call-member").uncheck();
    await mum.getByTestId("group-call-start").click();
    await expect(mum.getByTestId("group-call-screen")).toBeVisible();
    await expect(maya.getByTestId("group-call-incoming")).toBeVisible({ timeout: 20_000 });
    await expect(maya.getByTestId("group-call-incoming")).toContainText("妈妈");
    await shot(maya, "group-call-incoming");
    await isAccessible(maya);
    await maya.getByTestId("group-call-answer").click();
    await seesAndHears(mum, ["Maya"]);
    await expect(ben.getByTestId("group-call-banner")).toContainText("2 人正在通话", { timeout: 20_000 });
    await expect(ben.getByTestId("group-call-incoming")).toHaveCount(0);
    await shot(ben, "group-call-banner");
    await isAccessible(ben);
    await ben.getByTestId("group-call-join").click();
    await seesAndHears(ben, ["妈妈", "Maya"]);
    await seesAndHears(mum, ["Maya", "Ben"]);
    await seesAndHears(maya, ["妈妈", "Ben"]);
    await expect.poll(() => drawn(maya), { timeout: 20_000 }).toBe(3);
    await shot(mum, "group-call");
    await shot(maya, "group-call");
    await isAccessible(mum);
  });

  test("[F-1d-3] [CA265] on a desktop those who are in it stand beside the tiles, or the chat, in which one writes meanwhile", async () => {
    await expect(mum.getByTestId("group-call-people")).toHaveCount(0); // A phone has no room.
    const people = maya.getByTestId("group-call-people");
    for (const name of ["妈妈", "Ben"]) await expect(people).toContainText(name);
    await isAccessible(maya);
    await maya.getByTestId("call-chat").click();
    await expect(people).toHaveCount(0);
    await write(maya, "who brings the dumplings?");
    await sees(ben, "who brings the dumplings?");
    await shot(maya, "group-call-chat-beside");
    await isAccessible(maya);
    await maya.getByTestId("call-chat").click();
    await expect(people).toBeVisible();
  });

  test("[F-1d-3] [CA196] one joins to listen alone: sees and hears the others, is shown as muted, and is heard once the mute is lifted", async () => {
    await ben.getByTestId("group-call-leave").click();
    await expect(tile(mum, "Ben")).toHaveCount(0, { timeout: 20_000 });
    await ben.evaluate(() => {
      const asked: unknown[] = [];
      const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wanted) => {
        asked.push(wanted);
        return get(wanted);
      };
      Object.assign(window, { asked });
    });
    const asked = () => ben.evaluate(() => (window as unknown as { asked: unknown[] }).asked.length);
    await expect(ben.getByTestId("group-call-listen")).toBeVisible({ timeout: 20_000 });
    await shot(ben, "group-call-banner-listen");
    await isAccessible(ben);
    await ben.getByTestId("group-call-listen").click();
    await seesAndHears(ben, ["妈妈", "Maya"]);
    await expect(tile(mum, "Ben")).toContainText("已静音", { timeout: 20_000 });
    await shot(ben, "group-call-listens");
    expect(await asked()).toBe(0);
    await ben.getByTestId("group-call-mute").click();
    await expect(tile(mum, "Ben")).toHaveClass(/speaking/, { timeout: 40_000 });
    await expect(tile(mum, "Ben")).not.toContainText("已静音");
    expect(await asked()).toBe(1);
  });

  test("[F-1d-4] [CA194] [CA198] one shares the screen in a group's call: the others see it large and whole, until the browser's own bar ends it", async () => {
    await maya.evaluate(() => {
      // A screen that shows one colour after the other.
      navigator.mediaDevices.getDisplayMedia = async () => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [600, 300];
        const drawn = canvas.getContext("2d");
        let hue = 0;
        setInterval(() => {
          if (drawn === null) return;
          hue += 7;
          drawn.fillStyle = `hsl(${hue} 80% 50%)`;
          drawn.fillRect(0, 0, 600, 300);
        }, 50);
        const stream = canvas.captureStream(20);
        Object.assign(window, { screenTrack: stream.getVideoTracks()[0] });
        return stream;
      };
    });
    await maya.getByTestId("call-more").click();
    await maya.getByTestId("call-share").click();
    for (const one of [mum, ben]) {
      await expect(tile(one, "Maya")).toHaveClass(/large.*screen/, { timeout: 20_000 });
      await expect(tile(one, "Maya")).toHaveAttribute("data-seen", "true", { timeout: 40_000 });
      await expect(tile(one, "Maya")).toContainText("Maya的屏幕");
    }
    // It is the screen itself that comes: the hook's canvas has these measures, the camera has others.
    const shape = () =>
      tile(mum, "Maya").evaluate((one) => {
        const { videoWidth: width, videoHeight: height } = one.querySelector("video") as HTMLVideoElement;
        return Math.round((100 * width) / height);
      });
    await expect.poll(shape, { timeout: 20_000 }).toBe(200);
    await expect(maya.getByTestId("group-call-sharing")).toContainText("You are sharing your screen");
    await expect(tile(maya, "Me")).toContainText("You are sharing your screen");
    await expect(tile(maya, "Me").locator("video")).not.toHaveClass(/mirrored/);
    for (const one of [mum, maya]) {
      await shot(one, one === mum ? "group-call-screen-seen" : "group-call-screen-mine");
      await isAccessible(one);
    }
    await maya.evaluate(() => {
      const { screenTrack } = window as unknown as { screenTrack: MediaStreamTrack };
      screenTrack.stop();
      screenTrack.dispatchEvent(new Event("ended"));
    });
    await expect(maya.getByTestId("group-call-sharing")).toHaveCount(0);
    for (const one of [mum, ben]) {
      await expect(tile(one, "Maya")).not.toHaveClass(/screen/, { timeout: 20_000 });
      await expect(tile(one, "Maya")).toHaveAttribute("data-seen", "true", { timeout: 40_000 });
    }
    await expect(tile(maya, "Me").locator("video")).toHaveClass(/mirrored/);
  });

  test("[F-1d-3] [CA97] one mutes, makes it small and comes back; who leaves is gone for all, and the last one ends it", async () => {
    await maya.getByTestId("group-call-mute").click();
    await expect(tile(mum, "Maya")).toContainText("已静音");
    await maya.getByTestId("group-call-minimise").click();
    await shot(maya, "group-call-float");
    await isAccessible(maya);
    await maya.getByTestId("group-call-float").click();
    await ben.getByTestId("group-call-leave").click();
    await expect(ben.getByTestId("group-call-screen")).toHaveCount(0);
    await expect(tile(mum, "Ben")).toHaveCount(0, { timeout: 20_000 });
    await maya.getByTestId("group-call-leave").click();
    await expect(mum.getByTestId("group-call-tile")).toHaveCount(1, { timeout: 20_000 });
    await mum.getByTestId("group-call-leave").click();
    for (const one of [mum, maya, ben]) {
      await expect(one.getByTestId("group-call-screen")).toHaveCount(0);
      await expect(one.getByTestId("call-record").last()).toHaveAttribute("data-as", "ended", { timeout: 20_000 });
      await expect(one.getByTestId("group-call-banner")).toHaveCount(0);
    }
    await shot(mum, "group-call-record");
  });

  test("[F-1d-3] [CA191] [CA192] who is in a group's call rings more of the group; they read who rings and who is there already", {
    tag: "@long",
  }, async () => {
    await mum.getByTestId("plus-open").click();
    await mum.getByTestId("plus-call-video").click();
    await mum.locator("label", { hasText: "Ben" }).getByTestId("group-call-member").uncheck();
    await mum.getByTestId("group-call-start").click();
    await maya.getByTestId("group-call-answer").click({ timeout: 20_000 });
    await seesAndHears(mum, ["Maya"]);
    await maya.getByTestId("group-call-add").click();
    const sheet = maya.getByTestId("group-call-choose");
    await expect(sheet.getByTestId("group-call-member")).toHaveCount(1);
    await expect(sheet.getByTestId("group-call-start")).toBeDisabled();
    await sheet.locator("label", { hasText: "Ben" }).getByTestId("group-call-member").check();
    await shot(maya, "group-call-more");
    await isAccessible(maya);
    await sheet.getByTestId("group-call-start").click();
    await expect(maya.getByTestId("group-call-rung")).toContainText("Ben");
    await expect(ben.getByTestId("group-call-incoming")).toContainText("Maya", { timeout: 20_000 });
    await expect(ben.getByTestId("group-call-in-it")).toContainText("妈妈", { timeout: 20_000 });
    await shot(ben, "group-call-incoming-more");
    await isAccessible(ben);
    // Rung just now: not again before a minute is over.
    await maya.getByTestId("group-call-add").click();
    await expect(sheet.getByTestId("group-call-member")).toBeDisabled();
    await shot(maya, "group-call-more-rung");
    await maya.keyboard.press("Escape");
    await ben.getByTestId("group-call-answer").click();
    await seesAndHears(ben, ["妈妈", "Maya"]);
    await seesAndHears(mum, ["Maya", "Ben"]);
    await expect(maya.getByTestId("group-call-rung")).toHaveCount(0);
    await mum.getByTestId("group-call-add").click();
    await expect(mum.getByTestId("group-call-choose")).toContainText("群里的人都在通话里了");
    await mum.keyboard.press("Escape");
  });

  test("[F-1d-3] [CA80] [CA238] where the process of media ends in the middle of the call, it goes on by itself", {
    tag: "@long",
  }, async () => {
    const opened = async (page: Page) =>
      Number(await page.getByTestId("group-call-screen").getAttribute("data-opened"));
    expect(setup.endMedia()).toBe(1);
    // Nothing comes from a process that is gone: what is opened after a second came by the new one.
    await mum.waitForTimeout(1_000);
    for (const page of [mum, maya, ben]) {
      const before = await opened(page);
      await expect.poll(() => opened(page), { timeout: 40_000 }).toBeGreaterThan(before + 100);
    }
    await hears(mum, ["Maya", "Ben"]);
    await hears(ben, ["妈妈", "Maya"]);
    for (const one of [ben, maya, mum]) {
      await one.getByTestId("group-call-leave").click();
      await expect(one.getByTestId("group-call-screen")).toHaveCount(0);
    }
  });

  test("[F-1d-3] [CA208] [CA262] whom a group's call rang, and who was never in it, reads that they missed it", async () => {
    await mum.getByTestId("plus-open").click();
    await mum.getByTestId("plus-call-voice").click();
    await mum.getByTestId("group-call-start").click();
    await expect(ben.getByTestId("group-call-incoming")).toBeVisible({ timeout: 20_000 });
    await mum.getByTestId("group-call-leave").click();
    await expect(ben.getByTestId("group-call-incoming")).toHaveCount(0, { timeout: 20_000 });
    await expect(ben.getByTestId("call-record").last()).toHaveAttribute("data-as", "missed", { timeout: 20_000 });
    await expect(ben.getByTestId("call-record").last()).toContainText("你没接到");
    await shot(ben, "group-call-missed");
    await isAccessible(ben);
    await expect(mum.getByTestId("missed-call")).toHaveCount(0);
  });

  test("[F-1d-3] [CA193] a call of two goes on with more people: all are rung by a group of just them", {
    tag: "@long",
  }, async () => {
    await opens(mum, "Maya");
    await mum.getByTestId("plus-open").click();
    await mum.getByTestId("plus-call-voice").click();
    await maya.getByTestId("call-answer").click({ timeout: 20_000 });
    await expect(mum.getByTestId("call-screen")).toHaveAttribute("data-at", "talking", { timeout: 20_000 });
    await shot(mum, "call-with-add");
    await isAccessible(mum);
    await mum.getByTestId("call-add").click();
    const picker = mum.getByTestId("call-add-people");
    await expect(picker.getByTestId("pick")).toHaveCount(1);
    await picker.getByTestId("pick").filter({ hasText: "Ben" }).click();
    await shot(mum, "call-add-people");
    await isAccessible(mum);
    await picker.getByTestId("picked-done").click();
    await expect(mum.getByTestId("group-call-screen")).toBeVisible({ timeout: 30_000 });
    await expect(picker).toHaveCount(0);
    for (const one of [maya, ben]) {
      await expect(one.getByTestId("group-call-incoming")).toContainText("妈妈", { timeout: 30_000 });
      await one.getByTestId("group-call-answer").click();
    }
    await hears(mum, ["Maya", "Ben"]);
    await hears(ben, ["妈妈", "Maya"]);
    for (const one of [ben, maya, mum]) {
      await one.getByTestId("group-call-leave").click();
      await expect(one.getByTestId("group-call-screen")).toHaveCount(0);
    }
    await expect(mum.locator("#calls")).toHaveAttribute("data-faults", "0");
  });

  test("[F-1d-3] [CA97] four see and hear each other, two by two", { tag: "@long" }, async () => {
    const dad = await setup.resident(desktop);
    await befriend(setup, mum, dad, "爸爸");
    await home(mum);
    await makeGroup(mum, "四口之家", 3);
    for (const one of [maya, ben, dad]) await opens(one, "四口之家");
    await mum.getByTestId("plus-open").click();
    await mum.getByTestId("plus-call-video").click();
    await mum.getByTestId("group-call-start").click();
    const names = new Map([
      [mum, "妈妈"],
      [maya, "Maya"],
      [ben, "Ben"],
      [dad, "爸爸"],
    ]);
    for (const one of [maya, ben, dad]) await one.getByTestId("group-call-answer").click({ timeout: 20_000 });
    for (const [one, own] of names)
      await seesAndHears(
        one,
        [...names.values()].filter((name) => name !== own),
      );
    for (const one of [mum, dad]) {
      await expect.poll(() => drawn(one), { timeout: 20_000 }).toBe(4);
      const places = await one
        .getByTestId("group-call-tile")
        .evaluateAll((tiles) =>
          (["left", "top"] as const).map(
            (side) => new Set(tiles.map((tile) => Math.round(tile.getBoundingClientRect()[side]))).size,
          ),
        );
      expect(places).toEqual([2, 2]);
      await shot(one, "group-call-four");
      await isAccessible(one);
    }
    for (const one of [dad, ben, maya, mum]) await one.getByTestId("group-call-leave").click();
    for (const one of [dad, ben, maya, mum]) await expect(one.getByTestId("group-call-screen")).toHaveCount(0);
  });
});
