/**
 * Swapped code (docs/spec/web.md WE33–WE36): home hands out another program, or tells the browser to forget everything.
 * The open window notices, stays what it was, and lets its person carry everything out.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { BlobReader, TextWriter, ZipReader } from "@zip.js/zip.js/lib/zip-core-native.js";
import { BrowserSetup, desktop, kept, oneLook, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { presses } from "./lock-hands.ts";
import { befriend, goes, isAccessible, keepsApp, looksForNewVersion, sees, shot, write } from "./people.ts";
import { forgetsAnswers, isHeld, isUntouched, letsWorkersGo, marks, swap, workerOf } from "./versions.ts";

const dist = join(import.meta.dirname, "../dist");
const said = "这句话要带得出去";

for (const [name, look] of oneLook) {
  test(`[WE33] [WE34] [WE35] an evil service worker is noticed, does not take over, and no page begins anew in it (${name})`, async ({
    browser,
  }) => {
    test.setTimeout(180_000);
    const assets = mkdtempSync(join(tmpdir(), "yanshu-assets-"));
    cpSync(dist, assets, { recursive: true });
    const { setup, people } = await familyIn(browser, "妈妈 Maya", [{ look, more: kept }, look], ["--assets", assets]);
    try {
      const [mum, maya] = people;
      await write(maya, said);
      await sees(mum, said);
      await keepsApp(mum);
      const second = await mum.context().newPage();
      await second.goto(mum.url());
      await sees(second, said);
      for (const page of [mum, second]) await marks(page);

      await setup.killServer();
      swap(assets, await workerOf(mum));
      await setup.startServer();
      await looksForNewVersion(mum);
      // As on the day when the browser asks again, whatever it keeps.
      await asksAgain(mum);
      for (const page of [mum, second]) {
        await expect(page.getByTestId("alarm")).toHaveAttribute("data-kind", "swapped", { timeout: 20_000 });
        await expect(page.getByTestId("bubble")).toHaveCount(0);
        await isUntouched(page);
      }
      // Not to close it, to save, to call: in this order, and by the words of the button.
      await expect(mum.getByTestId("alarm-steps").getByRole("listitem")).toContainText(["别关", "存一份", "打电话"]);
      await expect(mum.getByTestId("carry-make")).toHaveText("全部存一份");
      await isAccessible(mum);
      await shot(mum, `swapped-${name}`);
      const told = await carriesOut(mum);
      expect(told).toContain(said);
      await shot(mum, `swapped-saved-${name}`);
      // Nothing that the old program would begin anew for does so any more.
      await mum.evaluate(() => new BroadcastChannel("yanshu-lock").postMessage({ kind: "begin-anew", isLost: true }));
      for (const page of [mum, second]) await isUntouched(page);
      const held = (await Promise.all([mum, second].map(isHeld))).filter(Boolean).length;
      const later = await mum.context().newPage();
      await Promise.all([mum.close(), second.close()]);
      // What cannot be held off, and shows that the evil one would have come.
      const opened = async () => {
        await letsWorkersGo(later);
        await later.goto(setup.origin);
        return later.title();
      };
      await expect.poll(opened, { timeout: 30_000 }).toBe("swapped");
      console.log(`R5.3 held ${held} of 2 open windows, taken 1 of 1 opened after the last was closed`);
    } finally {
      await setup.close();
      rmSync(assets, { recursive: true, force: true });
    }
  });
}

test("[WE36] [WE87] home tells the browser to forget everything: the open window says so at once, and carries all out", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(240_000);
  const { setup, proxy } = await BrowserSetup.behindProxy(browser);
  try {
    const [mum, maya] = [await setup.resident(desktop, undefined, kept), await setup.resident(phone)];
    await setup.settle(mum, "妈妈");
    await befriend(setup, mum, maya, "Maya");
    await write(maya, said);
    await sees(mum, said);
    await keepsApp(mum);
    await turnsLockOn(mum);
    await sees(mum, said);
    await marks(mum);
    proxy.tellToForget();
    await mum.evaluate(() => void fetch("/healthz", { cache: "no-store" }));
    await expect(mum.getByTestId("alarm")).toHaveAttribute("data-kind", "wiped", { timeout: 30_000 });
    expect(await mum.evaluate(() => "here" in window)).toBe(true);
    // Nothing of this page asks home for anything more, by whichever way.
    expect(await asksHome(mum)).toEqual({ code: "refused", request: "refused", page: "refused" });
    await isAccessible(mum);
    await shot(mum, "wiped-desktop-locked");
    // Whoever finds the window open does not carry out what the lock keeps.
    await expect(mum.getByTestId("carry-make")).toHaveCount(0);
    await presses(mum, pin);
    await expect(mum.getByTestId("carry-make")).toBeVisible({ timeout: 60_000 });
    await shot(mum, "wiped-desktop");
    expect(await carriesOut(mum)).toContain(said);
    await mum.getByTestId("alarm-anew").click();
    await expect(mum.getByTestId("start")).toBeVisible({ timeout: 20_000 });
  } finally {
    await setup.close();
    proxy.close();
  }
});

const pin = "246810";

async function turnsLockOn(page: Page): Promise<void> {
  const chat = page.url();
  await goes(page, "/me/settings/privacy");
  await page.getByTestId("lock-turn-on").click();
  await page.getByTestId("lock-digits").click();
  await presses(page, pin);
  await presses(page, pin);
  await expect(page.getByTestId("lock")).toHaveAttribute("data-state", "ready", { timeout: 60_000 });
  await presses(page, pin);
  await expect(page.getByTestId("chats")).toBeVisible({ timeout: 30_000 });
  await goes(page, chat);
}

/** What becomes of an import that nobody loaded ahead, of a request, and of another program beside the page. */
function asksHome(page: Page) {
  return page.evaluate(async () => {
    const told: string[] = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => told.push(effectiveDirective));
    const name = "/assets/never-loaded-0a1b2c3d.js";
    const script = Object.assign(document.createElement("script"), { type: "module", src: name });
    document.head.append(script);
    const request = await fetch("/healthz", { cache: "no-store" }).then(
      () => "answered",
      () => "refused",
    );
    try {
      new Worker(name, { type: "module" });
    } catch {
      // Browsers tell it either way.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    const isRefused = (what: string) => (told.some((one) => one.startsWith(what)) ? "refused" : "asked");
    return { code: isRefused("script-src"), request, page: isRefused("worker-src") };
  });
}

async function asksAgain(page: Page): Promise<void> {
  await forgetsAnswers(page);
  await page
    .evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()))
    .catch(() => undefined); // The page of today is gone by then.
}

/** Everything as a file; answers what is in it. */
async function carriesOut(page: Page): Promise<string> {
  await page.getByTestId("carry-make").click();
  await expect(page.getByTestId("carry-save")).toBeVisible({ timeout: 30_000 });
  const saved = page.waitForEvent("download");
  await page.getByTestId("carry-save").click();
  return textsIn((await (await saved).path()) ?? "");
}

async function textsIn(path: string): Promise<string> {
  const reader = new ZipReader(new BlobReader(new Blob([Uint8Array.from(await readFile(path))])));
  const texts: string[] = [];
  for (const entry of await reader.getEntries())
    if (!entry.directory) texts.push(await entry.getData(new TextWriter(), { useCompressionStream: true }));
  return texts.join("\n");
}
