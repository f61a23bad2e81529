/**
 * Somebody lost every device and has their card: on a new one they have people, chats and history back, and those who
 * write with them see that they came back.
 */
import { expect, type Page, test } from "@playwright/test";
import { validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/simplified-chinese.js";
import { authenticator } from "./authenticator.ts";
import { BrowserSetup, oneLook } from "./browser-setup.ts";
import {
  befriend,
  bubble,
  devices,
  goes,
  home,
  isAccessible,
  makeGroup,
  opens,
  picks,
  sees,
  shot,
  write,
} from "./people.ts";

/**
 * What is said waits some fifteen seconds for more before it, and the record of who one writes with, are kept at home.
 */
const keptMsMax = 60_000;

for (const [name, look] of oneLook) {
  test(`[F-2i-5] [F-2b-1] [ID30] [ID32] [ID34] [VA26] [WE131] whoever lost their only device comes back with the card, and has everything again (${name})`, async ({
    browser,
  }) => {
    test.setTimeout(240_000);
    const setup = await BrowserSetup.start(browser);
    try {
      const [old, maya, ming, fresh] = [
        await setup.resident(look),
        await setup.resident(look),
        await setup.resident(look),
        await setup.resident(look),
      ];
      await setup.settle(old, "外婆");
      const { words, code } = await keepsCard(old);
      await home(old);
      await befriend(setup, old, maya, "Maya");
      await write(old, "冬至那天回来吃饺子");
      await write(maya, "好，我带醋");
      await sees(old, "好，我带醋");
      for (const [page, words] of [
        [old, "饺子馅调好了"],
        [maya, "今天的雪"],
      ] as const) {
        await goes(page, "/moments/new");
        await page.getByTestId("compose-text").fill(words);
        await page.getByTestId("compose-post").click();
        await expect(page.getByTestId("compose-moment")).toHaveCount(0);
        await goes(page, "/moments");
        await expect(moment(page, words)).toHaveAttribute("data-state", "sent", { timeout: 30_000 });
      }
      await looksFor(old, "今天的雪");
      await home(old);
      await befriend(setup, old, ming, "小明");
      await home(old);
      await makeGroup(old, "一家人");
      const beforeMs = Date.now();
      await write(old, "都在这儿了");
      await opens(maya, "一家人");
      await sees(maya, "都在这儿了");
      await isWhole(old, beforeMs);
      await old.context().close(); // In the river.

      await fresh.goto(setup.origin);
      await fresh.getByTestId("used").click();
      await shot(fresh, `restore-entry-${name}`);
      await fresh.getByTestId("use-card").click();
      await expect(fresh.getByTestId("restore")).toHaveAttribute("data-step", "words");
      const [first = "", ...rest] = words;
      const field = fresh.getByTestId("restore-word");
      await field.fill("dumpling");
      await field.press("Enter");
      await expect(fresh.getByTestId("card-fault")).toContainText("dumpling");
      await isAccessible(fresh);
      await shot(fresh, `restore-wrong-${name}`);
      // A word that stands there whole is one, though nothing was tapped.
      await field.fill(first);
      await expect(fresh.getByTestId("restore-next")).toBeEnabled();
      // Of those that begin alike a few are offered; by four letters each word is alone.
      await field.fill(first.slice(0, 4));
      await fresh
        .getByTestId("offered")
        .filter({ hasText: new RegExp(`^${first}$`) })
        .click();
      await expect(fresh.getByTestId("filled-word")).toHaveText(`1${first}`);
      if (look.size.width > 500) {
        await field.fill(code); // As a camera gives it.
      } else {
        await field.fill(rest.join(" "));
        await expect(fresh.getByTestId("filled-word")).toHaveCount(24);
        await shot(fresh, `restore-filled-${name}`);
        await fresh.getByTestId("restore-next").click();
      }
      await expect(fresh.getByTestId("restore")).toHaveAttribute("data-step", "lost");
      await expect(fresh.getByTestId("lost-yes")).toBeChecked();
      await isAccessible(fresh);
      await shot(fresh, `restore-lost-${name}`);
      await fresh.getByTestId("restore-go").click();

      await expect(fresh.getByTestId("chat-row").filter({ hasText: "Maya" })).toBeVisible({ timeout: 30_000 });
      // By whose word it is back, and of when, until it was read.
      await expect(fresh.getByTestId("came-back")).toHaveAttribute("data-kind", "vouched");
      await isAccessible(fresh);
      await shot(fresh, `restore-back-${name}`);
      await fresh.getByTestId("came-read").click();
      await expect(fresh.getByTestId("came-back")).toHaveCount(0);
      await opens(fresh, "Maya");
      await sees(fresh, "好，我带醋", keptMsMax);
      await expect(bubble(fresh, "冬至那天回来吃饺子")).toBeVisible();
      await expect(fresh.locator('[data-testid="system-line"][data-kind="restored"]')).toBeVisible();
      await opens(maya, "外婆");
      await expect(maya.locator('[data-testid="system-line"][data-kind="restored"]')).toContainText("外婆");
      await shot(maya, `restore-seen-${name}`);
      await write(fresh, "我换手机了");
      await sees(maya, "我换手机了", keptMsMax);
      await write(maya, "收到");
      await sees(fresh, "收到");
      await opens(fresh, "一家人");
      await sees(fresh, "都在这儿了");
      await write(fresh, "我回来了");
      await opens(ming, "一家人");
      await sees(ming, "我回来了", keptMsMax);
      for (const words of ["饺子馅调好了", "今天的雪"]) await looksFor(fresh, words);
      await expect(moment(fresh, "饺子馅调好了")).toHaveAttribute("data-mine", "true");
      await devices(fresh);
      await expect(fresh.getByTestId("device-row")).toHaveCount(1);
    } finally {
      await setup.close();
    }
  });
}

for (const [name, look] of oneLook) {
  test(`[F-2i-5] [ID61] [ID63] a card in Chinese is typed without spaces, a wrong character is named, and one tap mends it (${name})`, {
    tag: "@long",
  }, async ({ browser }) => {
    test.setTimeout(120_000);
    const setup = await BrowserSetup.start(browser);
    try {
      const [old, fresh] = [await setup.resident(look), await setup.resident(look)];
      await setup.settle(old, "外婆");
      await goes(old, "/me/way-back");
      await old.getByTestId("show-card").click();
      await expect(old.getByTestId("card").locator("li b")).toHaveText(
        Array.from({ length: 24 }, () => /^\p{Script=Han}$/u),
      );
      await isAccessible(old);
      await shot(old, `card-chinese-${name}`);
      await old.getByTestId("card-english").click();
      await expect(old.getByTestId("card").locator("li b").first()).toHaveText(/^[a-z]+$/);
      await shot(old, `card-english-${name}`);
      await home(old);
      const { words } = await keepsCard(old, true);

      await fresh.goto(setup.origin);
      await fresh.getByTestId("used").click();
      await fresh.getByTestId("use-card").click();
      const field = fresh.getByTestId("restore-word");
      // A keyboard without Chinese.
      await field.fill("shi");
      await expect(fresh.getByTestId("offered").filter({ hasText: "是" })).toBeVisible();
      await shot(fresh, `restore-by-sound-${name}`);
      const exchanged = (at: number) => words.with(at, words[at + 1] ?? "").with(at + 1, words[at] ?? "");
      // One of 256 fits all the same.
      const at = [...words.keys()].findIndex((place) => !validateMnemonic(exchanged(place).join(" "), wordlist));
      const wrong = exchanged(at);
      await field.fill(wrong.slice(0, 23).join(""));
      await expect(fresh.getByTestId("filled-word")).toHaveCount(23);
      await expect(fresh.getByTestId("restore-next")).toBeDisabled();
      await field.fill(wrong[23] ?? "");
      await expect(fresh.getByTestId("filled-word")).toHaveCount(24);
      await fresh.getByTestId("restore-next").click();
      const guess = fresh.getByTestId("guess").filter({ hasText: `${words[at]}` });
      await expect(guess.first()).toBeVisible();
      await isAccessible(fresh);
      await shot(fresh, `restore-guess-${name}`);
      await guess.first().click();
      await expect(fresh.getByTestId("restore")).toHaveAttribute("data-step", "lost");
      await fresh.getByTestId("restore-go").click();
      await expect(fresh.getByTestId("chats")).toBeVisible({ timeout: 30_000 });
    } finally {
      await setup.close();
    }
  });
}

for (const [name, look] of oneLook) {
  test(`[F-2i-5] [ID46] a card that somebody may have seen is changed for another, and brings nobody back (${name})`, {
    tag: "@long",
  }, async ({ browser }) => {
    test.setTimeout(180_000);
    const setup = await BrowserSetup.start(browser);
    try {
      const grandma = await setup.resident(look);
      await setup.settle(grandma, "外婆");
      const old = await keepsCard(grandma);
      await goes(grandma, "/me/devices");
      await grandma.getByTestId("way-back-link").click();
      await isAccessible(grandma);
      await shot(grandma, `new-card-ways-${name}`);
      await grandma.getByTestId("new-card").click();
      await isAccessible(grandma);
      await shot(grandma, `new-card-old-${name}`);
      await grandma.getByTestId("restore-word").fill(old.words.join(" "));
      await grandma.getByTestId("restore-next").click();
      await grandma.getByTestId("card-english").click();
      const words = grandma.getByTestId("card").locator("li b");
      await expect(words).toHaveCount(24);
      await isAccessible(grandma);
      await shot(grandma, `new-card-shown-${name}`);
      const fresh = await words.allTextContents();
      expect(fresh).not.toEqual(old.words);
      await grandma.getByTestId("card-kept").click();
      await fillsTwo(grandma, fresh);
      await expect(grandma.getByTestId("way-back-screen")).toHaveAttribute("data-step", "changed", { timeout: 30_000 });
      await isAccessible(grandma);
      await shot(grandma, `new-card-done-${name}`);

      const phone = await setup.resident(look);
      await phone.goto(setup.origin);
      await phone.getByTestId("used").click();
      await phone.getByTestId("use-card").click();
      await phone.getByTestId("restore-word").fill(old.words.join(" "));
      await phone.getByTestId("restore-next").click();
      await phone.getByTestId("restore-go").click();
      await expect(phone.getByTestId("restore")).toHaveAttribute("data-step", "lost");
      await emptied(phone, setup.origin);
      await phone.goto(setup.origin);
      await phone.getByTestId("used").click();
      await phone.getByTestId("use-card").click();
      await phone.getByTestId("restore-word").fill(fresh.join(" "));
      await phone.getByTestId("restore-next").click();
      await phone.getByTestId("restore-go").click();
      await expect(phone.getByTestId("chats")).toBeVisible({ timeout: 30_000 });
    } finally {
      await setup.close();
    }
  });
}

for (const [name, look] of oneLook) {
  test(`[F-2i-5] [ID33] whoever lost their only device comes back by fingerprint or face, and looks at the card by it (${name})`, {
    tag: "@long",
  }, async ({ browser }) => {
    test.setTimeout(240_000);
    const setup = await BrowserSetup.start(browser);
    try {
      const [grandma, maya] = [await setup.resident(look), await setup.resident(look)];
      await setup.settle(grandma, "外婆");
      const finger = await authenticator(grandma);
      await finger.takes({ isKeptElsewhere: false });
      await goes(grandma, "/me/way-back");
      await grandma.getByTestId("add-passkey").click();
      await expect(grandma.getByTestId("passkey-fault")).toContainText(/卡片|card/); // It would be lost with the phone.
      await isAccessible(grandma);
      await shot(grandma, `passkey-stays-${name}`);
      await finger.takes({ isKeptElsewhere: true });
      await grandma.getByTestId("add-passkey").click();
      await expect(grandma.getByTestId("way-back-screen")).toHaveAttribute("data-step", "passkey");
      await isAccessible(grandma);
      await shot(grandma, `passkey-done-${name}`);
      await grandma.getByTestId("card-too").click();
      const words = grandma.getByTestId("card").locator("li b");
      await expect(words).toHaveCount(24);
      const card = await words.allTextContents();
      await home(grandma);
      await befriend(setup, grandma, maya, "Maya");
      const beforeMs = Date.now();
      await write(grandma, "冬至那天回来吃饺子");
      await write(maya, "好，我带醋");
      await sees(grandma, "好，我带醋");
      await isWhole(grandma, beforeMs);
      await emptied(grandma, setup.origin); // A new phone, on which the passkey is already.

      await grandma.goto(setup.origin);
      await grandma.getByTestId("used").click();
      await grandma.getByTestId("use-card").click();
      await expect(grandma.getByTestId("restore")).toHaveAttribute("data-step", "how");
      await isAccessible(grandma);
      await shot(grandma, `restore-how-${name}`);
      await grandma.getByTestId("by-passkey").click();
      await expect(grandma.getByTestId("restore")).toHaveAttribute("data-step", "lost");
      await grandma.getByTestId("restore-go").click();
      await expect(grandma.getByTestId("chat-row").filter({ hasText: "Maya" })).toBeVisible({ timeout: 30_000 });
      await opens(grandma, "Maya");
      await sees(grandma, "好，我带醋", keptMsMax);
      await opens(maya, "外婆");
      await expect(maya.locator('[data-testid="system-line"][data-kind="restored"]')).toContainText("外婆");
      await write(grandma, "我换手机了");
      await sees(maya, "我换手机了", keptMsMax);

      await devices(grandma);
      await grandma.getByTestId("way-back-link").click();
      await expect(grandma.getByTestId("way-passkey")).toHaveAttribute("data-kept", "true");
      await isAccessible(grandma);
      await shot(grandma, `ways-${name}`);
      await grandma.getByTestId("card-by-passkey").click();
      await expect(words).toHaveText(card);

      // By the card another takes its place; where a browser has none of it, nothing of it is offered.
      await goes(grandma, "/me/devices");
      await grandma.getByTestId("way-back-link").click();
      await grandma.getByTestId("passkey-by-card").click();
      await grandma.getByTestId("restore-word").fill(card.join(" "));
      await shot(grandma, `passkey-by-card-${name}`);
      await grandma.getByTestId("restore-next").click();
      await isAccessible(grandma);
      await shot(grandma, `passkey-now-${name}`);
      await grandma.getByTestId("add-passkey").click();
      await expect(grandma.getByTestId("way-back-screen")).toHaveAttribute("data-step", "passkey");
      await finger.takes({ isKeptElsewhere: true }); // A phone that it did not come to.
      await goes(grandma, "/me/devices");
      await grandma.getByTestId("way-back-link").click();
      await grandma.getByTestId("card-by-passkey").click();
      await expect(grandma.getByTestId("ways-fault")).toContainText(/没有找到|Nothing was found/);
      await goes(maya, "/me/way-back");
      await expect(maya.getByTestId("show-card")).toBeVisible();
      await expect(maya.getByTestId("add-passkey")).toHaveCount(0);
    } finally {
      await setup.close();
    }
  });
}

for (const [name, look] of oneLook) {
  test(`[F-2i-5] [ID36] [ID38] [ID39] [ID40] whoever lost their only device and their card comes back by two of three people, unless a device says no (${name})`, {
    tag: "@long",
  }, async ({ browser }) => {
    test.setTimeout(240_000);
    const setup = await BrowserSetup.start(browser, ["--family-seconds", "12"]);
    try {
      const [old, maya, ming, uncle, fresh] = [
        await setup.resident(look),
        await setup.resident(look),
        await setup.resident(look),
        await setup.resident(look),
        await setup.resident(look),
      ];
      await setup.settle(old, "外婆");
      for (const [page, who] of [
        [maya, "Maya"],
        [ming, "小明"],
        [uncle, "舅舅"],
      ] as const) {
        await home(old);
        await befriend(setup, old, page, who);
      }
      await write(old, "冬至那天回来吃饺子");
      await goes(old, "/me/way-back");
      await old.getByTestId("lead-family").click();
      await isAccessible(old);
      await shot(old, `family-lead-${name}`);
      await old.getByTestId("family-choose").click();
      await picks(old, 3);
      await shot(old, `family-pick-${name}`);
      await old.getByTestId("picked-done").click();
      await expect(old.locator('[data-testid="family-helper"][data-kept="true"]')).toHaveCount(3);
      await isAccessible(old);
      await shot(old, `family-chosen-${name}`);
      await opens(maya, "外婆");
      await expect(maya.locator('[data-testid="system-line"][data-kind="family-piece"]')).toContainText("外婆");
      await shot(maya, `family-line-${name}`);

      await fresh.goto(setup.origin);
      await fresh.getByTestId("used").click();
      await fresh.getByTestId("use-card").click();
      await shot(fresh, `restore-words-family-${name}`);
      await fresh.getByTestId("by-family").click();
      await shot(fresh, `family-begin-${name}`);
      await fresh.getByTestId("family-begin").click();
      const back = fresh.getByTestId("family-back");
      await helps(maya, fresh, name);
      await expect(fresh.getByTestId("family-helped")).toContainText("Maya");
      await fresh.reload(); // What one helped is kept, and is where it goes on.
      await expect(back).toHaveAttribute("data-step", "between");
      await fresh.getByTestId("family-begin").click();
      await helps(ming, fresh);
      await expect(old.getByTestId("family-asked")).toBeVisible();
      await isAccessible(old);
      await shot(old, `family-asked-${name}`);
      await old.getByTestId("family-stop").click();
      await expect(old.getByTestId("family-asked")).toHaveCount(0);
      await expect(back).toHaveAttribute("data-step", "waiting"); // It hears of it when it asks again.
      await shot(fresh, `family-waiting-${name}`);
      await expect(back).toHaveAttribute("data-step", "over", { timeout: 30_000 });
      await shot(fresh, `family-stopped-${name}`);
      await old.context().close(); // In the river.
      await fresh.getByTestId("family-again").click();
      await expect(back).toHaveAttribute("data-step", "ready", { timeout: 30_000 });
      await isAccessible(fresh);
      await shot(fresh, `family-ready-${name}`);
      await fresh.getByTestId("family-ready").click();
      await expect(fresh.getByTestId("restore")).toHaveAttribute("data-step", "lost");
      await fresh.getByTestId("restore-go").click();
      await expect(fresh.getByTestId("chat-row").filter({ hasText: "Maya" })).toBeVisible({ timeout: 30_000 });
      await opens(fresh, "舅舅");
      await sees(fresh, "冬至那天回来吃饺子", keptMsMax);
      await opens(maya, "外婆");
      await expect(maya.locator('[data-testid="system-line"][data-kind="restored"]')).toContainText("外婆");
      await goes(fresh, "/me/way-back/family");
      await expect(fresh.getByTestId("family-helper")).toHaveCount(3);
      await expect(fresh.getByTestId("family-gone")).toHaveCount(0);

      // One of the three goes for good, and can be counted on no longer.
      await goes(uncle, "/me/settings/delete");
      await uncle.getByTestId("delete-account").click();
      await uncle.getByTestId("confirm-yes").click();
      const gone = fresh.getByTestId("family-helper").filter({ hasText: "舅舅" });
      await expect(gone).toHaveAttribute("data-gone", "true", { timeout: 30_000 });
      await expect(gone).toContainText("帮不上忙了");
      await expect(fresh.getByTestId("family-gone")).toContainText("再选三位");
      await isAccessible(fresh);
      await shot(fresh, `family-gone-${name}`);
    } finally {
      await setup.close();
    }
  });
}

const moment = (page: Page, words: string) => page.getByTestId("moment").filter({ hasText: words });

/** Moments are opened again until it stands there. */
async function looksFor(page: Page, words: string): Promise<void> {
  await expect(async () => {
    await goes(page, "/discover");
    await goes(page, "/moments");
    await expect(moment(page, words)).toHaveCount(1, { timeout: 4_000 });
  }).toPass({ timeout: 60_000 });
}

/** All that was said before is at home, and the record after it, since then. */
async function isWhole(page: Page, sinceMs: number): Promise<void> {
  await devices(page);
  const state = page.getByTestId("vault-state");
  const isSo = () =>
    state.evaluate(
      ({ dataset }, since) => dataset["waiting"] === "0" && Number(dataset["whole"] ?? 0) > since,
      sinceMs,
    );
  await expect.poll(isSo, { timeout: keptMsMax }).toBe(true);
}

/**
 * On the telephone: the helper hears the voice, opens the code, both read out the same four words, and the piece goes.
 */
async function helps(helper: Page, fresh: Page, name?: string): Promise<void> {
  const code = fresh.getByTestId("family-code");
  await expect(code).toBeVisible();
  if (name !== undefined) {
    await isAccessible(fresh);
    await shot(fresh, `family-code-${name}`);
  }
  const link = (await fresh.locator("[data-link]").getAttribute("data-link")) ?? "";
  await goes(helper, "/me/way-back/family");
  if (name !== undefined) await shot(helper, `family-kept-for-${name}`);
  await helper.getByTestId("help").click();
  if (name !== undefined) {
    await isAccessible(helper);
    await shot(helper, `help-call-${name}`);
  }
  await helper.getByTestId("help-heard").click();
  if (name !== undefined) await shot(helper, `help-scan-${name}`);
  await helper.getByTestId("paste-link").fill(link);
  await helper.getByTestId("open-link").click();
  const words = (page: Page) => page.getByTestId("link-words");
  await expect(words(helper)).toBeVisible();
  await expect(words(fresh)).toHaveAttribute("data-words", (await words(helper).getAttribute("data-words")) ?? "");
  if (name !== undefined) {
    await isAccessible(helper);
    await shot(helper, `help-words-${name}`);
    await shot(fresh, `family-words-${name}`);
  }
  await helper.getByTestId("help-same").click();
  await expect(helper.getByTestId("helping")).toHaveAttribute("data-step", "done");
  if (name !== undefined) await shot(helper, `help-done-${name}`);
  await helper.getByTestId("help-finish").click();
}

/** All that the app stored in this browser goes. */
async function emptied(page: Page, origin: string): Promise<void> {
  const line = await page.context().newCDPSession(page);
  await page.evaluate(async () => {
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
  });
  await page.goto(`${origin}/healthz`); // Without the app, whose worker holds its files.
  await page.evaluate(async () => {
    const files = await navigator.storage.getDirectory();
    for await (const name of files.keys()) await files.removeEntry(name, { recursive: true });
  });
  await line.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
}

/** Writes the card down and confirms it, so that the words are on paper alone. */
async function keepsCard(page: Page, isChinese = false): Promise<{ words: readonly string[]; code: string }> {
  await goes(page, "/me/way-back");
  await page.getByTestId("show-card").click();
  await expect(page.getByTestId("card").locator("li b")).toHaveCount(24);
  if (!isChinese && (await page.getByTestId("card-english").isVisible()))
    await page.getByTestId("card-english").click();
  const words = await page.getByTestId("card").locator("li b").allTextContents();
  const code = (await page.getByTestId("card").locator("[data-link]").getAttribute("data-link")) ?? "";
  await page.getByTestId("card-kept").click();
  await fillsTwo(page, words);
  await expect(page.getByTestId("way-back-done")).toBeVisible();
  return { words, code };
}

async function fillsTwo(page: Page, words: readonly string[]): Promise<void> {
  for (const which of [0, 1]) {
    const field = page.getByTestId(`card-word-${which}`);
    await field.fill(words[Number(await field.getAttribute("data-place"))] ?? "");
  }
  await page.getByTestId("card-check").click();
}
