/**
 * Chats and contacts as a list, row by row of FEATURES: one setup, in which 妈妈 has a phone and a tablet,
 * and writes with Maya and 爸爸.
 */
import { expect, type Page, test } from "@playwright/test";
import { oneLook, phone } from "./browser-setup.ts";
import { familyOf } from "./family.ts";
import { bubble, draws, goes, home, info, isAccessible, linkDevice, sees, shot, write } from "./people.ts";

for (const [name, look] of oneLook) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial", timeout: 120_000 });
    let mum: Page;
    let tablet: Page;
    let maya: Page;
    let dad: Page;
    familyOf("妈妈 Maya 爸爸", look, async (people, setup) => {
      [mum, maya, dad] = people;
      tablet = await setup.resident(look);
      await linkDevice(setup, mum, tablet);
      await expect(row(tablet, "Maya")).toBeVisible({ timeout: 30_000 });
      await expect(row(tablet, "爸爸")).toBeVisible({ timeout: 30_000 });
    });

    test(`[F-1b-1] a chat is pinned from its row, on both devices (${name})`, async () => {
      await write(maya, "先说一句");
      await write(dad, "后说一句");
      await expect(mum.getByTestId("chat-row").first()).toContainText("后说一句");
      await menu(mum, "Maya");
      await shot(mum, `${name}-row-menu`);
      await isAccessible(mum);
      await mum.getByTestId("row-pin").click();
      for (const one of [mum, tablet]) await expect(one.getByTestId("chat-row").first()).toContainText("Maya");
      await shot(mum, `${name}-pinned`);
      await isAccessible(mum);
      // From the keyboard: the Menu key asks for the same menu, arrows walk it, Enter chooses.
      await row(tablet, "Maya").focus();
      await tablet.keyboard.press("Shift+F10");
      await expect(tablet.getByTestId("row-pin")).toBeFocused();
      await tablet.keyboard.press("Enter");
      for (const one of [mum, tablet]) await expect(one.getByTestId("chat-row").first()).toContainText("爸爸");
    });

    test(`[WE27] [WE28] a finger draws a row aside, the list down, and a bubble to answer it (${name})`, async () => {
      await home(mum);
      await draws(mum, row(mum, "爸爸"), { x: -180 });
      await expect(mum.getByTestId("swipe-pin")).toBeInViewport();
      await shot(mum, `${name}-row-drawn`);
      await isAccessible(mum);
      // The touch that closes it opens nothing.
      await row(mum, "爸爸").click({ position: { x: 300, y: 30 } });
      await expect(mum.getByTestId("row-acts")).toHaveCount(0);
      await expect(mum.getByTestId("chats")).toBeVisible();
      await draws(mum, row(mum, "爸爸"), { x: -180 });
      await mum.getByTestId("swipe-pin").click();
      await expect(row(mum, "爸爸")).toHaveClass(/pinned/);
      await draws(mum, row(mum, "爸爸"), { x: -30 });
      await expect(mum.getByTestId("row-acts")).toHaveCount(0);
      await draws(mum, row(mum, "爸爸"), { x: -180 });
      await mum.getByTestId("swipe-pin").click();
      await expect(row(mum, "爸爸")).not.toHaveClass(/pinned/);
      await draws(mum, mum.getByTestId("chats"), { y: 160 });
      await expect(mum.getByTestId("search-field")).toBeVisible();
      await home(mum);
      await row(mum, "爸爸").click();
      await draws(mum, bubble(mum, "后说一句"), { x: 100 });
      await expect(mum.getByTestId("aim")).toContainText("后说一句");
      await shot(mum, `${name}-bubble-drawn`);
      await home(mum);
    });

    test(`[F-1b-2] a muted chat has a dot instead of a number, on both devices (${name})`, async () => {
      await menu(mum, "爸爸");
      await mum.getByTestId("row-mute").click();
      for (const one of [mum, tablet]) await expect(row(one, "爸爸").locator(".muted-mark")).toBeVisible();
      await home(dad);
      await row(dad, "妈妈").click();
      await write(dad, "悄悄话");
      for (const one of [mum, tablet]) {
        await expect(row(one, "爸爸")).toContainText("悄悄话");
        await expect(row(one, "爸爸").locator(".badge-dot")).toBeVisible();
        await expect(row(one, "爸爸").locator(".badge")).toHaveCount(0);
      }
      await shot(mum, `${name}-muted`);
      await isAccessible(mum);
    });

    test(`[F-1b-3] marked unread, hidden and taken back, deleted here or everywhere (${name})`, async () => {
      await row(mum, "Maya").click();
      await sees(mum, "先说一句");
      await home(mum);
      await menu(mum, "Maya");
      await mum.getByTestId("row-unread").click();
      await expect(row(tablet, "Maya").locator(".badge-dot")).toBeVisible();

      await menu(mum, "Maya");
      await mum.getByTestId("row-hide").click();
      await expect(row(mum, "Maya")).toHaveCount(0);
      await expect(row(tablet, "Maya")).toHaveCount(0);
      await mum.getByTestId("toast-action").click();
      await expect(row(mum, "Maya")).toBeVisible();

      await menu(mum, "Maya");
      await mum.getByTestId("row-delete").click();
      await shot(mum, `${name}-delete`);
      await isAccessible(mum);
      await mum.getByTestId("delete-here").click();
      await expect(row(mum, "Maya")).toHaveCount(0);
      await expect(row(tablet, "Maya")).toContainText("先说一句");
      await write(maya, "还在吗");
      await row(mum, "Maya").click();
      await sees(mum, "还在吗");
      await expect(mum.getByText("先说一句")).toHaveCount(0);
      await home(mum);

      await menu(tablet, "Maya");
      await tablet.getByTestId("row-delete").click();
      await tablet.getByTestId("delete-everywhere").click();
      for (const one of [mum, tablet]) await expect(row(one, "Maya")).toHaveCount(0);
      await sees(maya, "先说一句");
    });

    test(`[F-1b-8] [F-7-2] [F-7-3] anything is found while one types, in either script, and leads to its place (${name})`, async () => {
      await write(maya, "週末去臺北，記得帶傘");
      for (let n = 1; n <= 45; n++) {
        await maya.getByTestId("composer-input").fill(`第${n}句`);
        await maya.getByTestId("send").click();
      }
      await home(mum);
      await expect(row(mum, "Maya")).toContainText("第45句");
      await mum.getByTestId("search").click();
      await mum.getByTestId("search-field").fill("台北");
      await expect(mum.getByTestId("hit")).toHaveCount(1);
      await expect(mum.getByTestId("hit").locator("mark")).toHaveText("臺北");
      await shot(mum, `${name}-search`);
      await isAccessible(mum);
      // One character is enough.
      await mum.getByTestId("search-field").fill("傘");
      await expect(mum.getByTestId("hit")).toHaveCount(1);
      await mum.getByTestId("hit").click();
      await expect(mum.getByTestId("bubble").filter({ hasText: "記得帶傘" })).toBeInViewport();
      await shot(mum, `${name}-search-place`);
      // On to what came later, and to the newest.
      await mum.getByTestId("read-on").click();
      await expect(mum.getByTestId("bubble").filter({ hasText: "第45句" })).toBeAttached();
      await expect(mum.getByTestId("bubble").filter({ hasText: "記得帶傘" })).toBeAttached();
      await home(mum);
      // The keyboard alone: Ctrl K, a word, down, Enter.
      await mum.keyboard.press("Control+k");
      await mum.getByTestId("search-field").fill("第7句");
      await expect(mum.getByTestId("hit")).toHaveCount(1);
      await expect(async () => {
        await mum.getByTestId("search-field").press("ArrowDown");
        await expect(mum.getByTestId("hit")).toBeFocused({ timeout: 1_000 });
      }).toPass();
      await mum.keyboard.press("Enter");
      await expect(mum.getByTestId("bubble").filter({ hasText: "第7句" })).toBeInViewport();
      await mum.getByTestId("jump-bottom").click();
      await expect(mum.getByTestId("bubble").filter({ hasText: "第45句" })).toBeInViewport();
    });

    test(`[F-2a-13] contacts stand from A to Z by pinyin, Latin among them, letters at the side (${name})`, async () => {
      await home(mum);
      await mum.getByTestId("tab-contacts").click();
      await expect(mum.getByTestId("contact-row")).toHaveText([/爸爸/, /Maya/]);
      await expect(mum.getByTestId("contacts").getByRole("heading")).toHaveText(["B", "M"]);
      await mum
        .getByRole("navigation", { name: look === phone ? "索引" : "Index" })
        .getByText("M")
        .click();
      await expect(mum.getByTestId("contact-row").filter({ hasText: "Maya" })).toBeInViewport();
      await shot(mum, `${name}-contacts`);
      await isAccessible(mum);
    });

    test(`[F-2a-14] people and groups are found by pinyin and initials, by remark, and by who is in them (${name})`, async () => {
      await home(mum);
      await mum.getByTestId("plus").click();
      await mum.getByTestId("plus-group").click();
      await mum.getByTestId("pick").filter({ hasText: "Maya" }).click();
      await mum.getByTestId("picked-done").click();
      await mum.getByTestId("ask-field").fill("包饺子小分队");
      await mum.getByTestId("ask-yes").click();
      await expect(mum.getByTestId("conversation")).toBeVisible();
      await goes(mum, "/search");
      const finds = async (query: string, kind: "found-contact" | "found-group", name: string) => {
        await mum.getByTestId("search-field").fill(query);
        await expect(mum.getByTestId(kind).filter({ hasText: name })).toBeVisible();
      };
      for (const query of ["baba", "bb", "爸"]) await finds(query, "found-contact", "爸爸");
      for (const query of ["bjz", "jiaozi", "餃子", "maya"]) await finds(query, "found-group", "包饺子小分队");
      await shot(mum, `${name}-search-names`);
      await mum.getByTestId("search-field").fill("没有这个人");
      await expect(mum.getByRole("status").filter({ hasText: "没有这个人" })).toBeVisible();
      await mum.getByTestId("search-field").fill("bjz");
      await mum.getByTestId("found-group").click();
      await expect(mum.getByTestId("title")).toContainText("包饺子小分队");
    });

    test(`[F-1b-7] one chat is searched by words, by who said it, by link and by day (${name})`, async () => {
      await home(mum);
      await row(mum, "Maya").filter({ hasText: "45" }).click();
      await write(mum, "伞在门口 https://umbrella.test/1");
      await write(maya, "好的，伞拿了");
      await sees(mum, "好的，伞拿了");
      await mum.keyboard.press("Control+f");
      const hits = mum.getByTestId("hit");
      await mum.getByTestId("search-field").fill("伞");
      await expect(hits).toHaveCount(3);
      await mum.getByTestId("by-who").click();
      await mum.getByTestId("who").filter({ hasText: "Maya" }).click();
      await expect(hits).toHaveCount(2);
      await shot(mum, `${name}-chat-search`);
      await isAccessible(mum);
      await mum.getByTestId("by-who").click();
      await mum.getByTestId("anybody").click();
      await mum.getByTestId("kind-link").click();
      await expect(hits).toHaveCount(1);
      await expect(hits).toContainText("umbrella.test");
      await mum.getByTestId("by-day").click();
      await expect(mum.getByTestId("day")).toHaveCount(1);
      await shot(mum, `${name}-day`);
      await isAccessible(mum);
      await mum.getByTestId("day").click();
      await expect(mum.getByTestId("bubble").filter({ hasText: "週末去臺北" })).toBeInViewport();
    });

    test(`[F-1b-14] what one writes to oneself is on all own devices, and found from the contacts (${name})`, async () => {
      await home(mum);
      await mum.getByTestId("tab-contacts").click();
      await mum.getByTestId("own").click();
      await write(mum, "护照在第二个抽屉");
      await home(tablet);
      await tablet.getByTestId("chat-row").filter({ hasText: "护照在第二个抽屉" }).click();
      await write(tablet, "看到了");
      await sees(mum, "看到了");
      await shot(mum, `${name}-own`);
      await isAccessible(mum);
    });

    test(`[F-2a-6] [F-2a-7] [F-2a-9] notes, tags and a star, on both devices (${name})`, async () => {
      const dads = await contactPage(mum, "爸爸");
      await mum.getByTestId("remark").click();
      await mum.getByTestId("ask-field").fill("老陈");
      await mum.getByTestId("ask-yes").click();
      await mum.getByTestId("contact-phone").click();
      await mum.getByTestId("ask-field").fill("+1 555 0100");
      await mum.getByTestId("ask-yes").click();
      await mum.getByTestId("contact-description").click();
      await mum.getByTestId("description-field").fill("不吃香菜");
      await mum.getByTestId("description-save").click();
      await mum.getByTestId("contact-tags").click();
      for (const tag of ["家人", "周末爬山"]) {
        await mum.getByTestId("tag-field").fill(tag);
        await mum.getByTestId("tag-add").click();
      }
      await shot(mum, `${name}-tags-sheet`);
      await isAccessible(mum);
      await mum.getByTestId("tags-save").click();
      await mum.getByTestId("contact-star").click();
      await expect(mum.getByTestId("contact-star")).toHaveAttribute("aria-checked", "true");
      await shot(mum, `${name}-contact`);
      await isAccessible(mum);
      await goes(tablet, dads);
      for (const words of ["老陈", "+1 555 0100", "不吃香菜", "周末爬山"])
        await expect(tablet.getByText(words).first()).toBeVisible();
      await goes(tablet, "/contacts/tags");
      await expect(tablet.getByTestId("tag")).toHaveText([/家人/, /周末爬山/]);
      await goes(tablet, "/contacts");
      await expect(tablet.getByTestId("contacts").getByRole("heading").first()).toHaveText(
        look === phone ? "星标朋友" : "Starred",
      );
      await shot(tablet, `${name}-contacts-starred`);
    });

    test(`[F-1b-13] every group is among the contacts, also when its chat is hidden (${name})`, async () => {
      await home(mum);
      await menu(mum, "包饺子小分队");
      await mum.getByTestId("row-hide").click();
      await expect(row(mum, "包饺子小分队")).toHaveCount(0);
      await goes(mum, "/contacts/groups");
      await mum.getByTestId("group-row").filter({ hasText: "包饺子小分队" }).click();
      await expect(mum.getByTestId("title")).toContainText("包饺子小分队");
    });

    test(`[F-2a-5] a member of a group is asked with a greeting, and sees from where (${name})`, async () => {
      await goes(mum, "/new-group");
      await mum.getByTestId("pick").filter({ hasText: "Maya" }).click();
      await mum.getByTestId("pick").filter({ hasText: "老陈" }).click();
      await mum.getByTestId("picked-done").click();
      await mum.getByTestId("ask-field").fill("一家人");
      await mum.getByTestId("ask-yes").click();
      await home(maya);
      await row(maya, "一家人").click();
      await info(maya);
      await maya.getByTestId("member").filter({ hasText: "爸爸" }).click();
      await maya.getByTestId("member-request").click();
      await maya.getByTestId("ask-field").fill("我是 Maya，周末见");
      await maya.getByTestId("ask-yes").click();
      await goes(dad, "/contacts/requests");
      await expect(dad.getByTestId("request-row")).toContainText("我是 Maya，周末见");
      await expect(dad.getByTestId("request-source")).toContainText("一家人");
      await shot(dad, `${name}-request-source`);
      await isAccessible(dad);
      await dad.getByTestId("request-accept").click();
      await expect(maya.getByTestId("conversation")).toHaveAttribute("data-state", "open");
    });

    test(`[F-2a-10] what a blocked person writes does not arrive, and they are not told (${name})`, async () => {
      await write(maya, "收到了吗");
      await sees(dad, "收到了吗");
      await contactPage(dad, "Maya");
      await dad.getByTestId("block").click();
      await dad.getByTestId("confirm-yes").click();
      await expect(dad.getByTestId("unblock")).toBeVisible();
      await write(maya, "这句不会到");
      await expect(maya.getByTestId("bubble").filter({ hasText: "这句不会到" })).toHaveAttribute("data-state", "sent");
      await dad.getByTestId("unblock").click();
      await dad.getByTestId("write").click();
      await write(dad, "又可以了");
      await sees(maya, "又可以了");
      await expect(dad.getByText("这句不会到")).toHaveCount(0);
    });

    test(`[F-2a-11] letting go is silent until the other writes (${name})`, async () => {
      await contactPage(dad, "Maya");
      await dad.getByTestId("contact-delete").click();
      await dad.getByTestId("confirm-yes").click();
      await expect(dad.getByTestId("contact-row").filter({ hasText: "Maya" })).toHaveCount(0);
      await expect(async () => {
        await write(maya, "在吗");
        await expect(maya.locator("[data-kind=not-contacts]").first()).toBeVisible({ timeout: 2_000 });
      }).toPass();
      await shot(maya, `${name}-not-contacts`);
    });

    test(`[F-2a-2] one's code is renewed, and printed as a card (${name})`, async () => {
      await goes(mum, "/my-qr");
      const code = mum.getByTestId("my-link");
      await expect(code).toHaveAttribute("data-link", /#c\//);
      const old = (await code.getAttribute("data-link")) ?? "";
      await mum.getByTestId("reset-link").click();
      await mum.getByTestId("confirm-yes").click();
      await expect(code).not.toHaveAttribute("data-link", old);
      await mum.emulateMedia({ media: "print" });
      await expect(code).toBeVisible();
      await expect(mum.getByTestId("reset-link")).toBeHidden();
      await mum.emulateMedia({ media: "screen" });
    });
  });
}

function row(page: Page, title: string) {
  return page.getByTestId("chat-row").filter({ hasText: title });
}

/** As by a right click or a long press. */
async function menu(page: Page, title: string): Promise<void> {
  await row(page, title).click({ button: "right" });
  await expect(page.getByTestId("row-pin")).toBeVisible();
}

/** Opens somebody's page; answers its path. */
async function contactPage(page: Page, name: string): Promise<string> {
  await goes(page, "/contacts");
  await page.getByTestId("contact-row").filter({ hasText: name }).first().click();
  await expect(page.getByTestId("remark")).toBeVisible();
  return new URL(page.url()).pathname;
}
