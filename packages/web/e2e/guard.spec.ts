/**
 * Somebody's devices change. Where the person says so themselves, nobody else hears of it; where the operator says so,
 * everybody does. The server stands behind a proxy that changes what it answers.
 */
import { expect, test } from "@playwright/test";
import { BrowserSetup, oneLook } from "./browser-setup.ts";
import { befriend, devices, goes, home, isAccessible, linkDevice, opens, sees, shot, write } from "./people.ts";

for (const [name, look] of oneLook) {
  test(`[F-2a-16] [WE21] a device that somebody adds themselves is no news, one that the operator slips in is turned away and told (${name})`, async ({
    browser,
  }) => {
    test.setTimeout(120_000);
    const { setup, proxy } = await BrowserSetup.behindProxy(browser);
    try {
      const [mum, maya, tablet] = [await setup.resident(look), await setup.resident(look), await setup.resident(look)];
      await setup.settle(mum, "妈妈");
      await befriend(setup, mum, maya, "Maya");
      await goes(mum, "/contacts");
      await mum.getByTestId("contact-row").first().click();
      await mum.getByTestId("contact-phone").click();
      await mum.getByTestId("ask-field").fill("+1 555 010 0100");
      await mum.getByTestId("ask-yes").click();

      // Maya links a tablet, and lets it go again: nothing that anybody has to be told.
      await linkDevice({ port: proxy.port }, maya, tablet);
      await opens(mum, "Maya");
      await write(mum, "换平板了？");
      await opens(tablet, "妈妈");
      await sees(tablet, "换平板了？");
      await devices(maya);
      await maya
        .getByTestId("device-row")
        .filter({ hasNot: maya.locator("[data-this=true]") })
        .last()
        .getByTestId("revoke")
        .click();
      await maya.getByTestId("confirm-yes").click();
      await opens(maya, "妈妈");
      await write(maya, "又收起来了");
      await sees(mum, "又收起来了");
      await expect(mum.getByTestId("notice")).toHaveCount(0);
      await expect(mum.locator("[data-testid=system-line][data-kind^=device]")).toHaveCount(0);

      // The operator slips another device into what it answers about Maya.
      proxy.answerClaims((answer) => {
        const [drawn] = answer.packages;
        const ghost = { device: crypto.getRandomValues(new Uint8Array(32)), package: drawn?.package };
        return { ...answer, packages: [...answer.packages, ghost as (typeof answer.packages)[number]] };
      });
      await home(mum);
      await mum.getByTestId("plus").click();
      await mum.getByTestId("plus-group").click();
      await mum.getByTestId("pick").first().click();
      await mum.getByTestId("picked-done").click();
      await mum.getByTestId("ask-field").fill("家");
      await mum.getByTestId("ask-yes").click();
      await expect.poll(() => proxy.changed).toBeGreaterThan(0);
      await opens(mum, "Maya");
      const notice = mum.getByTestId("notice");
      await expect(notice).toContainText("Maya");
      await expect(notice.getByTestId("notice-call")).toHaveAttribute("href", "tel:+15550100100");
      await shot(mum, `${name}-guard`);
      await isAccessible(mum);
      await notice.getByTestId("notice-more").click();
      await expect(mum.getByTestId("notice-sheet")).toBeVisible();
      await shot(mum, `${name}-guard-more`);
      await isAccessible(mum);
      await mum.keyboard.press("Escape");
      // It blocks nothing, and is one line once it was seen.
      await write(mum, "没事，接着聊");
      await sees(maya, "没事，接着聊");
      await notice.getByTestId("notice-go").click();
      await expect(mum.getByTestId("notice")).toHaveCount(0);
      await opens(mum, "Maya");
      await expect(mum.getByTestId("notice-fold")).toBeVisible();
      await shot(mum, `${name}-guard-fold`);
      await isAccessible(mum);
      await mum.getByTestId("notice-fold").click();
      await expect(mum.getByTestId("notice")).toBeVisible();
    } finally {
      await setup.close();
      proxy.close();
    }
  });
}
