/**
 * Keeping and letting go, as people do: room on the device; everything carried out, and brought along; the account
 * deleted in two steps, and what its friends see of it.
 */
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, type Chosen, oneLook } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { bubble, goes, isAccessible, shot, write } from "./people.ts";

for (const [name, look] of oneLook) {
  test(`[F-2i-6] [F-2i-7] [KP1] [KP2] [KP3] [KP6] [KP7] [KP9] [KP12] room is told and freed; what home keeps is shown; all is carried out; a chat is brought along; an account is deleted in two steps, and the device is as new; what was carried out is read on another server (${name})`, {
    tag: "@long",
  }, async ({ browser }) => {
    test.setTimeout(240_000);
    const { setup, people } = await familyIn(browser, "妈妈 Maya", [look, look]);
    const elsewhere = await BrowserSetup.start(browser);
    try {
      const [mum, maya] = people;
      await write(maya, "我要走了");
      const chosen = mum.waitForEvent("filechooser");
      await mum.getByTestId("plus-open").click();
      await mum.getByTestId("plus-file").click();
      await (await chosen).setFiles({
        name: "菜谱.pdf",
        mimeType: "application/pdf",
        buffer: Buffer.alloc(700_000, 7),
      });
      await mum.getByTestId("ready-send").click();
      await goes(maya, "/");
      await maya.getByTestId("chat-row").first().click();
      await maya.getByTestId("file-act").click(); // It comes when it is asked for.
      await expect(maya.getByTestId("file")).toHaveAttribute("data-state", "here", { timeout: 20_000 });
      await goes(maya, "/me/settings");
      await maya.getByTestId("storage-link").click();
      await expect(maya.getByTestId("storage-chat")).toHaveCount(1);
      await expect(maya.getByTestId("storage-clear")).toContainText("KB");
      await isAccessible(maya);
      await shot(maya, `storage-${name}`);
      await maya.getByTestId("storage-chat").click();
      await shot(maya, `storage-chat-${name}`);
      await maya.getByTestId("storage-clear-chat").click();
      await maya.getByTestId("confirm-yes").click();
      await expect(maya.getByTestId("storage-clear")).toHaveCount(0);
      await goes(maya, "/me/settings/privacy");
      await maya.getByTestId("home-keeps-link").click();
      await expect(maya.getByTestId("home-kind")).toHaveCount(8);
      await isAccessible(maya);
      await shot(maya, `home-keeps-${name}`);
      await maya.getByTestId("home-make").click();
      await expect(maya.getByTestId("home-save")).toBeVisible();
      const told = maya.waitForEvent("download");
      await maya.getByTestId("home-save").click();
      const all = JSON.parse(await readFile((await (await told).path()) ?? "", "utf8")) as {
        tables: { rows: unknown[] }[];
      };
      expect(all.tables.filter(({ rows }) => rows.length > 0).length).toBeGreaterThan(5);
      await goes(maya, "/me/settings");
      await maya.getByTestId("carry-link").click();
      await maya.getByTestId("carry-make").click();
      await expect(maya.getByTestId("carry-save")).toBeVisible({ timeout: 30_000 });
      await isAccessible(maya);
      await shot(maya, `carry-${name}`);
      const saved = maya.waitForEvent("download");
      await maya.getByTestId("carry-save").click();
      const zip = await readFile((await (await saved).path()) ?? "");
      expect((await saved).suggestedFilename()).toMatch(/^yanshu-\d{4}-\d{2}-\d{2}\.zip$/);
      for (const path of ["export.json", "messages.jsonl", "菜谱.pdf"]) expect(zip.includes(path)).toBe(true);
      expect(zip.includes(Buffer.alloc(4_096, 7))).toBe(true); // The file itself, fetched again.
      const chat = "15/01/2024, 18:02 - 外婆: 冬至回来吃饺子\n15/01/2024, 18:03 - Maya: 好";
      const brought = { name: "WhatsApp Chat with 外婆.txt", mimeType: "text/plain", buffer: Buffer.from(chat) };
      await maya.getByTestId("import-input").setInputFiles({ ...brought, buffer: Buffer.from([0xff, 0xd8, 0xff]) });
      await expect(maya.getByTestId("import-fault")).toContainText("WhatsApp Chat with 外婆.txt");
      await maya.getByTestId("import-input").setInputFiles(brought);
      await maya.getByTestId("import-who").getByText("Maya").click();
      await expect(maya.getByTestId("import-done")).toBeVisible();
      await isAccessible(maya);
      await shot(maya, `import-${name}`);
      await maya.getByTestId("import-open").click();
      await expect(bubble(maya, "冬至回来吃饺子")).toBeVisible();
      await expect(maya.getByTestId("read-only")).toBeVisible();
      await shot(maya, `imported-${name}`);
      await goes(maya, "/me/settings");
      await maya.getByTestId("delete-link").click();
      await expect(maya.getByTestId("delete-screen")).toBeVisible();
      await isAccessible(maya);
      await shot(maya, `delete-${name}`);
      await maya.evaluate(() => localStorage.setItem("yanshu.recent", "who one wrote to")); // As screens keep it.
      await maya.getByTestId("delete-account").click();
      await shot(maya, `delete-sure-${name}`);
      await maya.getByTestId("confirm-no").click();
      await maya.getByTestId("delete-account").click();
      await maya.getByTestId("confirm-yes").click();
      await expect(maya.getByTestId("start")).toBeVisible({ timeout: 40_000 });
      expect(await maya.evaluate(() => localStorage.getItem("yanshu.recent"))).toBeNull();
      await expect(bubble(mum, "我要走了")).toBeVisible();
      await write(mum, "在吗");
      await expect(mum.getByTestId("conversation").getByText("这句对方还没收到")).toBeVisible();
      await setup.settle(maya, "Maya 2"); // Whoever is wiped can begin anew, on the same device.
      await expect(maya.getByTestId("chats")).toBeVisible();
      await isBroughtTo(elsewhere, await elsewhere.resident(look), {
        name: (await saved).suggestedFilename(),
        mimeType: "application/zip",
        buffer: zip,
      });
    } finally {
      await elsewhere.close();
      await setup.close();
    }
  });
}

/** On a server that never heard of her: what was said is there to be read, and the file with every byte. */
async function isBroughtTo(setup: BrowserSetup, page: Page, zip: Chosen): Promise<void> {
  await setup.settle(page, "Maya");
  await goes(page, "/me/settings");
  await page.getByTestId("carry-link").click();
  await page.getByTestId("import-input").setInputFiles(zip);
  await page.getByTestId("import-open").click();
  await expect(page.getByTestId("read-only")).toBeVisible();
  await expect(bubble(page, "我要走了")).toBeVisible();
  const file = page.getByTestId("file").filter({ hasText: "菜谱.pdf" });
  await expect(file).toHaveAttribute("data-state", "here");
  const opened = page.waitForEvent("download");
  await file.getByTestId("file-act").click();
  const bytes = await readFile((await (await opened).path()) ?? "");
  expect(bytes.equals(Buffer.alloc(700_000, 7))).toBe(true);
}
