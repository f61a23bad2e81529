/**
 * Writing Chinese with an input method in a real browser: composing, choosing by Enter, in the order of events that
 * Chromium has and in the one that Safari has; and a keyboard on the glass.
 */
import { expect, test } from "@playwright/test";
import { desktop } from "./browser-setup.ts";
import { familyIn } from "./family.ts";
import { bubble, sees } from "./people.ts";

test("[WE8] [WE19] [WE20] [F-7-1] an Enter of the input method sends nothing, and the keyboard covers nothing", async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const { setup, people } = await familyIn(browser, "妈妈 Maya", [desktop, desktop]);
  try {
    const [mum, kid] = people;
    const field = mum.getByTestId("composer-input");
    await field.focus();
    const devtools = await mum.context().newCDPSession(mum);
    const compose = (text: string) =>
      devtools.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    const mine = () => mum.getByTestId("bubble").filter({ hasText: "你好" });

    // Chromium: keydown (229) belongs to the input method, and only then the words are put in.
    await compose("ni'hao");
    await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", windowsVirtualKeyCode: 229, key: "Process" });
    await field.evaluate((element) => {
      element.dispatchEvent(
        new KeyboardEvent("keydown", {
          key: "Enter",
          keyCode: 229,
          isComposing: true,
          bubbles: true,
          cancelable: true,
        }),
      );
    });
    await expect(mine()).toHaveCount(0);
    expect(await field.inputValue()).toBe("ni'hao"); // Nothing was taken away while composing.
    await devtools.send("Input.insertText", { text: "你好" });
    await expect(field).toHaveValue("你好");
    await expect(mine()).toHaveCount(0);
    // The person's own Enter sends.
    await mum.waitForTimeout(60);
    await field.press("Enter");
    await expect(bubble(mum, "你好")).toBeVisible();
    await sees(kid, "你好");

    // Safari: the composition ends first, and the keydown of the same Enter looks like any other.
    await compose("wan'an");
    await devtools.send("Input.insertText", { text: "晚安" });
    await field.evaluate((element) => {
      element.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
      element.dispatchEvent(new CompositionEvent("compositionend", { data: "晚安", bubbles: true }));
      element.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true, cancelable: true }),
      );
    });
    await expect(field).toHaveValue("晚安");
    await expect(mum.getByTestId("bubble").filter({ hasText: "晚安" })).toHaveCount(0);
    await mum.waitForTimeout(60);
    await field.press("Enter");
    await sees(kid, "晚安");

    // A keyboard that shrinks only what is seen of the page, as Safari's does.
    await mum.setViewportSize({ width: 390, height: 844 });
    await mum.evaluate(() => {
      const seen = globalThis.visualViewport;
      if (seen === null) throw new Error("no viewport");
      Object.defineProperty(seen, "height", { configurable: true, get: () => 500 });
      seen.dispatchEvent(new Event("resize"));
    });
    // The window became narrow, too: the field is drawn anew.
    await expect
      .poll(async () => {
        const box = await field.boundingBox();
        return (box?.y ?? 999) + (box?.height ?? 0);
      })
      .toBeLessThanOrEqual(500);

    // A finger from the left edge leads back to the chats.
    await mum.evaluate(() => {
      const touch = (x: number) => new Touch({ identifier: 1, target: document.body, clientX: x, clientY: 300 });
      document.body.dispatchEvent(new TouchEvent("touchstart", { touches: [touch(5)], bubbles: true }));
      document.body.dispatchEvent(new TouchEvent("touchend", { changedTouches: [touch(220)], bubbles: true }));
    });
    await expect(mum.getByTestId("tab-chats")).toBeVisible();
  } finally {
    await setup.close();
  }
});
