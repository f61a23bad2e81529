/**
 * Moments 朋友圈 and Status 状态, played by two people and a new friend: what waits, what was begun, what is found
 * again, what stands on another device of one's own, and how far back a new friend sees.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type BrowserSetup, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { dayMs, drawn, looksFor, post, setClock } from "./moments.ts";
import { beginsAnew, contactLink, goes, home, isAccessible, linkDevice, shot } from "./people.ts";

test.describe.configure({ mode: "serial", timeout: 120_000 });
let setup: BrowserSetup;
let [mum, maya, tablet] = [] as unknown as [Page, Page, Page];
let folder = "";

/** What mum posts here takes most upload tokens of a first day (MO72): she has as many as later. */
const aLaterDay = ["--new-file-tokens", "1024"];

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  folder = await mkdtemp(join(tmpdir(), "yanshu-moments-"));
  const family = await familyIn(browser, "妈妈 Maya", [phone, phone], aLaterDay);
  setup = family.setup;
  [mum, maya] = family.people;
});
test.afterAll(async () => {
  await setup.close();
  await rm(folder, { recursive: true, force: true });
});

const pictures = (page: Page, count: number, width?: number) => drawn(page, folder, count, width);

/** Home has it: whoever looks before that looks in vain, and for seconds. */
const isSent = (words: string) => expect(post(mum, words)).toHaveAttribute("data-state", "sent", { timeout: 30_000 });
const sees = (page: Page, words: string) =>
  looksFor(page, "/moments", () => expect(post(page, words)).toHaveCount(1, { timeout: 4_000 }));

async function writes(page: Page, words: string): Promise<void> {
  await goes(page, "/moments/new");
  await page.getByTestId("compose-text").fill(words);
}
async function adds(page: Page, count: number): Promise<void> {
  await chooses(page, await pictures(page, count));
  await expect(page.getByTestId("compose-picture")).toHaveCount(count);
}
async function chooses(page: Page, paths: readonly string[]): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId("compose-add").click();
  await (await chooser).setFiles([...paths]);
}
/** Posts that were sent, by their words: far down in the feed they are not in the document. */
const ids = new Map<string, string>();
async function sends(page: Page): Promise<void> {
  const words = await page.getByTestId("compose-text").inputValue();
  await page.getByTestId("compose-post").click();
  await expect(page.getByTestId("compose-moment")).toHaveCount(0);
  await goes(page, "/moments");
  ids.set(words, (await post(page, words).getAttribute("data-id")) ?? "");
}
/** The page of one post. */
const at = async (page: Page, words: string) => goes(page, `/moments/post/${ids.get(words)}`);
/** It is looked at anew until it is so. */
const looksAt = async (page: Page, words: string, seen: () => Promise<void>) =>
  looksFor(page, `/moments/post/${ids.get(words)}`, seen);

test("[WE117] [F-2b-1] a post whose pictures home refuses says so, and is sent again by a tap", {
  tag: "@long",
}, async () => {
  await goes(maya, "/moments");
  await maya.getByTestId("moments-empty").waitFor();
  let refused = 0;
  await mum.context().route("**/blobs/*", (asked) => {
    refused++;
    return asked.fulfill({ status: 507, body: "storage-full" });
  });
  await writes(mum, "四样小菜");
  await adds(mum, 4);
  await sends(mum);
  const own = post(mum, "四样小菜");
  await expect(own.getByTestId("moment-again")).toBeVisible();
  await expect(own.getByTestId("moment-unsent")).toHaveText("没发出去");
  await isAccessible(mum);
  await shot(mum, "moments-failed");
  // Home is as full as before.
  const before = refused;
  await own.getByTestId("moment-again").click();
  await expect.poll(() => refused).toBeGreaterThan(before);
  await expect(own).toHaveAttribute("data-state", "failed");
  await mum.context().unroute("**/blobs/*");
  await expect(async () => {
    // What was asked for before may still be on its way.
    if ((await own.getAttribute("data-state")) === "failed")
      await own.getByTestId("moment-again").click({ timeout: 2_000 });
    await expect(own).toHaveAttribute("data-state", "sent", { timeout: 8_000 });
  }).toPass({ timeout: 60_000 });
  await expect(own.getByTestId("moment-unsent")).toHaveCount(0);
  await sees(maya, "四样小菜");
  await expect(post(maya, "四样小菜").getByTestId("moment-sharp")).toHaveCount(4);
});

test("[WE117] [WE128] [F-2b-1] a post that is written without a network waits, says so, and goes by itself", {
  tag: "@long",
}, async () => {
  await mum.context().setOffline(true);
  await writes(mum, "山里没有信号");
  await adds(mum, 1);
  await sends(mum);
  const own = post(mum, "山里没有信号");
  await expect(own.getByTestId("moment-unsent")).toHaveText("没有网络，连上就发");
  // The strip that says so stands under the bar, and not behind its words.
  const [bar, strip] = await Promise.all(
    [mum.locator(".mo-bar"), mum.getByTestId("network")].map((one) => one.boundingBox()),
  );
  expect(strip?.y).toBeGreaterThanOrEqual((bar?.y ?? 0) + (bar?.height ?? 0));
  await isAccessible(mum);
  await shot(mum, "moments-waits");
  await mum.context().setOffline(false);
  await expect(own).toHaveAttribute("data-state", "sent", { timeout: 60_000 });
  await sees(maya, "山里没有信号");
  await expect(post(maya, "山里没有信号").getByTestId("moment-sharp")).toHaveCount(1);
});

test("[WE122] [F-2b-2] nine pictures are there after one request, and the one that is opened follows", {
  tag: "@long",
}, async () => {
  const asked = new Set<string>();
  maya.context().on("request", (request) => {
    const id = /\/blobs\/([0-9a-f]+)$/.exec(request.url())?.[1];
    if (id !== undefined && request.method() === "GET") asked.add(id);
  });
  await writes(mum, "九张");
  await adds(mum, 9);
  await sends(mum);
  await isSent("九张");
  await sees(maya, "九张");
  const shown = post(maya, "九张").getByTestId("moment-sharp");
  await expect(shown).toHaveCount(9);
  for (const one of await shown.all()) await expect(one).toHaveAttribute("data-whole", "false");
  expect(asked.size).toBe(1);
  await post(maya, "九张").getByTestId("moment-picture").nth(1).click();
  await expect
    .poll(() => maya.getByTestId("viewer-shown").evaluate((one) => (one as HTMLImageElement).naturalWidth))
    .toBe(1_280);
  expect(asked.size).toBeGreaterThan(1);
  await maya.keyboard.press("Escape");
});

test("[WE119] [F-2b-11] a post that was begun, with pictures and audience, is there after the app began anew", {
  tag: "@long",
}, async () => {
  await writes(mum, "外婆的菜园");
  await adds(mum, 2);
  await mum.getByTestId("compose-place").click();
  await mum.getByTestId("ask-field").fill("龙井村");
  await mum.getByTestId("ask-yes").click();
  await mum.getByTestId("compose-who").click();
  await mum.getByTestId("audience-me").check({ force: true });
  await mum.getByTestId("audience-done").click();
  await mum.getByTestId("compose-cancel").click();
  await mum.getByTestId("draft-keep").click();
  await expect(mum.getByTestId("compose-moment")).toHaveCount(0);
  await beginsAnew(mum);
  await goes(mum, "/moments");
  await mum.getByTestId("moments-new").click();
  await expect(mum.getByTestId("pick-draft")).toContainText("草稿");
  await expect(mum.getByTestId("pick-draft")).toContainText("外婆的菜园");
  await isAccessible(mum);
  await shot(mum, "moments-pick-draft");
  await mum.getByTestId("pick-draft").click();
  await expect(mum.getByTestId("compose-text")).toHaveValue("外婆的菜园");
  await expect(mum.getByTestId("compose-picture")).toHaveCount(2);
  await expect(mum.getByTestId("compose-place")).toContainText("龙井村");
  await expect(mum.getByTestId("compose-who")).toContainText("私密");
  await sends(mum);
  await expect(post(mum, "外婆的菜园").getByTestId("moment-sharp")).toHaveCount(2);
  await beginsAnew(mum);
  await goes(mum, "/moments/new");
  await expect(mum.getByTestId("compose-text")).toBeEnabled();
  await expect(mum.getByTestId("compose-text")).toHaveValue("");
});

test("[WE121] [F-1b-8] [F-2b-1] posts are found by their words, and open", { tag: "@long" }, async () => {
  await sees(maya, "山里没有信号");
  await goes(maya, "/search");
  await maya.getByTestId("search-field").fill("小菜");
  await expect(maya.getByTestId("found-moment")).toHaveCount(1);
  await expect(maya.getByTestId("found-moment").locator("mark")).toHaveText("小菜");
  await isAccessible(maya);
  await shot(maya, "moments-found");
  await maya.getByTestId("found-moment").click();
  await expect(maya.getByTestId("moment-page")).toContainText("四样小菜");
  // Hers alone: it is found by her.
  await goes(maya, "/search");
  await maya.getByTestId("search-field").fill("菜园");
  await expect(maya.getByTestId("search-results")).toContainText("菜园");
  await expect(maya.getByTestId("found-moment")).toHaveCount(0);
  await goes(mum, "/search");
  await mum.getByTestId("search-field").fill("菜園");
  await expect(mum.getByTestId("found-moment")).toHaveCount(1);
});

test("[WE118] [F-2d-1] a status with a picture, a place, and those who see it", { tag: "@long" }, async () => {
  await goes(mum, "/status");
  await mum.getByTestId("status-set").click();
  await mum.getByTestId("mood-walking").click();
  await mum.getByTestId("status-words").fill("湖边走走");
  const chooser = mum.waitForEvent("filechooser");
  await mum.getByTestId("status-picture-pick").click();
  await (await chooser).setFiles([...(await pictures(mum, 1))]);
  await expect(mum.getByTestId("status-picture-now")).toBeVisible();
  await mum.getByTestId("status-where").click();
  await mum.getByTestId("ask-field").fill("西湖");
  await mum.getByTestId("ask-yes").click();
  await mum.getByTestId("status-who").click();
  await mum.getByTestId("audience-only").check({ force: true });
  await mum.getByTestId("audience-add").click();
  await mum.getByTestId("pick").filter({ hasText: "Maya" }).click();
  await mum.getByTestId("picked-done").click();
  await mum.getByTestId("audience-done").click();
  await expect(mum.getByTestId("status-who")).toContainText("Maya");
  await isAccessible(mum);
  await shot(mum, "status-pick-picture");
  await mum.getByTestId("status-done").click();
  await expect(mum.getByTestId("status-mine").getByTestId("status-place")).toHaveText("西湖");
  await expect(mum.getByTestId("status-sees")).toContainText("1");
  await looksFor(maya, "/status", async () => {
    await expect(maya.getByTestId("status-friend")).toContainText("湖边走走", { timeout: 4_000 });
  });
  const theirs = maya.getByTestId("status-friend");
  await expect(theirs.getByTestId("status-place")).toHaveText("西湖");
  await expect(theirs.getByTestId("moment-sharp")).toHaveCount(1);
  await expect(theirs.getByTestId("status-sees")).toHaveCount(0);
  await isAccessible(maya);
  await shot(maya, "status-picture");
  await theirs.getByTestId("status-picture").click();
  await expect(maya.getByTestId("viewer")).toBeVisible();
  await maya.keyboard.press("Escape");
  // It stands beside its person too.
  await goes(maya, "/contacts");
  await maya.getByTestId("contact-row").filter({ hasText: "妈妈" }).click();
  await expect(maya.getByTestId("contact-status")).toContainText("走走");
  await goes(mum, "/me");
  await expect(mum.getByTestId("my-status")).toContainText("走走");
  await shot(mum, "status-me");
  await mum.getByTestId("my-status").click();
  // What is changed begins with all of it.
  await mum.getByTestId("status-change").click();
  await expect(mum.getByTestId("status-picture-now")).toBeVisible();
  await expect(mum.getByTestId("status-who")).toContainText("Maya");
  await mum.getByTestId("status-words").fill("坐一会儿");
  await mum.getByTestId("status-done").click();
  await looksFor(maya, "/status", async () => {
    await expect(maya.getByTestId("status-friend")).toContainText("坐一会儿", { timeout: 4_000 });
    await expect(maya.getByTestId("status-friend").getByTestId("moment-sharp")).toHaveCount(1, { timeout: 4_000 });
  });
  await goes(mum, "/status");
  await mum.getByTestId("status-clear").click();
  await looksFor(maya, "/status", () => expect(maya.getByTestId("status-friend")).toHaveCount(0, { timeout: 4_000 }));
});

test("[WE134] [F-2b-1] [F-2b-2] [F-2b-11] pictures are put in order, drawn on, and twenty at most", {
  tag: "@long",
}, async () => {
  await goes(mum, "/moments/new");
  await chooses(mum, await pictures(mum, 21, 320));
  await expect(mum.getByText("最多 20 张照片")).toBeVisible();
  const chosen = mum.getByTestId("compose-picture");
  await expect(chosen).toHaveCount(20);
  await expect(mum.getByTestId("compose-add")).toHaveCount(0);
  const places = () =>
    chosen.locator("img").evaluateAll((all) => all.slice(0, 4).map((one) => (one as HTMLImageElement).src));
  const [first = "", second = "", third = "", fourth = ""] = await places();
  await chosen.nth(0).dragTo(chosen.nth(2));
  await expect.poll(places).toEqual([second, third, first, fourth]);
  await chosen.nth(1).click();
  await mum.getByTestId("picture-earlier").click();
  await expect.poll(places).toEqual([third, second, first, fourth]);
  await chosen.nth(3).click();
  await mum.getByTestId("picture-draw").click();
  await mum.getByTestId("doodle-mosaic").click();
  const box = await mum.getByTestId("doodle-canvas").boundingBox();
  if (box === null) throw new Error("no canvas");
  await mum.mouse.move(box.x + 5, box.y + box.height / 2);
  await mum.mouse.down();
  await mum.mouse.move(box.x + box.width - 5, box.y + box.height / 2, { steps: 4 });
  await mum.mouse.up();
  await mum.getByTestId("doodle-done").click();
  await expect.poll(async () => (await places())[3]).not.toBe(fourth);
  expect((await places()).slice(0, 3)).toEqual([third, second, first]);
  await isAccessible(mum);
  await shot(mum, "moments-compose-twenty");
  await mum.getByTestId("compose-text").fill("二十张");
  await sends(mum);
  await isSent("二十张");
  await sees(maya, "二十张");
  await expect(post(maya, "二十张").getByTestId("moment-picture")).toHaveCount(9);
  await expect(post(maya, "二十张").getByTestId("moment-picture").last()).toContainText("+11");
  await post(maya, "二十张").getByTestId("moment-picture").last().click();
  await expect(maya.getByTestId("viewer-place")).toContainText("9 / 20");
  await maya.keyboard.press("Escape");
});

test("[WE133] [F-2b-8] what was pinned last stands first, four at most", { tag: "@long" }, async () => {
  const pins = async (words: string) => {
    await at(mum, words);
    await post(mum, words).getByTestId("moment-more").click();
    await mum.getByTestId("moment-pin").click();
  };
  const all = ["二十张", "九张", "山里没有信号", "四样小菜"];
  for (const words of [...all].reverse()) {
    await pins(words);
    await expect(post(mum, words).locator(".mo-post-mark").filter({ hasText: "置顶" })).toHaveCount(1);
  }
  await pins("外婆的菜园");
  await expect(mum.getByText("最多置顶 4 条")).toBeVisible();
  await pins("九张"); // Off again.
  await expect(post(mum, "九张").locator(".mo-post-mark").filter({ hasText: "置顶" })).toHaveCount(0);
  await goes(mum, "/moments/mine");
  await expect(mum.getByTestId("moments-pinned").getByTestId("moments-entry")).toContainText([
    "二十张",
    "山里没有信号",
    "四样小菜",
  ]);
});

test("[WE126] [WE119] [MO100] [F-2b-1] [F-2b-7] [F-2b-8] [F-2b-11] a second own device has posts with their marks and what was said, cover, pins and window", {
  tag: "@long",
}, async () => {
  await at(maya, "四样小菜");
  await post(maya, "四样小菜").getByTestId("moment-acts").click();
  await post(maya, "四样小菜").getByTestId("moment-like").click();
  await looksAt(mum, "四样小菜", () =>
    expect(post(mum, "四样小菜").getByTestId("moment-likes")).toContainText("Maya", { timeout: 4_000 }),
  );
  await goes(mum, "/moments/news");
  await expect(mum.getByTestId("moments-news-item")).toHaveCount(1);
  await goes(mum, "/moments/settings");
  await mum.getByTestId("window-180").check({ force: true });
  const [cover = ""] = await pictures(mum, 1, 320);
  await mum.getByTestId("moments-cover-input").setInputFiles(cover);
  await writes(mum, "留到平板上再写");
  await adds(mum, 2);
  await mum.getByTestId("compose-cancel").click();
  await mum.getByTestId("draft-keep").click();
  await expect(mum.getByTestId("compose-moment")).toHaveCount(0);
  tablet = await setup.resident(phone);
  await home(mum);
  await linkDevice(setup, mum, tablet);
  await looksAt(tablet, "四样小菜", async () => {
    await expect(post(tablet, "四样小菜").getByTestId("moment-likes")).toContainText("Maya", { timeout: 4_000 });
    await expect(post(tablet, "四样小菜").getByTestId("moment-sharp")).toHaveCount(4, { timeout: 4_000 });
  });
  await at(tablet, "外婆的菜园");
  await expect(post(tablet, "外婆的菜园").getByTestId("moment-audience")).toHaveText("私密");
  await goes(tablet, "/moments");
  await expect(tablet.getByTestId("moments-cover")).toHaveAttribute("data-has", "true");
  await goes(tablet, "/moments/mine");
  await expect(tablet.getByTestId("moments-pinned")).toContainText("山里没有信号");
  await goes(tablet, "/moments/settings");
  await expect(tablet.getByTestId("window-180")).toBeChecked();
  // What was seen on one has no dot on the other.
  await goes(tablet, "/discover");
  await expect(tablet.getByTestId("to-moments").locator(".badge")).toHaveCount(0);
  // A home that says of its files that they are gone takes none of them: they are there once it gives them.
  await tablet.context().route("**/blobs/*", (asked) => asked.fulfill({ status: 404, body: "unknown-blob" }));
  await expect(async () => {
    await goes(tablet, "/discover");
    await goes(tablet, "/moments/new");
    await expect(tablet.getByTestId("compose-text")).toHaveValue("留到平板上再写", { timeout: 2_000 });
    await expect(tablet.getByTestId("compose-away")).toBeVisible({ timeout: 4_000 });
  }).toPass({ timeout: 60_000 });
  await tablet.getByTestId("compose-text").fill("留到平板上再写一句");
  await expect(tablet.getByTestId("compose-post")).toBeDisabled();
  await isAccessible(tablet);
  await shot(tablet, "moments-draft-away");
  await tablet.context().unroute("**/blobs/*");
  await tablet.getByTestId("compose-fetch").click();
  // What was kept for later on one is gone on with on the other, and is begun nowhere once it is posted.
  await expect(async () => {
    await goes(tablet, "/discover");
    await goes(tablet, "/moments/new");
    await expect(tablet.getByTestId("compose-text")).toHaveValue("留到平板上再写一句", { timeout: 2_000 });
    await expect(tablet.getByTestId("compose-picture")).toHaveCount(2, { timeout: 4_000 });
  }).toPass({ timeout: 60_000 });
  await shot(tablet, "moments-draft-tablet");
  await tablet.getByTestId("compose-text").fill("平板上写的");
  await sends(tablet);
  await expect(post(tablet, "平板上写的")).toHaveAttribute("data-state", "sent", { timeout: 60_000 });
  await expect(async () => {
    await goes(mum, "/discover");
    await goes(mum, "/moments/new");
    await expect(mum.getByTestId("compose-text")).toHaveValue("", { timeout: 2_000 });
    await expect(mum.getByTestId("compose-picture")).toHaveCount(0, { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  for (const page of [mum, maya]) await sees(page, "平板上写的");
  await expect(post(mum, "平板上写的")).toHaveAttribute("data-mine", "true");
  await expect(post(maya, "平板上写的").getByTestId("moment-sharp")).toHaveCount(2);
});

test("[WE127] [F-2b-4] a new friend sees as far back as the window goes, and no further", {
  tag: "@long",
}, async () => {
  const posts = ["月初的豆角", "前天的豆角", "今天的豆角"] as const;
  for (const [n, days] of [20, 2, 0].entries()) {
    await setClock(mum, -days * dayMs);
    await writes(mum, posts[n] ?? "");
    await mum.getByTestId("compose-post").click();
    await expect(mum.getByTestId("compose-moment")).toHaveCount(0);
  }
  const finds = async (page: Page, all: readonly string[]) => {
    await goes(page, "/search");
    await page.getByTestId("search-field").fill("豆角");
    await expect(page.getByTestId("found-moment")).toContainText([...all].reverse(), { timeout: 5_000 });
    await expect(page.getByTestId("found-moment")).toHaveCount(all.length, { timeout: 1_000 });
  };
  await looksFor(maya, "/moments", () => finds(maya, posts));
  await goes(mum, "/moments/settings");
  await mum.getByTestId("window-3").check({ force: true });
  const friend = await setup.resident(phone);
  await setup.settle(friend, "新朋友", await contactLink(mum));
  await friend.getByTestId("send-request").click();
  await goes(mum, "/contacts/requests");
  await mum.getByTestId("request-row").filter({ hasText: "新朋友" }).getByTestId("request-accept").click();
  await expect(friend.getByTestId("conversation")).toHaveAttribute("data-state", "open");
  await looksFor(friend, "/moments", () => finds(friend, posts.slice(1)));
  await friend.close();
});
