/**
 * Pictures, voice, video and files between two people, on a phone in 简体 and on a desktop in English.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { type BrowserSetup, kept, looks } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { goes, isAccessible, sees, shot } from "./people.ts";

for (const [name, look] of looks) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial", timeout: 120_000 });
    let setup: BrowserSetup;
    let [mum, kid] = [] as unknown as [Page, Page];
    let folder = "";

    test.beforeAll(async ({ browser }) => {
      test.setTimeout(240_000);
      folder = await mkdtemp(join(tmpdir(), "yanshu-media-"));
      const family = await familyIn(browser, "妈妈 Maya", [look, { look, more: kept }]);
      setup = family.setup;
      [mum, kid] = family.people;
    });
    test.afterAll(async () => {
      await setup.close();
      await rm(folder, { recursive: true, force: true });
    });

    test(`[F-1a-8] [ME10] photos: put in order, a line under them, as originals, seen large and saved (${name})`, async () => {
      const paths = await photographs(mum, folder, 3);
      await pick(mum, "plus-photo", paths);
      await expect(mum.getByTestId("preview-thumb")).toHaveCount(3);
      await mum.getByTestId("preview-later").click();
      await mum.getByTestId("preview-original").click();
      await mum.getByTestId("preview-caption").fill("傍晚的金门大桥");
      await shot(mum, `${name}-photo-preview`);
      await isAccessible(mum);
      await mum.getByTestId("preview-send").click();
      const photos = kid.getByTestId("photos").last();
      await expect(photos).toHaveAttribute("data-count", "3");
      await expect(photos).toContainText("傍晚的金门大桥");
      await expect(photos.getByTestId("photo-sharp")).toHaveCount(3);
      await shot(kid, `${name}-photos`);
      await isAccessible(kid);

      await photos.getByTestId("photo").first().click();
      await expect(kid.getByTestId("viewer")).toBeVisible();
      await expect(kid.getByTestId("viewer-place")).toContainText("1 / 3");
      await kid.keyboard.press("ArrowRight");
      await expect(kid.getByTestId("viewer-place")).toContainText("2 / 3");
      // The first that was picked stands second now; its original is asked for, and has lost the place.
      await kid.getByTestId("viewer-original").click();
      await expect(kid.getByTestId("viewer-shown")).toHaveAttribute("data-original", "true");
      await kid.getByTestId("viewer-closer").click();
      await expect(kid.getByTestId("viewer-shown")).toHaveAttribute("style", /scale\(1\.6\)/);
      await shot(kid, `${name}-viewer`);
      await isAccessible(kid);
      const download = kid.waitForEvent("download");
      await kid.getByTestId("viewer-save").click();
      const saved = await readFile(await (await download).path());
      const sent = await readFile(paths[0] ?? "");
      expect(sent.includes("GPS 31.2304")).toBe(true);
      expect(saved.includes("GPS 31.2304")).toBe(false);
      expect(saved.length).toBeGreaterThan(sent.length - 200);
      await kid.keyboard.press("Escape");
      await expect(kid.getByTestId("viewer")).toHaveCount(0);
    });

    test(`[F-1a-8] [ME11] what a mosaic covers is gone before it is sent (${name})`, async () => {
      const [path = ""] = await photographs(mum, folder, 1);
      await pick(mum, "plus-photo", [path]);
      await mum.getByTestId("preview-draw").click();
      await mum.getByTestId("doodle-mosaic").click();
      const box = await mum.getByTestId("doodle-canvas").boundingBox();
      if (box === null) throw new Error("no canvas");
      const y = box.y + box.height / 2;
      await mum.mouse.move(box.x + 5, y);
      await mum.mouse.down();
      await mum.mouse.move(box.x + box.width - 5, y, { steps: 8 });
      await mum.mouse.up();
      await shot(mum, `${name}-mosaic`);
      await mum.getByTestId("doodle-done").click();
      await mum.getByTestId("preview-send").click();
      const photo = kid.getByTestId("photos").last();
      await expect(photo).toHaveAttribute("data-count", "1");
      await photo.getByTestId("photo").click();
      const shown = kid.getByTestId("viewer-shown");
      await expect(shown).not.toHaveClass(/blurred/);
      const contrast = await shown.evaluate(contrastOf);
      expect(contrast.covered).toBeLessThan(12);
      expect(contrast.open).toBeGreaterThan(60);
      await kid.keyboard.press("Escape");
    });

    test(`[F-1a-5] voice: held, slid away, locked by a tap; heard one after the other, at another speed (${name})`, async () => {
      await mum.getByTestId("talk").click();
      const hold = mum.getByTestId("talk-hold");
      await press(mum, 1_400);
      await expect(kid.getByTestId("voice")).toHaveCount(1);
      // Slid up: nothing is sent.
      await press(mum, 900, -140);
      await expect(mum.getByTestId("talking")).toHaveCount(0);
      // A tap begins, and goes on without the finger.
      await hold.click();
      await expect(mum.getByTestId("talking")).toHaveAttribute("data-mode", "locked");
      await mum.waitForTimeout(1_200);
      await shot(mum, `${name}-talk`);
      await isAccessible(mum);
      await mum.getByTestId("talk-send").click();
      const voices = kid.getByTestId("voice");
      await expect(voices).toHaveCount(2);
      await expect(mum.getByTestId("voice")).toHaveCount(2);
      await expect(kid.getByTestId("unheard")).toHaveCount(2);
      await shot(kid, `${name}-voice`);
      await isAccessible(kid);
      await voices.first().getByTestId("voice-play").click();
      await expect(voices.first()).toHaveAttribute("data-heard", "true");
      await voices.first().getByTestId("voice-speed").click();
      await expect(voices.first().getByTestId("voice-speed")).toHaveText("1.5×");
      // The next unheard one plays by itself.
      await expect(voices.nth(1)).toHaveAttribute("data-heard", "true");
      await expect(kid.getByTestId("unheard")).toHaveCount(0);
      await mum.getByTestId("talk").click();
    });

    test(`[F-1a-5] [WE58] what a voice says is written down on this device alone, where the browser can (${name})`, async () => {
      await expect(mum.getByTestId("voice-write")).toHaveCount(0); // Nobody asks a browser that does not promise it.
      const chat = new URL(kid.url()).pathname;
      await kid.addInitScript(recogniser);
      await kid.reload();
      await goes(kid, chat);
      const asked: string[] = [];
      const note = (request: { url: () => string }) => asked.push(request.url());
      const write = kid.getByTestId("voice-write");
      await expect(write).toHaveCount(2);
      await kid.waitForLoadState("networkidle");
      await isAccessible(kid);
      await shot(kid, `${name}-voice-write`);
      kid.on("request", note);
      await write.first().click();
      const words = kid.getByTestId("voice-words");
      await expect(words).toContainText("冬至那天回来吃饺子");
      kid.off("request", note);
      expect(asked.filter((url) => !url.startsWith(`${new URL(kid.url()).origin}/assets/`))).toEqual([]);
      await isAccessible(kid);
      await shot(kid, `${name}-voice-words`);
      await words.getByTestId("voice-words-off").click();
      await expect(words).toHaveCount(0);
      await expect(write).toHaveCount(2);
    });

    test(`[F-1a-9] [ME12] [ME24] video: seen before it goes, packed anew, plays and seeks before all of it is there (${name})`, async () => {
      const path = await film(mum, folder);
      await pick(mum, "plus-photo", [path]);
      await expect(mum.getByTestId("ready-file")).toContainText("MB");
      await expect(mum.getByTestId("video")).toHaveCount(0); // Nothing goes by itself.
      await isAccessible(mum);
      await shot(mum, `${name}-ready-film`);
      await mum
        .getByTestId("ready-sheet")
        .getByRole("button", { name: /取消|Cancel/ })
        .click();
      await expect(mum.getByTestId("ready-sheet")).toHaveCount(0);
      await pick(mum, "plus-photo", [path]);
      await mum
        .locator("label")
        .filter({ has: mum.getByTestId("ready-small") })
        .click();
      await mum.getByTestId("ready-word").fill("看看院子");
      await mum.getByTestId("ready-send").click();
      await sees(kid, "看看院子", 60_000);
      const card = kid.getByTestId("video").last();
      await expect(card).toBeVisible({ timeout: 30_000 });
      await expect(card).toHaveAttribute("data-state", "away");
      await shot(kid, `${name}-video`);
      await isAccessible(kid);
      await card.click();
      const video = kid.getByTestId("player-video");
      await expect.poll(() => video.evaluate((one: HTMLVideoElement) => one.currentTime)).toBeGreaterThan(0.2);
      const seeked = await video.evaluate(async (one: HTMLVideoElement) => {
        one.pause();
        const arrived = new Promise((resolve) => one.addEventListener("seeked", resolve, { once: true }));
        one.currentTime = one.duration - 0.4;
        await arrived;
        return { at: one.currentTime, length: one.duration, from: new URL(one.currentSrc).pathname };
      });
      expect(seeked.length).toBeGreaterThan(3);
      expect(seeked.at).toBeGreaterThan(seeked.length - 0.6);
      expect(seeked.from).toMatch(/^\/files\/[0-9a-f]{32}$/);
      await isAccessible(kid);
      await kid.getByTestId("player-close").click();
      await expect(kid.getByTestId("player")).toHaveCount(0);
    });

    test(`[F-1a-11] [ME14] a place is said by its name and coordinates, and nobody is asked for a map (${name})`, async () => {
      await mum.context().setGeolocation({ latitude: 31.2304, longitude: 121.4737 });
      await mum.context().grantPermissions(["geolocation", "clipboard-read", "clipboard-write"]);
      if (!(await mum.getByTestId("plus-panel").isVisible())) await mum.getByTestId("plus-open").click();
      await mum.getByTestId("plus-location").click();
      await expect(mum.getByTestId("place-found")).toBeVisible();
      await mum.getByTestId("place-name").fill("人民广场 2 号口");
      await shot(mum, `${name}-place-sheet`);
      await isAccessible(mum);
      await mum.getByTestId("place-send").click();
      const place = kid.getByTestId("place").last();
      await expect(place).toContainText("人民广场 2 号口");
      await expect(place.getByTestId("place-open")).toHaveAttribute("href", /^geo:31\.230400,121\.473700\?q=/);
      await expect(place).not.toContainText(/\d\d\.\d/); // No figures that nobody reads.
      await shot(kid, `${name}-place`);
      await isAccessible(kid);
    });

    test(`[WE43] without leave to know where the device is, a name alone is a place, and one can turn back (${name})`, async () => {
      await mum.context().clearPermissions();
      const opens = async () => {
        if (!(await mum.getByTestId("plus-panel").isVisible())) await mum.getByTestId("plus-open").click();
        await mum.getByTestId("plus-location").click();
        await expect(mum.getByTestId("place-unknown")).toBeVisible();
      };
      await opens();
      await expect(mum.getByTestId("place-send")).toHaveAttribute("aria-disabled", "true");
      await isAccessible(mum);
      await shot(mum, `${name}-place-unknown`);
      await mum
        .getByTestId("place-sheet")
        .getByRole("button", { name: /取消|Cancel/ })
        .click();
      await expect(mum.getByTestId("place-sheet")).toHaveCount(0);
      await opens();
      await mum.getByTestId("place-name").fill("教会二楼");
      await mum.getByTestId("place-send").click();
      const place = kid.getByTestId("place").last();
      await expect(place).toContainText("教会二楼");
      await expect(place.getByTestId("place-open")).toHaveAttribute(
        "href",
        `geo:0,0?q=${encodeURIComponent("教会二楼")}`,
      );
      await isAccessible(kid);
      await shot(kid, `${name}-place-named`);
    });

    test(`[F-1a-10] [ME26] a file is sent, fetched and saved as it was (${name})`, async () => {
      const bytes = randomBytes(3_300_000);
      const path = join(folder, "茉莉花_四声部_修订版_二〇二六年春季音乐会用.pdf");
      await writeFile(path, bytes);
      await pick(mum, "plus-file", [path]);
      await expect(mum.getByTestId("ready-file")).toContainText("3.3 MB");
      await isAccessible(mum);
      await shot(mum, `${name}-ready-file`);
      // What stands under a file from its first frame on, and how high it is.
      await mum.evaluate(() => {
        const seen = { said: new Set<string>(), heights: new Set<number>() };
        Object.assign(globalThis, { seen });
        const look = () => {
          for (const one of document.querySelectorAll("[data-testid=file-kept]")) seen.said.add(one.textContent);
          for (const one of document.querySelectorAll(".bub.media.file")) seen.heights.add(one.clientHeight);
        };
        new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
      });
      await mum.getByTestId("ready-send").click();
      const card = kid.getByTestId("file").last();
      await expect(card).toContainText("3.3 MB");
      await expect(card.getByTestId("file-kept")).toContainText("30");
      // Who sends it is never told a guess, and the bubble does not jump while it goes.
      await expect(mum.getByTestId("file-kept").last()).toContainText("30");
      const seen = await mum.evaluate(() => {
        const { said, heights } = (globalThis as unknown as { seen: { said: Set<string>; heights: Set<number> } }).seen;
        return { said: [...said], heights: [...heights] };
      });
      expect(seen.said.filter((words) => /保留|Kept/.test(words) && !words.includes("30"))).toEqual([]);
      expect(seen.heights).toEqual([seen.heights[0]]);
      await card.getByTestId("file-act").click();
      await expect(card).toHaveAttribute("data-state", "here");
      await shot(kid, `${name}-file`);
      await isAccessible(kid);
      const download = kid.waitForEvent("download");
      await card.getByTestId("file-act").click();
      const saved = await download;
      expect(saved.suggestedFilename()).toContain("茉莉花");
      expect(Buffer.compare(await readFile(await saved.path()), bytes)).toBe(0);
    });

    test(`[ME25] a picture of oneself is moved under a frame and turned (${name})`, async () => {
      await goes(mum, "/me/profile");
      // Red on its left, blue on its right.
      const bytes = await mum.evaluate(async () => {
        const canvas = new OffscreenCanvas(800, 400);
        const pen = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
        for (const [at, colour] of ["red", "blue"].entries()) {
          pen.fillStyle = colour;
          pen.fillRect(at * 400, 0, 400, 400);
        }
        return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer())];
      });
      const picture = { name: "me.png", mimeType: "image/png", buffer: Buffer.from(bytes) };
      await mum.getByTestId("picture-input").setInputFiles(picture);
      await expect(mum.getByTestId("crop-canvas")).toBeVisible();
      await isAccessible(mum);
      await shot(mum, `${name}-crop`);
      await mum.keyboard.press("Escape");
      await expect(mum.getByTestId("crop")).toHaveCount(0);
      await mum.getByTestId("picture-input").setInputFiles(picture);
      const canvas = mum.getByTestId("crop-canvas");
      await canvas.focus();
      for (let n = 0; n < 20; n++) await mum.keyboard.press("ArrowRight");
      expect(await coloursOf(canvas)).toEqual(["red", "red"]);
      for (let n = 0; n < 10; n++) await mum.keyboard.press("ArrowLeft");
      // Turned, what stood left stands above.
      await mum.getByTestId("crop-turn").click();
      await mum.getByTestId("crop-zoom").fill("1.5");
      await shot(mum, `${name}-crop-turned`);
      expect(await coloursOf(canvas)).toEqual(["red", "blue"]);
      await mum.getByTestId("crop-done").click();
      await expect(mum.locator(".face-button img")).toBeVisible();
      await goes(mum, "/");
    });
  });
}

/** Opens the plus panel, picks an entry, and chooses files as a person would. */
async function pick(page: Page, entry: string, paths: readonly string[]): Promise<void> {
  if (!(await page.getByTestId("plus-panel").isVisible())) await page.getByTestId("plus-open").click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId(entry).click();
  await (await chooser).setFiles([...paths]);
}

/** Photographs as a camera writes them: a fine pattern, and the place beside it. */
async function photographs(page: Page, folder: string, count: number): Promise<readonly string[]> {
  const paths: string[] = [];
  for (let i = 0; i < count; i++) {
    const base64 = await page.evaluate(async (hue) => {
      const canvas = new OffscreenCanvas(960, 720);
      const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
      for (let x = 0; x < 960; x += 4)
        for (let y = 0; y < 720; y += 4) {
          context.fillStyle = `hsl(${hue + x / 12} 70% ${(x + y) % 8 === 0 ? 85 : 25}%)`;
          context.fillRect(x, y, 4, 4);
        }
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      return btoa(text);
    }, i * 90);
    const drawn = Buffer.from(base64, "base64");
    const exif = Buffer.concat([
      Buffer.from("Exif\0\0MM\0*\0\0\0\x08\0\0", "latin1"),
      Buffer.from("GPS 31.2304 N 121.4737 E"),
    ]);
    const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
    const path = join(folder, `IMG_${i}_${Date.now()}.jpg`);
    await writeFile(path, Buffer.concat([drawn.subarray(0, 2), head, exif, drawn.subarray(2)]));
    paths.push(path);
  }
  return paths;
}

/** How far neighbours differ where the mosaic went, and where it did not. Runs in the page. */
function contrastOf(image: SVGElement | HTMLElement): { covered: number; open: number } {
  const picture = image as HTMLImageElement;
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.drawImage(picture, 0, 0);
  const mean = (x: number, y: number) => {
    const { data } = context.getImageData(x, y, 12, 8);
    let sum = 0;
    for (let at = 0; at + 16 < data.length; at += 4) sum += Math.abs((data[at] ?? 0) - (data[at + 16] ?? 0));
    return sum / (data.length / 4);
  };
  const { width, height } = canvas;
  // In the middle of a cell: where two meet there is an edge of course.
  return { covered: mean(width / 2 + 4, height / 2 + 4), open: mean(width / 2, Math.round(height / 8)) };
}

/** The finger on the talk button for a while, and then off it, perhaps after a slide. */
async function press(page: Page, ms: number, slide = 0): Promise<void> {
  const box = await page.getByTestId("talk-hold").boundingBox();
  if (box === null) throw new Error("no talk button");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await expect(page.getByTestId("talking")).toHaveAttribute("data-mode", "held");
  await page.waitForTimeout(ms);
  if (slide !== 0) await page.mouse.move(x, y + slide, { steps: 4 });
  await page.mouse.up();
}

/** A film of four seconds, as large as a telephone makes it. */
async function film(page: Page, folder: string): Promise<string> {
  const base64 = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    canvas.width = 640;
    canvas.height = 360;
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    const draw = setInterval(() => {
      for (let i = 0; i < 400; i++) {
        context.fillStyle = `hsl(${Math.random() * 360} 80% ${Math.random() * 100}%)`;
        context.fillRect(Math.random() * 640, Math.random() * 360, 12, 12);
      }
    }, 40);
    const recorder = new MediaRecorder(canvas.captureStream(25), {
      mimeType: "video/webm;codecs=vp8",
      videoBitsPerSecond: 6_000_000,
    });
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
    recorder.stop();
    await stopped;
    clearInterval(draw);
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  });
  const path = join(folder, `film-${Date.now()}.webm`);
  await writeFile(path, Buffer.from(base64, "base64"));
  return path;
}

/** What stands in the middle of its upper half, and of its lower one. */
function coloursOf(canvas: Locator): Promise<readonly string[]> {
  return canvas.evaluate((one) => {
    if (!(one instanceof HTMLCanvasElement)) return [];
    const pen = one.getContext("2d");
    return [0.25, 0.75].map((down) => {
      const [red = 0, , blue = 0] = pen?.getImageData(one.width / 2, one.height * down, 1, 1).data ?? [];
      return red > blue ? "red" : "blue";
    });
  });
}

/**
 * A recogniser of the test's own in place of the browser's, with the interface of the specification: it hears the track
 * that it is given, refuses to work anywhere but here, and knows one sentence.
 */
function recogniser(): void {
  class SpeechRecognition {
    processLocally = false;
    onresult: ((event: unknown) => void) | null = null;
    onerror: ((event: { error: string }) => void) | null = null;
    onend: (() => void) | null = null;
    private peak = 0;
    private timer = 0;
    static async available(of: { langs: string[]; processLocally: boolean }) {
      return of.processLocally ? "available" : "unavailable";
    }
    start(track: MediaStreamTrack) {
      if (!this.processLocally || track.kind !== "audio") throw new DOMException("not here", "NotAllowedError");
      const context = new AudioContext();
      const ear = context.createAnalyser();
      context.createMediaStreamSource(new MediaStream([track])).connect(ear);
      const heard = new Float32Array(ear.fftSize);
      this.timer = window.setInterval(() => {
        ear.getFloatTimeDomainData(heard);
        this.peak = Math.max(this.peak, ...heard);
      }, 20);
    }
    stop() {
      clearInterval(this.timer);
      const transcript = this.peak > 0.001 ? "冬至那天回来吃饺子" : "";
      this.onresult?.({ resultIndex: 0, results: [[{ transcript }]] });
      this.onend?.();
    }
  }
  Object.defineProperty(SpeechRecognition.prototype, "processLocally", { value: false, writable: true });
  Object.assign(globalThis, { SpeechRecognition });
  Object.defineProperty(navigator, "userAgentData", {
    value: { brands: [{ brand: "Google Chrome", version: "156" }] },
  });
}
