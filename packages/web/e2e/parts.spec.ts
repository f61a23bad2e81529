/** Elements of mini programs as people touch them: each answers a tap with the event that its page shows. */

import { expect, test } from "@playwright/test";
import { packProgram } from "@yanshu/mini/compile";
import { sourcesOf } from "@yanshu/mini/testkit";
import { phone } from "./browser-setup.ts";
import { alone, frameServer } from "./program-alone.ts";

const markup = `<view class="said">{{said}}</view>
<label class="row"><checkbox-group bindchange="tell" data-of="groups"><checkbox value="a"/></checkbox-group>同意</label>
<checkbox-group bindchange="tell" data-of="many"><checkbox value="pear">要梨</checkbox><label for="plum">要李</label><checkbox id="plum" value="plum"/></checkbox-group>
<radio-group bindchange="tell" data-of="one"><label><radio value="tea" checked/>茶</label><label><radio value="water"/>水</label></radio-group>
<radio-group bindchange="tell" data-of="all"><label><radio value="east" checked/>东</label><label><radio value="west" checked/>西</label></radio-group>
<label>响<switch bindchange="tell" data-of="loud"/></label>
<picker class="fruit" range="{{fruits}}" range-key="name" value="{{1}}" bindchange="tell" data-of="fruit">水果</picker>
<picker class="day" mode="date" value="2026-01-31" start="2025-01-01" end="2026-12-31" bindchange="tell" bindcancel="cancelled" data-of="day">哪天</picker>
<picker class="hour" mode="time" value="08:30" bindchange="tell" data-of="hour">几点</picker>
<picker class="both" mode="multiSelector" range="{{both}}" value="{{chosen}}" bindcolumnchange="column" bindchange="tell" data-of="both">两样</picker>
<picker class="town" mode="region" value="{{town}}" bindchange="tell" data-of="town">在哪</picker>
<picker-view class="wheel" style="height:136px" value="{{[1]}}" bindchange="tell" data-of="wheel"><picker-view-column><view wx:for="{{['一','二','三','四']}}" wx:key="*this">{{item}}</view></picker-view-column></picker-view>
<rich-text class="rich" nodes="{{html}}"></rich-text><rich-text class="listed" nodes="{{nodes}}"></rich-text>
<icon class="sign" type="waiting_circle"/><icon class="other" type="of_another_year"/>
<slider show-value value="30" bindchange="tell" data-of="slide"/><progress percent="40" show-info/>
<movable-area style="width:200px;height:80px"><movable-view class="ball" style="width:40px;height:40px;background:#c33" direction="horizontal" bindchange="moved"/></movable-area>
<form bindsubmit="tell" bindreset="tell" data-of="form"><input name="who" value=""/><picker name="when" mode="time" value="09:00">时</picker><button form-type="submit">交</button><button form-type="reset">重写</button></form>`;

const script = `Page({ data: { said: "", fruits: [{ name: "梨" }, { name: "桃" }, { name: "李" }], chosen: [0, 0], both: [["茶", "水"], ["热", "冷"]], town: ["浙江", "杭州", "西湖"],
  html: '<p style="color:rgb(200, 0, 0)">红<b onclick="x()">字</b><a href="https://out.example/">外面</a></p><script>坏</script><iframe src="x">框</iframe><table><tr><td colspan="2">格</td></tr></table>',
  nodes: [{ name: "div", attrs: { style: "font-weight:700" }, children: [{ type: "text", text: "粗&lt;" }, { name: "script", children: [{ type: "text", text: "坏" }] }] }] },
  tell(e) { const of = e.currentTarget.dataset.of; this.setData({ said: of + " " + JSON.stringify(e.detail.value === undefined ? e.type : e.detail.value) }) },
  cancelled(e) { this.setData({ said: e.type }) },
  moved({ detail }) { this.setData({ said: "moved " + Math.round(detail.x) + " " + detail.y + " " + detail.source }) },
  column({ detail }) { if (detail.column === 0) this.setData({ "both[1]": detail.value === 1 ? ["温", "冰", "气"] : ["热", "冷"] }) } })`;

test("[F-programs-1] [PR63] [PR64] [PR65] every element of a program answers a touch with the event that its page shows", async ({
  browser,
}) => {
  const sources = sourcesOf({
    "app.json": '{ "pages": ["pages/a/a"] }',
    "pages/a/a.wxml": markup,
    "pages/a/a.js": script,
  });
  const { bytes } = await packProgram(sources, { name: "零件", version: "1" });
  const server = await frameServer();
  const page = await (await browser.newContext({ viewport: phone.size, reducedMotion: "reduce" })).newPage();
  try {
    const { begins, room, said: heard } = await alone(page, server.origin, bytes);
    await begins();
    const said = room.locator(".said");
    // Words touch their box, and a radio is taken back by another one alone.
    for (const [words, told] of [
      ["同意", 'groups ["a"]'],
      ["要梨", 'many ["pear"]'],
      ["要李", 'many ["pear","plum"]'],
      ["要梨", 'many ["plum"]'],
      ["水", 'one "water"'],
      ["茶", 'one "tea"'],
      ["东", 'all "east"'],
      ["西", 'all "west"'],
      ["响", "loud true"],
      ["响", "loud false"],
    ] as const) {
      await room.getByText(words, { exact: true }).first().click();
      await expect(said).toHaveText(told);
    }
    await room.locator("wx-radio input").first().click();
    expect(
      await room.locator("wx-radio input").evaluateAll((all) => all.map((one) => (one as HTMLInputElement).checked)),
    ).toEqual([true, false, false, true]);

    const sheet = room.getByRole("dialog");
    const row = (words: string, column = 0) =>
      sheet.getByRole("listbox").nth(column).getByRole("option", { name: words, exact: true });
    await room.locator(".fruit").click();
    await expect(row("桃")).toHaveAttribute("aria-selected", "true");
    await row("李").click();
    await sheet.getByText("确定").click();
    await expect(said).toHaveText('fruit "2"');
    // The days follow the month, and what is not wanted is taken back.
    await room.locator(".day").click();
    await expect(row("31", 2)).toHaveAttribute("aria-selected", "true");
    await row("02", 1).click();
    await expect(row("28", 2)).toHaveAttribute("aria-selected", "true");
    await expect(row("29", 2)).toHaveCount(0);
    await sheet.getByText("确定").click();
    await expect(said).toHaveText('day "2026-02-28"');
    await room.locator(".day").click();
    await sheet.getByText("取消").click();
    await expect(said).toHaveText("cancel");
    // By keys alone.
    await room.locator(".hour").click();
    await page.keyboard.press("ArrowDown");
    await expect(row("09")).toHaveAttribute("aria-selected", "true");
    await sheet.getByText("确定").click();
    await expect(said).toHaveText('hour "09:30"');
    // The program changes a column while the sheet is open.
    await room.locator(".both").click();
    await row("水").click();
    await row("气", 1).click();
    await sheet.getByText("确定").click();
    await expect(said).toHaveText("both [1,2]");
    await room.locator(".town").click();
    await sheet.getByRole("textbox").last().fill("余杭");
    await sheet.getByText("确定").click();
    await expect(said).toHaveText('town ["浙江","杭州","余杭"]');
    await expect(room.getByRole("dialog")).toHaveCount(0);

    const wheel = room.locator(".wheel wx-picker-view-column");
    await expect.poll(() => wheel.evaluate((column) => column.scrollTop)).toBe(34);
    await room.locator(".wheel").getByText("三").click();
    await expect(said).toHaveText("wheel [2]");
    // Markup is drawn, and none of it leads anywhere.
    await expect(room.locator(".rich")).toHaveText("红字外面格");
    await expect(room.locator(".rich p")).toHaveCSS("color", "rgb(200, 0, 0)");
    await expect(room.locator(".rich td")).toHaveAttribute("colspan", "2");
    await expect(room.locator(".listed")).toHaveText("粗<");
    await expect(room.locator(".rich, .listed").locator("a, script, iframe, [onclick]")).toHaveCount(0);
    // One that is not known has a sign too: it may be all that there is to touch.
    await expect(room.locator(".sign")).toHaveText("◷");
    await expect(room.locator(".other")).toBeVisible();
    await room.locator("wx-slider input").press("ArrowRight");
    await expect(said).toHaveText("slide 31");
    await expect(room.locator("wx-slider output")).toHaveText("31");
    await expect(room.locator("wx-progress")).toHaveAttribute("data-info", "40%");
    const ball = (await room.locator(".ball").boundingBox()) ?? { x: 0, y: 0 };
    await page.mouse.move(ball.x + 20, ball.y + 20);
    await page.mouse.down();
    await page.mouse.move(ball.x + 75, ball.y + 60);
    await page.mouse.move(ball.x + 900, ball.y + 60);
    await page.mouse.up();
    await expect(said).toHaveText("moved 160 0 touch");

    await room.locator("wx-form input").fill("Ann");
    await room.getByText("交", { exact: true }).click();
    await expect(said).toHaveText('form {"who":"Ann","when":"09:00"}');
    await room.getByText("重写").click();
    await expect(said).toHaveText('form "reset"');
    await expect(room.locator("wx-form input")).toHaveValue("");
    expect((await heard()).filter(({ kind }) => kind === "fault")).toEqual([]);
  } finally {
    await page.context().close();
    server.close();
  }
});
