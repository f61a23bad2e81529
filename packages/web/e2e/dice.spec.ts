/** A die that somebody rolls: on both screens, in the list, found again, and passed on as words. */
import { expect, type Page, test } from "@playwright/test";
import { oneLook } from "./browser-setup.ts";
import { familyOf } from "./family.ts";
import { home, isAccessible, shot } from "./people.ts";

for (const [name, look] of oneLook) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial" });
    let mum: Page;
    let maya: Page;
    const words = familyOf("妈妈 Maya", look, (people) => {
      [mum, maya] = people;
    });

    test(`[F-dice-1] a die tumbles, and rests on the same points for all (${name})`, async () => {
      await mum.getByTestId("plus-open").click();
      await mum.getByTestId("plus-dice").click();
      const [mine, hers] = [mum.getByTestId("die"), maya.getByTestId("die")];
      await expect(hers).toBeVisible();
      const points = (await mine.getAttribute("data-points")) as string;
      expect("123456").toContain(points);
      await expect(hers).toHaveAttribute("data-points", points);
      await expect(hers).toHaveAccessibleName(new RegExp(`${points}`));
      // The side that looks at the reader is the one that was said.
      const rested = async (page: Page) => {
        await page.getByTestId("die").evaluate(async (die) => {
          await Promise.all(die.getAnimations({ subtree: true }).map(({ finished }) => finished));
        });
        const nearest = await page.getByTestId("die").evaluate((die) => {
          const { x, y, width, height } = die.getBoundingClientRect();
          const on = document.elementsFromPoint(x + width / 2, y + height / 2);
          return on.find((one) => one.classList.contains("die-side"))?.className ?? "";
        });
        expect(nearest).toContain(`side-${points}`);
      };
      await rested(mum);
      await rested(maya);
      await isAccessible(maya);
      await shot(maya, `${name}-dice`);
      await home(maya);
      await expect(maya.getByTestId("chat-row").first()).toContainText(words(`[骰子] ${points}`, `[Dice] ${points}`));
      await maya.getByTestId("search").click();
      await maya.getByTestId("search-field").fill("骰子");
      await expect(maya.getByTestId("hit")).toHaveCount(1);
    });
  });
}
