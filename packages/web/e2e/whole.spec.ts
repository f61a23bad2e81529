/**
 * All that was said, on a device that has none of it: one that is linked, and one whose files the browser removed under
 * the running app. Nobody is asked for anything, and in the end each has what the other has.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { isShort, oneLook } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { beginsAnew, devices, goes, home, linkDevice, losesFiles, sees, shot, write } from "./people.ts";

/** `YANSHU_MESSAGES=100000` plays it in earnest; `npm test` plays more than one segment of the vault, and no more. */
const asked = process.env["YANSHU_MESSAGES"];
const messages = Number(asked ?? (isShort ? 600 : 2_500));
const root = join(import.meta.dirname, "../../..");
const wholeMsMax = 120_000;
const usableMsMax = 10_000;
const newest = "最新的一句";

for (const [name, look] of oneLook) {
  test(`[F-1b-16] [VA20] [VA21] [ST41] [ST42] [ST43] a new device, and one whose files are gone or spoiled, come to have every message (${name})`, {
    tag: "@long",
  }, async ({ browser }) => {
    test.setTimeout(300_000 + messages * 10);
    const folder = await mkdtemp(join(tmpdir(), "yanshu-whole-"));
    process.env["YANSHU_ASSETS"] = siteIn(folder);
    const { setup, people } = await familyIn(browser, "妈妈 Maya", [look, look]);
    try {
      const [mum, maya] = people;
      const tablet = await setup.resident(look);
      await atStore(maya, `task=many-chats&messages=${messages}`);
      await beginsAnew(maya);
      await devices(maya);
      const state = maya.getByTestId("vault-state");
      await expect(state).toHaveAttribute("data-bytes", /^[1-9]/, { timeout: 60_000 });
      await expect(state).toHaveAttribute("data-waiting", "0", { timeout: 60_000 + messages * 5 });
      const before = await namesIn(maya);

      await beginsAnew(maya);
      await linkDevice(setup, maya, tablet);
      const linkedMs = Date.now();
      await expect(tablet.getByTestId("chats")).toContainText(newest, { timeout: usableMsMax });
      await isWhole(tablet, wholeMsMax - (Date.now() - linkedMs));
      expect(await namesIn(tablet)).toBe(before);

      await beginsAnew(tablet);
      await expect(tablet.getByTestId("chats")).toContainText(newest);
      await losesFiles(tablet);
      await isMended(tablet, `mending-${name}`);
      expect(await namesIn(tablet)).toBe(before);

      const device = await atStore(tablet, "task=device");
      await atStore(tablet, "task=damage");
      await beginsAnew(tablet);
      await expect(tablet.getByTestId("chats")).toContainText(newest, { timeout: wholeMsMax });
      await expect(tablet.getByTestId("mending")).toHaveCount(0, { timeout: wholeMsMax });
      expect(await namesIn(tablet)).toBe(before);
      expect(await atStore(tablet, "task=device")).not.toBe(device);
      await beginsAnew(tablet);
      await tablet.getByTestId("chat-row").filter({ hasText: "妈妈" }).first().click();
      await home(mum);
      await mum.getByTestId("chat-row").filter({ hasText: "Maya" }).first().click();
      await write(mum, "都还在吗");
      await sees(tablet, "都还在吗", 60_000);
    } finally {
      await setup.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** The built app, and beside it a page that fills and reads its store. */
function siteIn(folder: string): string {
  const made = execFileSync("node", ["tools/run.mjs", "bench/browser/site.ts", folder], { cwd: root });
  return made.toString().trim().split("\n").at(-1) ?? "";
}

/** Has the store of a browser filled, or read, while the app is not open in it. Answers what the page says of it. */
async function atStore(page: Page, task: string): Promise<string> {
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("Network.enable");
  await protocol.send("Network.setBypassServiceWorker", { bypass: true }); // It would answer with the app.
  await page.goto(new URL(`/seed.html?${task}`, page.url()).href);
  await expect(page).toHaveTitle(/^(seeded|ids|device|damaged|failed)/, { timeout: 60_000 + messages });
  await protocol.send("Network.setBypassServiceWorker", { bypass: false });
  await protocol.detach();
  return page.title();
}

/** How many messages there are, and a hash of their sorted names. */
async function namesIn(page: Page): Promise<string> {
  const said = await atStore(page, "task=ids");
  expect(said).toMatch(/^ids [1-9]\d+ /);
  return said;
}

async function isWhole(page: Page, timeout: number): Promise<void> {
  await goes(page, "/me/devices");
  const state = page.getByTestId("vault-state");
  await expect(state).toHaveAttribute("data-of", /^[1-9]/, { timeout });
  await expect(page.getByTestId("vault-fetching")).toHaveCount(0, { timeout });
}

/** By itself, while a line says so. */
async function isMended(page: Page, picture: string): Promise<void> {
  const goneMs = Date.now();
  await expect(page.getByTestId("mending")).toBeVisible({ timeout: 30_000 });
  await shot(page, picture);
  await expect(page.getByTestId("mending")).toHaveCount(0, { timeout: wholeMsMax - (Date.now() - goneMs) });
  await expect(page.getByTestId("chats")).toContainText(newest);
}
