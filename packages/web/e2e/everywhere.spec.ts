/**
 * Every screen, in every look: nothing that a program can find wrong (WCAG 2.2 AA), in elder mode nothing too small to
 * read or touch, and with words at 200 % nothing cut off and no word parted. Three looks walk through one household, so
 * that each of two processors has half of the way.
 */
import { expect, type Page, test } from "@playwright/test";
import { features } from "../src/features/index.ts";
import { pages } from "../src/screens/pages.ts";
import { register } from "../src/shell/features.ts";
import { placesOfChat, setCorePages, staticPaths } from "../src/shell/routes.ts";
import { type BrowserSetup, desktop, isShort, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { clippedWords, partedWords, settled, smallTargets, smallWords, violations } from "./look.ts";
import {
  asksForField,
  befriend,
  contactLink,
  dressed,
  goes,
  home,
  info,
  makeGroup,
  type Prefs,
  shot,
  write,
} from "./people.ts";

register(features);
setCorePages(pages);

/** `axe`: looked at by axe as well; what is only larger or translated once more is not. */
const looks: readonly { readonly name: string; readonly prefs: Prefs; readonly axe?: true; readonly wide?: true }[] = [
  { name: "hans-light", prefs: { locale: "zh-Hans", theme: "light" }, axe: true },
  { name: "en-dark", prefs: { locale: "en", theme: "dark" }, axe: true },
  { name: "hant-wide", prefs: { locale: "zh-Hant", theme: "dark" }, axe: true, wide: true },
  { name: "hans-elder", prefs: { locale: "zh-Hans", theme: "dark", elder: true }, axe: true },
  { name: "hant-200", prefs: { locale: "zh-Hant", theme: "light", textStep: 6 } },
  { name: "en-elder-200", prefs: { locale: "en", theme: "light", elder: true, textStep: 6 } },
];
const elderTargetPx = 56;
const elderWordPx = 20;

test.describe.configure({ mode: "parallel", timeout: 300_000 });

/** `npm test` walks the one look in which most can be wrong, `npm run e2e` all: each takes a minute of a processor. */
const isForWhole = (name: string) => name !== "hans-elder";

for (const worn of [
  ["hans-light", "hant-wide", "hans-elder"],
  ["en-dark", "en-elder-200", "hant-200"],
]
  .map((names) => names.filter((name) => !isShort || !isForWhole(name)))
  .filter((names) => names.length > 0)) {
  test(`[WE16] [WE341] [WE55] [F-7-17] on every screen nothing is wrong, too small, cut off or parted (${worn.join(", ")})`, async ({
    browser,
  }) => {
    const { setup, people } = await familyIn(browser, "妈妈 爸爸", [phone, phone]);
    try {
      await walk(
        setup,
        people,
        looks.filter(({ name }) => worn.includes(name)),
      );
    } finally {
      await setup.close();
    }
  });
}

async function walk(setup: BrowserSetup, [mum, dad]: [Page, Page], worn: typeof looks): Promise<void> {
  const { places, chat } = await household(setup, mum, dad);
  const origin = `http://localhost:${setup.port}`;
  const newcomer = await setup.resident(phone);
  await newcomer.goto(setup.invite);
  const wrong: string[] = [];
  for (const look of worn) {
    await dressed(mum, look.prefs, look.wide === true ? desktop : phone);
    for (const [name, url] of places) {
      await stands(mum, url);
      await check(mum, look, name, wrong);
    }
    for (const [name, open] of opened(origin, chat)) {
      await open(mum);
      await settled(mum);
      await check(mum, look, name, wrong);
      await mum.keyboard.press("Escape");
    }
    await dressed(newcomer, look.prefs, look.wide === true ? desktop : phone);
    for (const step of ["", "/name", "/invite", "/link", "/card"]) {
      await stands(newcomer, `${origin}/welcome${step}`);
      await check(newcomer, look, `welcome${step}`, wrong);
    }
  }
  expect(wrong).toEqual([]);
}

/** People, messages, a group and somebody who asks, so that no screen is empty; and where each screen is. */
async function household(setup: BrowserSetup, mum: Page, dad: Page) {
  const kid = await setup.resident(phone);
  const origin = `http://localhost:${setup.port}`;
  const chat = mum.url();
  await write(mum, "晚上吃什么？");
  await write(dad, "曾祖母做的饺子，https://example.org/dumplings 上有做法");
  await dad.getByTestId("composer-input").fill("真好吃");
  await dad.locator('[data-sticker="dumplings/yum"]').first().click();
  await mum.getByTestId("sticker").click({ button: "right" });
  await mum.getByTestId("add-sticker").click();
  await expect(mum.getByTestId("toast")).toBeVisible();
  await home(mum);
  await befriend(setup, mum, kid, "Great-grandmother Margaret");
  await home(mum);
  await makeGroup(mum, "吃饭 Family dinners");
  await write(mum, "周日一起包饺子");
  const group = mum.url();
  await info(mum);
  await goes(mum, "/contacts");
  await mum.getByTestId("contact-row").first().click();
  const contact = mum.url();
  const stranger = await setup.resident(phone);
  await setup.settle(stranger, "小区王阿姨", await contactLink(mum));
  await stranger.getByTestId("send-request").click();
  await goes(mum, "/contacts/requests");
  await expect(mum.getByTestId("request-row")).toBeVisible();

  // Nobody looks at theirs any more, and each would go on drawing and asking home.
  for (const other of [dad, kid, stranger]) await other.context().close();

  const places: readonly (readonly [name: string, url: string])[] = [
    ...Object.entries(staticPaths())
      .filter(([name]) => name !== "opened-link")
      .map(([name, path]) => [name, origin + path] as const),
    ["chat", chat],
    ["group", group],
    ...Object.entries(placesOfChat()).map(([end, name]) => [name, `${group}/${end}`] as const),
    ["contact", contact],
  ];
  return { places, chat };
}

/** What opens over a screen. */
function opened(origin: string, chat: string): readonly (readonly [string, (page: Page) => Promise<void>])[] {
  return [
    [
      "plus-menu",
      async (page) => {
        await stands(page, origin);
        await page.getByTestId("plus").click();
      },
    ],
    [
      "language",
      async (page) => {
        await stands(page, `${origin}/me/settings`);
        await page.getByTestId("setting-language").click();
        await page.locator("dialog[open]").waitFor();
      },
    ],
    [
      "message-menu",
      async (page) => {
        await stands(page, chat);
        await page.getByTestId("bubble").last().click({ button: "right" });
        await page.locator("[role=menu]").waitFor();
      },
    ],
    [
      "emoji",
      async (page) => {
        await stands(page, chat);
        await asksForField(page);
        await page.getByTestId("emoji").click();
        await page.getByTestId("emoji-panel").waitFor();
      },
    ],
    [
      "stickers",
      async (page) => {
        await stands(page, chat);
        await asksForField(page);
        await page.getByTestId("emoji").click();
        await page.locator('[data-tab="own"]').click();
        await page.getByTestId("composer-input").fill("谢谢");
        await page.getByTestId("sticker-strip").waitFor();
      },
    ],
  ];
}

async function check(page: Page, look: (typeof looks)[number], place: string, wrong: string[]): Promise<void> {
  const say = (what: string) => (found: string) => wrong.push(`${look.name} ${place}: ${what} ${found}`);
  if (look.axe === true) (await violations(page)).forEach(say("axe"));
  if (look.prefs.elder === true) {
    (await smallTargets(page, elderTargetPx)).forEach(say("small target"));
    (await smallWords(page, elderWordPx)).forEach(say("small words"));
  }
  if (look.prefs.elder === true || look.prefs.textStep === 6) (await clippedWords(page)).forEach(say("cut off"));
  if (look.prefs.textStep === 6) (await partedWords(page)).forEach(say("parted word"));
  await shot(page, `all/${look.name}-${place.replace("/", "-")}`);
}

async function stands(page: Page, url: string): Promise<void> {
  await goes(page, new URL(url).pathname);
  await settled(page);
}
