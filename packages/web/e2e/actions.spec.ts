/**
 * What is done with messages, row by row of FEATURES: one setup in which 妈妈 holds a phone in 简体, Maya sits at a
 * desktop in English, and both write in the family's group, where 爸爸 reads along.
 */
import { expect, type Page, test } from "@playwright/test";
import { type BrowserSetup, desktop, phone } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { bubble, goes, home, isAccessible, makeGroup, sees, shot, write } from "./people.ts";

test.describe("actions", () => {
  test.describe.configure({ mode: "serial", timeout: 90_000 });
  let setup: BrowserSetup;
  let mum: Page;
  let maya: Page;
  let dad: Page;

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(240_000);
    const family = await familyIn(browser, "妈妈 Maya 爸爸", [phone, desktop, phone]);
    setup = family.setup;
    [mum, maya, dad] = family.people;
    await home(mum);
    await makeGroup(mum, "一家人");
    await expect(mum.getByTestId("conversation")).toHaveAttribute("data-state", "open");
    for (const one of [maya, dad]) {
      await home(one);
      await one.getByTestId("chat-row").filter({ hasText: "一家人" }).click();
    }
  });
  test.afterAll(() => setup.close());

  test("[F-1a-18] a quote rides above the field, shows its beginning to all, and leads back to the original", async () => {
    await write(mum, "周日一起包饺子，谁来？");
    await sees(maya, "周日一起包饺子，谁来？");
    for (let i = 1; i <= 14; i++) await write(mum, `要买的第 ${i} 样`);
    await sees(maya, "要买的第 14 样");
    // Right click on a desktop.
    await bubble(maya, "周日一起包饺子").click({ button: "right" });
    await expect(maya.getByTestId("quote")).toBeVisible();
    await shot(maya, "desktop-message-menu");
    await isAccessible(maya);
    await maya.getByTestId("quote").click();
    await expect(maya.getByTestId("aim")).toContainText("妈妈: 周日一起包饺子，谁来？");
    await expect(maya.getByTestId("composer-input")).toBeFocused();
    await shot(maya, "desktop-quoting");
    await write(maya, "Me! I'll bring the vinegar");
    await expect(maya.getByTestId("aim")).toHaveCount(0);
    for (const one of [mum, dad]) {
      await sees(one, "Me! I'll bring the vinegar");
      await expect(one.getByTestId("quote-chip").last()).toContainText(
        "妈妈：周日一起包饺子，谁来？".slice(one === mum ? 2 : 0),
      );
    }
    await shot(mum, "phone-quote");
    await mum.getByTestId("quote-chip").last().click();
    await expect(bubble(mum, "周日一起包饺子")).toBeInViewport();
    await expect(bubble(mum, "周日一起包饺子")).toBeFocused();
    // A long press on a phone; Escape lets go of it.
    await longPress(dad, "要买的第 14 样");
    await shot(dad, "phone-message-menu");
    await isAccessible(dad);
    await dad.getByTestId("quote").click();
    await dad.getByTestId("aim-cancel").click();
    await expect(dad.getByTestId("aim")).toHaveCount(0);
    // From the keyboard alone: up to the message, R.
    await maya.getByTestId("log").focus();
    await maya.keyboard.press("ArrowUp");
    await expect(bubble(maya, "Me! I'll bring the vinegar")).toBeFocused();
    await maya.keyboard.press("ArrowUp");
    await maya.keyboard.press("r");
    await expect(maya.getByTestId("aim")).toContainText("要买的第 14 样");
    await expect(maya.getByTestId("composer-input")).toBeFocused(); // Elsewhere Escape leads to the list.
    await maya.keyboard.press("Escape");
    await expect(maya.getByTestId("aim")).toHaveCount(0);
  });

  test("[F-1a-20] a recall leaves a line for all, takes the words out of the quote, and can be written again", async () => {
    await write(mum, "红包藏在米缸里");
    await sees(maya, "红包藏在米缸里");
    await bubble(maya, "红包藏在米缸里").click({ button: "right" });
    await maya.getByTestId("quote").click();
    await write(maya, "Found it");
    await sees(mum, "Found it");
    await longPress(mum, "红包藏在米缸里");
    await mum.getByTestId("recall").click();
    await expect(line(mum, "recalled")).toContainText("你撤回了一条消息");
    await expect(line(maya, "recalled")).toHaveText("妈妈 recalled a message");
    await expect(line(dad, "recalled")).toHaveText("“妈妈”撤回了一条消息");
    for (const one of [mum, maya, dad]) {
      await expect(one.getByText("红包藏在米缸里")).toHaveCount(0);
      await expect(one.getByTestId("quote-chip").last()).toHaveAttribute("data-standing", "recalled");
    }
    await shot(mum, "phone-recalled");
    await isAccessible(mum);
    await mum.getByTestId("write-again").click();
    await expect(mum.getByTestId("composer-input")).toHaveValue("红包藏在米缸里");
    await mum.getByTestId("composer-input").fill("");
    // What others wrote is not ours to recall; one may delete it here.
    await longPress(dad, "Found it");
    await expect(dad.getByTestId("recall")).toHaveCount(0);
    await dad.getByTestId("delete").click();
    await dad.getByTestId("confirm-yes").click();
    await expect(dad.getByText("Found it")).toHaveCount(0);
    await expect(bubble(maya, "Found it")).toBeVisible();
  });

  test("[WE37] whoever has just talked, and answers or changes a message, has the field with its words", async () => {
    await write(mum, "晚饭七点");
    await mum.getByTestId("talk").click();
    await expect(mum.getByTestId("composer-input")).toBeHidden();
    await longPress(mum, "晚饭七点");
    await mum.getByTestId("edit").click();
    await expect(mum.getByTestId("composer-input")).toBeFocused();
    await expect(mum.getByTestId("composer-input")).toHaveValue("晚饭七点");
    await shot(mum, "phone-edit-after-talk");
    await write(mum, "晚饭七点半");
    await mum.getByTestId("talk").click();
    await longPress(mum, "晚饭七点半");
    await mum.getByTestId("quote").click();
    await expect(mum.getByTestId("composer-input")).toBeFocused();
    await mum.getByTestId("aim-cancel").click();
    await expect(mum.getByTestId("composer-input")).toBeVisible();
    await mum.getByTestId("talk").click();
    await longPress(mum, "晚饭七点半");
    await mum.getByTestId("recall").click();
    await expect(bubble(mum, "晚饭七点半")).toHaveCount(0); // Until then the last line is that of an earlier recall.
    await mum.getByTestId("write-again").last().click();
    await expect(mum.getByTestId("composer-input")).toBeFocused();
    await expect(mum.getByTestId("composer-input")).toHaveValue("晚饭七点半");
    await mum.getByTestId("composer-input").fill("");
  });

  test("[F-1a-21] an edit is marked as one, and shows how it read before", async () => {
    await write(maya, "Dinner at six");
    await sees(mum, "Dinner at six");
    // Up in an empty field edits the last of one's own.
    await maya.getByTestId("composer-input").press("ArrowUp");
    await expect(maya.getByTestId("aim")).toHaveAttribute("data-aim", "edit");
    await expect(maya.getByTestId("composer-input")).toHaveValue("Dinner at six");
    await write(maya, "Dinner at seven");
    await expect(maya.getByTestId("bubble").filter({ hasText: "Dinner at six" })).toHaveCount(0);
    await sees(mum, "Dinner at seven");
    await mum.getByTestId("edited").click();
    await expect(mum.getByTestId("version")).toHaveText([/Dinner at six/, /Dinner at seven/]);
    await shot(mum, "phone-history");
    await isAccessible(mum);
    await mum.keyboard.press("Escape");
  });

  test("[F-1a-22] a face under a message is seen by all, and taken back", async () => {
    await write(dad, "外婆出院了");
    await sees(mum, "外婆出院了");
    await longPress(mum, "外婆出院了");
    await mum.locator('[data-testid="react"][data-emoji="❤️"]').click();
    await sees(maya, "外婆出院了");
    await bubble(maya, "外婆出院了").click({ button: "right" });
    await maya.locator('[data-testid="react"][data-emoji="❤️"]').click();
    await bubble(maya, "外婆出院了").click({ button: "right" });
    await maya.getByTestId("react-more").click();
    await maya.getByTestId("faces").getByRole("searchbox").fill("dumpling");
    await maya.getByTestId("faces").getByRole("button", { name: "🥟", exact: true }).click();
    for (const one of [mum, maya, dad]) {
      await expect(reaction(one, "❤️")).toHaveAttribute("data-count", "2");
      await expect(reaction(one, "🥟")).toHaveAttribute("data-count", "1");
    }
    await expect(reaction(dad, "❤️")).toHaveAccessibleName("❤️ 2 妈妈、Maya");
    await shot(dad, "phone-reactions");
    await isAccessible(dad);
    await reaction(mum, "❤️").click();
    for (const one of [mum, maya, dad]) await expect(reaction(one, "❤️")).toHaveAttribute("data-count", "1");
  });

  test("[F-1a-19] a name after an @, by pinyin too, calls that person; everybody is called by who leads", async () => {
    await home(mum);
    const field = maya.getByTestId("composer-input");
    await field.pressSequentially("Dinner is ready @mama");
    await expect(maya.getByTestId("mention-option")).toHaveText([/妈妈$/]);
    await shot(maya, "desktop-mention");
    await isAccessible(maya);
    await field.press("Enter");
    await expect(field).toHaveValue("Dinner is ready @妈妈 ");
    await field.pressSequentially("come");
    await field.press("Enter");
    const row = mum.getByTestId("chat-row").filter({ hasText: "一家人" });
    await expect(row.getByTestId("mentioned")).toContainText("[有人@我]");
    await shot(mum, "phone-mentioned");
    await isAccessible(mum);
    await row.click();
    await expect(mum.getByTestId("mention").last()).toHaveAttribute("data-me", "true");
    await home(mum);
    await expect(row.getByTestId("mentioned")).toHaveCount(0);
    // Who does not lead is not offered everybody.
    await field.pressSequentially("@");
    await expect(maya.getByTestId("mention-option")).toHaveCount(2);
    await field.fill("");
    await home(dad);
    await row.click();
    await mum.getByTestId("composer-input").pressSequentially("@suoyou");
    await mum.getByTestId("mention-option").first().click();
    await mum.getByTestId("composer-input").pressSequentially("开饭了");
    await mum.getByTestId("send").click();
    await expect(dad.getByTestId("chat-row").filter({ hasText: "一家人" }).getByTestId("mentioned")).toBeVisible();
    await dad.getByTestId("chat-row").filter({ hasText: "一家人" }).click();
    await expect(dad.getByTestId("mention").last()).toHaveText("@所有人");
  });

  test("[F-1a-23] a double tap on a face pats, with the words of who is patted", async () => {
    await goes(maya, "/me/profile");
    await maya.getByTestId("pat-words").fill("on the head");
    await maya.getByTestId("save").click();
    await home(maya);
    await maya.getByTestId("chat-row").filter({ hasText: "一家人" }).click();
    await write(maya, "patient as ever");
    await sees(mum, "patient as ever");
    await mum.locator("article").filter({ hasText: "patient as ever" }).getByTestId("face").dblclick();
    await expect(line(mum, "pat")).toHaveText("你拍了拍Maya on the head");
    await expect(line(maya, "pat")).toHaveText("妈妈 patted You on the head");
    await expect(mum.getByTestId("conversation")).toBeVisible(); // One tap would have opened who it is.
    await longPress(dad, "patient as ever");
    await dad.getByTestId("pat").click();
    await expect(line(mum, "pat")).toContainText("爸爸拍了拍Maya");
  });

  test("[F-7-15] a name is called in the middle of a sentence, with no space around it", async () => {
    const field = maya.getByTestId("composer-input");
    await field.pressSequentially("你好@mama");
    await expect(maya.getByTestId("mention-option")).toHaveText([/妈妈$/]);
    await field.press("Enter");
    await field.press("Backspace"); // The space that was put after the name.
    await field.pressSequentially("今晚吃什么");
    await field.press("Enter");
    await sees(mum, "你好@妈妈今晚吃什么");
    await expect(mum.getByTestId("mention").last()).toHaveText("@妈妈");
    await expect(mum.getByTestId("mention").last()).toHaveAttribute("data-me", "true");
    // The same words by hand call nobody: it is whom one chose that counts.
    await write(maya, "你好@妈妈明晚呢");
    await sees(mum, "明晚呢");
    await expect(bubble(mum, "明晚呢").getByTestId("mention")).toHaveCount(0);
  });

  test("[F-1a-17] [F-1b-10] [WE65] several messages are selected and forwarded, one by one, with a word", async () => {
    await write(dad, "外婆的电话变了");
    await write(dad, "新的是 13812345678");
    await sees(mum, "新的是 13812345678");
    const before = await mum.getByTestId("bubble").evaluateAll(boxes);
    await longPress(mum, "外婆的电话变了");
    await mum.getByTestId("select").click();
    await expect(mum.getByTestId("select-bar")).toContainText("选了 1 条");
    expect(await mum.getByTestId("bubble").evaluateAll(boxes)).toEqual(before);
    // The words are as good as the box, and so is the air beside them.
    const words = await mum.getByTestId("bubble").filter({ hasText: "13812345678" }).boundingBox();
    await mum.mouse.click((words?.x ?? 0) + 20, (words?.y ?? 0) + 10);
    await expect(mum.getByTestId("select-bar")).toContainText("选了 2 条");
    await mum.mouse.click(370, (words?.y ?? 0) + 10);
    await expect(mum.getByTestId("select-bar")).toContainText("选了 1 条");
    await mum.mouse.click(370, (words?.y ?? 0) + 10);
    await expect(mum.getByTestId("select-bar")).toContainText("选了 2 条");
    for (const text of ["外婆的电话变了", "13812345678"])
      await expect(mum.locator("article").filter({ hasText: text }).getByTestId("select-message")).toBeChecked();
    await shot(mum, "phone-selecting");
    await isAccessible(mum);
    await mum.getByTestId("select-forward").click();
    await mum.getByTestId("forward-chat").nth(1).click();
    await mum.getByTestId("forward-chat").nth(2).click();
    for (const place of [1, 2]) await expect(mum.getByTestId("forward-chat").nth(place)).toBeChecked();
    await mum.getByTestId("forward-note").fill("记一下");
    await shot(mum, "phone-forward");
    await isAccessible(mum);
    await mum.getByTestId("forward-send").click();
    await expect(mum.getByTestId("select-bar")).toHaveCount(0);
    await home(maya);
    await maya.getByTestId("chat-row").filter({ hasText: "记一下" }).click();
    await sees(maya, "外婆的电话变了");
    await expect(maya.getByTestId("bubble").filter({ hasText: /外婆的电话|13812345678|记一下/ })).toHaveText([
      /外婆的电话变了/,
      /13812345678/,
      /记一下/,
    ]);
  });

  test("[F-1a-16] messages are forwarded as one record, which opens, and may lie in another", async () => {
    await longPress(mum, "外婆的电话变了");
    await mum.getByTestId("select").click();
    await mum.locator("article").filter({ hasText: "13812345678" }).getByTestId("select-message").click();
    await mum.getByTestId("select-forward").click();
    await mum.getByTestId("forward-merged").click();
    await mum.locator("label").filter({ hasText: "Maya" }).getByTestId("forward-chat").click();
    await mum.getByTestId("forward-send").click();
    await expect(maya.getByTestId("record").last()).toContainText("Record · 2 messages");
    await shot(maya, "desktop-record-card");
    await maya.getByTestId("record").last().click();
    await expect(maya.getByTestId("record-line")).toHaveText([/爸爸.*外婆的电话变了/, /爸爸.*13812345678/]);
    await shot(maya, "desktop-record");
    await isAccessible(maya);
    await maya.keyboard.press("Escape");
    // On into the group: a record in a record.
    await maya.getByTestId("bubble").filter({ hasText: "Record of a group" }).click({ button: "right" });
    await maya.getByTestId("select").click();
    await maya.getByTestId("select-message").last().click();
    await maya.locator("article").filter({ hasText: "记一下" }).getByTestId("select-message").click();
    await maya.locator("article").filter({ hasText: "Record of a group" }).getByTestId("select-message").click();
    await maya.getByTestId("select-forward").click();
    await maya.getByTestId("forward-merged").click();
    await maya.locator("label").filter({ hasText: "一家人" }).getByTestId("forward-chat").click();
    await maya.getByTestId("forward-send").click();
    await expect(dad.getByTestId("record").last()).toContainText("妈妈和Maya的聊天记录");
    await dad.getByTestId("record").last().click();
    await dad.getByTestId("record-inner").click();
    await expect(dad.getByTestId("record-line").first()).toContainText("外婆的电话变了");
    await dad.getByTestId("record-back").click();
    await expect(dad.getByTestId("record-inner")).toBeVisible();
    await dad.keyboard.press("Escape");
    await maya.getByTestId("chat-row").filter({ hasText: "一家人" }).click();
  });

  test("[F-1b-9] what is kept stays when the original is recalled", async () => {
    await write(maya, "Wi-Fi: plum-blossom-88");
    await sees(mum, "Wi-Fi: plum-blossom-88");
    await longPress(mum, "Wi-Fi: plum-blossom-88");
    await mum.getByTestId("keep").click();
    await bubble(maya, "Wi-Fi").click({ button: "right" });
    await maya.getByTestId("recall").click();
    await expect(line(mum, "recalled")).toContainText("Maya");
    await goes(mum, "/me");
    await mum.getByTestId("favourites-link").click();
    await expect(mum.getByTestId("favourite")).toContainText("Wi-Fi: plum-blossom-88");
    await shot(mum, "phone-favourites");
    await isAccessible(mum);
    await mum.getByTestId("favourite-drop").click();
    await expect(mum.getByTestId("favourite")).toHaveCount(0);
    await isAccessible(mum);
    await home(mum);
    await mum.getByTestId("chat-row").filter({ hasText: "一家人" }).click();
  });

  test("[F-1c-6] [F-1c-5] what is pinned and announced stands on top for all", async () => {
    await write(dad, "门口密码 4821#");
    await sees(mum, "门口密码 4821#");
    await longPress(mum, "门口密码");
    await mum.getByTestId("pin-message").click();
    for (const one of [mum, maya, dad]) await expect(one.getByTestId("pin")).toContainText("门口密码 4821#");
    await mum.getByTestId("chat-info").click();
    await mum.getByTestId("announce").click();
    await mum.getByTestId("announce-field").fill("周日十点，老地方。\n带上外婆的药。");
    await mum.getByTestId("announce-save").click();
    await mum.getByTestId("back").click();
    for (const one of [mum, maya, dad])
      await expect(one.getByTestId("announcement")).toContainText("周日十点，老地方。");
    await shot(mum, "phone-top-strips");
    await isAccessible(mum);
    await maya.getByTestId("announcement").click();
    await expect(maya.getByTestId("announcement-sheet")).toContainText("带上外婆的药。");
    await expect(maya.getByTestId("announce-write")).toHaveCount(0);
    await shot(maya, "desktop-announcement");
    await isAccessible(maya);
    await maya.keyboard.press("Escape");
    await dad.getByTestId("pin-off").click();
    for (const one of [mum, maya, dad]) await expect(one.getByTestId("pin")).toHaveCount(0);
  });

  test("[F-1a-27] a poll is asked, answered and counted for all", async () => {
    await mum.getByTestId("plus-open").click();
    await mum.getByTestId("plus-poll").click();
    await mum.getByTestId("poll-question").fill("周日吃什么？");
    await mum.getByTestId("poll-new-option").nth(0).fill("火锅");
    await mum.getByTestId("poll-new-option").nth(1).fill("饺子");
    await mum.getByTestId("poll-more").click();
    await mum.getByTestId("poll-new-option").nth(2).fill("烤鸭");
    await shot(mum, "phone-poll-new");
    await isAccessible(mum);
    await mum.getByTestId("poll-start").click();
    for (const one of [mum, maya, dad]) await expect(one.getByTestId("poll-option")).toHaveCount(3);
    await maya.getByTestId("poll-option").nth(0).click();
    await dad.getByTestId("poll-option").nth(1).click();
    await expect(mum.getByTestId("poll-option").nth(1)).toHaveAttribute("data-count", "1");
    await dad.getByTestId("poll-option").nth(0).click();
    for (const one of [mum, maya, dad]) {
      await expect(one.getByTestId("poll-option").nth(0)).toHaveAttribute("data-count", "2");
      await expect(one.getByTestId("poll-option").nth(1)).toHaveAttribute("data-count", "0");
    }
    await expect(mum.getByTestId("poll-option").nth(0)).toContainText("Maya、爸爸");
    await shot(mum, "phone-poll");
    await shot(maya, "desktop-poll");
    await isAccessible(mum);
    await isAccessible(maya);
  });

  test("[F-1c-12] a pasted list becomes one on which two write at once, and no line is lost", async () => {
    await mum.getByTestId("composer-input").focus();
    await paste(mum, "#接龙\n周日聚餐\n1. 外婆 1 位\n2. 舅舅 3 位");
    await mum.getByTestId("toast-action").click();
    await expect(mum.getByTestId("chain-title")).toHaveValue("周日聚餐");
    await shot(mum, "phone-chain-new");
    await isAccessible(mum);
    await mum.getByTestId("chain-start").click();
    for (const one of [mum, maya, dad]) await expect(one.getByTestId("chain-line")).toHaveCount(2);
    await Promise.all([addLine(maya, "Maya 1, vegetarian"), addLine(dad, "爸爸 2 位")]);
    for (const one of [mum, maya, dad]) await expect(one.getByTestId("chain-line")).toHaveCount(4);
    const lines = await mum.getByTestId("chain-line").allTextContents();
    expect(lines.join()).toContain("Maya 1, vegetarian");
    expect(lines.join()).toContain("爸爸 2 位");
    await shot(mum, "phone-chain");
    await isAccessible(mum);
  });

  test("[F-1a-1] links, numbers and names of faces are taken for what they are, and a message fills the screen", async () => {
    await maya.getByTestId("composer-input").focus();
    await paste(maya, "见 https://yan.test/a，或打 13812345678。[微笑][ThumbsUp]「全角，标点。」*不是粗体*");
    await expect(maya.getByTestId("composer-input")).toHaveValue(
      "见 https://yan.test/a，或打 13812345678。[微笑][ThumbsUp]「全角，标点。」*不是粗体*",
    );
    await maya.getByTestId("send").click();
    await sees(mum, "「全角，标点。」*不是粗体*");
    await expect(bubble(mum, "「全角，标点。」").getByRole("img")).toHaveCount(2);
    const links = bubble(mum, "「全角，标点。」").getByRole("link");
    await expect(links).toHaveText(["https://yan.test/a", "13812345678"]);
    await expect(links.nth(1)).toHaveAttribute("href", "tel:13812345678");
    await longPress(mum, "「全角，标点。」");
    await mum.getByTestId("large").click();
    await expect(mum.getByTestId("large-text")).toContainText("*不是粗体*");
    await shot(mum, "phone-large-text");
    await isAccessible(mum);
    await mum.keyboard.press("Escape");
    await expect(mum.getByTestId("large-text")).toHaveCount(0);
  });

  test("[F-1a-2] an emoji is found by its name in Chinese, English and pinyin, and stands among the recent ones", async () => {
    await mum.getByTestId("emoji").click();
    const panel = mum.getByTestId("emoji-panel");
    for (const query of ["饺子", "dumpling", "jiaozi"]) {
      await panel.getByRole("searchbox").fill(query);
      await expect(panel.getByRole("button", { name: "🥟", exact: true })).toBeVisible();
    }
    await panel.getByRole("button", { name: "🥟", exact: true }).click();
    await expect(mum.getByTestId("composer-input")).toHaveValue("🥟");
    await panel.getByRole("searchbox").fill("");
    await panel.getByRole("tab").first().click();
    await expect(panel.locator(".panel-grid button").first()).toHaveText("🥟");
    await shot(mum, "phone-emoji");
    await mum.getByTestId("composer-input").fill("没写完的");
    await home(mum);
    // And what was not sent waits as a draft.
    await expect(mum.getByTestId("chat-row").filter({ hasText: "一家人" })).toContainText("[草稿] 没写完的");
    await mum.getByTestId("chat-row").filter({ hasText: "一家人" }).click();
    await expect(mum.getByTestId("composer-input")).toHaveValue("没写完的");
  });

  function reaction(page: Page, emoji: string) {
    return page.locator(`[data-testid="reaction"][data-emoji="${emoji}"]`).last();
  }
});

function line(page: Page, kind: string) {
  return page.locator(`[data-testid="system-line"][data-kind="${kind}"]`).last();
}

/** As a finger does it: down, held, and up again in place. */
async function longPress(page: Page, text: string): Promise<void> {
  const one = bubble(page, text);
  await one.scrollIntoViewIfNeeded();
  const box = await one.boundingBox();
  if (box === null) throw new Error(`"${text}" is not on screen`);
  const at = { clientX: box.x + 12, clientY: box.y + 12, pointerType: "touch", isPrimary: true };
  await one.dispatchEvent("pointerdown", at);
  await expect(page.getByRole("menu")).toBeVisible();
  await one.dispatchEvent("pointerup", at);
}

async function addLine(page: Page, text: string): Promise<void> {
  await page.getByTestId("chain-add").last().click();
  await page.getByTestId("ask-field").fill(text);
  await page.getByTestId("ask-yes").click();
}

/** As from another program: what the clipboard held goes into the field that has the focus. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((words) => navigator.clipboard.writeText(words), text);
  await page.keyboard.press("Control+V");
}

/** Width and height of each, which entering a mode does not change. */
const boxes = (bubbles: Element[]) =>
  bubbles.map((one) => [one.getBoundingClientRect().width, one.getBoundingClientRect().height].map(Math.round));
