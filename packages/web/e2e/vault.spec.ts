/**
 * History on a new device: what was said before it came is there by itself, is found by searching and makes nothing
 * unread; and its person can have none of it kept at home.
 */
import { expect, test } from "@playwright/test";
import { oneLook } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { bubble, devices, goes, home, isAccessible, linkDevice, opens, sees, shot, write } from "./people.ts";

/** What is said waits some fifteen seconds for more before it is put into the vault. */
const keptMsMax = 60_000;

for (const [name, look] of oneLook) {
  test(`[F-1b-16] [VA10] [VA12] a device that is linked later has what was said before it came, unless it is switched off (${name})`, {
    tag: "@long",
  }, async ({ browser }) => {
    test.setTimeout(240_000);
    const { setup, people } = await familyIn(browser, "妈妈 Maya", [look, look]);
    try {
      const [mum, maya] = people;
      const [tablet, laptop] = [await setup.resident(look), await setup.resident(look)];
      await write(mum, "冬至那天回来吃饺子");
      await sees(maya, "冬至那天回来吃饺子");
      await write(maya, "好，我带醋");
      await sees(mum, "好，我带醋");

      await devices(maya);
      await expect(maya.getByTestId("vault-switch")).toHaveAttribute("aria-checked", "true");
      await expect(maya.getByTestId("vault-state")).toHaveAttribute("data-of", /[1-9]/, { timeout: keptMsMax });
      await isAccessible(maya);
      await shot(maya, `vault-on-${name}`);

      await linkDevice(setup, maya, tablet);
      await opens(tablet, "妈妈");
      await sees(tablet, "好，我带醋", keptMsMax); // It may have come after the first was put there, and waited anew.
      await expect(bubble(tablet, "冬至那天回来吃饺子")).toBeVisible();
      await home(tablet);
      await expect(tablet.getByTestId("chat-row").first()).toHaveAttribute("data-unread", "0");
      await goes(tablet, "/search");
      await tablet.getByTestId("search-field").fill("饺子");
      await expect(tablet.getByTestId("hit").first()).toBeVisible();
      await devices(tablet);
      await expect(tablet.getByTestId("vault-fetching")).toHaveCount(0);

      await devices(maya);
      await maya.getByTestId("vault-switch").click();
      await shot(maya, `vault-ask-${name}`);
      await maya.getByTestId("confirm-yes").click();
      await expect(maya.getByTestId("vault-switch")).toHaveAttribute("aria-checked", "false");
      await expect(tablet.getByTestId("vault-switch")).toHaveAttribute("aria-checked", "false");
      await linkDevice(setup, maya, laptop);
      await opens(laptop, "妈妈");
      await opens(mum, "Maya");
      await write(mum, "别忘了");
      await sees(laptop, "别忘了");
      await expect(bubble(laptop, "冬至那天回来吃饺子")).toHaveCount(0);
      await opens(tablet, "妈妈"); // Who had it keeps it.
      await sees(tablet, "冬至那天回来吃饺子");
    } finally {
      await setup.close();
    }
  });
}
