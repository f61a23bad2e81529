/**
 * What people do in end-to-end tests: meet, write, go about, and look.
 *
 * How a spec stays quick, for the whole suite shares two processors: one setup a file and the same people in all of its
 * tests, for each person who signs up and meets somebody costs four seconds of work. Loading the app anew costs a
 * second (`beginsAnew`); to go about within it (`home`, `goes`) does not. Wait for what is shown, never for a time;
 * `settled` waits until a screen stands. One `isAccessible` a screen and look, where nothing on it changed since. What
 * walks a long way is split into tests that can run side by side (everywhere.spec.ts).
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import type { BrowserSetup, Look } from "./browser-setup.ts";
import { loadedAhead, violations } from "./look.ts";

/**
 * `one` shows the link; `other`, who is new here, opens it, greets, and is accepted. Both end in the chat, which opens
 * by itself.
 */
export async function befriend(setup: BrowserSetup, one: Page, other: Page, name: string): Promise<void> {
  await setup.settle(other, name, await contactLink(one));
  await meets(one, other, name);
}

/** The same of somebody who lives here already. */
export async function opensLinkOf(one: Page, other: Page, name: string): Promise<void> {
  const link = await contactLink(one);
  await home(other);
  await other.goto(link);
  await meets(one, other, name);
}

async function meets(one: Page, other: Page, name: string): Promise<void> {
  await expect(other.getByTestId("invite-card")).toBeVisible();
  await other.getByTestId("send-request").click();
  await goes(one, "/contacts/requests");
  await one.getByTestId("request-row").filter({ hasText: name }).getByTestId("request-accept").click();
  await expect(one.getByTestId("title")).toContainText(name);
  for (const page of [one, other]) await expect(page.getByTestId("conversation")).toHaveAttribute("data-state", "open");
}

export async function contactLink(page: Page): Promise<string> {
  await goes(page, "/my-qr");
  await expect(page.getByTestId("my-link")).toHaveAttribute("data-link", /#c\//);
  return (await page.getByTestId("my-link").getAttribute("data-link")) ?? "";
}

/**
 * To the chat list, however deep one is. What the app is about to do by itself, open a chat say, is waited for before.
 */
export async function home(page: Page): Promise<void> {
  await goes(page, "/");
  await expect(page.getByTestId("chats")).toBeVisible();
}

/** The chat of that name, which others may have in what was said last. */
export async function opens(page: Page, name: string): Promise<void> {
  await home(page);
  const named = page.locator(".name", { hasText: name });
  await page.getByTestId("chat-row").filter({ has: named }).first().click();
  await expect(page.getByTestId("title")).toContainText(name);
  await expect(page.getByTestId("conversation")).toHaveAttribute("data-state", "open");
}

/** The app begins anew, at the chat list, as in a browser that was closed. */
export async function beginsAnew(page: Page): Promise<void> {
  await page.goto(new URL("/", page.url()).href);
  await expect(page.getByTestId("chats")).toBeVisible();
}

/** To a place within the app, as its own links lead. @param place a path, or an address of it. */
export async function goes(page: Page, place: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, "", new URL(to, location.href).pathname);
    dispatchEvent(new PopStateEvent("popstate"));
  }, place);
}

/** What the app keeps of its look on this device. */
export type Prefs = {
  readonly locale: string;
  readonly theme?: "light" | "dark";
  readonly elder?: boolean;
  readonly textStep?: number;
};

/** The same place in another look and size. Ends with all of the app loaded. */
export async function dressed(page: Page, prefs: Prefs, { size }: Pick<Look, "size">): Promise<void> {
  await page.setViewportSize(size);
  await page.evaluate(
    (kept) => localStorage.setItem("yanshu.prefs", JSON.stringify({ textStep: 2, elder: false, ...kept })),
    prefs,
  );
  await page.reload();
  await page.locator("main, [data-testid=chats]").first().waitFor();
  await loadedAhead(page);
}

/** In elder mode the field is asked for first. */
export async function asksForField(page: Page): Promise<void> {
  const asked = page.getByTestId("elder-write");
  if (await asked.isVisible()) await asked.click();
}

export async function devices(page: Page): Promise<void> {
  await goes(page, "/me/devices");
  await expect(page.getByTestId("device-row").first()).toBeVisible();
}

/** The browser removes the files of the origin under the running app. */
export async function losesFiles(page: Page): Promise<void> {
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("Storage.clearDataForOrigin", {
    origin: new URL(page.url()).origin,
    storageTypes: "file_systems",
  });
  await protocol.detach();
}

/** The details of the open chat, which a wide window may show beside it. */
export async function info(page: Page): Promise<void> {
  if (!(await page.getByTestId("chat-details").isVisible())) await page.getByTestId("chat-info").click();
  await expect(page.getByTestId("chat-details")).toBeVisible();
}

export async function backToChat(page: Page): Promise<void> {
  if (!(await page.getByTestId("composer-input").isVisible())) await page.getByTestId("back").click();
  await expect(page.getByTestId("composer-input")).toBeVisible();
}

export async function write(page: Page, text: string): Promise<void> {
  await page.getByTestId("composer-input").fill(text);
  await page.getByTestId("send").click();
  await expect(bubble(page, text)).toBeVisible();
}

/** What a background window says of itself; headless windows are always in front. */
export async function looksAway(page: Page, isAway: boolean): Promise<void> {
  await page.evaluate((away) => {
    Object.defineProperty(document, "visibilityState", {
      configurable: true,
      get: () => (away ? "hidden" : "visible"),
    });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isAway);
}

export function bubble(page: Page, text: string) {
  return page.getByTestId("bubble").filter({ hasText: text }).last();
}

export async function sees(page: Page, text: string, timeout = 20_000): Promise<void> {
  await expect(bubble(page, text)).toBeVisible({ timeout });
}

/** The ids of all messages in the open chat, in their own order. */
export async function idsOf(page: Page): Promise<readonly string[]> {
  const bubbles = page.getByTestId("bubble");
  return (await bubbles.evaluateAll((all) => all.map((one) => one.getAttribute("data-id") ?? ""))).toSorted();
}

/** WCAG 2.2 AA, as far as a program can tell. */
export async function isAccessible(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
}

export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENS"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** A finger that comes down in the middle of a thing, draws it so far, and goes. */
export async function draws(page: Page, thing: Locator, by: { readonly x?: number; readonly y?: number }) {
  const box = await thing.boundingBox();
  if (box === null) throw new Error("it is not there");
  const glass = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", share: number) => {
    const x = box.x + box.width / 2 + (by.x ?? 0) * share;
    const y = box.y + box.height / 2 + (by.y ?? 0) * share;
    return glass.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
  };
  await touch("touchStart", 0);
  for (let step = 1; step <= 6; step++) {
    await page.waitForTimeout(16); // As a glass tells: what comes at once would be thrown.
    await touch("touchMove", step / 6);
  }
  await touch("touchEnd", 1);
  await glass.detach();
}

/** Ticks so many of those whom one may pick. Their order may change meanwhile: pinyin comes a moment later. */
export async function picks(page: Page, count: number): Promise<void> {
  const unpicked = page.getByTestId("pick").filter({ hasNot: page.locator(".tickbox.on") });
  await unpicked.first().waitFor();
  const all = await unpicked.count();
  for (let picked = 1; picked <= count; picked++) {
    await unpicked.first().click();
    await expect(unpicked).toHaveCount(all - picked);
  }
}

/** A group of the first contacts, of two if not told. Ends in its chat. */
export async function makeGroup(owner: Page, name: string, others = 2): Promise<void> {
  await owner.getByTestId("plus").click();
  await owner.getByTestId("plus-group").click();
  await picks(owner, others);
  await owner.getByTestId("picked-done").click();
  await owner.getByTestId("ask-field").fill(name);
  await owner.getByTestId("ask-yes").click();
}

/** The code that `fresh` shows, pasted on `old` as a scan would give it. Ends with the four words on `old`. */
export async function scanDevice(old: Page, fresh: Page): Promise<void> {
  // A new profile loads the whole app first.
  await expect(fresh.getByTestId("device-link")).toHaveAttribute("data-link", /#d\//, { timeout: 40_000 });
  const link = (await fresh.getByTestId("device-link").getAttribute("data-link")) ?? "";
  await devices(old);
  await old.getByTestId("link-device").click();
  await old.getByTestId("paste-link").fill(link);
  await old.getByTestId("open-link").click();
  await expect(old.getByTestId("link-words")).toBeVisible();
}

/** `fresh` becomes another device of whoever lives in `old`. Ends with both on their chats. */
export async function linkDevice(setup: Pick<BrowserSetup, "port">, old: Page, fresh: Page): Promise<void> {
  await fresh.goto(`http://localhost:${setup.port}/`);
  await fresh.getByTestId("used").click();
  await scanDevice(old, fresh);
  await fresh.getByTestId("join-yes").click();
  await old.getByTestId("words-same").click();
  await expect(fresh.getByTestId("chats")).toBeVisible({ timeout: 30_000 });
  await home(old);
}

/** Waits until the service worker has the whole app and this page belongs to it. */
export async function keepsApp(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller !== null) return;
    await new Promise((resolve) =>
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }),
    );
  });
}

/** What the app does by itself when it comes to the front. */
export async function looksForNewVersion(page: Page): Promise<void> {
  await page.evaluate(() => void document.dispatchEvent(new Event("visibilitychange")));
}
