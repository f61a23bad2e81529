/**
 * Channels 视频号, played by two people of one home: Mum publishes what she filmed in her browser, Maya sees it in hers.
 */
import { expect, type Page, test } from "@playwright/test";
import { type FilmSpec, makeFilms } from "../../../tools/films/make.ts";
import { type BrowserSetup, kept, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { goes, isAccessible, shot } from "./people.ts";

test.describe.configure({ mode: "serial", timeout: 120_000 });
let setup: BrowserSetup;
let [mum, maya] = [] as unknown as [Page, Page];
let films: readonly string[] = [];

const spec = (name: string, art: string, words: string, seed: number): FilmSpec => ({
  ...{ name, art, words, seed },
  ...{ seconds: 5, width: 270, height: 480 },
});

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  films = await makeFilms([spec("noodles", "noodles.svg", "一碗面", 1), spec("garden", "garden.svg", "番茄", 2)]);
  const how = { look: phone, more: kept };
  const family = await familyIn(browser, "妈妈 Maya", [how, how], ["--pack-seconds", "1"]);
  setup = family.setup;
  [mum, maya] = family.people;
  // Films come through the service worker: it has to have taken over.
  for (const page of [mum, maya])
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 60_000 });
});
test.afterAll(() => setup.close());

const film = (page: Page) => page.locator("[data-testid=film][data-here=true]");
const plays = (page: Page) =>
  expect
    .poll(
      () =>
        page.evaluate(() => {
          const one = document.querySelector<HTMLVideoElement>("[data-testid=film-video][data-on=true]");
          return one === null || one.paused ? 0 : one.currentTime;
        }),
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0.2);

async function picks(page: Page, button: string, files: readonly string[]): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId(button).click();
  await (await chooser).setFiles([...files]);
}

/** In the feed, looked at anew until it is there. */
async function finds(page: Page, words: string, tab = "for-you"): Promise<void> {
  await expect(async () => {
    await goes(page, "/discover");
    await goes(page, "/channels");
    await page.getByTestId(`tab-${tab}`).click();
    await page.evaluate(() => undefined);
    await expect(film(page).getByTestId("film-title")).toContainText(words, { timeout: 3_000 });
  }).toPass({ timeout: 60_000 });
}

test("[F-3-5] [F-3-6] [F-3-7] a film is cut, gets a cover and captions, and is published from one's own browser", async () => {
  await goes(mum, "/channels/02");
  await expect(mum.getByTestId("publish-public")).toBeVisible();
  await picks(mum, "pick-film", [films[0] ?? ""]);
  await expect(mum.getByTestId("publish-trim")).toBeVisible();
  await mum.getByTestId("trim-to").fill("4000");
  await mum.getByTestId("trim-cover").click();
  await mum.getByTestId("trim-cover-at").fill("1500");
  await mum.getByTestId("trim-captions").click();
  await mum.getByTestId("trim-captions-text").fill("1\n00:00:00,000 --> 00:00:03,900\n火候全在手腕上");
  await isAccessible(mum);
  await shot(mum, "channel-trim");
  await mum.getByTestId("trim-next").click();
  await mum.getByTestId("publish-title").fill("外公教我颠锅 #外公的厨房 #颠锅");
  await isAccessible(mum);
  await shot(mum, "channel-publish");
  await mum.getByTestId("publish-go").click();
  await mum.getByTestId("ask-field").fill("外公的厨房");
  await mum.getByTestId("ask-yes").click();
  await expect(mum.getByTestId("channels-mine")).toBeVisible({ timeout: 60_000 });
  await expect(mum.getByTestId("own-channel")).toContainText("外公的厨房");
  await expect(mum.getByTestId("film-tile")).toHaveCount(1, { timeout: 30_000 });
  await isAccessible(mum);
  await shot(mum, "channels-mine");
});

test("[F-2c-1] [F-3-1] [F-3-10] somebody else of the home sees it play, likes it, and its author sees the ♥", async () => {
  await finds(maya, "外公教我颠锅");
  await plays(maya);
  await expect(film(maya).getByTestId("film-caption")).toHaveText("火候全在手腕上");
  await expect(film(maya).getByTestId("film-channel")).toContainText("外公的厨房");
  await isAccessible(maya);
  await shot(maya, "channels");
  await film(maya).getByTestId("film-like").click();
  await expect(film(maya).getByTestId("film-like")).toHaveAttribute("aria-pressed", "true");
});
