/** Red packets: given from the plus, opened by a tap, the same result on all screens, and how each cent came about. */
import { expect, type Locator, type Page, test } from "@playwright/test";
import { encode } from "uqr";
import { type Chosen, looks } from "./browser-setup.ts";
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
      expect(await isWithin(mum.getByTestId("packet-send"))).toBe(true);
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

    test(`[F-packets-3] [RP33] a bill is paid by one’s own code, and what one owes is told, paid and ended (${name})`, async () => {
      await mum.keyboard.press("Escape");
      await mum.getByTestId("ledger-back").waitFor({ state: "detached" });
      await home(mum);
      await opens(mum, "一家人");
      await mum.getByTestId("plus-open").click();
      await mum.getByTestId("plus-share").click();
      await mum.getByTestId("share-title").fill("电影票");
      await mum.getByTestId("share-total").fill("30");
      const code = "https://pay.example.org/u/mama?sum=ask";
      await mum.getByTestId("share-code-picture").setInputFiles(bitmapOf("nothing in it", false));
      await expect(mum.getByTestId("toast")).toContainText(words("没读到收款码", "No payment code"));
      await mum.getByTestId("share-code-picture").setInputFiles(bitmapOf(code, true));
      await expect(mum.getByTestId("share-pay-to")).toHaveValue(code);
      await shot(mum, `${name}-share-code-sheet`);
      await mum.getByTestId("share-send").click();
      const bill = maya.getByTestId("share").last();
      await expect(bill.getByTestId("share-pay")).toContainText("pay.example.org");
      await expect(bill.getByTestId("share-pay-open")).toHaveAttribute("href", code);
      await bill.getByTestId("share-pay-code").click();
      await expect(maya.getByTestId("pay-code-qr")).toHaveAttribute("data-link", code);
      await isAccessible(maya);
      await shot(maya, `${name}-pay-code`);
      await maya.getByTestId("pay-code-close").click();

      await dad.getByTestId("plus-open").click();
      await dad.getByTestId("plus-owe").click();
      await dad.getByRole("radio").first().check();
      await dad.getByTestId("owe-sum").fill("12.50");
      await dad.getByTestId("owe-what").fill("买菜");
      await shot(dad, `${name}-owe-sheet`);
      await dad.getByTestId("owe-send").click();
      const owed = (page: Page) => page.getByTestId("owe").last();
      await expect(owed(mum)).toBeVisible();
      const to = (await owed(mum).getByTestId("debt-yes").count()) > 0 ? mum : maya;
      await owed(to).getByTestId("debt-yes").click();
      await expect(owed(dad)).toHaveAttribute("data-state", "open");
      await owed(dad).getByTestId("debt-paid").click();
      await dad.getByTestId("ask-field").fill("现金");
      await dad.getByTestId("ask-yes").click();
      await expect(owed(to)).toHaveAttribute("data-state", "paid");
      await shot(to, `${name}-owe-card`);
      await owed(to).getByTestId("debt-got").click();
      for (const page of [mum, maya, dad]) await expect(owed(page)).toHaveAttribute("data-state", "done");
    });

    test(`[F-packets-4] [RP36] a packet for one of them is opened by that one alone (${name})`, async () => {
      await mum.getByTestId("plus-open").click();
      await mum.getByTestId("plus-packet").click();
      await mum.getByTestId("packet-total").fill("6");
      await mum.getByTestId("packet-shares").fill("1");
      await mum.getByTestId("packet-whom").click();
      await mum.locator("label", { hasText: "Maya" }).getByTestId("packet-whom-one").check();
      await mum.getByTestId("packet-wish").fill("考得好");
      await shot(mum, `${name}-packet-whom`);
      await mum.getByTestId("packet-send").click();
      const given = (page: Page) => page.getByTestId("packet").last();
      for (const page of [mum, maya, dad]) await expect(given(page)).toContainText("考得好");
      await expect(given(dad).getByTestId("packet-for")).toContainText("Maya");
      await given(dad).click();
      await expect(dad.getByTestId("packet-open")).toBeVisible();
      await expect(dad.getByTestId("packet-break")).toHaveCount(0);
      await given(maya).click();
      await maya.getByTestId("packet-break").click();
      await expect(maya.getByTestId("packet-open")).toContainText("6");
    });
  });
}

/** Whether the form that it stands in is no wider than its place. */
function isWithin(button: Locator): Promise<boolean> {
  return button.evaluate((one) => {
    const form = one.closest("form");
    return form !== null && form.scrollWidth <= form.clientWidth;
  });
}

/** A picture of a QR code, eight dots a module, or of as much grey: a bitmap, which needs no library to be written. */
function bitmapOf(text: string, isCode: boolean): Chosen {
  const { data, size } = encode(text, { border: 4 });
  const side = size * 8;
  const row = Math.ceil((side * 3) / 4) * 4;
  const head = Buffer.alloc(54);
  head.write("BM", 0);
  head.writeUInt32LE(54 + row * side, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(side, 18);
  head.writeInt32LE(side, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  const dots = Buffer.alloc(row * side, 0xaa);
  if (isCode)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        dots.fill(data[size - 1 - (y >> 3)]?.[x >> 3] === true ? 0 : 255, y * row + x * 3, y * row + x * 3 + 3);
  return { name: "code.bmp", mimeType: "image/bmp", buffer: Buffer.concat([head, dots]) };
}
