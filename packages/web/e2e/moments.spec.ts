/**
 * Moments 朋友圈 and Status 状态, played by three people: 妈妈 knows Maya and 爸爸, who do not know each other at first.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type BrowserSetup, desktop, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { settled, smallTargets, smallWords } from "./look.ts";
import { drawn, post } from "./moments.ts";
import { dressed, goes, isAccessible, makeGroup, opensLinkOf, shot } from "./people.ts";

test.describe.configure({ mode: "serial", timeout: 120_000 });
let setup: BrowserSetup;
let [mum, maya, dad] = [] as unknown as [Page, Page, Page];
let folder = "";
/** What is talked about. */
let four = "";

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  folder = await mkdtemp(join(tmpdir(), "yanshu-moments-"));
  const family = await familyIn(browser, "妈妈 Maya 爸爸", [phone, phone, phone]);
  setup = family.setup;
  [mum, maya, dad] = family.people;
});
test.afterAll(async () => {
  await setup.close();
  await rm(folder, { recursive: true, force: true });
});

const pictures = (page: Page, count: number) => drawn(page, folder, count, 640);

/** Pages are looked at anew until it is there: one opens Moments, and home is looked at. */
async function looksFor(page: Page, seen: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await goes(page, "/discover");
    await goes(page, "/moments");
    await seen();
  }).toPass({ timeout: 60_000 });
}
/** The same of one post, on its own page. */
async function looksAt(page: Page, id: string, seen: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await goes(page, "/discover");
    await goes(page, `/moments/post/${id}`);
    await expect(page.getByTestId("moment")).toBeVisible({ timeout: 4_000 });
    await seen();
  }).toPass({ timeout: 60_000 });
}
const sees = (page: Page, words: string) =>
  looksFor(page, () => expect(post(page, words)).toHaveCount(1, { timeout: 4_000 }));
const seesGo = (page: Page, words: string) =>
  looksFor(page, async () => {
    // All is drawn, and that is not.
    await expect(post(page, "给大家看的")).toHaveCount(1, { timeout: 4_000 });
    await expect(post(page, words)).toHaveCount(0, { timeout: 4_000 });
  });

async function writes(page: Page, words: string): Promise<void> {
  await goes(page, "/moments/new");
  await page.getByTestId("compose-text").fill(words);
}
/** Ends once home has it: whoever looks before that looks in vain, and for seconds. */
async function sends(page: Page): Promise<void> {
  const words = await page.getByTestId("compose-text").inputValue();
  await page.getByTestId("compose-post").click();
  await expect(page.getByTestId("compose-moment")).toHaveCount(0);
  await goes(page, "/moments");
  await expect(post(page, words.slice(0, 8)).first()).toHaveAttribute("data-state", "sent", { timeout: 30_000 });
}
async function posts(page: Page, words: string): Promise<void> {
  await writes(page, words);
  await sends(page);
}
/** Says something to a post, or to what somebody said to it. */
async function says(page: Page, words: string, said: string, to?: string): Promise<void> {
  const on = post(page, words);
  if (to === undefined) {
    await on.getByTestId("moment-acts").click();
    await on.getByTestId("moment-comment").click();
  } else await on.getByTestId("moment-word").filter({ hasText: to }).getByTestId("word-tap").click();
  await page.getByTestId("say-field").fill(said);
  await page.getByTestId("say-send").click();
  const word = on.getByTestId("moment-word").filter({ hasText: said });
  await expect(word).toHaveCount(1);
  await expect(word).not.toHaveClass(/mo-going/, { timeout: 20_000 }); // Home has it.
}
const word = (page: Page, words: string, said: string) =>
  post(page, words).getByTestId("moment-word").filter({ hasText: said });
async function opensContact(page: Page, name: string): Promise<void> {
  await goes(page, "/contacts");
  await page.getByTestId("contact-row").filter({ hasText: name }).click();
  await expect(page.getByTestId("contact-chats-only")).toBeVisible();
}

test("[WE108] [F-2b-11] what was begun stays until it is thrown away or posted", async () => {
  for (const page of [maya, dad, mum]) {
    await goes(page, "/moments");
    await page.getByTestId("moments-empty").waitFor();
  }
  await isAccessible(mum);
  await shot(mum, "moments-empty");
  // A long press of the camera has words alone.
  await mum.getByTestId("moments-new").click({ button: "right" });
  await mum.getByTestId("compose-text").fill("今天的早饭是豆浆");
  await mum.getByTestId("compose-cancel").click();
  await mum.getByTestId("draft-keep").click();
  await mum.getByTestId("moments-new").click();
  await mum.getByTestId("pick-words").click();
  await expect(mum.getByTestId("compose-text")).toHaveValue("今天的早饭是豆浆");
  await isAccessible(mum);
  await mum.getByTestId("compose-text").fill("今天的早饭是豆浆油条");
  await sends(mum);
  await expect(post(mum, "豆浆油条")).toHaveCount(1);
  await mum.getByTestId("moments-new").click();
  await mum.getByTestId("pick-words").click();
  await expect(mum.getByTestId("compose-text")).toHaveValue("");
  await mum.getByTestId("compose-cancel").click();
});

test("[WE109] [WE269] [F-2b-1] a friend reads what was posted: words, a link, a place; long words are folded", async () => {
  const long = `外婆的菜园。${"番茄三十斤，豆角两篮，南瓜一个人抱不动。".repeat(12)}`;
  await writes(mum, `${long} https://example.org/garden`);
  await mum.getByTestId("compose-link-title").fill("怎么种番茄");
  await mum.getByTestId("compose-place").click();
  await mum.getByTestId("ask-field").fill("杭州 · 龙井村");
  await mum.getByTestId("ask-yes").click();
  await shot(mum, "moments-compose");
  await sends(mum);
  for (const page of [maya, dad]) await sees(page, "外婆的菜园");
  await sees(maya, "豆浆油条");
  const read = post(maya, "外婆的菜园");
  await expect(read.getByTestId("moment-place")).toHaveText("杭州 · 龙井村");
  await expect(read.getByTestId("moment-link")).toContainText("怎么种番茄");
  await expect(read.getByTestId("moment-link")).toContainText("example.org");
  const lines = () => read.getByTestId("moment-text").evaluate((one) => one.clientHeight);
  const folded = await lines();
  await read.getByTestId("moment-fold").click();
  await expect(read.getByTestId("moment-fold")).toHaveAttribute("aria-expanded", "true");
  expect(await lines()).toBeGreaterThan(folded * 1.5);
  // While the list moves, as it does where something comes as well, a tap meets what is there.
  const met = await maya.getByTestId("moments-list").evaluate(async (list) => {
    const rows = list.querySelector(".rows") as HTMLElement;
    const from = rows.scrollTop;
    rows.scrollTop = from > 0 ? from - 1 : 1;
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const isMoved = rows.scrollTop !== from;
    return isMoved && document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("article") !== null;
  });
  expect(met).toBe(true);
  await isAccessible(maya);
  await shot(maya, "moments-friend");
});

test("[WE107] [F-2b-2] pictures stand as everybody knows them, and open large", async () => {
  await postsPictures(mum, "四样小菜", 4);
  four = (await post(mum, "四样小菜").getAttribute("data-id")) ?? "";
  await sees(maya, "四样小菜");
  const shown = post(maya, "四样小菜");
  await expect(shown.getByTestId("moment-sharp")).toHaveCount(4);
  const boxes = await Promise.all((await shown.getByTestId("moment-picture").all()).map((one) => one.boundingBox()));
  expect(new Set(boxes.map((box) => Math.round(box?.x ?? 0))).size).toBe(2);
  expect(new Set(boxes.map((box) => Math.round(box?.y ?? 0))).size).toBe(2);
  await shot(maya, "moments-four");
  await shown.getByTestId("moment-picture").nth(2).click();
  await expect(maya.getByTestId("viewer-place")).toContainText("3 / 4");
  await maya.keyboard.press("Escape");
});

test("[F-2b-1] one film is posted in place of pictures, and plays", async () => {
  const path = await film(mum);
  await goes(mum, "/moments/new");
  const chooser = mum.waitForEvent("filechooser");
  await mum.getByTestId("compose-add").click();
  await (await chooser).setFiles(path);
  await expect(mum.getByTestId("compose-film")).toBeVisible({ timeout: 20_000 });
  await mum.getByTestId("compose-text").fill("放风筝");
  await sends(mum);
  await sees(maya, "放风筝");
  await post(maya, "放风筝").getByTestId("moment-film").click();
  await expect
    .poll(() => maya.getByTestId("player-video").evaluate((one) => (one as HTMLVideoElement).readyState), {
      timeout: 20_000,
    })
    .toBeGreaterThan(1);
  await maya.keyboard.press("Escape");
});

test("[WE110] [WE129] [F-2b-5] a comment is read by friends of both, and by nobody else", async () => {
  await post(maya, "四样小菜").getByTestId("moment-acts").click();
  await shot(maya, "moments-acts");
  await post(maya, "四样小菜").getByTestId("moment-like").click();
  await expect(post(maya, "四样小菜").getByTestId("moment-likes")).toContainText("Maya");
  await says(maya, "四样小菜", "酒呢？");
  await looksAt(mum, four, () => expect(word(mum, "四样小菜", "酒呢？")).toHaveCount(1, { timeout: 4_000 }));
  await expect(post(mum, "四样小菜").getByTestId("moment-likes")).toContainText("Maya");
  // What 妈妈 says is read by both of her friends; what Maya said is not by 爸爸, who does not know her.
  await says(mum, "四样小菜", "酒在柜子里");
  await looksAt(dad, four, () => expect(word(dad, "四样小菜", "酒在柜子里")).toHaveCount(1, { timeout: 4_000 }));
  await expect(word(dad, "四样小菜", "酒呢？")).toHaveCount(0);
  await expect(post(dad, "四样小菜").getByTestId("moment-likes")).toHaveCount(0);
  await opensLinkOf(maya, dad, "爸爸");
  await goes(dad, `/moments/post/${four}`);
  await says(dad, "四样小菜", "我来开酒");
  await looksAt(maya, four, () => expect(word(maya, "四样小菜", "我来开酒")).toHaveCount(1, { timeout: 4_000 }));
  // An answer to somebody whom one knows names them.
  await says(maya, "四样小菜", "少喝点，明天一早还要去外婆那儿摘番茄，开车的人可不能喝", "我来开酒");
  const lines = await word(maya, "四样小菜", "少喝点").evaluate((said) => {
    const [name, words] = [said.querySelector("a"), said.querySelector("p > span:not(:has(a))")];
    return { name: name?.getClientRects()[0]?.top, words: [...(words?.getClientRects() ?? [])].map(({ top }) => top) };
  });
  expect(lines.words.length).toBeGreaterThan(1);
  expect(Math.abs((lines.words[0] ?? 99) - (lines.name ?? 0))).toBeLessThan(6);
  await looksAt(dad, four, () => expect(word(dad, "四样小菜", "少喝点")).toContainText("爸爸", { timeout: 4_000 }));
  await isAccessible(dad);
  await shot(mum, "moments-talk");
});

test("[WE106] [WE112] [F-2b-7] a dot for what is new, a number and a list for what concerns oneself", async () => {
  await looksAt(mum, four, () => expect(word(mum, "四样小菜", "少喝点")).toHaveCount(1, { timeout: 4_000 }));
  await goes(mum, "/discover");
  await expect(mum.getByTestId("to-moments").locator(".badge")).toBeVisible();
  await expect(mum.getByTestId("tab-discover").locator(".badge")).toBeVisible();
  await isAccessible(mum);
  await shot(mum, "moments-discover");
  await goes(mum, "/moments");
  await mum.getByTestId("moments-news-chip").click();
  await expect(mum.getByTestId("moments-news-item").filter({ hasText: "酒呢？" })).toHaveCount(1);
  await isAccessible(mum);
  await shot(mum, "moments-news");
  await mum.getByTestId("moments-news-item").filter({ hasText: "我来开酒" }).click();
  await expect(mum.getByTestId("moment-page")).toContainText("四样小菜");
  await goes(mum, "/discover");
  await expect(mum.getByTestId("to-moments").locator(".badge")).toHaveCount(0);
});

test("[F-2b-3] a post for some is not there for others, who see no gap", async () => {
  await opensContact(mum, "Maya");
  await mum.getByTestId("contact-tags").click();
  await mum.getByTestId("tag-field").fill("家人");
  await mum.getByTestId("tag-add").click();
  await mum.getByTestId("tags-save").click();
  await writes(mum, "只给家人看的");
  await mum.getByTestId("compose-who").click();
  await mum.getByTestId("audience-only").check({ force: true });
  await mum.getByTestId("audience-tag").filter({ hasText: "家人" }).click();
  await expect(mum.getByTestId("audience-foot")).toContainText("1");
  await isAccessible(mum);
  await shot(mum, "moments-audience");
  await mum.getByTestId("audience-done").click();
  await expect(mum.getByTestId("compose-who")).toContainText("家人");
  await sends(mum);
  await posts(mum, "给大家看的");
  await expect(post(mum, "只给家人看的").getByTestId("moment-audience")).toBeVisible();
  await sees(dad, "给大家看的");
  await sees(maya, "只给家人看的");
  await expect(post(dad, "只给家人看的")).toHaveCount(0);
  await expect(dad.getByTestId("moments-gap")).toHaveCount(0);
  // Whom it is for is nobody's business but hers.
  await expect(post(maya, "只给家人看的").getByTestId("moment-audience")).toHaveCount(0);
  await writes(mum, "不给爸爸看的");
  await mum.getByTestId("compose-who").click();
  await mum.getByTestId("audience-except").check({ force: true });
  await mum.getByTestId("audience-add").click();
  await mum.getByTestId("pick").filter({ hasText: "爸爸" }).click();
  await mum.getByTestId("picked-done").click();
  await mum.getByTestId("audience-done").click();
  await sends(mum);
  await posts(mum, "谁都看得见的一条");
  await sees(maya, "不给爸爸看的");
  await sees(dad, "谁都看得见的一条");
  await expect(post(dad, "不给爸爸看的")).toHaveCount(0);
});

test("[F-2b-6] a friend who is called is told so", async () => {
  await writes(mum, "照片里有你");
  await mum.getByTestId("compose-mentions").click();
  await mum.getByTestId("pick").filter({ hasText: "Maya" }).click();
  await mum.getByTestId("picked-done").click();
  await sends(mum);
  await sees(maya, "照片里有你");
  await expect(post(maya, "照片里有你")).toContainText("提醒你看");
  await goes(maya, "/moments/news");
  await expect(maya.getByTestId("moments-news-item").filter({ hasText: "照片里有你" })).toContainText("提醒你看");
  await sees(dad, "照片里有你");
  await expect(post(dad, "照片里有你")).not.toContainText("提醒你看");
});

test("[WE125] [F-2b-10] posts stand by their time, nobody can pass one on, and who hears them is led from one to the next", async () => {
  await sees(maya, "照片里有你");
  const times = await maya
    .getByTestId("moment-when")
    .evaluateAll((all) => all.map((one) => Date.parse((one as HTMLTimeElement).dateTime)));
  expect(times.length).toBeGreaterThan(2);
  expect(times).toEqual([...times].sort((one, other) => other - one));
  await post(maya, "照片里有你").getByTestId("moment-acts").click();
  await expect(post(maya, "照片里有你").locator("[role=toolbar] button")).toHaveCount(2);
  await maya.keyboard.press("Escape");
  const heard = maya.getByRole("feed", { name: "朋友圈" }).getByRole("article");
  await expect(heard.filter({ hasText: "照片里有你" })).toHaveAccessibleName(/^妈妈 · /);
  const places = maya.getByTestId("moment").first();
  await expect(places).toHaveAttribute("aria-posinset", "1");
  await expect(places).toHaveAttribute("aria-setsize", /^\d+$/);
  await places.focus();
  await maya.keyboard.press("PageDown");
  await expect(maya.getByTestId("moment").nth(1)).toBeFocused();
  await maya.keyboard.press("PageUp");
  await expect(places).toBeFocused();
  await goes(maya, `/moments/post/${four}`);
  await expect(maya.getByRole("button", { name: "4 张照片，第 2 张" })).toBeVisible();
});

test("[F-2b-9] a comment and a post are taken back from everybody, and a post is made private", async () => {
  await goes(maya, `/moments/post/${four}`);
  await word(maya, "四样小菜", "酒呢？").getByTestId("word-tap").click();
  await maya.getByTestId("word-delete").click();
  await maya.getByTestId("confirm-yes").click();
  await expect(word(maya, "四样小菜", "酒呢？")).toHaveCount(0);
  await looksAt(mum, four, () => expect(word(mum, "四样小菜", "酒呢？")).toHaveCount(0, { timeout: 4_000 }));
  // Somebody's under one's own post.
  await word(mum, "四样小菜", "我来开酒").getByTestId("word-tap").click({ button: "right" });
  await mum.getByTestId("word-hide").click();
  await mum.getByTestId("confirm-yes").click();
  await looksAt(maya, four, () => expect(word(maya, "四样小菜", "我来开酒")).toHaveCount(0, { timeout: 4_000 }));
  const acts = async (words: string, what: string) => {
    await goes(mum, "/discover");
    await goes(mum, "/moments");
    await post(mum, words).getByTestId("moment-more").click();
    await mum.getByTestId(what).click();
    await mum.getByTestId("confirm-yes").click();
  };
  await acts("照片里有你", "moment-delete");
  await acts("谁都看得见的一条", "moment-private");
  await expect(post(mum, "照片里有你")).toHaveCount(0);
  await expect(post(mum, "谁都看得见的一条").getByTestId("moment-audience")).toHaveText("私密");
  for (const page of [maya, dad]) {
    await seesGo(page, "照片里有你");
    await seesGo(page, "谁都看得见的一条");
  }
});

test("[WE111] [F-2b-8] a cover, a line under one's name, and what stands first on one's page", async () => {
  await goes(mum, "/moments/settings");
  const [path = ""] = await pictures(mum, 1);
  await mum.getByTestId("moments-cover-input").setInputFiles(path);
  await mum.getByTestId("moments-signature-set").click();
  await mum.getByTestId("ask-field").fill("慢慢走，欣赏啊");
  await mum.getByTestId("ask-yes").click();
  await goes(mum, "/discover");
  await goes(mum, "/moments");
  await expect(mum.getByTestId("moments-cover")).toHaveAttribute("data-has", "true");
  await goes(mum, `/moments/post/${four}`);
  await post(mum, "四样小菜").getByTestId("moment-more").click();
  await mum.getByTestId("moment-pin").click();
  await goes(mum, "/moments/mine");
  await expect(mum.getByTestId("moments-pinned")).toContainText("四样小菜");
  await isAccessible(mum);
  await shot(mum, "moments-mine");
  await looksFor(maya, async () => {
    await opensContact(maya, "妈妈");
    await maya.getByTestId("contact-moments").click();
    await expect(maya.getByTestId("moments-signature")).toContainText("慢慢走", { timeout: 4_000 });
    await expect(maya.getByTestId("moments-cover")).toHaveAttribute("data-has", "true");
    await expect(maya.getByTestId("moments-pinned")).toContainText("四样小菜");
  });
  await isAccessible(maya);
  await shot(maya, "moments-of");
});

test("[F-2b-4] how far back friends see is chosen, and said on one's own page", async () => {
  await goes(mum, "/moments/settings");
  await mum.getByTestId("window-3").check({ force: true });
  await isAccessible(mum);
  await shot(mum, "moments-settings");
  await goes(mum, "/moments/mine");
  await expect(mum.getByTestId("moments-end")).toContainText("最近三天");
});

test("[WE114] [F-2b-12] one's own are hidden from somebody, somebody's are not shown, or both only chat", async () => {
  await opensContact(mum, "爸爸");
  await mum.getByTestId("contact-hide-mine").click();
  await expect(mum.getByTestId("contact-hide-mine")).toHaveAttribute("aria-checked", "true");
  await posts(mum, "爸爸看不见的一条");
  await sees(maya, "爸爸看不见的一条");
  await opensContact(dad, "Maya");
  await dad.getByTestId("contact-hide-theirs").click();
  await posts(maya, "Maya 的一条");
  await sees(mum, "Maya 的一条");
  await posts(dad, "爸爸的一条");
  await sees(mum, "爸爸的一条");
  await sees(dad, "爸爸的一条");
  await expect(post(dad, "爸爸看不见的一条")).toHaveCount(0);
  await expect(post(dad, "Maya 的一条")).toHaveCount(0);
  await opensContact(mum, "爸爸");
  await isAccessible(mum);
  await mum.getByTestId("contact-chats-only").click();
  await expect(mum.getByTestId("contact-moments")).toHaveCount(0);
});

test("[WE115] [F-2b-13] pictures of Moments and of a group stand in one album, by month", async () => {
  await goes(mum, "/");
  await makeGroup(mum, "一家人");
  await mum.getByTestId("plus-open").click();
  const chooser = mum.waitForEvent("filechooser");
  await mum.getByTestId("plus-photo").click();
  await (await chooser).setFiles([...(await pictures(mum, 2))]);
  await mum.getByTestId("preview-send").click();
  await expect(mum.getByTestId("photos").last()).toHaveAttribute("data-count", "2");
  await goes(mum, "/discover");
  await mum.getByTestId("to-album").click();
  await expect(mum.getByTestId("album-tile")).toHaveCount(7);
  await isAccessible(mum);
  await shot(mum, "family-album");
  await mum.getByTestId("album-tile").last().click();
  await mum.getByTestId("viewer-show").click();
  await expect(mum.getByTestId("moment-page")).toContainText("四样小菜");
});

test("[WE113] [WE267] [F-2d-1] a status for a day: a heart for it, and friends who feel the same", async () => {
  await goes(mum, "/status");
  await mum.getByTestId("status-set").click();
  await mum.getByTestId("mood-cooking").click();
  await mum.getByTestId("status-words").fill("一锅白粥，谁来");
  await isAccessible(mum);
  await shot(mum, "status-pick");
  await mum.getByTestId("status-done").click();
  await expect(mum.getByTestId("status-mine")).toContainText("熬粥");
  await expect(mum.getByTestId("status-mine")).toContainText("24");
  await goes(maya, "/status");
  await maya.getByTestId("status-set").click();
  await maya.getByTestId("mood-cooking").click();
  await maya.getByTestId("status-done").click();
  await looksFor(maya, async () => {
    await goes(maya, "/status");
    await expect(maya.getByTestId("status-friend")).toContainText("一锅白粥", { timeout: 4_000 });
  });
  await expect(maya.getByTestId("status-same")).toContainText("妈妈");
  await maya.getByTestId("status-like").click();
  await isAccessible(maya);
  await shot(maya, "status");
  await looksFor(mum, async () => {
    await goes(mum, "/status");
    await expect(mum.getByTestId("status-likes")).toContainText("Maya", { timeout: 4_000 });
  });
  await dressed(mum, { locale: "zh-Hans", theme: "light", elder: true }, phone);
  await goes(mum, "/status");
  await expect(mum.getByTestId("status-write")).toHaveText("写信");
  await mum.getByTestId("status-like").click();
  await expect(mum.getByTestId("status-like")).toHaveText("已送心");
  await settled(mum);
  expect(await smallTargets(mum, 56)).toEqual([]);
  expect(await smallWords(mum, 20)).toEqual([]);
  await isAccessible(mum);
  await shot(mum, "status-elder");
  await goes(mum, "/discover");
  await expect(mum.getByTestId("to-status")).toContainText("熬粥");
  await settled(mum);
  expect(await smallWords(mum, 20)).toEqual([]);
  await goes(mum, "/moments/news");
  await expect(mum.getByTestId("moments-news-item").filter({ hasText: "Maya" }).first()).toContainText(
    "给你的状态一颗心",
  );
  await dressed(mum, { locale: "zh-Hans", theme: "light", elder: false }, phone);
});

test("[WE106] [F-2b-7] who turns Moments off has no tab and no dot, and turns them on in the settings", async () => {
  await goes(maya, "/moments/settings");
  await maya.getByTestId("moments-on").click();
  await goes(maya, "/");
  await expect(maya.getByTestId("tab-me")).toBeVisible();
  await expect(maya.getByTestId("tab-discover")).toHaveCount(0);
  await goes(maya, "/me/settings");
  await maya.getByTestId("moments-settings-link").click();
  await maya.getByTestId("moments-on").click();
  await goes(maya, "/me");
  await expect(maya.getByTestId("tab-discover")).toBeVisible();
});

test("[WE128] in a window the bar stands on paper once the cover is past", async () => {
  await dressed(mum, { locale: "en", theme: "dark" }, desktop);
  await goes(mum, "/moments");
  const rows = mum.getByTestId("moments-list").locator(".rows");
  await expect(async () => {
    await rows.evaluate((one) => one.scrollTo(0, 700)); // Its posts may not stand there yet.
    await expect(mum.locator(".mo-bar.surface")).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(mum.locator(".mo-bar.surface")).not.toHaveCSS("background-color", "rgba(0, 0, 0, 0)");
  await isAccessible(mum);
  await shot(mum, "moments-wide");
});

test("[WE116] in elder mode: two wide buttons under a post, and nothing too small", async () => {
  await dressed(mum, { locale: "zh-Hans", theme: "light", elder: true }, phone);
  await goes(mum, `/moments/post/${four}`);
  await expect(mum.getByTestId("moment-like")).toBeVisible();
  await expect(mum.getByTestId("moment-acts")).toHaveCount(0);
  await settled(mum);
  await shot(mum, "moments-elder");
  expect(await smallTargets(mum, 56)).toEqual([]);
  expect(await smallWords(mum, 20)).toEqual([]);
  await isAccessible(mum);
  // On one's own page pictures fill their square.
  await goes(mum, "/moments/mine");
  const picture = mum.locator(".mo-squares > span").first();
  await expect.poll(async () => (await picture.boundingBox())?.height ?? 0, { timeout: 20_000 }).toBeGreaterThan(40);
});

/** Chosen, put in order and posted. */
async function postsPictures(page: Page, words: string, count: number): Promise<void> {
  const paths = await pictures(page, count);
  await goes(page, "/moments");
  await page.getByTestId("moments-new").click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId("pick-media").click();
  await (await chooser).setFiles(paths);
  await expect(page.getByTestId("compose-picture")).toHaveCount(count);
  await page.getByTestId("compose-text").fill(words);
  await sends(page);
  await expect(post(page, words)).toHaveCount(1);
}

/** A film of two seconds, drawn by the browser. */
async function film(page: Page): Promise<string> {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 240];
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    let drawn = 0;
    const draw = setInterval(() => {
      context.fillStyle = `hsl(${drawn++ * 9} 60% 50%)`;
      context.fillRect(0, 0, 320, 240);
    }, 40);
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm;codecs=vp8" });
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
    recorder.stop();
    await stopped;
    clearInterval(draw);
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  const path = join(folder, "film.webm");
  await writeFile(path, Uint8Array.from(bytes));
  return path;
}
