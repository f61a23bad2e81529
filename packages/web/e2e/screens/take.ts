/**
 * `npm run screens`: a household on a real server, and a picture of every screen in every look into dist/screens
 * (list.ts); those that the README shows go into docs/screens as well. `npm run screens -- --grep dark` and the like
 * take only some looks anew.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { BrowserSetup, desktop, phone } from "../browser-setup.ts";
import { settled } from "../look.ts";
import { dressed } from "../people.ts";
import {
  allScreens,
  folder,
  keptFolder,
  type Look,
  looks,
  pageText,
  pictureBytesMax,
  pictureName,
  type Screen,
  shownIn,
} from "./list.ts";
import { evening, screenshotFixture, shiftTo, zone } from "./screenshot-fixture.ts";
import { makeSteady, workerStart } from "./steady.ts";
import { Studio } from "./studio.ts";
import { type Walk, ways } from "./ways.ts";

const root = join(import.meta.dirname, "../../../..");
const kept = shownIn(readFileSync(join(root, "README.md"), "utf8"));
/** As a family would call it, instead of a port of this machine. */
const host = "home.example";

test.describe.configure({ mode: "default", timeout: 600_000 });

let setup: BrowserSetup;
let browser: Browser;
let assets: string;
let walk: Omit<Walk, "isElder">;

test.beforeAll(async ({ browser: ownBrowser }) => {
  test.setTimeout(600_000);
  assets = steadyAssets();
  process.env["YANSHU_ASSETS"] = assets;
  process.env["STEADY_SHIFT_MS"] = `${shiftTo(evening)}`;
  process.env["BUN_OPTIONS"] = `--preload=${join(import.meta.dirname, "server-clock.ts")}`;
  setup = await BrowserSetup.start(ownBrowser, ["--domain", host, "--origin", `http://${host}`]);
  const { launchOptions } = test.info().project.use;
  const heard = join(assets, "heard.wav");
  const seen = join(assets, "seen.mjpeg");
  writeFileSync(heard, spoken());
  const first = new Studio(await (await ownBrowser.newContext()).newPage());
  writeFileSync(seen, (await first.photo("tea", "tea", 640, 480)).buffer);
  browser = await ownBrowser.browserType().launch({
    ...launchOptions,
    args: [
      ...(launchOptions?.args ?? []),
      `--host-resolver-rules=MAP ${host} 127.0.0.1:${setup.port}`,
      `--unsafely-treat-insecure-origin-as-secure=http://${host}`,
      `--use-file-for-fake-audio-capture=${heard}`,
      `--use-file-for-fake-video-capture=${seen}`,
    ],
  });
  const studio = new Studio(await (await browser.newContext()).newPage());
  const people = await screenshotFixture(setup, browser, studio);
  const newcomer = await setup.guest(phone, browser, { timezoneId: zone });
  await makeSteady(newcomer.context(), "newcomer", shiftTo(evening));
  await newcomer.goto(setup.invite);
  walk = { ...people, newcomer, studio, origin: setup.origin };
});

test.afterAll(async () => {
  await setup?.close();
  await browser?.close();
  if (assets !== undefined) rmSync(assets, { recursive: true, force: true });
});

for (const look of looks) {
  test(look.name, async () => {
    const here: Walk = { ...walk, isElder: look.prefs.elder };
    for (const page of [here.me, here.fresh, here.guest, here.newcomer]) {
      await isTouched(page, look.size === "phone");
      await dressed(page, look.prefs, look.size === "phone" ? phone : desktop);
    }
    const faults: string[] = [];
    for (const screen of allScreens().filter(isWanted)) {
      const page = here[ways[screen].of ?? "me"];
      const again = async () => {
        await page.reload();
        await take(page, here, look, screen);
      };
      // One that cannot be reached does not keep the others from being seen.
      await take(page, here, look, screen)
        .catch(again)
        .catch(({ message }: Error) => faults.push(`${screen}: ${message}`));
    }
    expect(faults).toEqual([]);
    writeFileSync(join(root, folder, "README.md"), pageText());
  });
}

/** `SCREENS_ONLY=settings,privacy npm run screens` takes those alone anew. */
function isWanted(screen: Screen): boolean {
  const only = process.env["SCREENS_ONLY"];
  return only === undefined || only.split(",").includes(screen);
}

/** A phone has a finger and no mouse: nothing hovers, and no field takes the focus by itself. */
async function isTouched(page: Page, enabled: boolean): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setTouchEmulationEnabled", { enabled, maxTouchPoints: 5 });
}

async function take(page: Page, here: Walk, look: Look, screen: Screen): Promise<void> {
  const { go, moves } = ways[screen];
  const after = await go(page, here);
  await page.mouse.move(0, 0); // Nobody points at anything.
  if (moves === true) await page.waitForTimeout(1_500);
  else await stands(page);
  const png = await page.screenshot({ animations: "disabled" });
  const name = pictureName(look, screen);
  const packed = await here.studio.pack(png, pictureBytesMax);
  for (const into of [folder, ...(kept.includes(name) ? [keptFolder] : [])]) {
    const path = join(root, into, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, packed);
  }
  await after?.();
  await closes(page);
}

/** It stands still, and the pictures that are in sight are there. */
async function stands(page: Page): Promise<void> {
  await settled(page);
  await page.waitForFunction(() =>
    [...document.images].every((image) => {
      const { top, bottom } = image.getBoundingClientRect();
      return bottom < 0 || top > innerHeight || image.complete;
    }),
  );
  await settled(page);
}

/** Whatever stands over the screen goes. */
async function closes(page: Page): Promise<void> {
  const over = page.locator("dialog[open], [role=menu]");
  for (let tries = 0; tries < 3 && (await over.count()) > 0; tries++) {
    await page.keyboard.press("Escape");
    await settled(page);
  }
  await expect(over).toHaveCount(0);
  // Where the focus went back to is not what the next picture is of.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  // A note that goes by itself must not stand on the next picture.
  await expect(page.locator(".toast")).toHaveCount(0);
}

/** What the microphone hears: a murmur that rises and falls in syllables, as one who speaks does. */
function spoken(): Buffer {
  const rate = 16_000;
  const samples = new Int16Array(10 * rate);
  for (let at = 0; at < samples.length; at++) {
    const s = at / rate;
    const loud = Math.abs(Math.sin(s * 5.1) * Math.sin(s * 1.3 + 1) * (0.6 + 0.4 * Math.sin(s * 13)));
    samples[at] = 22_000 * loud * (Math.sin(2 * Math.PI * 180 * s) + 0.5 * Math.sin(2 * Math.PI * 410 * s)) * 0.66;
  }
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20); // PCM
  head.writeUInt16LE(1, 22); // one channel
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

/** The built app, whose worker takes clock and chance from the page that starts it. */
function steadyAssets(): string {
  const made = mkdtempSync(join(tmpdir(), "yanshu-screens-"));
  // What is changed here is sent as it is.
  cpSync(join(root, "packages/web/dist"), made, { recursive: true, filter: (path) => !/\.(?:br|gz)$/.test(path) });
  writeFileSync(join(made, "assets/steady.js"), workerStart);
  const files = join(made, "assets");
  const [, worker] = readdirSync(files)
    .filter((name) => name.endsWith(".js"))
    // Others that pages start have no store, and need neither.
    .map((name) => /new Worker\(new URL\(["'`]\/assets\/(main-[^"'`]+)/.exec(readFileSync(join(files, name), "utf8")))
    .find((found) => found !== null) ?? [undefined, undefined];
  if (worker === undefined) throw new Error("no worker is started in the built app");
  const path = join(files, worker);
  writeFileSync(path, `import "/assets/steady.js";${readFileSync(path, "utf8")}`);
  return made;
}
