/** Red packets: given from the plus, opened by a tap, the same result on all screens, and how each cent came about. */
import { expect, type Page, test } from "@playwright/test";
import { looks } from "./browser-setup.ts";
import { familyOf } from "./family.ts";
import { home, info, isAccessible, makeGroup, opens, shot } from "./people.ts";

for (const [name, look] of looks) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial" });
    let mum: Page;
    let maya: Page;
    let dad: Page;
    const words = familyOf("妈妈 Maya 爸爸", look, (people) => {
      [mum, maya, dad] = people;
    });

    async function gives(sum: string, shares: string, wish: string): Promise<void> {
      await mum.getByTestId("plus-open").click();
      await mum.getByTestId("plus-packet").click();
      await mum.getByTestId("packet-total").fill(sum);
      await mum.getByTestId("packet-shares").fill(shares);
      await mum.getByTestId("packet-wish").fill(wish);
      await shot(mum, `${name}-packet-sheet`);
      await mum.getByTestId("packet-send").click();
    }
    const lots = (page: Page) => page.getByTestId("packet-amount").allInnerTexts();

    test(`[F-packets-1] a lucky packet is opened by a tap, and all see the same (${name})`, async () => {
      await home(mum);
      await makeGroup(mum, "一家人");
      for (const page of [maya, dad]) {
        await home(page);
        await opens(page, "一家人");
      }
      await gives("88", "2", "平安喜乐，万事顺遂");
      await expect(maya.getByTestId("packet")).toContainText("平安喜乐");
      await shot(maya, `${name}-packet-in-chat`);
      await maya.getByTestId("packet").click();
      await expect(maya.getByTestId("packet-sealed")).toBeVisible();
      await isAccessible(maya);
      await shot(maya, `${name}-packet-sealed`);
      await maya.getByTestId("packet-break").click();
      await expect(maya.getByTestId("packet-open")).toBeVisible();
      await expect(maya.getByTestId("packet-open")).toContainText(words("等下一位来分", "Waiting for the next one"));
      await shot(maya, `${name}-packet-half`);
      await dad.getByTestId("packet").click();
      await dad.getByTestId("packet-break").click();
      // Both cuts are made without a tap more, on everybody's screen.
      for (const page of [maya, dad])
        await expect(page.getByTestId("packet-open")).toContainText(words("手气最佳", "Best luck"));
      await mum.getByTestId("packet").click();
      await expect(mum.getByTestId("packet-lot")).toHaveCount(2);
      await expect(mum.getByTestId("packet-open")).toContainText(words("手气最佳", "Best luck"));
      const seen = await lots(maya);
      expect(await lots(dad)).toEqual(seen);
      expect(await lots(mum)).toEqual(seen);
      const cents = seen.map((one) => Number(one.replace(/[^\d.]/g, "")) * 100);
      expect(Math.round(cents.reduce((sum, one) => sum + one, 0))).toBe(8_800);
      await isAccessible(maya);
      await shot(maya, `${name}-packet-open`);
      await maya.getByTestId("packet-why").click();
      await expect(maya.getByTestId("packet-pot")).toHaveCount(2);
      for (const pot of await maya.getByTestId("packet-pot").all())
        await expect(pot).toHaveAttribute("data-state", "cut");
      await isAccessible(maya);
      await shot(maya, `${name}-packet-proof`);
      await maya.keyboard.press("Escape");
      await maya.getByTestId("packet-done").click();
      await expect(maya.getByTestId("packet")).toHaveAttribute("data-state", "taken");
      await shot(maya, `${name}-packet-used`);
    });

    test(`[F-packets-2] [RP34] a bill is split and accepted, and the ledger says who pays whom (${name})`, async () => {
      await mum.getByTestId("packet-done").click();
      await mum.getByTestId("plus-open").click();
      await mum.getByTestId("plus-share").click();
      await mum.getByTestId("share-title").fill("周六火锅");
      await mum.getByTestId("share-total").fill("100");
      await shot(mum, `${name}-share-sheet`);
      await mum.getByTestId("share-send").click();
      await maya.getByTestId("debt-yes").click();
      await dad.getByTestId("packet-done").click();
      await dad.getByTestId("debt-yes").click();
      await expect(mum.locator('[data-testid="share-part"][data-state="open"]')).toHaveCount(2);
      await isAccessible(mum);
      await shot(mum, `${name}-share-card`);
      await info(mum);
      await mum.getByTestId("chat-ledger").click();
      // The packet that she gave is set off against what she paid for all.
      await expect(mum.getByTestId("ledger-unit")).toHaveCount(1);
      await expect(mum.getByTestId("ledger-entry")).toHaveCount(4);
      await expect(mum.getByTestId("ledger")).toContainText(words("雁书不碰钱", "Yanshu holds no money"));
      await isAccessible(mum);
      await shot(mum, `${name}-ledger`);
      const [table] = await Promise.all([mum.waitForEvent("download"), mum.getByTestId("ledger-save").click()]);
      expect(table.suggestedFilename()).toMatch(/\.csv$/);
    });
  });
}
