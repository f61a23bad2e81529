/**
 * The app lock's other ways: a crash while it is turned on or off, words instead of figures, the time after which it
 * locks by itself, and whoever has forgotten what opens it. One person, and a note to herself that is to last.
 */
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, phone } from "./browser-setup.ts";
import { crashes, presses, says, types } from "./lock-hands.ts";
import { beginsAnew, devices, goes, isAccessible, looksAway, losesFiles, sees, shot, write } from "./people.ts";

const pin = "271828";
const words = "外婆种的枇杷熟了";
const note = "护照在第二个抽屉";
const plain = { stores: ["yanshu-yanshu"], isInClear: true };
const sealed = { stores: ["yanshu-yanshu-sealed"], isInClear: false };

test.describe("lock", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let setup: BrowserSetup;
  let mum: Page;

  test.beforeAll(async ({ browser }) => {
    setup = await BrowserSetup.start(browser);
    mum = await setup.resident(phone);
    await setup.settle(mum, "妈妈");
    await mum.getByTestId("tab-contacts").click();
    await mum.getByTestId("own").click();
    await write(mum, note);
  });
  test.afterAll(() => setup.close());

  test("[ST33] a crash at any moment while the lock is turned on leaves one store whole and nothing of the other", {
    tag: "@long",
  }, async () => {
    expect(await stores(mum)).toEqual(plain);
    for (const moment of [1, 20, "half-recorded", "written"] as const) {
      await goes(mum, "/me/settings/privacy");
      await mum.getByTestId("lock-turn-on").click();
      await mum.getByTestId("lock-digits").click();
      await presses(mum, pin);
      await types(mum, pin);
      mum = await crashes(mum, moment, () => mum.getByTestId("pad-done").click());
      if (moment === "written") await presses(mum, pin);
      await hasNote(mum);
      expect([moment, await stores(mum)]).toEqual([moment, moment === "written" ? sealed : plain]);
      await expect.poll(() => keepsakes(mum)).toBe(1);
    }
  });

  test("[ST33] and so it does while the lock is turned off", { tag: "@long" }, async () => {
    for (const moment of [1, 20, "removed"] as const) {
      await goes(mum, "/me/settings/privacy");
      await mum.getByTestId("lock-turn-off").click();
      await types(mum, pin);
      mum = await crashes(mum, moment, () => mum.getByTestId("pad-done").click());
      if (moment !== "removed") await presses(mum, pin);
      await hasNote(mum);
      expect([moment, await stores(mum)]).toEqual([moment, moment === "removed" ? plain : sealed]);
      await expect.poll(() => keepsakes(mum)).toBe(1);
    }
  });

  test("[WE30] [ST32] a phrase opens as figures do: not a short one, not a wrong one", { tag: "@long" }, async () => {
    await goes(mum, "/me/settings/privacy");
    await mum.getByTestId("lock-turn-on").click();
    await expect(mum.getByTestId("lock-sheet")).toContainText("只能用找回账号的卡片");
    await mum.getByTestId("lock-by-words").click();
    const step = mum.getByTestId("lock-step");
    await says(mum, "lock-new-words", "枇杷熟了");
    await expect(step).toContainText("太短了");
    await says(mum, "lock-new-words", words);
    await expect(step).toHaveText("再输一遍");
    await says(mum, "lock-new-words", `${words}。`);
    await expect(step).toContainText("两遍不一样");
    await says(mum, "lock-new-words", words);
    await isAccessible(mum);
    await shot(mum, "lock-new-words-phone");
    await says(mum, "lock-new-words", words);
    await expect(mum.getByTestId("lock")).toHaveAttribute("data-state", "ready", { timeout: 60_000 });
    await expect(mum.getByTestId("pad")).toHaveCount(0);
    await expect(mum.locator("body")).not.toContainText(/妈妈|护照/);
    await isAccessible(mum);
    await shot(mum, "lock-words-phone");
    await says(mum, "lock-words", words.slice(1));
    await expect(mum.getByTestId("lock-said")).toHaveText("不对，再试一次", { timeout: 30_000 });
    await says(mum, "lock-words", words);
    await hasNote(mum);
    expect(await stores(mum)).toEqual(sealed);
  });

  test("[ST33] [WE30] a record that cannot be read opens nothing, says so, and is no store without a lock; whole again, it opens", {
    tag: "@long",
  }, async () => {
    const whole = await recordBecomes(mum, "{}");
    for (let start = 0; start < 2; start++) {
      await mum.goto(new URL("/", mum.url()).href);
      await expect(mum.getByTestId("lock-said")).toContainText("读不到这把锁");
      await expect(mum.getByTestId("lock-forgot")).toBeVisible();
      expect(await stores(mum)).toEqual(sealed);
    }
    await isAccessible(mum);
    await recordBecomes(mum, whole);
    await mum.goto(new URL("/", mum.url()).href);
    await says(mum, "lock-words", words);
    await hasNote(mum);
  });

  test("[ST41] [ST42] her files are removed under a worker that stands still: the lock stays, and behind it all of hers comes back", {
    tag: "@long",
  }, async () => {
    await devices(mum);
    await expect(mum.getByTestId("vault-state")).toHaveAttribute("data-waiting", "0", { timeout: 60_000 });
    await mum.workers()[0]?.evaluate(() =>
      setTimeout(() => {
        for (;;);
      }),
    );
    await losesFiles(mum);
    await expect(mum.getByTestId("lock-words")).toBeVisible({ timeout: 30_000 });
    await says(mum, "lock-words", words);
    await hasNote(mum);
    expect(await stores(mum)).toEqual(sealed);
  });

  test("[WE31] it locks by itself when it was out of sight in every tab for as long as she chose", {
    tag: "@long",
  }, async () => {
    const second = await mum.context().newPage();
    for (const page of [mum, second]) await page.clock.install();
    await second.goto(setup.origin);
    await expect(second.getByTestId("chat-row")).toHaveCount(1);
    const tabs = [mum, second];
    await choosesAfter(mum, "1");
    // One of them is looked at: neither locks.
    await looksAway(mum, true);
    await mum.clock.fastForward("01:05");
    await expect(mum.getByTestId("lock-after")).toBeVisible();
    await looksAway(second, true);
    await second.clock.fastForward("00:55");
    await expect(second.getByTestId("chat-row")).toHaveCount(1);
    await second.clock.fastForward("00:06");
    for (const tab of tabs) await expect(tab.getByTestId("lock")).toHaveAttribute("data-state", "ready");
    await says(second, "lock-words", words);
    for (const tab of tabs) await expect(tab.getByTestId("chats")).toBeVisible({ timeout: 30_000 });
    // Chosen in one tab it holds in the other.
    await choosesAfter(mum, "0");
    await mum.close();
    mum = second;
    await looksAway(mum, true);
    await mum.clock.fastForward(1_000);
    await expect(mum.getByTestId("lock")).toHaveAttribute("data-state", "ready");
  });

  test("[WE30] whoever has forgotten it is told how the account comes back, and can begin anew on this device", {
    tag: "@long",
  }, async () => {
    await mum.getByTestId("lock-forgot").click();
    await expect(mum.getByTestId("confirm")).toContainText("用卡片找回");
    await isAccessible(mum);
    await shot(mum, "lock-forgot-phone");
    await mum.getByTestId("confirm-no").click();
    await expect(mum.getByTestId("lock")).toBeVisible();
    await mum.getByTestId("lock-forgot").click();
    await mum.getByTestId("confirm-yes").click();
    await expect(mum.getByTestId("used")).toBeVisible(); // The way back, beside the way to begin.
    await setup.settle(mum, "妈妈");
    await expect(mum.getByTestId("chats")).toBeVisible();
    await expect(mum.getByTestId("chat-row")).toHaveCount(0);
    await beginsAnew(mum);
    await expect(mum.getByTestId("lock")).toHaveCount(0);
    await expect.poll(() => stores(mum)).toEqual({ stores: plain.stores, isInClear: false });
  });
});

async function hasNote(page: Page): Promise<void> {
  await page.getByTestId("chat-row").first().click({ timeout: 60_000 });
  await sees(page, note);
}

async function choosesAfter(page: Page, minutes: "0" | "1"): Promise<void> {
  await goes(page, "/me/settings/privacy");
  await page.getByTestId("lock-after").click();
  await page.getByTestId(`choose-${minutes}`).click();
  await expect(page.getByTestId("lock-after")).toContainText(minutes === "0" ? "马上" : "1 分钟");
}

/** Which stores this browser keeps a file of, and whether the note stands in any file in clear. */
async function stores(page: Page): Promise<{ readonly stores: readonly string[]; readonly isInClear: boolean }> {
  return page.evaluate(async (text) => {
    const needle = new TextEncoder().encode(text);
    const includes = (bytes: Uint8Array) => {
      for (let at = bytes.indexOf(needle[0] ?? 0); at >= 0; at = bytes.indexOf(needle[0] ?? 0, at + 1))
        if (needle.every((byte, n) => bytes[at + n] === byte)) return true;
      return false;
    };
    /** What is written over while it is read has to be asked for anew; what is removed meanwhile holds nothing. */
    const bytesOf = async (entry: FileSystemFileHandle): Promise<Uint8Array> => {
      for (;;)
        try {
          return new Uint8Array(await (await entry.getFile()).arrayBuffer());
        } catch (error) {
          if (!(error instanceof DOMException)) throw error;
          if (error.name === "NotFoundError") return new Uint8Array();
          if (error.name !== "NotReadableError") throw error;
        }
    };
    // Chromium keeps the folder of files that were removed under a worker until the browser ends.
    const hasFile = async (folder: FileSystemDirectoryHandle): Promise<boolean> => {
      for await (const entry of folder.values())
        if (entry.kind === "file" || (await hasFile(entry as FileSystemDirectoryHandle))) return true;
      return false;
    };
    const holds = async (folder: FileSystemDirectoryHandle): Promise<boolean> => {
      for await (const entry of folder.values()) {
        if (entry.kind === "directory") {
          if (await holds(entry as FileSystemDirectoryHandle)) return true;
          continue;
        }
        if (includes(await bytesOf(entry as FileSystemFileHandle))) return true;
      }
      return false;
    };
    const root = await navigator.storage.getDirectory();
    const names: string[] = [];
    for await (const entry of root.values())
      if (entry.name.startsWith("yanshu-yanshu") && (await hasFile(entry as FileSystemDirectoryHandle)))
        names.push(entry.name);
    return { stores: names.sort(), isInClear: await holds(root) };
  }, note);
}

/** How many records of who this device is stand in their second place. */
async function keepsakes(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open("yanshu-keepsake");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const counting = opening.result.transaction("keepsake").objectStore("keepsake").count();
          counting.onsuccess = () => resolve(counting.result);
          counting.onerror = () => reject(counting.error);
        };
      }),
  );
}

/** Answers what the lock's record was. */
async function recordBecomes(page: Page, text: string): Promise<string> {
  return page.evaluate(async (next) => {
    const file = await (await navigator.storage.getDirectory()).getFileHandle("yanshu-lock");
    const before = await (await file.getFile()).text();
    const writable = await file.createWritable();
    await writable.write(next);
    await writable.close();
    return before;
  }, text);
}
