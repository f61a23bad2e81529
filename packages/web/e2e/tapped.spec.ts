/**
 * What was tapped is stored before the field is empty: a browser that is closed at that moment loses nothing (SY43).
 */
import { expect, type Page, test } from "@playwright/test";
import { oneLook } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { bubble, sees, write } from "./people.ts";

/** Calls of one method stop on their way to the worker, as on a device that is busy, until they are let go. */
async function holdsCalls(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const held: (() => void)[] = [];
    const post = Worker.prototype.postMessage;
    Object.assign(window, {
      holds: false,
      letGo: () => {
        for (const one of held.splice(0)) one();
      },
    });
    Worker.prototype.postMessage = function (this: Worker, ...args: unknown[]) {
      const [message] = args as [{ kind?: string; method?: string }];
      const isHeld = Reflect.get(window, "holds") === true && message.kind === "call" && message.method === "sendText";
      const go = () => Reflect.apply(post, this, args);
      if (isHeld) held.push(go);
      else go();
    };
  });
}

const hold = (page: Page, isOn: boolean) =>
  page.evaluate((on) => {
    Reflect.set(window, "holds", on);
    if (!on) Reflect.get(window, "letGo")();
  }, isOn);

for (const [name, look] of oneLook) {
  test(`[SY43] a message stays in the field until it is stored, and in the draft when the browser is closed before (${name})`, async ({
    browser,
  }) => {
    test.setTimeout(120_000);
    const { setup, people } = await familyIn(browser, "妈妈 Maya", [look, look]);
    try {
      const [ann, ben] = people;
      await holdsCalls(ann);
      await ann.reload();
      await write(ann, "the first"); // The worker is warm.
      const field = ann.getByTestId("composer-input");
      const tap = () => field.evaluate((element) => (element as HTMLTextAreaElement).form?.requestSubmit());
      await expect(field).toHaveValue("");

      await hold(ann, true);
      await field.fill("are you there?");
      await ann.getByTestId("send").click();
      await expect(ann.getByTestId("send")).toHaveAttribute("aria-disabled", "true");
      await expect(field).toHaveValue("are you there?");
      await tap(); // Tapped twice, said once.
      await field.press("End");
      await field.pressSequentially(" and at eight?");
      await tap();
      await expect(field).toHaveValue("are you there? and at eight?");
      await field.pressSequentially(" or");
      await hold(ann, false);
      await expect(field).toHaveValue(" or"); // It was typed after the tap.
      await sees(ben, "and at eight?");
      const said = await ben.getByTestId("bubble").allInnerTexts();
      expect(said.filter((text) => text.includes("are you there?"))).toHaveLength(1);
      expect(said.filter((text) => /and at eight\?(?! or)/.test(text))).toHaveLength(1);

      await hold(ann, true);
      await field.fill("said to a browser that is closed");
      await ann.getByTestId("send").click();
      await expect(ann.getByTestId("send")).toHaveAttribute("aria-disabled", "true");
      const { pathname } = new URL(ann.url());
      const context = ann.context();
      await ann.close({ runBeforeUnload: false });
      const again = await context.newPage();
      await again.goto(setup.origin + pathname);
      await expect(again.getByTestId("composer-input")).toHaveValue("said to a browser that is closed");
      await again.getByTestId("send").click();
      await sees(ben, "said to a browser that is closed");
      await expect(again.getByTestId("composer-input")).toHaveValue("");
      await again.reload();
      await expect(bubble(again, "said to a browser that is closed")).toBeVisible();
      await expect(again.getByTestId("composer-input")).toHaveValue("");
    } finally {
      await setup.close();
    }
  });
}
