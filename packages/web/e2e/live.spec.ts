/** Live in real browsers, with Chromium's own microphone and camera: FEATURES §2c, row 3. */
import { expect, type Page, test } from "@playwright/test";
import { type BrowserSetup, desktop, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { home, isAccessible, opens, shot } from "./people.ts";

/** How many pictures this page has drawn of what it watches. */
const drawn = (page: Page) =>
  page
    .getByTestId("live-picture")
    .evaluate((video) => (video as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames);

const heightOf = (page: Page) =>
  page.getByTestId("live-picture").evaluate((video) => (video as HTMLVideoElement).videoHeight);
const isHigh = (page: Page) =>
  page.getByTestId("live-picture").evaluate((video) => {
    const { videoHeight, videoWidth } = video as HTMLVideoElement;
    return videoHeight > videoWidth;
  });

/**
 * What one sees in the left of the middle of a picture, where Chromium's own camera has one green: of the screen
 * itself, for a canvas may be given other colours than the eye.
 */
async function colourOf(page: Page, picture: string): Promise<number[]> {
  const { x, y, width, height } = (await page.locator(picture).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const clip = { x: x + width * 0.08, y: y + height / 2, width: 2, height: 2 };
  const png = [...(await page.screenshot({ clip }))];
  return page.evaluate(async (bytes) => {
    const shown = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
    const drawn = new OffscreenCanvas(2, 2).getContext("2d");
    drawn?.drawImage(shown, 0, 0);
    return [...(drawn?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3);
  }, png);
}

test.describe("live", () => {
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

  test("[F-2c-3] [CA175] one of a group shows from the plus, another watches from the strip, and sees the picture move", async () => {
    await maya.evaluate(() => {
      const taken: MediaStreamTrack[] = [];
      const { mediaDevices } = navigator;
      const take = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (wanted) => {
        const stream = await take(wanted);
        taken.push(...stream.getTracks());
        return stream;
      };
      const copy = MediaStreamTrack.prototype.clone;
      MediaStreamTrack.prototype.clone = function (this: MediaStreamTrack) {
        const track = copy.call(this);
        taken.push(track);
        return track;
      };
      Object.assign(window, { taken });
    });
    await maya.getByTestId("plus-open").click();
    await maya.getByTestId("plus-live").click();
    await expect(maya.getByTestId("live-words")).toHaveText("Live", { timeout: 30_000 });
    await expect(mum.getByTestId("live-strip")).toContainText("Maya正在直播", { timeout: 30_000 });
    await expect(mum.getByTestId("group-call-incoming")).toHaveCount(0);
    await shot(mum, "live-strip");
    await isAccessible(mum);
    await mum.getByTestId("live-watch").click();
    await expect(mum.getByTestId("live-watching")).toHaveAttribute("data-at", "on", { timeout: 30_000 });
    await expect.poll(() => drawn(mum), { timeout: 30_000 }).toBeGreaterThan(15);
    await expect(maya.getByTestId("live-count")).toHaveText("1 watching", { timeout: 20_000 });
    await shot(mum, "live-watching");
    await shot(maya, "live-show");
    await isAccessible(mum);
    await isAccessible(maya);
  });

  test("[F-2c-3] [CA260] what is watched has the colours of what is shown, in both sizes", async () => {
    const shown = await colourOf(maya, "[data-testid=live-show] video");
    expect(shown[1]).toBeGreaterThan(100);
    const differs = async () => {
      const seen = await colourOf(mum, "[data-testid=live-picture]");
      return Math.max(...seen.map((value, i) => Math.abs(value - (shown[i] as number))));
    };
    expect(await differs()).toBeLessThan(12);
    await mum.getByTestId("live-spare").click();
    await expect.poll(() => heightOf(mum), { timeout: 20_000 }).toBeLessThanOrEqual(270);
    expect(await differs()).toBeLessThan(12);
    await mum.getByTestId("live-spare").click();
    await expect.poll(() => heightOf(mum), { timeout: 20_000 }).toBeGreaterThan(270);
  });

  test("[F-2c-3] [CA177] what is watched stays near what is shown", async () => {
    const picture = mum.getByTestId("live-picture");
    const end = () =>
      picture.evaluate((element) => {
        const { buffered } = element as HTMLVideoElement;
        return buffered.length === 0 ? 0 : buffered.end(buffered.length - 1);
      });
    const late = async () =>
      (await end()) - (await picture.evaluate((element) => (element as HTMLVideoElement).currentTime));
    await expect.poll(end, { timeout: 30_000 }).toBeGreaterThan(7);
    await picture.evaluate((element) => {
      (element as HTMLVideoElement).currentTime = 0;
    });
    // A viewer that fell behind comes back to what is newest.
    await expect.poll(late, { timeout: 30_000 }).toBeLessThan(3);
  });

  test("[F-2c-3] [CA175] a comment and a heart are seen by both", async () => {
    await mum.getByTestId("live-field").fill("好看！");
    await mum.getByTestId("live-send").click();
    for (let n = 0; n < 3; n++) await mum.getByTestId("live-heart").click();
    for (const page of [mum, maya]) {
      await expect(page.getByTestId("live-comment")).toContainText("好看！", { timeout: 20_000 });
      await expect(page.getByTestId("live-hearts")).toHaveText("3", { timeout: 20_000 });
    }
    await expect(mum.getByTestId("live-field")).toHaveValue("");
    await shot(mum, "live-comment");
    await shot(maya, "live-comment");
    await isAccessible(maya);
  });

  test("[F-2c-3] [CA175] in elder mode there is the picture, the voice and one large button that leaves", async () => {
    await ben.goto(new URL("/me/settings", ben.url()).href);
    await ben.getByTestId("setting-elder").click();
    await home(ben);
    await opens(ben, "一家人");
    await ben.getByTestId("live-watch").click();
    await expect(ben.getByTestId("live-watching")).toHaveAttribute("data-at", "on", { timeout: 30_000 });
    await expect.poll(() => drawn(ben), { timeout: 30_000 }).toBeGreaterThan(15);
    await expect(maya.getByTestId("live-count")).toHaveText("2 watching", { timeout: 20_000 });
    await expect(ben.getByTestId("live-field")).toHaveCount(0);
    await shot(ben, "live-elder");
    await isAccessible(ben);
    const box = await ben.getByTestId("live-leave").boundingBox();
    expect(box?.height).toBeGreaterThanOrEqual(72);
    await ben.getByTestId("live-leave").click();
    await expect(ben.getByTestId("live-watching")).toHaveCount(0);
    await expect(maya.getByTestId("live-count")).toHaveText("1 watching", { timeout: 20_000 });
    await ben.emulateMedia({ colorScheme: "dark" });
    await shot(ben, "live-strip-elder-dark");
    await isAccessible(ben);
  });

  test("[F-2c-3] [CA176] [CA237] the camera gives way to another one, and who watches goes on seeing, whatever encodes", {
    tag: "@long",
  }, async () => {
    const show = maya.getByTestId("live-show");
    await expect(show).toHaveAttribute("data-encodes", "worker");
    // As a browser that hands no frames to a worker.
    await maya.evaluate(() => {
      const own = Worker.prototype.postMessage;
      Object.assign(window, { giveBack: () => Object.assign(Worker.prototype, { postMessage: own }) });
      Worker.prototype.postMessage = function (this: Worker, message: unknown, ...more: unknown[]) {
        if ((message as { kind?: string } | null)?.kind === "begin") throw new DOMException("no", "DataCloneError");
        return (own as (...all: unknown[]) => void).call(this, message, ...more);
      } as typeof own;
    });
    for (const encodes of ["page", "worker"]) {
      const before = await drawn(mum);
      await maya.getByTestId("live-flip").click();
      await expect(show).toHaveAttribute("data-encodes", encodes, { timeout: 20_000 });
      await expect.poll(() => drawn(mum), { timeout: 30_000 }).toBeGreaterThan(before + 30);
      await maya.evaluate(() => (window as unknown as { giveBack: () => void }).giveBack());
    }
    await maya.getByTestId("live-mute").click();
    await expect(maya.getByTestId("live-mute")).toHaveAttribute("aria-pressed", "true");
  });

  test("[F-2c-3] [CA243] until a camera gives its first frame there is a face in the place of a black picture", async () => {
    await maya.evaluate(() => {
      const { mediaDevices } = navigator;
      const own = mediaDevices.getUserMedia.bind(mediaDevices);
      const canvas = document.createElement("canvas");
      const drawn = canvas.getContext("2d");
      // A camera that is slow to begin.
      const stream = canvas.captureStream(0);
      mediaDevices.getUserMedia = async () => stream;
      const begin = () => {
        drawn?.fillRect(0, 0, 10, 10);
        const [track] = stream.getVideoTracks() as unknown as readonly { requestFrame: () => void }[];
        track?.requestFrame();
      };
      const giveBack = () => Object.assign(mediaDevices, { getUserMedia: own });
      Object.assign(window, { begin, giveBack });
    });
    const none = maya.getByTestId("live-no-picture");
    await expect(none).toHaveCount(0);
    await maya.getByTestId("live-flip").click();
    await expect(none).toBeVisible();
    await shot(maya, "live-no-picture");
    await maya.evaluate(() => (window as unknown as { begin: () => void }).begin());
    await expect(none).toHaveCount(0);
    await maya.evaluate(() => (window as unknown as { giveBack: () => void }).giveBack());
    await maya.getByTestId("live-flip").click();
    const before = await drawn(mum);
    await expect.poll(() => drawn(mum), { timeout: 30_000 }).toBeGreaterThan(before + 15);
  });

  test("[F-2c-3] [CA223] who spares data sees the small picture, reads so, and has the full one back", async () => {
    await mum.getByTestId("live-spare").click();
    await expect(mum.getByTestId("live-words")).toHaveText("小画面，省流量", { timeout: 20_000 });
    await expect.poll(() => heightOf(mum), { timeout: 20_000 }).toBeLessThanOrEqual(270);
    await shot(mum, "live-small");
    await isAccessible(mum);
    await mum.getByTestId("live-spare").click();
    await expect(mum.getByTestId("live-words")).toHaveText("正在直播", { timeout: 20_000 });
    await expect.poll(() => heightOf(mum), { timeout: 20_000 }).toBeGreaterThan(270);
  });

  test("[F-2c-3] [CA176] the screen takes the camera's place, and gives it back", async () => {
    // A screen that is higher than wide, and shows one colour after the other.
    await maya.evaluate(() => {
      navigator.mediaDevices.getDisplayMedia = async () => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [360, 640];
        const drawn = canvas.getContext("2d");
        let hue = 0;
        setInterval(() => {
          if (drawn === null) return;
          hue += 40;
          drawn.fillStyle = `hsl(${hue} 80% 50%)`;
          drawn.fillRect(0, 0, canvas.width, canvas.height);
        }, 100);
        return canvas.captureStream(10);
      };
    });
    await maya.getByTestId("live-screen").click();
    await expect(maya.getByTestId("live-screen")).toHaveAttribute("aria-pressed", "true");
    await expect(maya.getByTestId("live-flip")).toHaveCount(0);
    await expect.poll(() => isHigh(mum), { timeout: 30_000 }).toBe(true);
    await shot(mum, "live-screen");
    await shot(maya, "live-screen");
    await isAccessible(maya);
    await maya.getByTestId("live-screen").click();
    await expect(maya.getByTestId("live-screen")).toHaveAttribute("aria-pressed", "false");
    await expect.poll(() => isHigh(mum), { timeout: 30_000 }).toBe(false);
  });

  test("[F-2c-3] [CA222] a browser that can only watch says so before one taps, and one that cannot watch says that", async () => {
    await ben.addInitScript(() => {
      Reflect.deleteProperty(globalThis, "VideoEncoder");
      Reflect.deleteProperty(globalThis, "MediaSource");
      Reflect.deleteProperty(globalThis, "ManagedMediaSource");
    });
    // Out of elder mode, where there is no plus; the page begins anew without those parts.
    await ben.goto(new URL("/me/settings", ben.url()).href);
    await ben.getByTestId("setting-elder").click();
    await home(ben);
    await opens(ben, "一家人");
    await expect(ben.getByTestId("live-strip")).toContainText("这个浏览器放不了这场直播", { timeout: 20_000 });
    await expect(ben.getByTestId("live-watch")).toHaveCount(0);
    await ben.getByTestId("plus-open").click();
    await expect(ben.getByTestId("plus-live")).toContainText("这里只能看");
    await shot(ben, "live-cannot");
    await isAccessible(ben);
    await ben.getByTestId("plus-live").click();
    await expect(ben.getByText("要开直播，请用 Chrome")).toBeVisible();
    await expect(ben.getByTestId("live-show")).toHaveCount(0);
  });

  test("[F-2c-3] [CA172] [CA176] [CA237] it ends for all, camera and microphone are off, it is kept as a film in the chat if one wants, and leaves its record", async () => {
    await maya.getByTestId("live-end").click();
    const states = () =>
      maya.evaluate(() => (window as unknown as { taken: MediaStreamTrack[] }).taken.map((one) => one.readyState));
    await expect.poll(async () => [...new Set(await states())], { timeout: 20_000 }).toEqual(["ended"]);
    await expect(mum.getByTestId("live-watching")).toHaveCount(0, { timeout: 20_000 });
    await expect(mum.getByTestId("live-record")).toHaveAttribute("data-as", "ended", { timeout: 20_000 });
    await expect(mum.getByTestId("live-strip")).toHaveCount(0);
    await shot(maya, "live-keep");
    await maya.getByTestId("confirm-yes").click();
    await maya.getByTestId("ready-send").click();
    await expect(mum.getByTestId("video").first()).toBeVisible({ timeout: 60_000 });
    await shot(mum, "live-record");
    await isAccessible(mum);
  });
});
