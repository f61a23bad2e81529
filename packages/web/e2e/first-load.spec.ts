/** What a newcomer's browser fetches before the first screen stands (issue “The first letter”): at most 90 KB. */
import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { desktop, phone, Town } from "./town.ts";

const firstLoadBytesMax = 90 * 1024;

for (const [name, look] of [
  ["phone, zh-Hans", phone],
  ["desktop, en", desktop],
] as const) {
  test(`[WE12] the first screen needs at most 90 KB of script and style (${name})`, async ({ browser }) => {
    const town = await Town.found(browser);
    try {
      const page = await town.profile(look);
      await page.goto(town.invite);
      await expect(page.getByTestId("start")).toBeVisible();
      // What had begun to load when the browser first painted something to read, by its own account.
      const files = await page.evaluate(() => {
        const painted =
          performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.POSITIVE_INFINITY;
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
    } finally {
      await town.close();
    }
  });
}
