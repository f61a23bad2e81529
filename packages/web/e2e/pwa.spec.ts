/**
 * The installed app: it opens to everything without a home, and a new version waits for the person.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, kept, oneLook, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { keepsApp, looksForNewVersion, sees, shot, write } from "./people.ts";
import { forgetsAnswers, isUntouched, marks, renew, swap, workerOf } from "./versions.ts";

const dist = join(import.meta.dirname, "../dist");

for (const [name, look] of oneLook) {
  test(`[WE14] [F-2j-9] with home gone and the page loaded anew, all is there; what is written then arrives later (${name})`, async ({
    browser,
  }) => {
    test.setTimeout(240_000);
    const { setup, people } = await familyIn(browser, "妈妈 Maya", [{ look, more: kept }, look]);
    try {
      const [mum, kid] = people;
      for (let i = 1; i <= 3; i++) await write(mum, `旧信 ${i}`);
      await sees(kid, "旧信 3");
      await keepsApp(mum);

      await setup.killServer();
      await mum.reload();
      await sees(mum, "旧信 3");
      await expect(mum.getByTestId("bubble").filter({ hasText: /旧信 \d/ })).toHaveCount(3);
      await write(mum, "家里断电了也能写");
      await expect(mum.getByTestId("network")).toBeVisible({ timeout: 20_000 });
      await shot(mum, `${name}-no-home`);
      // Also after another start the unsent message is there, and a place that was never opened opens.
      await mum.reload();
      await sees(mum, "家里断电了也能写");
      await mum.goto(`http://localhost:${setup.port}/me/settings`);
      await expect(mum.getByTestId("setting-language")).toBeVisible();

      await setup.startServer();
      await sees(kid, "家里断电了也能写", 60_000);
    } finally {
      await setup.close();
    }
  });
}

test("[WE15] [WE33] [F-2j-10] a new version waits until it is asked for, then every window has it", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const assets = mkdtempSync(join(tmpdir(), "yanshu-assets-"));
  // What is changed here is sent as it is.
  cpSync(dist, assets, { recursive: true, filter: (path) => !/\.(?:br|gz)$/.test(path) });
  const setup = await BrowserSetup.start(browser, ["--assets", assets]);
  try {
    const mum = await setup.resident(phone, undefined, kept);
    await setup.settle(mum, "妈妈");
    await expect(mum.getByTestId("chats")).toBeVisible();
    await keepsApp(mum);
    const second = await mum.context().newPage();
    await second.goto(mum.url());
    await expect(second.getByTestId("chats")).toBeVisible();

    await setup.killServer();
    renew(assets);
    await setup.startServer();
    await looksForNewVersion(mum);
    const take = mum.getByRole("button", { name: "更新" });
    await expect(take).toBeVisible({ timeout: 20_000 });
    await shot(mum, "phone-new-version");
    expect(await mum.title()).not.toBe("第二版"); // It waits, also through a reload.
    await mum.reload();
    await expect(take).toBeVisible();
    expect(await mum.title()).not.toBe("第二版");

    await putsOff(mum, 2_000);
    await take.click();
    await expect(mum.getByText("正在换上新版本")).toBeVisible();
    await expect(take).toBeHidden();
    for (const window of [mum, second]) {
      await expect(window).toHaveTitle("第二版", { timeout: 20_000 });
      await expect(window.getByTestId("chats")).toBeVisible();
    }
    await expect(take).toBeHidden();
  } finally {
    await setup.close();
    rmSync(assets, { recursive: true, force: true });
  }
});

test("[WE85] home answers with other bytes at the tap than it did when it offered a version: nothing is taken, and no page begins anew", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(120_000);
  const assets = mkdtempSync(join(tmpdir(), "yanshu-assets-"));
  cpSync(dist, assets, { recursive: true, filter: (path) => !/\.(?:br|gz)$/.test(path) });
  const setup = await BrowserSetup.start(browser, ["--assets", assets]);
  try {
    const mum = await setup.resident(phone, undefined, kept);
    await setup.settle(mum, "妈妈");
    await expect(mum.getByTestId("chats")).toBeVisible();
    await keepsApp(mum);
    const named = await workerOf(mum);
    await setup.killServer();
    renew(assets);
    const next = JSON.parse(readFileSync(join(assets, "release.json"), "utf8")).worker as string;
    expect(`/${next}`).not.toBe(named);
    await setup.startServer();
    const take = mum.getByRole("button", { name: "更新" });
    const isOffered = async () => {
      await looksForNewVersion(mum); // It may be looking already, at what was there before.
      return take.isVisible();
    };
    await expect.poll(isOffered, { timeout: 20_000 }).toBe(true);
    await marks(mum);
    await setup.killServer();
    swap(assets, `/${next}`);
    await setup.startServer();
    await forgetsAnswers(mum); // As a browser does by itself when it lacks room.
    await take.click();
    await expect(mum.getByText("没换成")).toBeVisible({ timeout: 20_000 });
    await isUntouched(mum);
    expect(await mum.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(1);
    expect(await workerOf(mum)).toBe(named);
  } finally {
    await setup.close();
    rmSync(assets, { recursive: true, force: true });
  }
});

test("[WE15] [F-2j-10] the manifest names the app in each language and has the icons that systems ask for", async ({
  browser,
}) => {
  const setup = await BrowserSetup.start(browser);
  try {
    const page = await setup.resident(phone, undefined, kept);
    await page.goto(setup.invite);
    const session = await page.context().newCDPSession(page);
    const { errors } = await session.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(dist, "manifest.webmanifest"), "utf8"));
    expect(manifest.name_localized).toEqual({ "zh-Hans": "雁书", "zh-Hant": "雁書", en: "Yanshu" });
    for (const { src, type } of manifest.icons) {
      const answer = await page.request.get(`http://localhost:${setup.port}${src}`);
      expect([src, answer.headers()["content-type"]]).toEqual([src, type]);
    }
    expect(manifest.icons.map(({ purpose }: { purpose?: string }) => purpose ?? "any").sort()).toEqual([
      "any",
      "any",
      "any",
      "maskable",
      "monochrome",
    ]);
    const themed = () =>
      page.locator("meta[name=theme-color]").evaluateAll((all) => all.map((one) => one.getAttribute("content")));
    expect(await themed()).toEqual(["#fffdf8", "#1b1b18"]);
    await page.evaluate(() => localStorage.setItem("yanshu.prefs", JSON.stringify({ theme: "dark" })));
    await page.reload();
    await expect(page.getByTestId("start")).toBeVisible();
    expect(await themed()).toEqual(["#1b1b18", "#1b1b18"]);
  } finally {
    await setup.close();
  }
});

/** As a browser does while the old version still answers requests. */
async function putsOff(page: Page, ms: number): Promise<void> {
  await page.evaluate((later) => {
    const send = ServiceWorker.prototype.postMessage;
    ServiceWorker.prototype.postMessage = function (this: ServiceWorker, what: unknown) {
      setTimeout(() => send.call(this, what), later);
    };
  }, ms);
}
