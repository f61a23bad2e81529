/**
 * Released code (docs/spec/web.md WE136–WE139): a browser that ran a release takes nothing else, whatever its home
 * hands out, and says so where one looks.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { headOf, pinned, proofText, signNote, viewIn } from "@yanshu/release";
import { testLogKey } from "@yanshu/release/testing";
import { BrowserSetup, desktop, kept, oneLook, phone } from "./browser-setup.ts";
import { befriend, beginsAnew, goes, isAccessible, keepsApp, looksForNewVersion, shot } from "./people.ts";
import { renew, sign, takesKeysForReal, workerOf } from "./versions.ts";

const dist = join(import.meta.dirname, "../dist");

/** A home whose app can be changed. */
async function homeOf(browser: Parameters<typeof BrowserSetup.start>[0], before: (assets: string) => void) {
  const assets = mkdtempSync(join(tmpdir(), "yanshu-assets-"));
  cpSync(dist, assets, { recursive: true, filter: (path) => !/\.(?:br|gz)$/.test(path) });
  before(assets);
  const setup = await BrowserSetup.start(browser, ["--assets", assets]);
  return {
    setup,
    handsOut: async (change: (assets: string) => void) => {
      await setup.killServer();
      change(assets);
      await setup.startServer();
    },
    close: async () => {
      await setup.close();
      rmSync(assets, { recursive: true, force: true });
    },
  };
}

const offer = (page: Page) => page.getByRole("button", { name: "更新" });

/** Opens “This code”; answers with what it says. */
async function thisCode(page: Page) {
  await goes(page, "/me/settings");
  await page.getByTestId("code").click();
  await expect(page.getByTestId("code-again")).toBeEnabled();
  return page.getByTestId("code-sheet");
}

/** The page looks at its own note once it comes to the front again. */
async function seenKept(page: Page): Promise<void> {
  await looksForNewVersion(page);
  await expect.poll(() => page.evaluate(() => localStorage.getItem("yanshu.release.seen"))).toContain("1.1.0");
}

/** The log that this browser keeps. */
async function entriesSeen(page: Page): Promise<readonly string[]> {
  const seen = JSON.parse((await page.evaluate(() => localStorage.getItem("yanshu.release.seen"))) ?? "");
  return viewIn(seen.log, pinned.log)?.entries ?? [];
}

for (const [name, look] of oneLook) {
  test(`[WE136] [WE137] [WE138] [WE139] [WE320] [F-code-1] an unsigned, an older, a one-key, an unlogged version and one of another log are not taken, and a signed one is (${name})`, async ({
    browser,
  }) => {
    test.setTimeout(240_000);
    const home = await homeOf(browser, (assets) => sign(assets, "1.1.0"));
    try {
      const mum = await home.setup.resident(look, undefined, kept);
      await home.setup.settle(mum, "妈妈");
      await keepsApp(mum);
      await seenKept(mum);
      const named = await workerOf(mum);
      const before = await entriesSeen(mum);
      const sheet = await thisCode(mum);
      await expect(sheet.getByTestId("code-said")).toHaveAttribute("data-kind", "released");
      await expect(sheet).toContainText("1.1.0");
      await expect(sheet).toContainText("test-1.yanshu.example");
      await shot(mum, `${name}-this-code`);
      await isAccessible(mum);
      await mum.keyboard.press("Escape");

      const refuses = async (
        title: string,
        why: string,
        version: string,
        keys: number,
        change?: (assets: string) => void,
      ) => {
        await home.handsOut((assets) => {
          renew(assets, title);
          sign(assets, version, keys, before);
          change?.(assets);
        });
        const isTold = async () => {
          await looksForNewVersion(mum);
          return (await mum.getByTestId("code").textContent()) ?? "";
        };
        await expect.poll(isTold, { timeout: 20_000 }).toMatch(/没有装上|沒有裝上|not installed/);
        const said = mum.getByTestId("code-refused");
        const opens = async () => {
          await thisCode(mum);
          const text = (await said.textContent()) ?? "";
          if (!text.includes(why)) await mum.keyboard.press("Escape");
          await looksForNewVersion(mum);
          return text;
        };
        await expect.poll(opens, { timeout: 20_000 }).toContain(why);
        await shot(mum, `${name}-this-code-refused-${keys}`);
        await isAccessible(mum);
        await mum.keyboard.press("Escape");
        await expect(offer(mum)).toHaveCount(0);
        expect(await workerOf(mum)).toBe(named);
      };
      await refuses("没签名", "没有人签名", "1.2.0", 0);
      await refuses("一个人", "签名的人不够", "1.2.0", 1);
      await refuses("旧的", "旧", "1.0.9", 2);
      await refuses("同号", "另一份", "1.1.0", 2);
      await refuses("没进记录", "不在人人看得到的发布记录里", "1.2.0", 2, (assets) =>
        rmSync(join(assets, "release.proof")),
      );
      const fork = [`1.0.0 ${"ab".repeat(32)}`];
      await refuses("两本记录", "不是同一本", "1.2.0", 2, (assets) => sign(assets, "1.2.0", 2, fork));
      const both = await thisCode(mum);
      await expect(both.getByTestId("code-split")).toContainText("专门给一些人看的");
      // What happened, and what it means: one note says both.
      await expect(both.getByTestId("code-refused")).toHaveCount(1);
      await expect(both.getByTestId("code-split").getByTestId("code-refused")).toContainText("没有装上");
      await shot(mum, `${name}-this-code-split`);
      await isAccessible(mum);
      const saving = mum.waitForEvent("download");
      await mum.getByTestId("code-split-save").click();
      const heads = readFileSync(await (await saving).path(), "utf8");
      expect(heads.match(/^— test-log\.yanshu\.example /gm)).toHaveLength(2);
      await mum.keyboard.press("Escape");
      // Nothing of it is taken by loading the page anew either.
      await mum.reload();
      await expect(mum.getByTestId("chats").or(mum.getByTestId("code"))).toBeVisible();
      expect(await workerOf(mum)).toBe(named);

      await home.handsOut((assets) => {
        renew(assets, "第三版");
        sign(assets, "1.2.0", 2, before);
      });
      const isOffered = async () => {
        await looksForNewVersion(mum);
        return offer(mum).isVisible();
      };
      await expect.poll(isOffered, { timeout: 20_000 }).toBe(true);
      await offer(mum).click();
      await expect(mum).toHaveTitle("第三版", { timeout: 20_000 });
      await expect(await thisCode(mum)).toContainText("1.2.0");
    } finally {
      await home.close();
    }
  });
}

test("[WE136] a note that signs other code takes nothing along, and is told", { tag: "@long" }, async ({ browser }) => {
  test.setTimeout(120_000);
  const home = await homeOf(browser, (assets) => sign(assets, "1.1.0"));
  try {
    const mum = await home.setup.resident(phone, undefined, kept);
    await home.setup.settle(mum, "妈妈");
    await keepsApp(mum);
    await seenKept(mum);
    // The note of before stays beside another program.
    await home.handsOut((assets) => renew(assets));
    await goes(mum, "/me/settings");
    const isTold = async () => {
      await looksForNewVersion(mum);
      return (await mum.getByTestId("code").textContent()) ?? "";
    };
    await expect.poll(isTold, { timeout: 20_000 }).toContain("没有装上");
    const sheet = await thisCode(mum);
    await expect(sheet.getByTestId("code-refused")).toContainText("签了名的是另一份代码");
    await expect(offer(mum)).toHaveCount(0);
    // What runs here is what was signed, by the note that came with it.
    await expect(sheet.getByTestId("code-said")).toHaveAttribute("data-kind", "released");
  } finally {
    await home.close();
  }
});

/** Has a browser keep this log, as if it had been shown it. */
async function keepsLog(page: Page, entries: readonly string[]): Promise<void> {
  const checkpoint = signNote(headOf(entries, pinned.log), testLogKey.secret);
  const log = proofText({ entries, index: entries.length - 1, checkpoint });
  await page.evaluate((kept) => {
    const seen = JSON.parse(localStorage.getItem("yanshu.release.seen") ?? "");
    localStorage.setItem("yanshu.release.seen", JSON.stringify({ ...seen, log: kept }));
  }, log);
  await beginsAnew(page);
}

/** Two friends whose browsers keep the log of the release there. */
async function friendsAt(setup: BrowserSetup): Promise<readonly [Page, Page]> {
  const [mum, dad] = [await setup.resident(phone, undefined, kept), await setup.resident(phone, undefined, kept)];
  await setup.settle(mum, "妈妈");
  await befriend(setup, mum, dad, "爸爸");
  for (const page of [mum, dad]) {
    await keepsApp(page);
    await seenKept(page);
  }
  return [mum, dad];
}

/** The heads that this browser keeps of those that friends told. */
const heard = (page: Page) => page.evaluate(() => localStorage.getItem("yanshu.release.heard"));

test("[RE20] while everybody has the log’s key, nobody is alarmed or held up by what a friend says of it", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(240_000);
  const home = await homeOf(browser, (assets) => sign(assets, "1.1.0"));
  try {
    const [mum, dad] = await friendsAt(home.setup);
    const entries = await entriesSeen(mum);
    await keepsLog(dad, [`1.1.0 ${"07".repeat(32)}`]);
    await expect.poll(() => heard(mum), { timeout: 20_000 }).toContain("test-log");
    await beginsAnew(mum);
    await expect(await thisCode(mum)).toContainText("1.1.0");
    await expect(mum.getByTestId("code-split")).toHaveCount(0);
    await mum.keyboard.press("Escape");
    await home.handsOut((assets) => {
      renew(assets);
      sign(assets, "1.2.0", 2, entries);
    });
    const isOffered = async () => {
      await looksForNewVersion(mum);
      return offer(mum).isVisible();
    };
    await expect.poll(isOffered, { timeout: 20_000 }).toBe(true);
  } finally {
    await home.close();
  }
});

test("[WE321] [RE22] a friend’s app that keeps a longer log for two weeks is told of, and one that keeps another at once, a longer one too", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(240_000);
  const home = await homeOf(browser, (assets) => {
    takesKeysForReal(assets);
    sign(assets, "1.1.0");
  });
  try {
    const [mum, dad] = await friendsAt(home.setup);
    const entries = await entriesSeen(mum);
    await keepsLog(dad, [...entries, `9.0.0 ${"09".repeat(32)}`]);
    const ahead = () => mum.evaluate(() => localStorage.getItem("yanshu.release.ahead"));
    await expect.poll(ahead, { timeout: 20_000 }).not.toBeNull();
    await expect((await thisCode(mum)).getByTestId("code-behind")).toHaveCount(0);
    await mum.keyboard.press("Escape");
    await mum.evaluate(() => localStorage.setItem("yanshu.release.ahead", "1"));
    // It goes on being so when the app begins anew.
    await beginsAnew(mum);
    await expect(mum.getByTestId("chats").first()).toBeVisible();
    await expect.poll(() => heard(mum)).toContain("test-log");
    await expect((await thisCode(mum)).getByTestId("code-behind")).toContainText("两个多星期");
    await mum.keyboard.press("Escape");
    // Longer than hers by an entry that nobody sees: her app knows by his, to which hers had told its head.
    await keepsLog(dad, [`1.0.9 ${"07".repeat(32)}`, `1.1.0 ${"07".repeat(32)}`]);
    const isTold = async () => {
      await goes(mum, "/me");
      await goes(mum, "/me/settings");
      return (await mum.getByTestId("code").textContent()) ?? "";
    };
    await expect.poll(isTold, { timeout: 20_000 }).toContain("发布记录有两本");
    await expect((await thisCode(mum)).getByTestId("code-split")).toContainText("专门给一些人看的");
    await expect(mum.getByTestId("code-refused")).toHaveCount(0);
    await shot(mum, "this-code-friends-split");
    await isAccessible(mum);
    // It stays told.
    await beginsAnew(mum);
    await expect((await thisCode(mum)).getByTestId("code-split")).toBeVisible();
    await mum.keyboard.press("Escape");
    // A version that continues the log of before, and contradicts the friend's, is not taken.
    await home.handsOut((assets) => {
      renew(assets);
      sign(assets, "1.2.0", 2, entries);
    });
    const isRefused = async () => {
      await looksForNewVersion(mum);
      const sheet = await thisCode(mum);
      const text = await sheet.getByTestId("code-refused").allTextContents();
      await mum.keyboard.press("Escape");
      return text.join("");
    };
    await expect.poll(isRefused, { timeout: 20_000 }).toContain("不是同一本");
    await expect(offer(mum)).toHaveCount(0);
  } finally {
    await home.close();
  }
});

test("[WE137] [WE139] a family that builds its own app goes on as before, and reads that nobody signed it", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(120_000);
  const home = await homeOf(browser, () => undefined);
  try {
    const mum = await home.setup.resident(desktop, undefined, kept);
    await home.setup.settle(mum, "妈妈");
    await keepsApp(mum);
    const sheet = await thisCode(mum);
    await expect(sheet.getByTestId("code-said")).toHaveAttribute("data-kind", "self-built");
    await shot(mum, "this-code-own-desktop");
    await isAccessible(mum);
    await mum.keyboard.press("Escape");
    await home.handsOut((assets) => renew(assets));
    const take = mum.getByRole("button", { name: /更新|Update/ });
    const isOffered = async () => {
      await looksForNewVersion(mum);
      return take.first().isVisible();
    };
    await expect.poll(isOffered, { timeout: 20_000 }).toBe(true);
  } finally {
    await home.close();
  }
});
