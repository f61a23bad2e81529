/**
 * Moments 朋友圈 and Status 状态, played by four people with tags: 妈妈 knows Maya, 爸爸 and 外婆, who are strangers to
 * one another. What one of them sees, and what another does not. All of it is long: `npm test` plays each of its rows
 * with fewer people in moments.spec.ts, and who sees what in worlds.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type BrowserSetup, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { dayMs, drawn, looksFor, post, setClock } from "./moments.ts";
import { befriend, goes, home, isAccessible, makeGroup, opens, shot } from "./people.ts";

test.describe.configure({ mode: "serial", timeout: 180_000 });
let setup: BrowserSetup;
let [mum, maya, dad, gran] = [] as unknown as [Page, Page, Page, Page];
let folder = "";

/** What mum posts takes most upload tokens of a first day (MO72): she has as many as later. */
const aLaterDay = ["--new-file-tokens", "1024"];

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  folder = await mkdtemp(join(tmpdir(), "yanshu-moments-"));
  const family = await familyIn(browser, "妈妈 Maya 爸爸", [phone, phone, phone], aLaterDay);
  setup = family.setup;
  [mum, maya, dad] = family.people;
  gran = await setup.resident(phone);
  await home(mum);
  await befriend(setup, mum, gran, "外婆");
  await tags("Maya", "家人");
  await tags("外婆", "家人", "长辈");
  await tags("爸爸", "球友");
});
test.afterAll(async () => {
  await setup.close();
  await rm(folder, { recursive: true, force: true });
});

async function opensContact(page: Page, name: string): Promise<void> {
  await goes(page, "/contacts");
  await page.getByTestId("contact-row").filter({ hasText: name }).click();
  await expect(page.getByTestId("contact-chats-only")).toBeVisible();
}
async function tags(name: string, ...all: readonly string[]): Promise<void> {
  await opensContact(mum, name);
  await mum.getByTestId("contact-tags").click();
  for (const tag of all) {
    await mum.getByTestId("tag-field").fill(tag);
    await mum.getByTestId("tag-add").click();
  }
  await mum.getByTestId("tags-save").click();
  await expect(mum.getByTestId("contact-tags")).toContainText(all[0] ?? "");
}

type Audience = {
  readonly who: "only" | "except" | "me";
  readonly tags?: readonly string[];
  readonly people?: readonly string[];
  readonly count?: number;
};
/** On the page that asks who sees it. */
async function picks(page: Page, { who, tags: named = [], people = [], count }: Audience): Promise<void> {
  await page.getByTestId(`audience-${who}`).check({ force: true });
  for (const tag of named) await page.getByTestId("audience-tag").filter({ hasText: tag }).click();
  if (people.length > 0) {
    await page.getByTestId("audience-add").click();
    for (const name of people) await page.getByTestId("pick").filter({ hasText: name }).click();
    await page.getByTestId("picked-done").click();
  }
  if (count !== undefined) await expect(page.getByTestId("audience-foot")).toContainText(`${count}`);
  await page.getByTestId("audience-done").click();
}
async function writes(page: Page, words: string, audience?: Audience): Promise<void> {
  await goes(page, "/moments/new");
  await page.getByTestId("compose-text").fill(words);
  if (audience === undefined) return;
  await page.getByTestId("compose-who").click();
  await picks(page, audience);
}
async function sends(page: Page, words: string): Promise<void> {
  await page.getByTestId("compose-post").click();
  await expect(page.getByTestId("compose-moment")).toHaveCount(0);
  await goes(page, "/moments");
  await expect(post(page, words)).toHaveAttribute("data-state", "sent", { timeout: 30_000 });
}
async function posts(page: Page, words: string, audience?: Audience): Promise<void> {
  await writes(page, words, audience);
  await sends(page, words);
}
const sees = (page: Page, words: string) =>
  looksFor(page, "/moments", () => expect(post(page, words)).toHaveCount(1, { timeout: 4_000 }));
/** Which of these are in the feed that the page shows. */
async function shownOf(page: Page, all: readonly string[]): Promise<readonly string[]> {
  const texts = await page.getByTestId("moment-text").allTextContents();
  return all.filter((words) => texts.some((text) => text.includes(words)));
}
const word = (page: Page, words: string, said: string) =>
  post(page, words).getByTestId("moment-word").filter({ hasText: said });
async function says(page: Page, words: string, said: string): Promise<void> {
  await post(page, words).getByTestId("moment-acts").click();
  await post(page, words).getByTestId("moment-comment").click();
  await page.getByTestId("say-field").fill(said);
  await page.getByTestId("say-send").click();
  await expect(word(page, words, said)).toHaveCount(1);
  await expect(word(page, words, said)).not.toHaveClass(/mo-going/, { timeout: 20_000 });
}
async function likes(page: Page, words: string): Promise<void> {
  await post(page, words).getByTestId("moment-acts").click();
  await post(page, words).getByTestId("moment-like").click();
  await expect(post(page, words).getByTestId("moment-likes")).toBeVisible();
}

const four = "四个人都看得到";

test("[F-2b-3] by tags, by tags and people, all but a tag, nobody else: each sees what is for them, and no gap", {
  tag: "@long",
}, async () => {
  const others = () => [maya, dad, gran];
  for (const page of [mum, ...others()]) {
    await goes(page, "/moments");
    await page.getByTestId("moments-empty").waitFor();
  }
  await writes(mum, "家人看的", { who: "only", tags: ["家人"], count: 2 });
  await expect(mum.getByTestId("compose-who")).toContainText("家人");
  await sends(mum, "家人看的");
  await posts(mum, "家人以外看的", { who: "except", tags: ["家人"], count: 1 });
  await posts(mum, "长辈和爸爸看的", { who: "only", tags: ["长辈"], people: ["爸爸"], count: 2 });
  await posts(mum, "写给自己的", { who: "me" });
  await posts(mum, four);
  await expect(post(mum, "写给自己的").getByTestId("moment-audience")).toHaveText("私密");
  const all = ["家人看的", "家人以外看的", "长辈和爸爸看的", "写给自己的"];
  const wanted = [["家人看的"], ["家人以外看的", "长辈和爸爸看的"], ["家人看的", "长辈和爸爸看的"]];
  for (const [n, page] of others().entries()) {
    const mine = wanted[n] ?? [];
    await looksFor(page, "/moments", async () => {
      await expect(post(page, four)).toHaveCount(1, { timeout: 4_000 });
      for (const words of mine) await expect(post(page, words)).toHaveCount(1, { timeout: 4_000 });
    });
    expect(await shownOf(page, all)).toEqual(mine);
    await expect(page.getByTestId("moments-gap")).toHaveCount(0);
    // For whom it is stands on her own posts alone.
    await expect(page.getByTestId("moment-audience")).toHaveCount(0);
  }
});

test("[F-2b-5] what strangers say on one post only its author reads; what she says all of them do", {
  tag: "@long",
}, async () => {
  await says(maya, four, "Maya 到了");
  await says(gran, four, "外婆也到了");
  await likes(dad, four);
  await likes(gran, four);
  await looksFor(mum, "/moments", async () => {
    for (const said of ["Maya 到了", "外婆也到了"])
      await expect(word(mum, four, said)).toHaveCount(1, { timeout: 4_000 });
    for (const name of ["爸爸", "外婆"])
      await expect(post(mum, four).getByTestId("moment-likes")).toContainText(name, { timeout: 4_000 });
  });
  await says(mum, four, "都坐下吧");
  for (const page of [maya, dad, gran])
    await looksFor(page, "/moments", () => expect(word(page, four, "都坐下吧")).toHaveCount(1, { timeout: 4_000 }));
  await expect(word(maya, four, "外婆也到了")).toHaveCount(0);
  await expect(word(gran, four, "Maya 到了")).toHaveCount(0);
  await expect(post(dad, four).getByTestId("moment-word")).toHaveCount(1);
  await expect(post(maya, four).getByTestId("moment-likes")).toHaveCount(0);
  await expect(post(dad, four).getByTestId("moment-likes")).not.toContainText("外婆");
});

test("[F-2b-7] four of three friends concern her: the number, the list, and the face beside the dot", {
  tag: "@long",
}, async () => {
  await goes(mum, "/discover");
  await expect(mum.getByTestId("to-moments").locator(".badge")).toContainText("4");
  await goes(mum, "/moments/news");
  await expect(mum.getByTestId("moments-news-item")).toHaveCount(4);
  for (const name of ["Maya", "爸爸", "外婆"])
    await expect(mum.getByTestId("moments-news-item").filter({ hasText: name }).first()).toBeVisible();
  await goes(mum, "/discover");
  await expect(mum.getByTestId("to-moments").locator(".badge")).toHaveCount(0);
  // A friend's new post is a dot with a face, and no number.
  await posts(gran, "外婆的一条");
  await expect(async () => {
    await mum.bringToFront();
    await goes(mum, "/status");
    await goes(mum, "/discover");
    await expect(mum.getByTestId("moments-dot")).toBeVisible({ timeout: 4_000 });
  }).toPass({ timeout: 60_000 });
  await expect(mum.getByTestId("to-moments").locator(".badge")).toHaveCount(0);
  await sees(mum, "外婆的一条");
  await goes(mum, "/discover");
  await expect(mum.getByTestId("moments-dot")).toHaveCount(0);
});

test("[F-2b-6] two of three friends are called, and each is told alone", {
  tag: "@long",
}, async () => {
  await writes(mum, "请你们看看");
  await mum.getByTestId("compose-mentions").click();
  for (const name of ["Maya", "外婆"]) await mum.getByTestId("pick").filter({ hasText: name }).click();
  await mum.getByTestId("picked-done").click();
  await expect(mum.getByTestId("compose-mentions")).toContainText("Maya");
  await sends(mum, "请你们看看");
  for (const page of [maya, gran]) {
    await sees(page, "请你们看看");
    await expect(post(page, "请你们看看")).toContainText("提醒你看");
    await goes(page, "/moments/news");
    const told = page.getByTestId("moments-news-item").filter({ hasText: "请你们看看" });
    await expect(told).toContainText("提醒你看");
    await expect(page.getByTestId("moments-news-page")).not.toContainText(page === maya ? "外婆" : "Maya");
  }
  await sees(dad, "请你们看看");
  await expect(post(dad, "请你们看看")).not.toContainText("提醒你看");
});

test("[F-2b-12] chats only: neither sees the other's, the others do; undone, both see what comes then", {
  tag: "@long",
}, async () => {
  await opensContact(mum, "爸爸");
  await mum.getByTestId("contact-chats-only").click();
  await expect(mum.getByTestId("contact-moments")).toHaveCount(0);
  await posts(mum, "爸爸只聊天的时候");
  await posts(dad, "爸爸这时发的");
  for (const page of [maya, gran]) await sees(page, "爸爸只聊天的时候");
  await goes(mum, "/discover");
  await goes(mum, "/moments");
  await expect(post(mum, "爸爸只聊天的时候")).toHaveCount(1);
  await expect(post(mum, "爸爸这时发的")).toHaveCount(0);
  await expect(post(dad, "爸爸只聊天的时候")).toHaveCount(0);
  await opensContact(mum, "爸爸");
  await mum.getByTestId("contact-chats-only").click();
  await expect(mum.getByTestId("contact-moments")).toBeVisible();
  await posts(mum, "又是朋友圈里的朋友");
  await sees(dad, "又是朋友圈里的朋友");
  await posts(dad, "爸爸回来了");
  await sees(mum, "爸爸回来了");
});

test("[F-2b-12] hide mine and don't show theirs are each one-sided, and can be undone", {
  tag: "@long",
}, async () => {
  await opensContact(mum, "外婆");
  await mum.getByTestId("contact-hide-mine").click();
  await expect(mum.getByTestId("contact-hide-mine")).toHaveAttribute("aria-checked", "true");
  await opensContact(mum, "Maya");
  await mum.getByTestId("contact-hide-theirs").click();
  await expect(mum.getByTestId("contact-hide-theirs")).toHaveAttribute("aria-checked", "true");
  await posts(mum, "外婆看不见的一条");
  await posts(gran, "外婆照样发");
  await posts(maya, "妈妈不看的一条");
  await sees(mum, "外婆照样发");
  await expect(post(mum, "妈妈不看的一条")).toHaveCount(0);
  await sees(maya, "外婆看不见的一条");
  await opensContact(mum, "Maya");
  await mum.getByTestId("contact-hide-theirs").click();
  // Not shown, not lost: it is there once she wants to see it.
  await sees(mum, "妈妈不看的一条");
  await opensContact(mum, "外婆");
  await mum.getByTestId("contact-hide-mine").click();
  await posts(mum, "外婆又看得见");
  await sees(gran, "外婆又看得见");
  await expect(post(gran, "外婆看不见的一条")).toHaveCount(0);
});

test("[WE250] [F-2b-12] the settings count from whom one hides, and set it for several at once", {
  tag: "@long",
}, async () => {
  await goes(mum, "/moments/settings");
  const row = mum.getByTestId("moments-hidesMine");
  await expect(row).toContainText("0 人");
  const ticks = async (...names: readonly string[]) => {
    await row.click();
    for (const name of names) await mum.getByTestId("pick").filter({ hasText: name }).click();
    await mum.getByTestId("picked-done").click();
  };
  await ticks("Maya", "外婆");
  await expect(row).toContainText("2 人");
  await isAccessible(mum);
  await shot(mum, "moments-settings-people");
  await posts(mum, "只有爸爸看得见");
  await sees(dad, "只有爸爸看得见");
  await opensContact(mum, "外婆");
  await expect(mum.getByTestId("contact-hide-mine")).toHaveAttribute("aria-checked", "true");
  await goes(mum, "/moments/settings");
  await ticks("Maya", "外婆");
  await expect(row).toContainText("0 人");
  await posts(mum, "大家又看得见");
  for (const page of [maya, gran]) {
    await sees(page, "大家又看得见");
    await expect(post(page, "只有爸爸看得见")).toHaveCount(0);
  }
});

test("[F-2b-8] [WE111] a page of one's own stands by month, for oneself and for friends", {
  tag: "@long",
}, async () => {
  const old = [
    ["上个月的瓜", 31],
    ["两个月前的瓜", 62],
  ] as const;
  for (const [words, days] of [...old].reverse()) {
    await setClock(mum, -days * dayMs);
    await writes(mum, words);
    await mum.getByTestId("compose-post").click();
    await expect(mum.getByTestId("compose-moment")).toHaveCount(0);
  }
  await setClock(mum, 0);
  const monthOf = (days: number) =>
    new Date(Date.now() - days * dayMs).toLocaleDateString("zh-CN", { year: "numeric", month: "long" });
  /** At the end of the page, each old post under its own month. */
  const stands = async (page: Page) => {
    await page
      .getByTestId(page === mum ? "moments-mine" : "moments-of")
      .locator(".rows")
      .evaluate((rows) => rows.scrollTo(0, rows.scrollHeight));
    const tops: number[] = [];
    for (const [words, days] of old) {
      const month = page.getByTestId("moments-month").filter({ hasText: monthOf(days) });
      await expect(month).toHaveCount(1, { timeout: 4_000 });
      for (const one of [month, page.getByTestId("moments-entry").filter({ hasText: words })])
        tops.push((await one.boundingBox({ timeout: 4_000 }))?.y ?? 0);
    }
    expect(tops).toEqual([...tops].sort((one, other) => one - other));
  };
  await goes(mum, "/discover");
  await goes(mum, "/moments/mine");
  // What she wrote today stands with the day's button, before any month.
  const marks = mum.locator("[data-testid=moments-today], [data-testid=moments-entry], [data-testid=moments-month]");
  await expect(marks.nth(1)).toHaveAttribute("data-testid", "moments-entry");
  await expect(() => stands(mum)).toPass({ timeout: 30_000 });
  await isAccessible(mum);
  await shot(mum, "moments-months");
  await expect(async () => {
    await goes(gran, "/moments");
    await opensContact(gran, "妈妈");
    await gran.getByTestId("contact-moments").click();
    await expect(gran.getByTestId("moments-month").first()).toBeVisible({ timeout: 4_000 });
    await stands(gran);
  }).toPass({ timeout: 60_000 });
});

test("[F-2b-13] the album has pictures of friends' Moments and of the group, and none of a chat of two", {
  tag: "@long",
}, async () => {
  const sendsPictures = async (count: number) => {
    await mum.getByTestId("plus-open").click();
    const chooser = mum.waitForEvent("filechooser");
    await mum.getByTestId("plus-photo").click();
    await (await chooser).setFiles([...(await drawn(mum, folder, count, 320))]);
    await mum.getByTestId("preview-send").click();
    await expect(mum.getByTestId("photos").last()).toHaveAttribute("data-count", `${count}`);
  };
  await opens(mum, "Maya");
  await sendsPictures(3);
  await home(mum);
  await makeGroup(mum, "一家人", 3);
  await sendsPictures(2);
  await goes(gran, "/moments/new");
  await gran.getByTestId("compose-text").fill("外婆的照片");
  const chooser = gran.waitForEvent("filechooser");
  await gran.getByTestId("compose-add").click();
  await (await chooser).setFiles([...(await drawn(gran, folder, 1, 320))]);
  await expect(gran.getByTestId("compose-picture")).toHaveCount(1);
  await sends(gran, "外婆的照片");
  await sees(mum, "外婆的照片");
  await goes(mum, "/discover");
  await mum.getByTestId("to-album").click();
  await expect(mum.getByTestId("album-tile")).toHaveCount(3);
  await expect(mum.getByTestId("album-month")).toHaveCount(1);
  await mum.getByTestId("album-tile").first().click();
  await mum.getByTestId("viewer-show").click();
  await expect(mum.getByTestId("moment-page")).toContainText("外婆的照片");
  await goes(mum, "/discover");
  await mum.getByTestId("to-album").click();
  await expect(mum.getByTestId("album-tile")).toHaveCount(3); // Those of the group come a moment later.
  await mum.getByTestId("album-tile").last().click();
  await mum.getByTestId("viewer-show").click();
  await expect(mum.getByTestId("title")).toContainText("一家人");
  // Who is in the group, and no friend of hers, has its pictures in the album, and not hers.
  await goes(maya, "/discover");
  await maya.getByTestId("to-album").click();
  await expect(maya.getByTestId("album-tile")).toHaveCount(2);
});

test("[F-2d-1] a status by tags, hearts of two, and all who feel the same", {
  tag: "@long",
}, async () => {
  const setsStatus = async (page: Page, words: string) => {
    await goes(page, "/status");
    await page.getByTestId("status-set").click();
    await page.getByTestId("mood-cooking").click();
    await page.getByTestId("status-words").fill(words);
  };
  for (const [page, words] of [
    [maya, "Maya 的粥"],
    [dad, "爸爸的粥"],
    [gran, "外婆的粥"],
  ] as const) {
    await setsStatus(page, words);
    await page.getByTestId("status-done").click();
    await expect(page.getByTestId("status-sees")).toContainText("1", { timeout: 30_000 });
  }
  await setsStatus(mum, "一锅白粥");
  await mum.getByTestId("status-who").click();
  await picks(mum, { who: "only", tags: ["家人"], count: 2 });
  await mum.getByTestId("status-done").click();
  await expect(mum.getByTestId("status-sees")).toContainText("2", { timeout: 30_000 });
  await looksFor(mum, "/status", async () => {
    await expect(mum.getByTestId("status-friend")).toHaveCount(3, { timeout: 4_000 });
    for (const name of ["Maya", "爸爸", "外婆"])
      await expect(mum.getByTestId("status-same")).toContainText(name, { timeout: 4_000 });
  });
  await isAccessible(mum);
  await shot(mum, "status-four");
  for (const page of [maya, gran]) {
    await looksFor(page, "/status", () =>
      expect(page.getByTestId("status-friend")).toContainText("一锅白粥", { timeout: 4_000 }),
    );
    await page.getByTestId("status-like").click();
  }
  await looksFor(mum, "/status", async () => {
    for (const name of ["Maya", "外婆"])
      await expect(mum.getByTestId("status-likes")).toContainText(name, { timeout: 4_000 });
  });
  // It is not for him, and so he feels the same as nobody.
  await looksFor(dad, "/status", () => expect(dad.getByTestId("status-friends")).toBeVisible({ timeout: 4_000 }));
  await expect(dad.getByTestId("status-friend")).toHaveCount(0);
  await expect(dad.getByTestId("status-same")).toHaveCount(0);
});
