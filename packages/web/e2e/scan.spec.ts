/**
 * A code on one screen is read by the camera of another: what is on the glass, seal and round corners included, is
 * filmed a little askew and out of focus, and played to Chromium as what its camera sees.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, expect, type Locator, type Page, test } from "@playwright/test";
import { BrowserSetup, phone } from "./browser-setup.ts";
import { devices, goes, home } from "./people.ts";

const film = { width: 640, height: 480 };

test("[F-2a-2] [ID10] [ID12] [F-1c-3] a camera reads a person's, a device's and a group's code", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(120_000);
  const setup = await BrowserSetup.start(browser);
  const folder = await mkdtemp(join(tmpdir(), "yanshu-camera-"));
  const camera = join(folder, "seen.y4m");
  let withCamera: Browser | undefined;
  try {
    const mum = await setup.resident(phone);
    await setup.settle(mum, "妈妈");
    await goes(mum, "/my-qr");
    await filmed(mum.getByTestId("my-link"), camera);
    const { launchOptions } = test.info().project.use;
    withCamera = await browser.browserType().launch({
      ...launchOptions,
      args: [...(launchOptions?.args ?? []), `--use-file-for-fake-video-capture=${camera}`],
    });

    // A newcomer who stands beside her and has no link.
    const maya = await setup.guest(phone, withCamera);
    await maya.goto(`http://localhost:${setup.port}/`);
    await maya.getByTestId("start").click();
    await maya.getByTestId("scan").click();
    await maya.getByTestId("name").fill("Maya");
    await maya.getByTestId("next").click();
    await maya.getByTestId("later").click();
    await maya.getByTestId("send-request").click();
    await home(mum);
    await mum.getByTestId("tab-contacts").click();
    await mum.getByTestId("requests").click();
    await mum.getByTestId("request-accept").click();
    await expect(maya.getByTestId("conversation")).toHaveAttribute("data-state", "open");
    await expect(mum.getByTestId("conversation")).toHaveAttribute("data-state", "open");

    // Her tablet shows its code to the phone that she is signed in with.
    const tablet = await setup.resident(phone);
    await tablet.goto(`http://localhost:${setup.port}/`);
    await tablet.getByTestId("used").click();
    await filmed(tablet.getByTestId("device-link"), camera);
    await devices(maya);
    await maya.getByTestId("link-device").click();
    await expect(maya.getByTestId("link-words")).toBeVisible();
    await tablet.getByTestId("join-yes").click();
    await maya.getByTestId("words-same").click();
    await expect(tablet.getByTestId("chat-row").filter({ hasText: "妈妈" })).toBeVisible({ timeout: 30_000 });

    // A group's link is the longest there is.
    await home(mum);
    await mum.getByTestId("plus").click();
    await mum.getByTestId("plus-group").click();
    await mum.getByTestId("pick").first().click();
    await mum.getByTestId("picked-done").click();
    await mum.getByTestId("ask-field").fill("一家人");
    await mum.getByTestId("ask-yes").click();
    await expect(mum.getByTestId("title")).toContainText("一家人 (2)");
    await goes(mum, `${new URL(mum.url()).pathname}/qr`);
    await mum.getByTestId("make-link").click();
    await mum.getByTestId("make-link-yes").click();
    await filmed(mum.getByTestId("group-qr-code"), camera);
    const newcomer = await setup.guest(phone, withCamera);
    await newcomer.goto(`http://localhost:${setup.port}/`);
    await newcomer.getByTestId("start").click();
    await newcomer.getByTestId("scan").click();
    await expect(newcomer.getByTestId("name")).toBeVisible();
  } finally {
    await setup.close();
    await withCamera?.close();
    await rm(folder, { recursive: true, force: true });
  }
});

/** Writes what a camera before that screen would see to `file`, over what it saw before. */
async function filmed(code: Locator, file: string): Promise<void> {
  await expect(code).toHaveAttribute("data-link", /#/);
  const picture = await code.locator("..").screenshot();
  const luma = await seen(code.page(), picture.toString("base64"));
  const frame = Buffer.concat([
    Buffer.from("FRAME\n"),
    Buffer.from(luma, "base64"),
    Buffer.alloc((film.width * film.height) / 2, 128), // No colour.
  ]);
  const head = Buffer.from(`YUV4MPEG2 W${film.width} H${film.height} F10:1 Ip C420jpeg\n`);
  await writeFile(file, Buffer.concat([head, frame, frame]));
}

/**
 * Grey values of the film's size, in base64: the picture turned by a few degrees and not quite sharp, on a dark desk.
 */
function seen(page: Page, picture: string): Promise<string> {
  return page.evaluate(
    async ({ bytes, width, height }) => {
      const png = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([png], { type: "image/png" }));
      const context = new OffscreenCanvas(width, height).getContext("2d");
      if (context === null) throw new Error("no canvas");
      const side = height * 0.8;
      context.fillStyle = "#444";
      context.fillRect(0, 0, width, height);
      context.filter = "blur(0.6px)";
      context.translate(width / 2, height / 2);
      context.rotate(0.07);
      context.drawImage(bitmap, -side / 2, -side / 2, side, side);
      const { data } = context.getImageData(0, 0, width, height);
      let grey = "";
      for (let at = 0; at < data.length; at += 4) {
        grey += String.fromCharCode(
          Math.round(0.3 * (data[at] ?? 0) + 0.59 * (data[at + 1] ?? 0) + 0.11 * (data[at + 2] ?? 0)),
        );
      }
      return btoa(grey);
    },
    { bytes: picture, ...film },
  );
}
