/**
 * Calls where more than two devices have a part: one more person calls, and a person has two devices. In real browsers
 * with Chromium's own microphone and camera: FEATURES §1d, row 1.
 */
import { expect, type Page, test } from "@playwright/test";
import { type BrowserSetup, desktop, phone } from "./browser-setup.ts";
import { areTalking, calls, hangsUp, hearEachOther, talks } from "./call-people.ts";
import { letsPass } from "./call-ways.ts";
import { familyIn } from "./family.ts";
import { home, isAccessible, linkDevice, opens, sees, shot, write } from "./people.ts";

/** From now on the page's own sounds are known, of which a ring has one. */
const keepsSounds = (page: Page) =>
  page.evaluate(() => {
    const sounds = new Set<AudioContext>();
    Object.assign(window, { sounds });
    const own = AudioContext.prototype.resume;
    AudioContext.prototype.resume = function (this: AudioContext) {
      sounds.add(this);
      return own.call(this);
    };
  });

/** From now on the tracks are known that the page was given. */
const keepsTracks = (page: Page) =>
  page.evaluate(() => {
    const taken: MediaStreamTrack[] = [];
    Object.assign(window, { taken });
    const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await get(wanted);
      taken.push(...stream.getTracks());
      return stream;
    };
  });

const tracksOf = (page: Page) =>
  page.evaluate(() => {
    const { taken } = window as unknown as { taken: readonly MediaStreamTrack[] };
    return taken.map(({ kind, readyState }) => `${kind} ${readyState}`);
  });

const ringsAloud = (page: Page) =>
  page.evaluate(() => {
    const { sounds } = window as unknown as { sounds: ReadonlySet<AudioContext> };
    return [...sounds].some(({ state }) => state === "running");
  });

test.describe("calls of more than two devices", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let setup: BrowserSetup;
  let mum: Page;
  let maya: Page;
  let dad: Page;

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(240_000);
    const family = await familyIn(browser, "妈妈 Maya 爸爸", [phone, desktop, phone]);
    setup = family.setup;
    [mum, maya, dad] = family.people;
    for (const page of [mum, maya, dad]) await letsPass(page, "direct");
  });
  test.afterAll(() => setup.close());

  test("[F-1d-1] [CA32] [CA40] one more who calls meanwhile waits, and reads so; declined, the call before goes on", {
    tag: "@long",
  }, async () => {
    await talks(maya, mum, "妈妈", "video");
    await expect(mum.getByTestId("call-them")).toBeVisible({ timeout: 20_000 });
    await calls(dad, "妈妈", "voice");
    const notice = mum.getByTestId("call-waiting");
    await expect(notice).toContainText("爸爸", { timeout: 20_000 });
    await expect(notice).toContainText("语音来电");
    await expect(dad.getByTestId("call-words")).toHaveText("对方正在通话中", { timeout: 20_000 });
    // What goes on says all that it says, below the notice.
    const boxOf = async (what: string) => (await mum.getByTestId(what).boundingBox()) ?? { y: -1, height: 0 };
    const [above, below] = [await boxOf("call-waiting"), await boxOf("call-screen")];
    expect(below.y).toBeGreaterThanOrEqual(above.y + above.height);
    const timer = mum.getByTestId("call-timer");
    expect(
      await timer.evaluate((one) => {
        const { x, y, width, height } = one.getBoundingClientRect();
        return one.contains(document.elementFromPoint(x + width / 2, y + height / 2));
      }),
    ).toBe(true);
    await shot(mum, "call-waiting");
    await shot(dad, "call-busy");
    await isAccessible(mum);
    await isAccessible(dad);
    await mum.getByTestId("call-waiting-decline").click();
    await expect(notice).toHaveCount(0);
    await expect(dad.getByTestId("call-screen")).toHaveCount(0);
    await expect(dad.getByTestId("call-record").last()).toHaveAttribute("data-as", "declined");
    await areTalking(mum, maya);
    await hearEachOther(mum, maya);
  });

  test("[F-1d-1] [CA32] who answers the one that waits ends the call before, and talks with the other at once", {
    tag: "@long",
  }, async () => {
    await calls(dad, "妈妈", "voice");
    await expect(mum.getByTestId("call-waiting")).toBeVisible({ timeout: 20_000 });
    await mum.getByTestId("call-waiting-answer").click();
    await expect(maya.getByTestId("call-screen")).toHaveCount(0);
    await areTalking(mum, dad);
    await expect(mum.getByTestId("call-screen")).toContainText("爸爸");
    await expect(mum.getByTestId("call-waiting")).toHaveCount(0);
    await hearEachOther(mum, dad);
    await opens(maya, "妈妈");
    await expect(maya.getByTestId("call-record").last()).toHaveAttribute("data-as", "ended");
    await hangsUp(dad, mum);
  });

  test("[F-1d-1] [CA256] a call of voice becomes one of video by either side's camera, and back, without another call", {
    tag: "@long",
  }, async () => {
    await talks(mum, maya, "Maya", "voice");
    await expect(maya.getByTestId("call-them")).toHaveCount(0);
    await mum.getByTestId("call-camera").click();
    await expect(maya.getByTestId("call-them")).toBeVisible({ timeout: 20_000 });
    const drawn = () =>
      maya
        .getByTestId("call-them")
        .evaluate((video) => (video as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames);
    await expect.poll(drawn, { timeout: 20_000 }).toBeGreaterThan(3);
    await expect(mum.getByTestId("call-them")).toHaveCount(0);
    await maya.getByTestId("call-camera").click();
    await expect(mum.getByTestId("call-them")).toBeVisible({ timeout: 20_000 });
    await mum.getByTestId("call-camera").click();
    await expect(maya.getByTestId("call-them")).toHaveCount(0);
    await hearEachOther(mum, maya);
    await hangsUp(mum, maya);
  });

  test("[F-1d-1] [CA263] a video call that rings opens no camera; by a tap one sees oneself; answered, the same camera goes on; declined, it is closed", {
    tag: "@long",
  }, async () => {
    await keepsTracks(mum);
    await calls(maya, "妈妈", "video");
    await expect(mum.getByTestId("call-look")).toBeVisible({ timeout: 20_000 });
    await shot(mum, "call-incoming-video");
    expect(await tracksOf(mum)).toEqual([]);
    await mum.getByTestId("call-look").click();
    await expect(mum.getByTestId("call-preview")).toBeVisible();
    await expect(mum.getByTestId("call-self-only")).toContainText("只有你看得见自己");
    expect(await tracksOf(mum)).toEqual(["video live"]);
    await shot(mum, "call-preview");
    await isAccessible(mum);
    await mum.getByTestId("call-answer").click();
    await areTalking(mum, maya);
    await expect(maya.getByTestId("call-them")).toBeVisible({ timeout: 20_000 });
    expect(await tracksOf(mum)).toEqual(["video live", "audio live"]);
    await hangsUp(maya, mum);
    expect(await tracksOf(mum)).toEqual(["video ended", "audio ended"]);

    await calls(maya, "妈妈", "video");
    await mum.getByTestId("call-look").click({ timeout: 20_000 });
    await expect(mum.getByTestId("call-preview")).toBeVisible();
    await mum.getByTestId("call-decline").click();
    await expect(mum.getByTestId("call-incoming")).toHaveCount(0);
    expect((await tracksOf(mum)).slice(2)).toEqual(["video ended"]);
    await expect(maya.getByTestId("call-screen")).toHaveCount(0);
  });

  test("[F-1d-1] [CA265] on a desktop the chat stands beside the call, and goes with it", {
    tag: "@long",
  }, async () => {
    await talks(mum, maya, "Maya", "voice");
    await maya.getByTestId("call-chat").click();
    await write(maya, "the number is 42");
    await sees(mum, "the number is 42");
    const [call, chat] = await Promise.all(
      ["call-screen", "conversation"].map((name) => maya.getByTestId(name).boundingBox()),
    );
    expect((call?.x ?? 0) + (call?.width ?? 0)).toBeLessThanOrEqual(chat?.x ?? 0);
    await shot(maya, "call-chat-beside");
    await isAccessible(maya);
    await hangsUp(mum, maya);
    await expect(maya.getByTestId("chats")).toBeVisible();
  });

  test("[F-1d-1] [CA255] a call that rings is silenced: it makes no more sound, rings on for who calls, and is answered; the next one rings aloud", {
    tag: "@long",
  }, async () => {
    await keepsSounds(mum);
    await calls(maya, "妈妈", "voice");
    const silence = mum.getByTestId("call-silence");
    await expect(silence).toBeVisible({ timeout: 20_000 });
    await expect.poll(() => ringsAloud(mum)).toBe(true);
    await silence.click();
    await expect(mum.getByTestId("call-silenced")).toBeVisible();
    await expect.poll(() => ringsAloud(mum)).toBe(false);
    await shot(mum, "call-silenced");
    await isAccessible(mum);
    await expect(maya.getByTestId("call-words")).toHaveText("Ringing");
    await mum.getByTestId("call-answer").click();
    await areTalking(mum, maya);
    await hangsUp(maya, mum);
    await calls(maya, "妈妈", "voice");
    await expect(mum.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
    await expect.poll(() => ringsAloud(mum)).toBe(true);
    await maya.getByTestId("call-hang-up").click();
    await expect(mum.getByTestId("call-incoming")).toHaveCount(0);
    await expect.poll(() => ringsAloud(mum)).toBe(false);
  });

  test("[F-1d-1] [CA33] [CA257] it rings on two devices of one person, is answered on one, and both have its record; declined with a line on one, both are still", {
    tag: "@long",
  }, async () => {
    const tablet = await setup.resident(desktop);
    await linkDevice(setup, mum, tablet);
    await letsPass(tablet, "direct");
    await opens(tablet, "Maya");
    await calls(maya, "妈妈", "voice");
    for (const page of [mum, tablet]) await expect(page.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
    await tablet.getByTestId("call-answer").click();
    await areTalking(tablet, maya);
    await expect(mum.getByTestId("call-incoming")).toHaveCount(0);
    await expect(mum.getByTestId("toast")).toContainText("已在其他设备接听");
    await shot(mum, "call-elsewhere");
    await hearEachOther(tablet, maya);
    await hangsUp(maya, tablet);
    await opens(mum, "Maya");
    for (const page of [mum, tablet])
      await expect(page.getByTestId("call-record").last()).toHaveAttribute("data-as", "ended");
    await calls(maya, "妈妈", "voice");
    for (const page of [mum, tablet]) await expect(page.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
    await home(mum);
    await mum.getByTestId("call-reply").click();
    for (const page of [mum, tablet]) await expect(page.getByTestId("call-incoming")).toHaveCount(0);
    await expect(maya.getByTestId("toast")).toContainText("Declined");
    await expect(mum.getByTestId("title")).toContainText("Maya");
    await write(mum, "在开会，五点打给你");
    await sees(maya, "在开会");
  });
});
