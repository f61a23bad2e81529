/** Mini programs: sent as a file, opened by a tap, played, and found again; a hostile one reaches nothing. */
import { expect, type Page, test } from "@playwright/test";
import { packProgram } from "@yanshu/mini/compile";
import { orchard, orchardAbout } from "@yanshu/mini/testkit";
import { oneLook } from "./browser-setup.ts";
import { familyOf } from "./family.ts";
import { home, isAccessible, shot } from "./people.ts";

async function sends(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await page.getByTestId("plus-open").click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId("plus-file").click();
  await (await chooser).setFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) });
}

for (const [name, look] of oneLook) {
  test.describe(name, () => {
    test.describe.configure({ mode: "serial" });
    let mum: Page;
    let maya: Page;
    familyOf("妈妈 Maya", look, (people) => {
      [mum, maya] = people;
    });
    const room = () => maya.frameLocator("[data-testid=program-frame]");

    test(`[F-programs-1] [PR10] [PR11] a mini program is opened from a chat, played, and keeps what it stored (${name})`, async () => {
      const { bytes } = await packProgram(orchard(), orchardAbout);
      await sends(mum, "果园.ymp", bytes);
      await expect(maya.getByTestId("program-card")).toContainText("果园");
      await shot(maya, `${name}-program-card`);
      await maya.getByTestId("program-open").click();
      await expect(room().getByText("果园 · 第1次")).toBeVisible();
      await expect(room().getByText("3.50 元")).toBeVisible();
      await room().getByText("加一").click();
      await room().getByText("加一").click();
      await expect(room().locator(".c0--count")).toHaveText("2");
      await expect(maya.getByTestId("program-toast")).toHaveText("记下了");
      await room().locator("wx-input input").fill("李子");
      await expect(room().locator(".echo")).toHaveText("李子");
      await shot(maya, `${name}-program`);
      await isAccessible(maya);
      await room().getByText("梨", { exact: true }).click();
      await expect(maya.getByTestId("program-title")).toHaveText("梨");
      await expect(room().getByText("梨，2页")).toBeVisible();
      await room().getByText("联网").click();
      await expect(room().getByText("request:fail no network")).toBeVisible();
      await maya.getByTestId("program-back").click();
      await maya.getByTestId("program-tab-pages/about/about").click();
      await expect(room().getByText("我们种的")).toBeVisible();
      await maya.getByTestId("program-tab-pages/fruit/fruit").click();
      await room().getByText("清空").click();
      await expect(maya.getByTestId("program-modal")).toContainText("果园 在问");
      await shot(maya, `${name}-program-asks`);
      await maya.getByTestId("program-no").click();
      await maya.getByTestId("program-more").click();
      await maya.getByTestId("program-star").click();
      await shot(maya, `${name}-program-about`);
      await maya.keyboard.press("Escape");
      await maya.getByTestId("program-close").click();
      await home(maya);
      await maya.getByTestId("tab-discover").click();
      await maya.getByTestId("to-programs").click();
      await maya.getByTestId("program-search").fill("guoyuan");
      await shot(maya, `${name}-program-tray`);
      await maya.getByTestId("program-kept").click();
      await expect(room().getByText("果园 · 第2次")).toBeVisible();
      await expect(room().locator(".c0--count")).toHaveText("2");
      await maya.getByTestId("program-close").click();
    });
  });
}
