/**
 * A family of six without a reserve, whose only server is killed and wiped in mid-talk, or whose name somebody else
 * takes: three in browsers and three in terminals, all of them at another server by one link, each with every message
 * that any of their devices had. Two real servers.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { BrowserSetup, desktop, kept, phone } from "./browser-setup.ts";
import { ownFamilyIn } from "./family.ts";
import {
  contactLink,
  goes,
  home,
  idsOf,
  isAccessible,
  keepsApp,
  makeGroup,
  opens,
  sees,
  shot,
  write,
} from "./people.ts";
import { Terminal } from "./terminals.ts";

const group = "一家人";

test("[HM77] [WE260] [WE261] [WE271] [HM78] [HM86] [HM87] [F-homes-3] a family of six whose server is killed and wiped in mid-talk goes on at another server by one link", {
  tag: "@long",
}, async ({ browser }) => {
  await together(browser, "wiped");
});

// Each takes a minute of both processors: `npm test` plays the one above, and `npm run e2e` both.
test("[HM74] [HM75] [HM77] [WE260] [F-homes-3] the same where another server answers at the name of theirs: all six go on elsewhere", {
  tag: "@long",
}, async ({ browser }) => {
  await together(browser, "seized");
});

async function together(browser: Browser, how: "wiped" | "seized"): Promise<void> {
  test.setTimeout(480_000);
  const terminals = ["外公", "外婆", "舅舅"].map((name) => new Terminal(name));
  const { setup, people } = await ownFamilyIn(browser, "妈妈 Maya 爸爸", [
    { look: phone, more: kept },
    { look: desktop, more: kept },
    { look: phone, more: kept },
  ]);
  const elsewhere = await BrowserSetup.start(browser);
  const there = new URL(elsewhere.origin).host;
  try {
    const [mum, maya, dad] = people;
    const [grandpa, , uncle] = terminals as [Terminal, Terminal, Terminal];
    await comeInTerminals(mum, terminals);
    await home(mum);
    await makeGroup(mum, group, 5);
    await write(mum, "六点吃饭");
    for (const page of [maya, dad]) {
      await home(page);
      await opens(page, group);
      await sees(page, "六点吃饭");
    }
    for (const one of terminals) await one.says("send", group, `${one.name}知道了`, "--wait", "60");
    for (const page of people) for (const one of terminals) await sees(page, `${one.name}知道了`);
    await Promise.all(people.map(keepsApp));
    // Who has no app yet, and whose browser keeps none. That a page is gone with its server needs no sixth browser.
    const stranger = how === "seized" ? await setup.resident(phone) : undefined;
    await stranger?.goto(setup.origin);

    // In mid-talk: grandma does not look, and nobody knows how far each word came.
    const talk = [grandpa, uncle].map((one) => one.run("send", group, `${one.name}在路上`, "--wait", "1"));
    await Promise.all(people.map((page, n) => write(page, `路上 ${n}`)));
    await setup.killServer();
    await Promise.all(talk);
    for (const name of readdirSync(setup.data))
      if (name !== "browsers") rmSync(join(setup.data, name), { recursive: true });
    if (how === "seized") await setup.startServer();

    // The app begins anew, from what the device keeps of it.
    if (how === "wiped") await mum.clock.install();
    await Promise.all(
      people.map(async (page) => {
        await page.reload();
        await sees(page, "六点吃饭");
      }),
    );
    // What any device had is had by all in the end.
    const had = new Set(
      (await Promise.all([...people.map(idsOf), ...terminals.map((one) => one.idsIn(group))])).flat(),
    );
    expect(had.size).toBeGreaterThanOrEqual(7);

    // Without the app there is what the other server hands out.
    await stranger?.reload();
    await stranger?.context().close();
    if (how === "wiped") await mum.clock.fastForward("01:30:00");
    const strip = mum.getByTestId("home-gone");
    await expect(strip).toHaveAttribute("data-strange", `${how === "seized"}`, { timeout: 60_000 });
    await isAccessible(mum);
    await shot(mum, `together-${how}-strip`);
    await strip.getByTestId("home-gone-link").click();

    // One has an invite of another server. The others have her link.
    await pastes(mum, how === "wiped" ? await copiesInvite(elsewhere) : elsewhere.invite, there);
    await opensSheet(mum);
    const missing = mum.getByTestId("homes-missing");
    await expect(missing).toHaveAttribute("data-count", "5", { timeout: 60_000 });
    await expect(missing).toContainText("Maya");
    await isAccessible(mum);
    await shot(mum, `together-${how}-missing`);
    await mum.keyboard.press("Escape");
    const link = await linkThere(mum, elsewhere.origin);
    await Promise.all(
      [maya, dad].map(async (page) => {
        await opensSheet(page);
        await pastes(page, link, there);
      }),
    );
    for (const one of terminals)
      expect(await one.says("move", link, "--wait", "60")).toContain(`You are at ${there} now`);
    for (const one of terminals) expect(await one.says("reserve")).toContain(`Your server: ${there}`);

    for (const page of people) {
      await home(page);
      await opens(page, group);
    }
    // What is missing shows at the next word of who said it (SY5).
    for (const word of ["到了", "坐下了"]) {
      await Promise.all(people.map((page, n) => write(page, `${word} ${n}`)));
      for (const one of terminals) await one.says("send", group, `${one.name}${word}`, "--wait", "60");
    }
    const words = 2 * (people.length + terminals.length);
    const lacking = async () => {
      const ids = await idsOf(mum);
      return { lost: [...had].filter((id) => !ids.includes(id)).length, of: ids.length };
    };
    await expect.poll(lacking, { timeout: 120_000 }).toEqual({ lost: 0, of: had.size + words });
    const all = await idsOf(mum);
    for (const page of [maya, dad]) await expect.poll(() => idsOf(page), { timeout: 60_000 }).toEqual(all);
    for (const one of terminals) await expect.poll(() => one.idsIn(group, 10), { timeout: 120_000 }).toEqual(all);
    await opensSheet(mum);
    await expect(mum.getByTestId("homes-home")).toHaveAttribute("data-server", there);
    await expect(missing).toHaveCount(0);
  } finally {
    for (const one of terminals) one.remove();
    await setup.close();
    await elsewhere.close();
  }
}

/** They sign up by her link, ask her, and are accepted. */
async function comeInTerminals(mum: Page, terminals: readonly Terminal[]): Promise<void> {
  const link = await contactLink(mum);
  for (const one of terminals) {
    await one.says("create", "--name", one.name, link, "--wait", "60");
    await one.says("add", link, "--greeting", "是我");
    await goes(mum, "/contacts/requests");
    await mum.getByTestId("request-row").filter({ hasText: one.name }).getByTestId("request-accept").click();
    await expect(mum.getByTestId("title")).toContainText(one.name);
  }
}

async function opensSheet(page: Page): Promise<void> {
  await goes(page, "/me/settings");
  await page.getByTestId("homes").click();
}

/** Into the sheet that is open; ends at the other server. */
async function pastes(page: Page, link: string, there: string): Promise<void> {
  await page.getByTestId("elsewhere-link").fill(link);
  await isAccessible(page);
  await shot(page, `together-sheet-${page.viewportSize()?.width}`);
  await page.getByTestId("elsewhere-set").click();
  await expect(page.getByTestId("confirm")).toContainText(there);
  await shot(page, `together-ask-${page.viewportSize()?.width}`);
  await page.getByTestId("confirm-yes").click();
  await expect(page.getByTestId("homes-sheet")).toHaveCount(0, { timeout: 60_000 });
  await opensSheet(page);
  await expect(page.getByTestId("homes-home")).toHaveAttribute("data-server", there);
  await page.keyboard.press("Escape");
}

/** Who opens the invite in a browser is told to bring it to the app that they have, and copies it there. */
async function copiesInvite(elsewhere: BrowserSetup): Promise<string> {
  const page = await elsewhere.resident(phone);
  await page.goto(elsewhere.invite);
  await page.getByTestId("used").click();
  await expect(page.getByTestId("server-gone")).toBeVisible();
  await isAccessible(page);
  await shot(page, "together-copies-phone");
  await page.getByTestId("copy-invite").click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toBe(elsewhere.invite);
  const link = await copied();
  await page.context().close();
  return link;
}

/** Her own link, once it leads to the other server. */
async function linkThere(page: Page, origin: string): Promise<string> {
  await goes(page, "/my-qr");
  const link = page.getByTestId("my-link");
  await expect(link).toHaveAttribute("data-link", new RegExp(`^${origin}/#c/`), { timeout: 60_000 });
  return (await link.getAttribute("data-link")) ?? "";
}
