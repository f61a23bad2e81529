/** What the specs of Moments share: pictures to post, the app's clock, and looking at home until something is there. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import { goes } from "./people.ts";

export const dayMs = 86_400_000;

export const post = (page: Page, words: string): Locator => page.getByTestId("moment").filter({ hasText: words });

/** Home is looked at anew until it is there. */
export async function looksFor(page: Page, place: string, seen: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await goes(page, "/discover");
    await goes(page, place);
    await seen();
  }).toPass({ timeout: 60_000 });
}

/** The app's clock stands so far beside the real one, and home is not asked the time while it does. */
export async function setClock(page: Page, ms: number): Promise<void> {
  const worker = page.workers().find((one) => /\/assets\/main-[^/]*\.js$/.test(one.url()));
  if (worker === undefined) throw new Error("the app's worker does not run");
  await worker.evaluate((shift) => {
    const kept = globalThis as { realNow?: () => number };
    kept.realNow ??= Date.now.bind(Date);
    const { realNow } = kept;
    Date.now = () => realNow() + shift;
  }, ms);
}

/** Pictures of one colour each, drawn by the browser. */
export async function drawn(page: Page, folder: string, count: number, width = 1_280): Promise<readonly string[]> {
  const made = await page.evaluate(
    ([many, wide]) =>
      Promise.all(
        Array.from({ length: many }, async (_, n) => {
          const canvas = new OffscreenCanvas(wide, wide * 0.75);
          const context = canvas.getContext("2d");
          if (context === null) throw new Error("no canvas");
          context.scale(wide / 1_280, wide / 1_280);
          context.fillStyle = `hsl(${n * 77 + 150} 45% 45%)`;
          context.fillRect(0, 0, 1_280, 960);
          context.fillStyle = "#fff";
          context.fillRect(120 + n * 40, 120, 240, 240);
          const blob = await canvas.convertToBlob({ type: "image/jpeg" });
          return [...new Uint8Array(await blob.arrayBuffer())];
        }),
      ),
    [count, width] as const,
  );
  return Promise.all(
    made.map(async (bytes, n) => {
      const path = join(folder, `picture-${n}.jpg`);
      await writeFile(path, Uint8Array.from(bytes));
      return path;
    }),
  );
}
