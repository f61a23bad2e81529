/**
 * Cards, row by row of FEATURES: one setup for each size of screen, in which 妈妈 knows Maya and 爸爸, who do not know
 * each other.
 */
import { expect, type Page, test } from "@playwright/test";
import { oneLook } from "./browser-setup.ts";
import { familyOf } from "./family.ts";
import { bubble, goes, home, isAccessible, shot, write } from "./people.ts";

for (const [name, look] of oneLook) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial", timeout: 90_000 });
    let mum: Page;
    let maya: Page;
    let dad: Page;
    familyOf("妈妈 Maya 爸爸", look, (people) => {
      [mum, maya, dad] = people;
    });

    test(`[F-1a-13] a contact's card introduces: asked by it, and both know by whom (${name})`, async () => {
      await home(mum);
      await row(mum, "Maya").click();
      await mum.getByTestId("plus-open").click();
      await mum.getByTestId("plus-card").click();
      await mum.getByTestId("pick-card-who").first().check();
      await shot(mum, `${name}-card-pick`);
      await isAccessible(mum);
      await mum.getByTestId("pick-card-send").click();
      const card = maya.getByTestId("person-card");
      await expect(card).toHaveAttribute("data-standing", "new");
      await expect(card).toContainText(/由妈妈介绍|Introduced by 妈妈/);
      await shot(maya, `${name}-card`);
      await isAccessible(maya);
      await card.getByTestId("person-card-open").click();
      await expect(maya.getByTestId("card-sheet")).toContainText("爸爸");
      await shot(maya, `${name}-card-sheet`);
      await isAccessible(maya);
      await maya.getByTestId("card-greeting").fill("我是 Maya，妈妈的同事");
      await maya.getByTestId("card-ask").click();
      await expect(maya.getByTestId("conversation")).toHaveAttribute("data-state", "request-out");

      // The other side sees who it is from, and by whose card.
      await home(dad);
      await dad.getByTestId("tab-contacts").click();
      await dad.getByTestId("requests").click();
      const asked = dad.getByTestId("request-row").filter({ hasText: "Maya" });
      await expect(asked).toContainText("妈妈的同事");
      await expect(asked.getByTestId("request-source")).toContainText("妈妈");
      await shot(dad, `${name}-card-request`);
      await asked.getByTestId("request-accept").click();

      // They are contacts, and the shield says why one may be sure.
      await expect(maya.getByTestId("conversation")).toHaveAttribute("data-state", "open");
      await expect(maya.locator(".bar .sub").last()).toContainText(/由妈妈介绍|Introduced by 妈妈/);
      await shot(maya, `${name}-card-introduced`);
      await write(maya, "你好");
      await expect(bubble(dad, "你好")).toBeVisible();
      await goes(maya, "/contacts");
      await maya.getByTestId("contact-row").filter({ hasText: "爸爸" }).click();
      await expect(maya.locator(".verified")).toContainText(/由妈妈介绍|Introduced by 妈妈/);
      await shot(maya, `${name}-card-contact`);
      await isAccessible(maya);
    });

    test(`[F-1a-13] recommended from their page, sent on, and not where they do not want it (${name})`, async () => {
      await goes(mum, "/contacts");
      await mum.getByTestId("contact-row").filter({ hasText: "Maya" }).click();
      await mum.getByTestId("recommend").click();
      await mum.getByTestId("forward-chat").first().click();
      await shot(mum, `${name}-card-recommend`);
      await isAccessible(mum);
      await mum.getByTestId("recommend-send").click();
      await home(dad);
      await row(dad, "妈妈").click();
      // Of whom one knows already it says so, and leads to their page.
      await expect(dad.getByTestId("person-card")).toHaveAttribute("data-standing", "contact");
      await dad.getByTestId("person-card").click({ button: "right" });
      await dad.getByTestId("forward").click();
      await dad.getByTestId("forward-chat").last().click();
      await dad.getByTestId("forward-send").click();
      await dad.getByTestId("person-card-open").click();
      await expect(dad.getByTestId("contact-source")).toContainText("妈妈");

      await goes(dad, "/me/settings/privacy");
      await dad.getByTestId("setting-passed-on").click();
      await shot(dad, `${name}-card-consent`);
      await goes(mum, "/contacts");
      await mum.getByTestId("contact-row").filter({ hasText: "爸爸" }).click();
      await expect(mum.getByTestId("recommend")).toContainText(/不希望|not want/);
      await mum.getByTestId("recommend").click();
      await expect(mum.getByTestId("toast")).toBeVisible();
      await expect(mum.getByTestId("recommend-sheet")).toHaveCount(0);
    });
  });
}

function row(page: Page, who: string) {
  return page.getByTestId("chat-row").filter({ hasText: who });
}
