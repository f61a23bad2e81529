/**
 * The app lock's second way in: face or fingerprint of the device, as Chromium plays a reader of them. One person with
 * a passkey that brings her account back, a code, and a note to herself that is to last.
 */
import { type Page, expect as soon, test } from "@playwright/test";
import { authenticator } from "./authenticator.ts";
import { BrowserSetup, phone } from "./browser-setup.ts";
import { crashes, presses, says } from "./lock-hands.ts";
import { goes, isAccessible, sees, shot, write } from "./people.ts";

/** A code is stretched before it is tried, which takes a busy machine long. */
const expect = soon.configure({ timeout: 40_000 });

const pin = "271828";
const wrongPin = "111111";
const words = "外婆种的枇杷熟了";
const note = "护照在第二个抽屉";

test.describe("lock by passkey", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let setup: BrowserSetup;
  let mum: Page;
  let reader: Awaited<ReturnType<typeof authenticator>>;
  let hand: { putsOff: boolean };

  test.beforeAll(async ({ browser }) => {
    setup = await BrowserSetup.start(browser);
    mum = await setup.resident(phone);
    hand = await handAt(mum);
    await setup.settle(mum, "妈妈");
    await mum.getByTestId("tab-contacts").click();
    await mum.getByTestId("own").click();
    await write(mum, note);
  });
  test.afterAll(() => setup.close());

  test("[ST34] [WE32] [F-2j-7] face or fingerprint is added by the code and the device's own question, and not without either", async () => {
    await goes(mum, "/me/settings/privacy");
    await turnsOn(mum);
    await presses(mum, pin);
    await goes(mum, "/me/settings/privacy");
    await expect(mum.getByTestId("lock-change")).toBeVisible();
    await expect(mum.getByTestId("lock-passkey")).toHaveCount(0); // Nothing here knows her face.
    reader = await authenticator(mum);
    await reader.takes({ isKeptElsewhere: true });
    // One of the account's, which is to stay as it is.
    await goes(mum, "/me/way-back");
    await mum.getByTestId("add-passkey").click();
    await expect(mum.getByTestId("way-back-screen")).toHaveAttribute("data-step", "passkey");
    const [account] = await reader.held();
    await goes(mum, "/me/settings/privacy");
    const way = mum.getByTestId("lock-passkey");
    await expect(way).toHaveAttribute("aria-checked", "false");
    await way.click();
    await isAccessible(mum);
    await shot(mum, "lock-passkey-code-phone");
    await presses(mum, wrongPin);
    await expect(mum.getByTestId("lock-known")).toHaveText("不对，再试一次");
    await presses(mum, pin);
    await expect(mum.getByTestId("lock-sheet")).toContainText("能解开这台设备的人，也就能打开雁书");
    await isAccessible(mum);
    await shot(mum, "lock-passkey-sheet-phone");
    hand.putsOff = true;
    await mum.getByTestId("lock-passkey-do").click();
    await expect(mum.getByTestId("lock-passkey-said")).toHaveText("还没有设成。要的话再点一次。");
    expect([(await record(mum)).passkey, await reader.held()]).toEqual([undefined, [account]]);
    hand.putsOff = false;
    await mum.getByTestId("lock-passkey-do").click();
    await expect(way).toHaveAttribute("aria-checked", "true");
    await shot(mum, "lock-passkey-on-phone");
    const made = (await reader.held()).filter((one) => one.credentialId !== account?.credentialId);
    expect(made.map((one) => [one.isResidentCredential, one.userName])).toEqual([[false, "雁书应用锁 Linux"]]);
    expect(Object.keys((await record(mum)).passkey ?? {})).toEqual(["id", "salt", "wrap"]);
  });

  test("[WE32] the lock screen asks the device at a tap, and once by itself; put off, or while one types, the code does it", {
    tag: "@long",
  }, async () => {
    await mum.getByTestId("lock-now").click();
    await expect(mum.getByTestId("lock-passkey-open")).toBeVisible();
    await mum.waitForTimeout(500);
    // She has just closed it: nobody asks her.
    await expect(mum.getByTestId("lock")).toHaveAttribute("data-state", "ready");
    expect(await timesAsked(mum)).toBe(0);
    await isAccessible(mum);
    await shot(mum, "lock-passkey-lock-phone");
    await mum.getByTestId("lock-passkey-open").click();
    await isOpen(mum);

    await mum.reload();
    await isOpen(mum); // Without a touch.
    expect(await timesAsked(mum)).toBe(1);

    hand.putsOff = true;
    await mum.reload();
    await expect(mum.getByTestId("lock-said")).toHaveText("没关系，输入密码就行");
    await mum.evaluate(() => {
      for (const said of ["blur", "focus"]) dispatchEvent(new Event(said));
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await mum.waitForTimeout(500);
    expect(await timesAsked(mum)).toBe(1);
    await isAccessible(mum);
    await shot(mum, "lock-passkey-instead-phone");
    await presses(mum, pin);
    await isOpen(mum);

    hand.putsOff = false;
    await reader.isTouched(false);
    await mum.reload();
    await expect(mum.getByTestId("lock")).toHaveAttribute("data-state", "asking");
    await expect(mum.getByTestId("lock-said")).toHaveText("等这台设备认一下");
    await isAccessible(mum);
    await presses(mum, pin);
    await isOpen(mum);
    await reader.isTouched(true);
  });

  test("[ST34] [ST32] wrong codes stay counted when face or fingerprint opens, and it opens while the code has to wait", {
    tag: "@long",
  }, async () => {
    await reader.isTouched(false);
    await mum.reload();
    for (let wrong = 1; wrong <= 5; wrong++) {
      await presses(mum, wrongPin);
      await expect(mum.getByTestId("lock-said")).toHaveText(wrong < 5 ? "不对，再试一次" : /秒后再试/);
    }
    await expect(mum.getByTestId("pad-done")).toBeDisabled();
    await shot(mum, "lock-passkey-wait-phone");
    await reader.isTouched(true);
    await mum.getByTestId("lock-passkey-open").click();
    await isOpen(mum);
    expect((await record(mum)).wrong).toBe(5);
    await rewrites(mum, { wrong: 0 });
  });

  test("[ST34] another code keeps it, and the code of before opens no more", { tag: "@long" }, async () => {
    await goes(mum, "/me/settings/privacy");
    await mum.getByTestId("lock-change").click();
    await presses(mum, pin);
    await mum.getByTestId("lock-by-words").click();
    await says(mum, "lock-new-words", words);
    await says(mum, "lock-new-words", words);
    await expect(mum.getByTestId("lock-sheet")).toHaveCount(0);
    await expect(mum.getByTestId("lock-passkey")).toHaveAttribute("aria-checked", "true");
    await mum.reload();
    await isOpen(mum);
    hand.putsOff = true;
    await mum.reload();
    await expect(mum.getByTestId("lock-said")).toHaveText("没关系，输入那句话就行");
    await says(mum, "lock-words", pin);
    await expect(mum.getByTestId("lock-said")).toHaveText("不对，再试一次");
    await says(mum, "lock-words", words);
    await isOpen(mum);
    hand.putsOff = false;
  });

  test("[ST34] deleted from the device it opens nothing, and the code does; switched off it is gone from the record, and the account's own stays", {
    tag: "@long",
  }, async () => {
    const [account] = (await reader.held()).filter((one) => one.isResidentCredential);
    for (const one of await reader.held()) if (!one.isResidentCredential) await reader.deletes(one.credentialId);
    await mum.reload();
    await expect(mum.getByTestId("lock-said")).toHaveText("没关系，输入那句话就行", { timeout: 70_000 });
    await says(mum, "lock-words", words);
    await isOpen(mum);
    await goes(mum, "/me/settings/privacy");
    await mum.getByTestId("lock-passkey").click();
    await expect(mum.getByTestId("lock-passkey")).toHaveAttribute("aria-checked", "false");
    await expect(mum.getByTestId("lock-passkey")).toContainText("可以删掉");
    await shot(mum, "lock-passkey-left-phone");
    expect((await record(mum)).passkey).toBeUndefined();
    // A record of before, or one whose second way was written by another hand, opens by the first.
    for (const passkey of [undefined, { id: "AAAA", salt: "?" }]) {
      await rewrites(mum, { passkey });
      await mum.reload();
      await says(mum, "lock-words", words);
      await isOpen(mum);
      await expect(mum.getByTestId("lock-passkey-open")).toHaveCount(0);
    }

    await addsPasskey(mum, () => says(mum, "lock-words", words));
    await expect.poll(async () => (await reader.held()).length).toBe(2);
    await mum.getByTestId("lock-turn-off").click();
    await expect(mum.getByTestId("lock-sheet")).toContainText("面容或指纹解锁也一起关掉");
    await shot(mum, "lock-passkey-off-phone");
    await says(mum, "lock-words", words);
    await expect(mum.getByTestId("lock-sheet")).toHaveCount(0, { timeout: 60_000 });
    await isOpen(mum);
    await expect
      .poll(() => reader.held().then((held) => held.map((one) => one.credentialId)))
      .toEqual([account?.credentialId]);
    expect(await hasRecord(mum)).toBe(false);
  });

  test("[ST34] a crash while it is added leaves the record of before or the new one, and the code opens either", {
    tag: "@long",
  }, async () => {
    await goes(mum, "/me/settings/privacy");
    await turnsOn(mum);
    await presses(mum, pin);
    for (const moment of ["half-recorded", "recorded"] as const) {
      await goes(mum, "/me/settings/privacy");
      await mum.getByTestId("lock-passkey").click();
      await presses(mum, pin);
      await mum.getByTestId("lock-passkey-do").waitFor();
      // The reader is this tab's, and so the next has another, to which the passkey is unknown.
      mum = await crashes(mum, moment, () => mum.getByTestId("lock-passkey-do").click());
      reader = await authenticator(mum);
      await reader.takes({ isKeptElsewhere: true });
      expect([moment, (await record(mum)).passkey !== undefined]).toEqual([moment, moment === "recorded"]);
      await presses(mum, pin);
      await mum.getByTestId("chat-row").first().click();
      await sees(mum, note);
    }
  });

  test("[ST34] [WE30] whoever has forgotten the code, and cannot use the passkey, begins anew, and the record goes", async () => {
    await mum.reload();
    await mum.getByTestId("lock-forgot").click();
    await expect(mum.getByTestId("confirm")).toContainText("可以删掉");
    await isAccessible(mum);
    await shot(mum, "lock-passkey-forgot-phone");
    await mum.getByTestId("confirm-yes").click();
    await expect(mum.getByTestId("used")).toBeVisible();
    expect(await hasRecord(mum)).toBe(false);
  });

  test("[ST34] [KP2] an account that is deleted takes the lock along, and its passkey", { tag: "@long" }, async () => {
    await setup.settle(mum, "妈妈");
    await goes(mum, "/me/settings/privacy");
    await turnsOn(mum);
    await presses(mum, pin);
    await addsPasskey(mum, () => presses(mum, pin));
    expect(await reader.held()).toHaveLength(1);
    await goes(mum, "/me/settings/delete");
    await mum.getByTestId("delete-account").click();
    await mum.getByTestId("confirm-yes").click();
    await expect(mum.getByTestId("start")).toBeVisible({ timeout: 60_000 });
    expect([await hasRecord(mum), await reader.held()]).toEqual([false, []]);
  });
});

async function turnsOn(page: Page): Promise<void> {
  await page.getByTestId("lock-turn-on").click();
  await page.getByTestId("lock-digits").click();
  await presses(page, pin);
  await presses(page, pin);
  await expect(page.getByTestId("lock")).toHaveAttribute("data-state", "ready", { timeout: 60_000 });
}

/** @param enters what opens the lock. */
async function addsPasskey(page: Page, enters: () => Promise<void>): Promise<void> {
  await goes(page, "/me/settings/privacy");
  await page.getByTestId("lock-passkey").click();
  await enters();
  await page.getByTestId("lock-passkey-do").click();
  await expect(page.getByTestId("lock-passkey")).toHaveAttribute("aria-checked", "true");
}

async function isOpen(page: Page): Promise<void> {
  await expect(page.getByTestId("lock")).toHaveCount(0, { timeout: 60_000 });
  await goes(page, "/");
  await expect(page.getByTestId("chat-row")).toHaveCount(1, { timeout: 60_000 });
}

/**
 * A hand that closes the window in which the browser asks for a passkey, when it is told to: Chromium plays none. Each
 * page counts how often it asked.
 */
async function handAt(page: Page): Promise<{ putsOff: boolean }> {
  const hand = { putsOff: false };
  await page.context().exposeFunction("putsOff", () => hand.putsOff);
  await page.context().addInitScript(() => {
    const container = CredentialsContainer.prototype;
    const { create, get } = container;
    const seen = globalThis as unknown as { timesAsked: number; putsOff: () => Promise<boolean> };
    seen.timesAsked = 0;
    const unlessPutOff = async <T>(ask: () => Promise<T>) => {
      if (await seen.putsOff()) throw new DOMException("put off", "NotAllowedError");
      return ask();
    };
    container.create = function (...args) {
      return unlessPutOff(() => create.apply(this, args));
    };
    container.get = function (...args) {
      seen.timesAsked++;
      return unlessPutOff(() => get.apply(this, args));
    };
  });
  return hand;
}

async function timesAsked(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as { timesAsked?: number }).timesAsked ?? -1);
}

type Written = { readonly wrong: number; readonly passkey?: Record<string, unknown> };

/** The lock's record, as it stands on the disk. */
async function record(page: Page): Promise<Written> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    return JSON.parse(await (await (await root.getFileHandle("yanshu-lock")).getFile()).text());
  });
}

async function rewrites(page: Page, changed: Record<string, unknown>): Promise<void> {
  const text = JSON.stringify({ ...(await record(page)), ...changed });
  await page.evaluate(async (written) => {
    const root = await navigator.storage.getDirectory();
    const file = await (await root.getFileHandle("yanshu-lock")).createWritable();
    await file.write(written);
    await file.close();
  }, text);
}

async function hasRecord(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    return root.getFileHandle("yanshu-lock").then(
      () => true,
      () => false,
    );
  });
}
