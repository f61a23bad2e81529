/** What the style sheets alone draw, in light and dark: no server, no account, the parts by themselves. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { violations } from "./look.ts";

const folder = join(import.meta.dirname, "../src/styles");
const sheets = [
  "tokens",
  "base",
  "parts",
  "shell",
  "paper",
  "chat",
  "media",
  "actions",
  "../features/edits/edits",
  "../features/announcements/announcements",
];
const css = sheets.map((name) => readFileSync(join(folder, `${name}.css`), "utf8")).join("\n");
const layers = /@layer[^;{]*;/.exec(readFileSync(join(folder, "index.css"), "utf8"))?.[0] ?? "";

const page = `
  <fieldset class="languages"><button id="chosen" aria-pressed="true">简体</button><button aria-pressed="false">繁體</button></fieldset>
  <span class="sw" id="off"></span><span class="sw on" id="on"></span>
  <span class="av mo md three">${'<span class="p1">雁</span>'.repeat(5)}</span>
  <article class="msg me"><div class="col">
    <div class="bub" id="words">饺子</div>
    <div class="bub media file" id="file"><div class="card-file"><span class="card-note">3.3 MB</span><p class="card-foot">30</p></div></div>
    <div class="bub media location" id="place"><span class="card-name">公园</span></div>
    <button class="edited">改过</button>
  </div></article>
  <div class="wide"><div class="log-in" id="log"><p id="said">饺子</p></div></div>
  <div class="log-line lent" style="position: relative"><div class="handed-line">妈妈转来以前的聊天</div>
    <article class="msg handed"><div class="col"><div class="bub" id="lent">饺子</div></div></article></div>
  <section class="sheet"><h2 class="sheet-title">群公告</h2><textarea class="field-box announce-field" aria-label="d"></textarea></section>
  <div class="col-details" style="width: 20rem"><div class="mem">${[
    "Anastasia Konstantinopolskaya",
    "欧阳上官司马诸葛",
    "Bartholomew",
  ]
    .map((name) => `<button class="tile"><span class="av md"></span><span class="ell">${name}</span></button>`)
    .join("")}</div></div>
  <input class="field-box" id="box" aria-label="a"><input class="line-field" id="line" aria-label="b">
  <select class="field-box" id="choice" aria-label="c"><option>1</option></select>`;

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 } });
    test.beforeEach(async ({ page: on }) => {
      await on.setContent(
        `<!doctype html><html lang="zh-Hans"><title>雁书</title><style>${layers}${css}</style><main><h1>雁书</h1>${page}</main>`,
      );
    });

    test(`[WE51] what is off looks off, what is chosen looks chosen (${colorScheme})`, async ({ page: on }) => {
      const fill = await colour(on, "#on");
      expect(await colour(on, "#chosen")).toBe(fill);
      // Hollow: within its line it is the colour of a hollow, as that under the languages.
      expect(await colour(on, "#off")).toBe(await colour(on, ".languages"));
      await expect(on.locator("#off")).not.toHaveCSS("box-shadow", "none");
    });

    test(`[WE51] the word under a message that was changed is large enough for a finger (${colorScheme})`, async ({
      page: on,
    }) => {
      const box = await on.locator(".edited").boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
      expect(await violations(on)).toEqual([]);
    });

    test(`[WE53] a mosaic's row that is not full stands in its middle (${colorScheme})`, async ({ page: on }) => {
      const boxes = await on
        .locator(".mo > span")
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON() as DOMRect));
      const rows = [boxes.slice(0, 3), boxes.slice(3)];
      for (const row of rows) expect(new Set(row.map(({ top }) => Math.round(top))).size).toBe(1);
      const [upper, lower] = rows.map((row) => ((row[0]?.left ?? 0) + (row.at(-1)?.right ?? 0)) / 2);
      expect(lower).toBeCloseTo(upper ?? 0, 0);
    });

    test(`[WE54] one's own files and places are as green as one's words (${colorScheme})`, async ({ page: on }) => {
      const words = await colour(on, "#words");
      expect([await colour(on, "#file"), await colour(on, "#place")]).toEqual([words, words]);
    });

    test(`[WE67] a wide window keeps what is said within 54rem, in its middle (${colorScheme})`, async ({
      page: on,
    }) => {
      await on.setViewportSize({ width: 1600, height: 800 });
      const [log, said] = [await on.locator("#log").boundingBox(), await on.locator("#said").boundingBox()];
      expect(said?.width).toBe(54 * 16);
      expect((said?.x ?? 0) - (log?.x ?? 0)).toBeCloseTo((log?.width ?? 0) / 2 - 27 * 16, 0);
    });

    test(`[WE69] what was handed over stands on paper of its own, without dashes (${colorScheme})`, async ({
      page: on,
    }) => {
      const ground = await colour(on, ".lent");
      expect(ground).not.toBe(await colour(on, "body"));
      expect(await colour(on, "#lent")).not.toBe(ground);
      await expect(on.locator("#lent")).toHaveCSS("outline-style", "none");
      expect(await violations(on)).toEqual([]);
    });

    test(`[WE70] a sheet's title stands clear of the field below it (${colorScheme})`, async ({ page: on }) => {
      const [title, field] = [
        await on.locator(".sheet-title").boundingBox(),
        await on.locator(".announce-field").boundingBox(),
      ];
      expect((field?.y ?? 0) - ((title?.y ?? 0) + (title?.height ?? 0))).toBeGreaterThanOrEqual(8);
    });

    test(`[WE67] names of members stay in their own column beside the chat (${colorScheme})`, async ({ page: on }) => {
      const right = (of: string) =>
        on.locator(of).evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right));
      const [names, tiles, [whole = 0]] = [await right(".mem .ell"), await right(".mem .tile"), await right(".mem")];
      expect(names.every((name, at) => name <= (tiles[at] ?? 0))).toBe(true);
      expect(tiles.every((tile) => tile <= whole)).toBe(true);
      expect(tiles).toHaveLength(3);
    });

    test(`[WE70] every field is the same box, one that is chosen from too (${colorScheme})`, async ({ page: on }) => {
      const [box, line, choice] = [await look(on, "#box"), await look(on, "#line"), await look(on, "#choice")];
      expect(line).toEqual(box);
      expect(choice).toEqual(box);
      await expect(on.locator("#choice")).toHaveCSS("appearance", "none");
    });
  });
}

async function look(on: Page, what: string): Promise<readonly string[]> {
  return on.locator(what).evaluate((one) => {
    const { backgroundColor, borderRadius, boxShadow, minHeight, borderBottomStyle } = getComputedStyle(one);
    return [backgroundColor, borderRadius, boxShadow, minHeight, borderBottomStyle];
  });
}

async function colour(on: Page, what: string): Promise<string> {
  return on.locator(what).evaluate((one) => getComputedStyle(one).backgroundColor);
}
