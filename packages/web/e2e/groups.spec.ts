/**
 * Groups, row by row of FEATURES: coming in by a link, approval, roles, names of a group, leaving, and its end. One
 * setup for each size of screen, in which 妈妈 leads, 爸爸 is in it, and Maya and 王阿姨 come by the group's code.
 */
import { expect, type Page, test } from "@playwright/test";
import { type BrowserSetup, oneLook } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { backToChat, goes, home, info, isAccessible, opensLinkOf, sees, shot, write } from "./people.ts";

for (const [name, look] of oneLook) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial", timeout: 90_000 });
    let setup: BrowserSetup;
    let mum: Page;
    let dad: Page;
    let maya: Page;
    let wang: Page;
    let late: Page;
    let group: string;

    test.beforeAll(async ({ browser }) => {
      test.setTimeout(150_000);
      const family = await familyIn(browser, "妈妈 爸爸", [look, look]);
      setup = family.setup;
      [mum, dad] = family.people;
      [maya, wang] = [await setup.resident(look), await setup.resident(look)];
      await home(mum);
      await groupWith(mum, "爸爸", "一家人");
      await expect(mum.getByTestId("title")).toContainText("一家人 (2)");
      group = new URL(mum.url()).pathname;
      await home(dad);
      await dad.getByTestId("chat-row").filter({ hasText: "一家人" }).click();
    });
    test.afterAll(() => setup.close());

    test(`[F-1c-3] a newcomer opens the group's link, and is in (${name})`, async () => {
      await at(mum, "qr");
      await expect(mum.getByTestId("make-link")).toBeVisible();
      const link = await makeLink(mum, 7);
      await expect(mum.getByTestId("group-qr-code")).toBeVisible();
      await shot(mum, `${name}-group-qr`);
      await isAccessible(mum);
      // What the page shows before joining is what stands in the link.
      await maya.goto(link);
      await expect(maya.getByTestId("invitation")).toContainText("一家人");
      await expect(maya.getByTestId("invitation")).not.toContainText("妈妈");
      await shot(maya, `${name}-group-welcome`);
      await maya.getByTestId("start").click();
      await maya.getByTestId("name").fill("Maya");
      await maya.getByTestId("next").click();
      await maya.getByTestId("later").click();
      await expect(maya.getByTestId("group-invitation")).toHaveAttribute("data-standing", "new");
      await shot(maya, `${name}-group-invitation`);
      await isAccessible(maya);
      await maya.getByTestId("join-group").click();
      await expect(maya.getByTestId("title")).toContainText("一家人 (3)");
      await write(maya, "我来了");
      await sees(dad, "我来了");
      await expect(dad.locator("[data-kind=joined]")).toContainText("Maya");
      await expect(dad.locator("[data-kind=added]")).toHaveCount(0);
    });

    test(`[WE38] [WE41] a face in the group leads to a person, and to a word to them that says it waits (${name})`, async () => {
      await dad.getByTestId("face").last().click();
      const card = dad.getByTestId("stranger");
      await expect(card).toContainText("Maya");
      await expect(card.getByTestId("common-group")).toContainText("一家人");
      await isAccessible(dad);
      await shot(dad, `${name}-stranger`);
      await watchesFor(dad, "找不到");
      await card.getByTestId("member-request").click();
      await dad.getByTestId("ask-yes").click();
      await expect(dad.getByTestId("conversation")).toHaveAttribute("data-state", "request-out");
      await expect(dad.getByTestId("waits").last()).toContainText("等Maya点头");
      expect(await dad.evaluate(() => (window as { seen?: boolean }).seen)).toBe(false);
      await isAccessible(dad);
      await shot(dad, `${name}-waits`);
      await home(dad);
      await expect(dad.getByTestId("chat-row").filter({ hasText: "Maya" }).getByTestId("waits")).toBeVisible();
      await shot(dad, `${name}-waits-list`);
      await goes(dad, "/contacts/requests");
      await expect(dad.getByTestId("greeting-row").filter({ hasText: "Maya" })).toContainText("等对方点头");
      await goes(maya, "/contacts/requests");
      await maya.getByTestId("request-row").filter({ hasText: "爸爸" }).getByTestId("request-accept").click();
      await expect(dad.getByTestId("greeting-row").filter({ hasText: "Maya" })).toContainText("已经是朋友了");
      await isAccessible(dad);
      await shot(dad, `${name}-new-friends`);
      await goes(dad, group);
      await goes(maya, group);
    });

    test(`[F-1c-3] a link for one is used up, a renewed one is over, and both say so (${name})`, async () => {
      await at(mum, "qr");
      const one = await makeLink(mum, 1, 1);
      await setup.settle(wang, "王阿姨", one);
      await wang.getByTestId("join-group").click();
      await expect(wang.getByTestId("title")).toContainText("一家人 (4)");
      await expect(mum.getByTestId("group-link")).toHaveAttribute("data-over", "true");
      await shot(mum, `${name}-group-qr-used-up`);
      await isAccessible(mum);
      await makeLink(mum, 7);
      late = await setup.resident(look);
      await setup.settle(late, "小李");
      await scan(late, one);
      await late.getByTestId("join-group").click();
      await expect(late.getByTestId("group-invitation")).toHaveAttribute("data-standing", "reset");
      await shot(late, `${name}-group-reset`);
      await isAccessible(late);
      await late.getByTestId("join-forget").click();
      await expect(late.getByTestId("chats")).toBeVisible();
    });

    test(`[F-1a-14] an invitation card in a chat: a tap, and one is in (${name})`, async () => {
      await opensLinkOf(mum, late, "小李");
      await at(mum, "qr");
      await mum.getByTestId("send-card").click();
      await mum.getByTestId("send-card-sheet").getByText("小李").click();
      await mum.getByTestId("send-card-yes").click();
      const card = late.getByTestId("group-card");
      await expect(card).toContainText("一家人");
      await shot(late, `${name}-group-card`);
      await isAccessible(late);
      await late.getByTestId("group-card-open").click();
      await late.getByTestId("join-group").click();
      await expect(late.getByTestId("title")).toContainText("一家人 (5)");
      await late.context().close();
    });

    test(`[F-1c-8] [WE42] with approval one waits until an admin says yes (${name})`, async () => {
      await at(mum, "info");
      await mum.getByTestId("approval").click();
      await expect(mum.getByTestId("approval")).toHaveAttribute("aria-checked", "true");
      const link = await linkOf(mum);
      const asks = await setup.resident(look);
      await setup.settle(asks, "姑姑", link);
      await asks.getByTestId("join-group").click();
      await expect(asks.getByTestId("group-invitation")).toHaveAttribute("data-standing", "waiting");
      await shot(asks, `${name}-join-waiting`);
      await at(mum, "info");
      await expect(mum.getByTestId("asking")).toContainText("1");
      await shot(mum, `${name}-group-info`);
      await isAccessible(mum);
      // From the line in the chat, too.
      await goes(mum, group);
      await shot(mum, `${name}-asks-in`);
      await mum.getByTestId("decide").last().click();
      await expect(mum.getByTestId("asking-row")).toContainText("姑姑");
      await shot(mum, `${name}-asking`);
      await isAccessible(mum);
      await mum.getByTestId("turn-away").click();
      await expect(asks.getByTestId("group-invitation")).toHaveAttribute("data-standing", "refused");
      await expect(mum.getByTestId("asking-row")).toHaveCount(0); // Else the yes is to who was turned away.
      await asks.getByTestId("join-group").click();
      await mum.getByTestId("let-in").click();
      await expect(asks.getByTestId("title")).toContainText("一家人");
      await home(dad);
      await open(dad);
      // A member is not told who asked.
      await expect(dad.locator("[data-kind=asks-in]")).toHaveCount(0);
      await info(dad);
      await expect(dad.getByTestId("add-members")).toHaveCount(0);
      await asks.context().close();
    });

    test(`[F-1c-9] a nickname stands in bubbles, members and @, and may be left unshown (${name})`, async () => {
      await at(dad, "info");
      await dad.getByTestId("nickname").click();
      await dad.getByTestId("ask-field").fill("大厨");
      await dad.getByTestId("ask-yes").click();
      await expect(dad.getByTestId("nickname")).toContainText("大厨");
      await backToChat(dad);
      await write(dad, "今晚我做饭");
      await home(maya);
      await open(maya);
      await sees(maya, "今晚我做饭");
      await expect(maya.locator(".msg .who").last()).toHaveText("大厨");
      await shot(maya, `${name}-nickname`);
      await maya.getByTestId("composer-input").pressSequentially("@dach");
      await expect(maya.getByTestId("mention-option").first()).toContainText("大厨");
      await maya.keyboard.press("Enter");
      await expect(maya.getByTestId("composer-input")).toHaveValue("@大厨 ");
      await maya.getByTestId("composer-input").fill("");
      await info(maya);
      await maya.getByTestId("nicknames-shown").click();
      await expect(maya.getByTestId("member").filter({ hasText: "爸爸" })).toBeVisible();
      await maya.getByTestId("nicknames-shown").click();
      await expect(maya.getByTestId("member").filter({ hasText: "大厨" })).toBeVisible();
    });

    test(`[F-1c-10] what one calls a contact oneself wins over the nickname, for oneself alone (${name})`, async () => {
      await goes(mum, "/contacts");
      await mum.getByTestId("contact-row").filter({ hasText: "爸爸" }).click();
      await mum.getByTestId("remark").click();
      await mum.getByTestId("ask-field").fill("老陈");
      await mum.getByTestId("ask-yes").click();
      await at(mum, "info");
      await expect(mum.getByTestId("member").filter({ hasText: "老陈" })).toBeVisible();
      await expect(mum.getByTestId("member").filter({ hasText: "大厨" })).toHaveCount(0);
      await expect(maya.getByTestId("member").filter({ hasText: "大厨" })).toBeVisible();
    });

    test(`[F-1c-2] all members, found by name and pinyin (${name})`, async () => {
      await at(mum, "members");
      await expect(mum.getByTestId("member-row")).toHaveCount(6);
      await shot(mum, `${name}-members`);
      await isAccessible(mum);
      await mum.getByTestId("members-search").fill("way");
      await expect(mum.getByTestId("member-row")).toHaveCount(1);
      await expect(mum.getByTestId("member-row")).toContainText("王阿姨");
    });

    test(`[F-1c-2] whoever is no contact is asked before a group of strangers opens (${name})`, async () => {
      await opensLinkOf(wang, maya, "Maya");
      await groupWith(wang, "Maya", "旧群");
      await home(maya);
      await expect(maya.getByTestId("chat-row").filter({ hasText: "旧群" })).toBeVisible();
      // Maya lets go of 王阿姨, who is in a group with her still, and makes another.
      await goes(maya, "/contacts");
      await maya.getByTestId("contact-row").filter({ hasText: "王阿姨" }).click();
      await maya.getByTestId("contact-delete").click();
      await maya.getByTestId("confirm-yes").click();
      await expect(maya.getByTestId("contact-row").filter({ hasText: "王阿姨" })).toHaveCount(0);
      await groupWith(wang, "Maya", "来路不明");
      await goes(maya, "/contacts/requests");
      const asked = maya.getByTestId("request-row").filter({ hasText: "来路不明" });
      await expect(asked).toHaveAttribute("data-kind", "group");
      await asked.getByTestId("request-decline").click();
      await home(maya);
      await expect(maya.getByTestId("chat-row").filter({ hasText: "来路不明" })).toHaveCount(0);
    });

    test(`[F-1c-14] [WE66] leaving is seen by those who lead, and by nobody else (${name})`, async () => {
      await home(wang);
      await open(wang);
      await info(wang);
      await wang.getByTestId("leave").click();
      await wang.getByTestId("confirm-yes").click();
      await home(wang);
      await open(wang);
      await expect(wang.getByTestId("title")).toHaveText("一家人");
      await home(mum);
      await open(mum);
      await expect(mum.locator("[data-kind=left]")).toContainText("王阿姨");
      await shot(mum, `${name}-left`);
      await home(dad);
      await open(dad);
      await expect(dad.getByTestId("title")).toContainText("一家人 (5)");
      await expect(dad.locator("[data-kind=left]")).toHaveCount(0);
      await expect(dad.locator("[data-kind=removed]")).toHaveCount(0);
    });

    test(`[F-1c-19] a group without a picture is a mosaic of its members (${name})`, async () => {
      await home(mum);
      const faces = rowOf(mum).locator(".av.mo > *");
      await expect(faces).toHaveCount(5);
      await expect(faces.first()).toHaveText("妈");
    });

    test(`[F-1c-7] an owner who leaves names who is next; the next one dissolves it (${name})`, async () => {
      await at(mum, "info");
      await mum.getByTestId("leave").click();
      await expect(mum.getByTestId("heirs")).toBeVisible();
      await shot(mum, `${name}-heirs`);
      await isAccessible(mum);
      await mum.getByTestId("heir").filter({ hasText: "老陈" }).click();
      await expect(mum.getByTestId("chats")).toBeVisible();
      await at(dad, "info");
      await expect(dad.getByTestId("dissolve")).toBeVisible();
      await shot(dad, `${name}-owner-info`);
      await dad.getByTestId("dissolve").click();
      await dad.getByTestId("confirm-yes").click();
      await expect(dad.getByTestId("conversation")).toHaveAttribute("data-state", "dissolved");
      for (const one of [dad, maya]) {
        await home(one);
        await open(one);
        await expect(one.getByTestId("conversation")).toHaveAttribute("data-state", "dissolved");
        await expect(one.getByTestId("read-only")).toBeVisible();
        await sees(one, "今晚我做饭");
        await expect(one.locator("[data-kind=dissolved]")).toBeVisible();
      }
      await shot(maya, `${name}-dissolved`);
      await isAccessible(maya);
    });

    /** By its id: a card that invites into it has its name too. */
    function rowOf(page: Page) {
      return page.locator(`[data-testid=chat-row][data-conversation="${group.split("/").at(-1)}"]`);
    }

    async function open(page: Page): Promise<void> {
      await rowOf(page).click();
      await expect(page.getByTestId("conversation")).toBeVisible();
    }

    async function at(page: Page, place: "qr" | "info" | "members"): Promise<void> {
      await goes(page, `${group}/${place}`);
    }
  });
}

async function groupWith(page: Page, friend: string, title: string): Promise<void> {
  await goes(page, "/new-group");
  await page.getByTestId("pick").filter({ hasText: friend }).click();
  await page.getByTestId("picked-done").click();
  await page.getByTestId("ask-field").fill(title);
  await page.getByTestId("ask-yes").click();
  await expect(page.getByTestId("title")).toContainText(title);
}

async function linkOf(page: Page): Promise<string> {
  await goes(page, page.url().replace(/\/(info|asking)$/, "/qr"));
  await expect(page.getByTestId("group-link")).toHaveAttribute("data-link", /#g\//);
  return (await page.getByTestId("group-link").getAttribute("data-link")) ?? "";
}

/** Ends on the card with the new link. */
async function makeLink(page: Page, days: 1 | 7 | 30, uses?: 1): Promise<string> {
  const card = page.getByTestId("group-link");
  await expect(page.getByTestId("make-link").or(card)).toBeVisible();
  const isMade = (await card.count()) > 0;
  if (isMade) await expect(card).toHaveAttribute("data-link", /#g\//); // It is read a moment later.
  const before = isMade ? await card.getAttribute("data-link") : null;
  await page.getByTestId(before === null ? "make-link" : "renew-link").click();
  await page.getByTestId(`days-${days}`).click();
  if (uses !== undefined) await page.getByTestId(`uses-${uses}`).click();
  await page.getByTestId("make-link-yes").click();
  await expect(card).toHaveAttribute("data-link", /#g\//);
  if (before !== null) await expect(card).not.toHaveAttribute("data-link", before);
  return (await card.getAttribute("data-link")) ?? "";
}

/** As a scan would give it. */
async function scan(page: Page, link: string): Promise<void> {
  await goes(page, "/scan");
  await page.getByTestId("paste-link").fill(link);
  await page.getByTestId("open-link").click();
}

/** From now on, whether these words were ever on the screen. */
async function watchesFor(page: Page, words: string): Promise<void> {
  await page.evaluate((sought) => {
    const watched = Object.assign(window, { seen: false });
    new MutationObserver(() => {
      watched.seen ||= document.body.textContent?.includes(sought) === true;
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  }, words);
}
