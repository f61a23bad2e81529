/** What people see of what whoever runs their server does: an invitation that is over, an account that is suspended. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { BrowserSetup, looks } from "./browser-setup.ts";
import { befriend, dressed, goes, isAccessible, opens, sees, shot, write } from "./people.ts";

const root = join(import.meta.dirname, "../../..");

/** As whoever runs the server types it. */
function says<T>({ data }: BrowserSetup, ...args: string[]): T {
  const program = ["tools/run.mjs", "packages/server/src/main.ts"];
  const output = execFileSync("node", [...program, ...args, "--json", "--data", data], { cwd: root, encoding: "utf8" });
  return JSON.parse(output) as T;
}

for (const [name, look] of looks) {
  test(`[DS140] [DS142] an invitation that is over says so and leads on; who is suspended is told, and comes back (${name})`, {
    tag: "@long",
  }, async ({ browser }) => {
    test.setTimeout(150_000);
    const setup = await BrowserSetup.start(browser);
    try {
      const [mum, late] = [await setup.resident(look), await setup.resident(look)];
      const { link } = says<{ link: string }>(setup, "invite");
      await setup.settle(mum, "妈妈", link);

      await late.goto(link);
      await late.getByTestId("start").click();
      await late.getByTestId("name").fill("Maya");
      await late.getByTestId("next").click();
      await expect(late.getByTestId("invite-over")).toBeVisible();
      await isAccessible(late);
      await shot(late, `invite-over-${name}`);
      await late.getByTestId("other-invite").click();
      const other = says<{ link: string }>(setup, "invite");
      await late.getByTestId("invite-link").fill(other.link);
      await late.getByTestId("next").click();
      await expect(late.getByTestId("name")).toHaveValue("Maya"); // It was typed once.
      await late.getByTestId("next").click();
      await late.getByTestId("later").click({ timeout: 30_000 });

      await setup.settle(await setup.resident(look), "外公"); // The standing one goes on.
      await befriend(setup, mum, await setup.resident(look), "小雨");
      const bill = says<{ number: number }[]>(setup, "accounts");
      expect(bill).toHaveLength(4);
      says(setup, "suspend", "1");
      await goes(mum, "/");
      await expect(mum.locator("[data-testid=network][data-network=suspended]").first()).toBeVisible();
      await isAccessible(mum);
      await shot(mum, `suspended-${name}`);
      await opens(mum, "小雨");
      await write(mum, "等我回来");
      await shot(mum, `suspended-chat-${name}`);
      if (name === "phone") {
        await dressed(mum, { locale: "zh-Hant", theme: "dark", elder: true }, look);
        await goes(mum, "/");
        await expect(mum.locator("[data-network=suspended]").first()).toBeVisible();
        await shot(mum, "suspended-elder-dark-hant");
        await isAccessible(mum);
      }
      says(setup, "suspend", "1", "--end");
      await expect(mum.locator("[data-network=suspended]")).toHaveCount(0, { timeout: 60_000 });
      await opens(mum, "小雨");
      await sees(mum, "等我回来");
      await expect.poll(() => mum.locator("[data-state=sending], [data-state=waiting]").count()).toBe(0);
    } finally {
      await setup.close();
    }
  });
}
