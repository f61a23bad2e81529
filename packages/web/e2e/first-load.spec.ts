/**
 * What a browser fetches before the first screen stands: at most 60 KB, and again where a part of it did not arrive.
 */
import { gzipSync } from "node:zlib";
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, desktop, phone } from "./browser-setup.ts";

const firstLoadBytesMax = 60 * 1024;
const filesMax = 80;

for (const [name, look] of [
  ["phone, zh-Hans", phone],
  ["desktop, en", desktop],
] as const) {
  test(`[WE12] the first screen needs at most 60 KB of script and style (${name})`, async ({ browser }) => {
    const setup = await BrowserSetup.start(browser);
    try {
      const page = await setup.resident(look);
      await page.goto(setup.invite);
      await expect(page.getByTestId("start")).toBeVisible();
      await isSmall(page);
      await setup.settle(page, "妈妈");
      await page.goto(`http://localhost:${setup.port}/`);
      await expect(page.getByTestId("chats")).toBeVisible();
      await isSmall(page);
    } finally {
      await setup.close();
    }
  });
}

test("[WE12] a page that has loaded everything ahead asked for few files", async ({ browser }) => {
  const setup = await BrowserSetup.start(browser);
  try {
    const page = await setup.resident(phone);
    const asked = new Set<string>();
    page.on("request", (request) => asked.add(new URL(request.url()).pathname));
    await setup.settle(page, "妈妈");
    // The last of the table of screens, and so the last that is loaded.
    await expect.poll(() => [...asked].some((path) => /\/arriving-[^/]*\.js$/.test(path))).toBe(true);
    await page.waitForLoadState("networkidle");
    expect(asked.size).toBeGreaterThan(20);
    expect(asked.size).toBeLessThanOrEqual(filesMax);
  } finally {
    await setup.close();
  }
});

test("[WE24] for a part that did not arrive the page begins anew, where it was", async ({ browser }) => {
  const setup = await BrowserSetup.start(browser);
  try {
    const page = await setup.resident(phone);
    const dropped: string[] = [];
    // The first screen, and what follows the sign-up.
    await page.route(/\/assets\/(welcome|way-back)-[^/]*\.js$/, async (route) => {
      const url = route.request().url();
      if (dropped.includes(url)) return route.continue();
      dropped.push(url);
      return route.abort("internetdisconnected");
    });
    await setup.settle(page, "妈妈");
    await expect(page.getByTestId("chats")).toBeVisible();
    expect(dropped.length).toBeGreaterThan(0);
  } finally {
    await setup.close();
  }
});

async function isSmall(page: Page): Promise<void> {
  // What had begun to load when the browser first painted something to read, by its own account.
  const files = await page.evaluate(() => {
    const painted = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.POSITIVE_INFINITY;
    return performance
      .getEntriesByType("resource")
      .filter(({ name: url, startTime }) => startTime <= painted && /\.(js|css)$/.test(new URL(url).pathname))
      .map(({ name: url }) => url);
  });
  expect(files.length).toBeGreaterThan(1);
  let total = 0;
  for (const url of files) total += gzipSync(await (await page.request.get(url)).body()).length;
  expect(total).toBeGreaterThan(10 * 1024); // Something was measured.
  expect(total).toBeLessThanOrEqual(firstLoadBytesMax);
}
