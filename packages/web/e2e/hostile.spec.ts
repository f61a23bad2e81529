/**
 * What somebody with ill will could send: files that would run in a browser, names that lie, pictures that are none or
 * are far too large. Each is shown as what it is, and saved under a plain name; nothing of it runs in the app.
 */
import { readFile } from "node:fs/promises";
import { crc32, deflateSync } from "node:zlib";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { type BrowserSetup, type Chosen, kept, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { keepsApp, sees, shot, write } from "./people.ts";

const runs = "globalThis.ran=1;parent.ran=1;fetch('/ran')";
const html = `<!doctype html><script>${runs}</script><img src=x onerror="${runs}"><meta http-equiv=refresh content="0;url=/ran">`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="${runs}"><script>${runs}</script></svg>`;
/** A picture to whoever reads its beginning, a script or a page to others. */
const polyglot = `GIF89a/*\u0001\u0000\u0001\u0000*/=1;${runs};/*${html}*/`;
const long = `${"很长的名字".repeat(60)}.pdf`;

/** A file, as it is called on the card, and as it is saved. */
const files: readonly { readonly file: Chosen; readonly shown: string | RegExp; readonly saved: RegExp }[] = [
  { file: fileOf("小雁.svg", "image/svg+xml", svg), shown: "小雁.svg", saved: /^小雁\.svg$/ },
  { file: fileOf("请帖.html", "text/html", html), shown: "请帖.html", saved: /^请帖\.html$/ },
  { file: fileOf("月亮.gif.js", "text/javascript", polyglot), shown: "月亮.gif.js", saved: /^月亮\.gif\.js$/ },
  // Read from right to left it would end in .pdf.
  { file: fileOf("账单\u202efdp.exe", "application/pdf", "MZ"), shown: "账单fdp.exe", saved: /^账单fdp\.exe$/ },
  {
    file: fileOf("../../.ssh/authorized_keys", "", "ssh"),
    shown: /authorized_keys$/,
    saved: /^[^./\\][^/\\]*authorized_keys$/,
  },
  {
    file: fileOf("照片.desktop", "application/x-desktop", "[Desktop Entry]"),
    shown: "照片.desktop",
    saved: /^照片\.desktop/,
  },
  { file: fileOf(long, "application/pdf", "%PDF"), shown: /^很长.*…/, saved: /^很长.{10,253}\.pdf$/ },
];

test.describe("hostile", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let setup: BrowserSetup;
  let mallory: Page;
  let kid: Page;
  const ran: string[] = [];

  test.beforeAll(async ({ browser }) => {
    const family = await familyIn(browser, "妈妈 Maya", [phone, { look: phone, more: kept }]);
    setup = family.setup;
    [mallory, kid] = family.people;
    await keepsApp(kid); // Until then a file is saved without the service worker, whose answers are looked at here.
    for (const page of [mallory, kid]) {
      page.on("request", (request) => request.url().includes("/ran") && ran.push(request.url()));
      page.on("dialog", (dialog) => ran.push(dialog.message()));
      page.context().on("page", (other) => ran.push(other.url()));
    }
  });
  test.afterAll(() => setup.close());

  test("[ME13] what could run is a file like any other: shown by its plain name, and saved as it was", async () => {
    for (const { file, shown, saved } of files) {
      await sends(mallory, "plus-file", file);
      const card = kid.getByTestId("file").last();
      await expect(card.locator(".card-name")).toHaveText(shown);
      await card.getByTestId("file-act").click();
      await expect(card).toHaveAttribute("data-state", "here");
      const download = kid.waitForEvent("download");
      await card.getByTestId("file-act").click();
      const got = await download;
      expect(got.suggestedFilename()).toMatch(saved);
      expect(got.suggestedFilename()).not.toMatch(/[\p{Cc}\p{Bidi_Control}/\\]/u);
      expect(Buffer.compare(await readFile(await got.path()), file.buffer)).toBe(0);
      await runsNothing(kid);
      // Whoever is led to its address gets bytes to be saved, whatever type the address asks for.
      expect(await answersTo(kid, got.url())).toEqual(
        ["text/html", "image/svg+xml", "text/javascript", "application/pdf"].map(() => asBytes),
      );
    }
    await shot(kid, "phone-hostile-files");
  });

  test("[ME13] a picture that is none shows its place, and runs nothing", async () => {
    for (const hostile of [svg, html, polyglot]) {
      await sendsInstead(mallory, Buffer.from(hostile));
      const photos = kid.getByTestId("photos").last();
      await photos.getByTestId("photo").click();
      await expect(kid.getByTestId("viewer")).toBeVisible();
      if (hostile !== polyglot) expect(await widthOf(photos.getByTestId("photo-sharp"))).toBe(0); // Not even drawn.
      await runsNothing(kid);
      await kid.keyboard.press("Escape");
      await expect(kid.getByTestId("viewer")).toHaveCount(0);
    }
  });

  test("[ME10] a picture that would unfold to gigabytes is shown in its place, and the chat goes on", async () => {
    await sendsInstead(mallory, bomb(60_000, 60_000));
    await write(mallory, "看到了吗");
    await sees(kid, "看到了吗");
    await write(kid, "没有");
    await sees(mallory, "没有");
    // Nor does a picture of one's own that is like that go out as one.
    await sends(mallory, "plus-file", { name: "海.png", mimeType: "image/png", buffer: bomb(60_000, 60_000) });
    await expect(kid.getByTestId("file").last()).toContainText("海.png");
    await runsNothing(kid);
  });

  test("[ME35] of a picture that is larger than any picture nothing is fetched, in the chat and in the viewer", async () => {
    // What the page asks its worker for.
    await kid.evaluate(() => {
      const asked = new Set<string>();
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (this: Worker, message: unknown, ...more: unknown[]) {
        const said = JSON.stringify(message);
        if (said.includes("readFile")) asked.add(/[0-9a-f]{16,}/.exec(said)?.[0] ?? said);
        (postMessage as (...all: unknown[]) => void).call(this, message, ...more);
      };
      Object.assign(globalThis, { asked });
    });
    const asked = () => kid.evaluate(() => (globalThis as unknown as { asked: Set<string> }).asked.size);
    const photos = kid.getByTestId("photos");
    const before = await photos.count();
    await sendsInstead(mallory, 17 << 20);
    await expect(photos).toHaveCount(before + 1, { timeout: 60_000 });
    await photos.last().getByTestId("photo").click();
    await expect(kid.getByTestId("viewer")).toBeVisible();
    await kid.keyboard.press("Escape");
    await sendsInstead(mallory, Buffer.alloc(30_000, 1));
    await expect(photos).toHaveCount(before + 2);
    await expect(photos.last().getByTestId("photo-sharp")).toHaveCount(1);
    expect(await asked()).toBe(1);
    await expect(photos.nth(before).getByTestId("photo-sharp")).toHaveCount(0);
  });

  async function runsNothing(page: Page): Promise<void> {
    expect(await page.evaluate(() => "ran" in globalThis)).toBe(false);
    expect(new URL(page.url()).pathname).toMatch(/^\/chat\//);
    expect(ran).toEqual([]);
  }
});

function fileOf(name: string, mimeType: string, text: string): Chosen {
  return { name, mimeType, buffer: Buffer.from(text, "latin1") };
}

async function sends(page: Page, entry: "plus-file" | "plus-photo", file: Chosen): Promise<void> {
  if (!(await page.getByTestId("plus-panel").isVisible())) await page.getByTestId("plus-open").click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId(entry).click();
  await (await chooser).setFiles([file]);
  if (entry === "plus-file") await page.getByTestId("ready-send").click();
}

/**
 * A message with a picture, as an app that keeps to no rule would make it: these bytes stand where the picture would,
 * or so many of no meaning.
 */
async function sendsInstead(page: Page, bytes: Buffer | number): Promise<void> {
  await page.evaluate(
    (what) => {
      const hostile =
        typeof what === "number" ? new Uint8Array(what) : Uint8Array.from(atob(what), (char) => char.charCodeAt(0));
      OffscreenCanvas.prototype.convertToBlob = async () => new Blob([hostile], { type: "image/webp" });
    },
    typeof bytes === "number" ? bytes : bytes.toString("base64"),
  );
  await sends(page, "plus-photo", { name: "a.png", mimeType: "image/png", buffer: bomb(8, 8) });
  await page.getByTestId("preview-send").click();
  await expect(page.getByTestId("preview-send")).toHaveCount(0);
}

const widthOf = (image: Locator) => image.evaluate((one: HTMLImageElement) => one.naturalWidth);

const asBytes = ["application/octet-stream", "nosniff", "default-src 'none'; sandbox", "attachment"];

/** What the address of a saved file says of itself, for each type that could run. */
async function answersTo(page: Page, address: string): Promise<readonly (readonly string[])[]> {
  return page.evaluate(async (saved) => {
    const answers: string[][] = [];
    for (const type of ["text/html", "image/svg+xml", "text/javascript", "application/pdf"]) {
      const url = new URL(saved);
      url.searchParams.set("type", type);
      url.searchParams.delete("name");
      const { headers } = await fetch(url);
      answers.push([
        headers.get("content-type") ?? "",
        headers.get("x-content-type-options") ?? "",
        headers.get("content-security-policy") ?? "",
        (headers.get("content-disposition") ?? "").split(";")[0] ?? "",
      ]);
    }
    return answers;
  }, address);
}

/** A PNG of one colour and so many points: small as a file. */
function bomb(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([1, 0, 0, 0, 0], 8); // One bit a point, grey.
  const row = Math.ceil(width / 8) + 1;
  const pixels = deflateSync(Buffer.alloc(row * Math.min(height, 4_000)));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
