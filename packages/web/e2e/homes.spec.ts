/**
 * Two real servers, two origins: a family whose server is killed and wiped goes on at its reserve, by the app alone
 * that each has on the device.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, desktop, kept, phone } from "./browser-setup.ts";
import { heard } from "./call-ways.ts";
import { ownFamilyIn } from "./family.ts";
import {
  befriend,
  bubble,
  contactLink,
  dressed,
  goes,
  home,
  idsOf,
  isAccessible,
  keepsApp,
  linkDevice,
  makeGroup,
  opens,
  sees,
  shot,
  write,
} from "./people.ts";

test("[WE140] [WE141] [HM44] [HM51] [F-homes-1] a family whose server is killed and wiped goes on at its reserve in at most four taps each, with all that was said", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(240_000);
  const [reserve, { setup, people }] = await Promise.all([
    BrowserSetup.start(browser),
    ownFamilyIn(browser, "妈妈 Maya 爸爸", [
      { look: phone, more: kept },
      { look: desktop, more: kept },
      { look: phone, more: kept },
    ]),
  ]);
  const there = new URL(reserve.origin).host;
  try {
    const [mum, maya, dad] = people;
    await home(mum);
    await makeGroup(mum, "一家人");
    await write(mum, "六点吃饭");
    for (const page of [maya, dad]) {
      await home(page);
      await opens(page, "一家人");
      await sees(page, "六点吃饭");
    }
    await write(maya, "on my way");
    for (const page of [mum, dad]) await sees(page, "on my way");
    await Promise.all(people.map(keepsApp));
    await Promise.all(people.map((page) => namesReserve(page, reserve.invite, there)));

    await setup.killServer();
    for (const name of readdirSync(setup.data))
      if (name !== "browsers") rmSync(join(setup.data, name), { recursive: true });
    await mum.clock.install();
    // What opens now comes from the device alone.
    await Promise.all(people.map((page) => page.reload()));

    // One is asked after an hour, the others do not wait for it.
    await opensSheet(mum);
    const away = '[data-testid="reserve-go"][data-away="true"]';
    await expect(mum.locator(away)).toBeVisible({ timeout: 30_000 });
    await shot(mum, "homes-away-phone");
    await mum.keyboard.press("Escape");
    await mum.clock.fastForward("01:30:00");
    const strip = mum.getByTestId("home-gone");
    await expect(strip).toContainText(there, { timeout: 30_000 });
    await isAccessible(mum);
    await shot(mum, "homes-gone-phone");
    await strip.getByTestId("home-gone-go").click();
    await shot(mum, "homes-ask-phone");
    await mum.getByTestId("confirm-yes").click();
    await isAt(mum, there);
    for (const page of [maya, dad]) {
      await opensSheet(page);
      await page.locator(away).click({ timeout: 30_000 });
      await page.getByTestId("confirm-yes").click();
      await isAt(page, there);
    }
    await expect(strip).toBeHidden();

    await home(mum);
    await opens(mum, "一家人");
    await write(mum, "大家都在吗");
    for (const page of [maya, dad]) {
      await home(page);
      await opens(page, "一家人");
      await sees(page, "大家都在吗", 90_000);
    }
    await write(dad, "到了");
    for (const page of [mum, maya]) await sees(page, "到了", 60_000);
    const [first, ...others] = await Promise.all(people.map(idsOf));
    expect(first?.length).toBe(4);
    for (const ids of others) expect(ids).toEqual(first);
    await shot(maya, "homes-there-desktop");
  } finally {
    await setup.close();
    await reserve.close();
  }
});

test("[HM67] [HM68] [HM70] [HM117] [WE313] [F-homes-2] while the server lives one moves by three taps, one's other device comes along at one, and who stays writes on", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(180_000);
  const reserve = await BrowserSetup.start(browser);
  const setup = await BrowserSetup.start(browser, ["--reserve-link", reserve.invite]);
  const there = new URL(reserve.origin).host;
  try {
    const [mum, dad, tablet] = await Promise.all([
      setup.resident(phone),
      setup.resident(phone),
      setup.resident({ ...desktop, locale: "zh-CN" }),
    ]);
    await setup.settle(mum, "妈妈");
    await befriend(setup, mum, dad, "爸爸");
    await linkDevice(setup, mum, tablet);
    await takesOffer(mum, there);
    await putsOff(dad);
    await opensSheet(mum);
    await mum.locator('[data-testid="reserve-go"][data-away="false"]').click();
    await shot(mum, "homes-move-ask");
    await mum.getByTestId("confirm-yes").click();
    await isAt(mum, there);
    await opens(dad, "妈妈");
    await write(dad, "你搬好了吗");
    await opens(mum, "爸爸");
    await sees(mum, "你搬好了吗", 60_000);
    await write(mum, "搬好了");
    await sees(dad, "搬好了", 60_000);

    const strip = tablet.getByTestId("home-gone");
    await expect(strip).toContainText(there, { timeout: 90_000 });
    await isAccessible(tablet);
    await shot(tablet, "homes-moved-strip");
    await strip.getByTestId("home-gone-go").click();
    await tablet.getByTestId("confirm-yes").click();
    await isAt(tablet, there);
    await opens(tablet, "爸爸");
    await sees(tablet, "搬好了", 60_000);
  } finally {
    await setup.close();
    await reserve.close();
  }
});

test("[HM118] [WE335] [F-homes-4] the server goes to another name: its people are asked above the chats, and go along by two taps", async ({
  browser,
}) => {
  const next = await BrowserSetup.start(browser);
  const setup = await BrowserSetup.start(browser, ["--moves-to", next.invite]);
  const there = new URL(next.origin).host;
  try {
    const [mum, dad] = await Promise.all([setup.resident(phone), setup.resident(phone)]);
    await setup.settle(mum, "妈妈");
    await befriend(setup, mum, dad, "爸爸");
    await home(mum);
    const strip = mum.getByTestId("home-moves");
    await expect(strip).toHaveAttribute("data-server", there, { timeout: 30_000 });
    await isAccessible(mum);
    await shot(mum, "homes-next");
    if (process.env["SCREENS"] !== undefined) await showsNext(mum);
    await mum.getByTestId("home-moves-go").click();
    await mum.getByTestId("confirm-yes").click();
    await isAt(mum, there);
    await opens(mum, "爸爸");
    await write(mum, "我搬好了");
    await sees(dad, "我搬好了", 60_000);
    // Who waits is asked no more in this window, and finds it in the settings.
    await home(dad);
    await dad.getByTestId("home-moves-later").click();
    await expect(dad.getByTestId("home-moves")).toHaveCount(0);
    await opensSheet(dad);
    await isAccessible(dad);
    await shot(dad, "homes-next-sheet");
    await dad.getByTestId("homes-next-go").click();
    await dad.getByTestId("confirm-yes").click();
    await isAt(dad, there);
    await opens(dad, "妈妈");
    await write(dad, "我也搬了");
    await sees(mum, "我也搬了", 60_000);
    await home(mum);
    await expect(strip).toHaveCount(0);
  } finally {
    await setup.close();
    await next.close();
  }
});

async function showsNext(page: Page): Promise<void> {
  for (const [name, look, size] of [
    ["dark", { locale: "zh-Hant", theme: "dark" }, phone],
    ["elder", { locale: "zh-Hans", elder: true }, phone],
    ["english", { locale: "en" }, phone],
    ["desktop", { locale: "en" }, desktop],
  ] as const) {
    await dressed(page, look, size);
    await home(page);
    await expect(page.getByTestId("home-moves")).toBeVisible({ timeout: 30_000 });
    await shot(page, `homes-next-${name}`);
  }
  await dressed(page, { locale: "zh-Hans" }, phone);
  await home(page);
}

test("[WE161] [PE66] [MO76] [MO78] [CA246] [CA247] people of two homes call each other and share Moments; a chat says whose server does not answer, and what waits for it has a clock until it is there", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(240_000);
  const federated = ["--federation", "open", "--peer-insecure-loopback", "yes"];
  const [here, there] = await Promise.all([
    BrowserSetup.start(browser, federated),
    BrowserSetup.start(browser, federated),
  ]);
  const server = new URL(there.origin).host;
  try {
    const [mum, uncle] = await Promise.all([here.resident(phone), there.resident(desktop)]);
    await Promise.all([here.settle(mum, "妈妈"), there.settle(uncle, "陈叔叔")]);
    const link = await contactLink(uncle);
    await goes(mum, "/contacts");
    await mum.getByTestId("add-friend").click();
    await mum.getByTestId("paste-link").fill(link);
    await mum.getByTestId("paste-link").press("Enter");
    await mum.getByTestId("send-request").click();
    await goes(uncle, "/contacts/requests");
    await uncle.getByTestId("request-accept").click();
    await opens(mum, "陈叔叔");
    await write(mum, "到家了吗");
    await sees(uncle, "到家了吗");
    await expect(bubble(mum, "到家了吗")).toHaveAttribute("data-state", "sent");
    await callsAcross(mum, "陈叔叔", uncle, "妈妈");
    await sharesAcross(mum, uncle, "陈叔叔");
    await opens(uncle, "妈妈");
    await opens(mum, "陈叔叔");
    await there.killServer();
    await write(mum, "记得带伞");
    const strip = mum.getByTestId("far");
    await expect(strip).toContainText("陈叔叔", { timeout: 60_000 });
    await expect(strip).toHaveAttribute("data-server", server);
    await expect(bubble(mum, "记得带伞")).toHaveAttribute("data-state", "waits");
    await expect(bubble(mum, "到家了吗")).toHaveAttribute("data-state", "sent");
    await isAccessible(mum);
    await shot(mum, "far-phone");
    for (const [name, look] of [
      ["dark", { locale: "zh-Hant", theme: "dark" }],
      ["elder", { locale: "zh-Hans", elder: true }],
      ["english", { locale: "en" }],
    ] as const) {
      if (process.env["SCREENS"] === undefined) break;
      await dressed(mum, look, name === "english" ? desktop : phone);
      await expect(strip).toBeVisible({ timeout: 60_000 });
      await shot(mum, `far-${name}`);
    }
    const away = mum.getByTestId("moments-away");
    await looksFor(mum, () => expect(away).toContainText(server, { timeout: 8_000 }));
    await isAccessible(mum);
    await shot(mum, "moments-away");
    await opens(mum, "陈叔叔");
    await there.startServer();
    await expect(bubble(mum, "记得带伞")).toHaveAttribute("data-state", "sent", { timeout: 60_000 });
    await expect(strip).toBeHidden();
    await sees(uncle, "记得带伞", 60_000);
  } finally {
    await here.close();
    await there.close();
  }
});

async function callsAcross(one: Page, nameOfOther: string, other: Page, nameOfOne: string): Promise<void> {
  await opens(one, nameOfOther);
  await one.getByTestId("plus-open").click();
  await one.getByTestId("plus-call-voice").click();
  await expect(other.getByTestId("call-incoming")).toBeVisible({ timeout: 30_000 });
  await other.getByTestId("call-answer").click();
  for (const page of [one, other]) {
    await expect(page.getByTestId("call-screen")).toHaveAttribute("data-at", "talking", { timeout: 30_000 });
    await expect.poll(() => heard(page), { timeout: 20_000 }).toBe(1);
  }
  await other.getByTestId("call-hang-up").click();
  for (const [page, name] of [
    [one, nameOfOther],
    [other, nameOfOne],
  ] as const) {
    await expect(page.getByTestId("call-screen")).toHaveCount(0);
    await opens(page, name);
    await expect(page.getByTestId("call-record").last()).toHaveAttribute("data-as", "ended", { timeout: 30_000 });
  }
}

async function sharesAcross(author: Page, reader: Page, nameOfReader: string): Promise<void> {
  await goes(author, "/moments/new");
  await author.getByTestId("compose-text").fill("院子里下雪了");
  await author.getByTestId("compose-post").click();
  await expect(author.getByTestId("compose-moment")).toHaveCount(0);
  const snow = (page: Page) => page.getByTestId("moment").filter({ hasText: "院子里下雪了" });
  await goes(author, "/moments");
  await expect(snow(author)).toHaveAttribute("data-state", "sent", { timeout: 30_000 });
  await looksFor(reader, () => expect(snow(reader)).toHaveCount(1, { timeout: 4_000 }));
  await snow(reader).getByTestId("moment-acts").click();
  await reader.getByTestId("moment-like").click();
  const likes = snow(author).getByTestId("moment-likes");
  await looksFor(author, () => expect(likes).toContainText(nameOfReader, { timeout: 4_000 }));
}

/** Moments are opened anew until it is there: each time all homes are looked at. */
async function looksFor(page: Page, seen: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await goes(page, "/discover");
    await goes(page, "/moments");
    await seen();
  }).toPass({ timeout: 90_000 });
}

/** The operator offers a reserve above the chats (HM117, WE313). */
async function takesOffer(page: Page, there: string): Promise<void> {
  await home(page);
  const offer = page.getByTestId("reserve-offer");
  await expect(offer).toHaveAttribute("data-server", there, { timeout: 30_000 });
  await isAccessible(page);
  await shot(page, "homes-offer");
  await page.getByTestId("reserve-offer-set").click();
  await expect(offer).toHaveCount(0, { timeout: 30_000 });
  await opensSheet(page);
  await expect(page.getByTestId("reserve")).toHaveAttribute("data-whole", "true", { timeout: 60_000 });
  await shot(page, "homes-whole-offered");
  await page.keyboard.press("Escape");
}

/** Who says no is asked no more, and finds it in the settings. */
async function putsOff(page: Page): Promise<void> {
  await home(page);
  await page.getByTestId("reserve-offer-later").click({ timeout: 30_000 });
  await expect(page.getByTestId("reserve-offer")).toHaveCount(0);
  await opensSheet(page);
  await isAccessible(page);
  await shot(page, "homes-offered-sheet");
  await page.getByTestId("reserve-other").click();
  await expect(page.getByTestId("reserve-link")).toBeVisible();
  await page.keyboard.press("Escape");
}

async function opensSheet(page: Page): Promise<void> {
  await goes(page, "/me/settings");
  await page.getByTestId("homes").click();
}

async function namesReserve(page: Page, invite: string, there: string): Promise<void> {
  await opensSheet(page);
  await isAccessible(page);
  await shot(page, `homes-none-${page.viewportSize()?.width}`);
  await page.getByTestId("reserve-link").fill(invite);
  await page.getByTestId("reserve-set").click();
  const reserve = page.getByTestId("reserve");
  await expect(reserve).toHaveAttribute("data-server", there, { timeout: 30_000 });
  await expect(reserve).toHaveAttribute("data-whole", "true", { timeout: 60_000 });
  await shot(page, `homes-whole-${page.viewportSize()?.width}`);
  await page.keyboard.press("Escape");
}

/** What asked, a sheet or a strip, stays until one is there: a sheet that opens meanwhile is closed with it. */
async function isAt(page: Page, there: string): Promise<void> {
  const asks = ["homes-sheet", "home-gone", "home-moves"].map((id) => page.getByTestId(id));
  for (const one of asks) await expect(one).toHaveCount(0, { timeout: 60_000 });
  await opensSheet(page);
  await expect(page.getByTestId("homes-home")).toHaveAttribute("data-server", there, { timeout: 30_000 });
  await page.keyboard.press("Escape");
}
