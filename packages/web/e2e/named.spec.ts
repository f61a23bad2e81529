/**
 * Programs of others that are named, played by hand as their makers meant them (`npm run tried -- --named FOLDER`):
 * FOLDER holds them by `owner+name`, as their repositories have them; two are built first, as
 * docs/programs-tried.md says. None of their code is in this project. What is not in FOLDER fails; `-g` names some.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Browser, expect, type FrameLocator, type Locator, type Page, test } from "@playwright/test";
import { packProgram } from "@yanshu/mini/compile";
import { appOf } from "@yanshu/mini/testkit";
import { phone } from "./browser-setup.ts";
import { familyOf } from "./family.ts";
import { draws, opens } from "./people.ts";
import { alone, frameServer } from "./program-alone.ts";
import { sends } from "./program-hands.ts";

const folder = process.env["YANSHU_NAMED"] ?? "";
const named = (name: string) => join(folder, name);

/** Files under a folder, by path. What a repository has beside the program is left out. */
function filesIn(root: string, at = root, found = new Map<string, Uint8Array>()): Map<string, Uint8Array> {
  for (const entry of readdirSync(at, { withFileTypes: true })) {
    const path = join(at, entry.name);
    if (/^(?:\.git|node_modules|test)$/.test(entry.name)) continue;
    if (entry.isDirectory()) filesIn(root, path, found);
    else if (entry.isFile()) found.set(relative(root, path), new Uint8Array(readFileSync(path)));
  }
  return found;
}

type Player = Awaited<ReturnType<typeof alone>> & { readonly page: Page; readonly faults: () => Promise<string[]> };

/** A mini program in the frame in which the app shows it. */
async function plays(browser: Browser, at: string, hand: (player: Player) => Promise<void>): Promise<void> {
  const { bytes } = await packProgram(filesIn(at), { name: "named", version: "1" });
  const server = await frameServer();
  const context = await browser.newContext({ viewport: phone.size, reducedMotion: "reduce", hasTouch: true });
  const page = await context.newPage();
  try {
    const one = await alone(page, server.origin, bytes);
    const faults = async () =>
      (await one.said()).filter(({ kind }) => kind === "fault").map(({ words }) => String(words).slice(0, 200));
    await hand({ ...one, page, faults });
  } finally {
    await context.close();
    server.close();
  }
}

test("2048 of natee: swipes of four ways move the tiles, a new game begins, the best is kept", async ({ browser }) => {
  test.setTimeout(120_000);
  await plays(browser, named("natee+wxapp-2048"), async ({ begins, room, page, faults }) => {
    await begins();
    await room.getByText("2048", { exact: true }).click();
    await expect(room.locator(".grid-cell")).toHaveCount(16);
    const [grid, score, best] = [".grid-container", ".score-container", ".best-container"].map((one) =>
      room.locator(one),
    );
    if (grid === undefined || score === undefined || best === undefined) throw new Error("three parts");
    const board = async () => (await room.locator(".grid-cell").allTextContents()).map((one) => one.trim()).join("|");
    const ways = [{ x: -110 }, { y: -110 }, { x: 110 }, { y: 110 }];
    const moved = new Set<number>();
    for (let at = 0; at < 40 && (moved.size < 4 || (await score.textContent())?.trim() === "0"); at += 1) {
      const before = await board();
      await draws(page, grid, ways[at % 4] ?? {});
      await expect
        .poll(board, { timeout: 500 })
        .not.toBe(before)
        .then(
          () => moved.add(at % 4),
          () => undefined, // A board may have no move that way.
        );
    }
    expect(moved.size).toBe(4);
    const had = Number(await score.textContent());
    expect(had).toBeGreaterThan(0);
    await room.getByText("新游戏").click();
    await expect(score).toHaveText("0");
    await expect(best).toHaveText(String(had));
    await begins("pages/2048/2048");
    await expect(best).toHaveText(String(had));
    expect(await faults()).toEqual([]);
  });
});

test("calculator of dunizb: 7 × 6, 12.5 + 7.5, C, and its history lists both", async ({ browser }) => {
  await plays(browser, named("dunizb+wxapp-sCalc"), async ({ begins, room, faults }) => {
    await begins("pages/calc/calc");
    const screen = room.locator(".screen");
    const keys = async (all: string) => {
      for (const key of all) await room.locator(".item").getByText(key, { exact: true }).click();
    };
    await keys("7×6＝");
    await expect(screen).toHaveText("42");
    await keys("С");
    await expect(screen).toHaveText("0");
    await keys("12.5＋7.5＝");
    await expect(screen).toHaveText("20");
    await room.locator(".iconBtn").click();
    const listed = room.locator("wx-page[data-top]");
    await expect(listed).toContainText("42");
    await expect(listed).toContainText("20");
    expect(await faults()).toEqual([]);
  });
});

test("timer of kraaas: 25:00 runs, its log has a row with a time, its slider is kept", async ({ browser }) => {
  await plays(browser, named("kraaas+timer"), async ({ begins, room, said, faults }) => {
    await begins("pages/index/index");
    await expect(room.locator(".timer_time")).toHaveText("25:00");
    await room.getByText("工作", { exact: true }).click();
    await expect(room.locator(".timer_time")).toHaveText(/^24:\d\d$/);
    await expect(room.getByText("工作中")).toBeVisible();
    await begins("pages/logs/logs");
    await expect(room.locator(".log_item")).toHaveCount(1);
    await expect(room.locator(".log_item")).toHaveText(/\d\d:\d\d.*开始.*工作/s);
    await begins("pages/setting/setting");
    const slider = room.locator("wx-slider input").first();
    await slider.press("ArrowRight");
    await expect.poll(async () => (await said()).some(({ key }) => key === "workTime")).toBe(true);
    await begins("pages/setting/setting");
    await expect(slider).toHaveValue("26");
    await begins("pages/index/index");
    await expect(room.locator(".timer_time")).toHaveText("26:00");
    expect(await faults()).toEqual([]);
  });
});

type Tapped = { readonly room: FrameLocator; readonly of: (name: string) => Locator; readonly page: Page };
type Component = readonly [
  page: string,
  words: string,
  hand?: (tapped: Tapped, toasts: () => Promise<string>) => Promise<void>,
];
/** What lies over the words of a button is the button's own. */
const touches = (one: Locator) => one.click({ force: true });
const visible = async (one: Locator) => expect(one).toBeVisible();
/** Of each component of the library: what its page says, and what one touch of it changes. */
const components: readonly Component[] = [
  [
    "action-sheet",
    "基础用法",
    async ({ room }) => {
      await touches(room.getByText("弹出菜单").first());
      await visible(room.getByText("选项").filter({ visible: true }).first());
    },
  ],
  ["area", "确认"],
  ["button", "主要按钮"],
  [
    "calendar",
    "选择单个日期",
    async ({ room }) => {
      await room.getByText("选择单个日期").first().click();
      await visible(room.getByText("日期选择").filter({ visible: true }).first());
    },
  ],
  ["card", "2018秋冬新款"],
  [
    "cascader",
    "地区",
    async ({ room }) => {
      await room.getByText("地区").first().click();
      await room.getByText("浙江省").filter({ visible: true }).first().click();
      await visible(room.getByText("杭州市").filter({ visible: true }).first());
    },
  ],
  ["cell", "描述信息"],
  [
    "checkbox",
    "复选框",
    async ({ of }) => {
      const icon = of("van-checkbox__icon").filter({ visible: true }).nth(0);
      const before = await of("van-checkbox__icon--checked").count();
      await icon.click();
      await expect(of("van-checkbox__icon--checked")).not.toHaveCount(before);
    },
  ],
  [
    "circle",
    "宽度定制",
    async ({ room }) => {
      await visible(room.getByText("25%").first());
      await touches(room.getByText("增加"));
      await visible(room.getByText("35%").first());
    },
  ],
  ["col", "span: 8"],
  [
    "collapse",
    "手风琴",
    async ({ room, of }) => {
      const title = room.getByText("标题2").first();
      const open = of("van-collapse-item__title--expanded");
      const before = await open.count();
      await title.click();
      await expect(open).toHaveCount(before + 1);
    },
  ],
  ["config-provider", "定制主题"],
  ["count-down", "自定义格式"],
  ["datetime-picker", "选择完整时间"],
  [
    "dialog",
    "提示弹窗",
    async ({ room, of }) => {
      await room.getByText("提示弹窗", { exact: true }).last().click();
      const sure = of("van-dialog__confirm").filter({ visible: true }).first();
      await visible(sure);
      await sure.click();
      await expect(of("van-dialog__confirm").filter({ visible: true })).toHaveCount(0);
    },
  ],
  ["divider", "文本"],
  [
    "dropdown-menu",
    "全部商品",
    async ({ room }) => {
      await room.getByText("全部商品").first().click();
      await room.getByText("新款商品").filter({ visible: true }).first().click();
      await visible(room.getByText("新款商品").first());
    },
  ],
  ["empty", "描述文字"],
  [
    "field",
    "用户名",
    async ({ room }) => {
      const box = room.locator("wx-input input").first();
      await box.fill("梨");
      await expect(box).toHaveValue("梨");
    },
  ],
  [
    "goods-action",
    "立即购买",
    async ({ room }) => {
      await touches(room.getByText("立即购买").first());
      await visible(room.getByText("点击按钮"));
    },
  ],
  ["grid", "文字"],
  [
    "icon",
    "用法示例",
    async ({ of, room }) => {
      await room.getByText("线框风格").click();
      await expect(of("van-tab--active")).toContainText("线框风格");
    },
  ],
  ["image", "填充模式"],
  [
    "index-bar",
    "文本",
    async ({ of, room }) => {
      await room.getByText("自定义索引列表").click();
      await expect(of("van-tab--active")).toContainText("自定义索引列表");
    },
  ],
  ["loading", "加载中..."],
  [
    "nav-bar",
    "标题",
    async ({ room }, toasts) => {
      await room.getByText("按钮", { exact: true }).first().click();
      await expect.poll(toasts).toContain("点击按钮");
    },
  ],
  [
    "notice-bar",
    "通知栏模式",
    async ({ of }) => {
      const bars = of("van-notice-bar--withicon");
      const before = await bars.count();
      await bars.locator("[class*='van-notice-bar__right-icon']").first().click();
      await expect(bars).toHaveCount(before - 1);
    },
  ],
  [
    "notify",
    "通知类型",
    async ({ room }) => {
      await touches(room.getByText("基础用法").last());
      await visible(room.getByText("通知内容").filter({ visible: true }).first());
    },
  ],
  [
    "overlay",
    "显示遮罩层",
    async ({ room, of }) => {
      await touches(room.getByText("显示遮罩层"));
      await visible(of("van-overlay").filter({ visible: true }).first());
    },
  ],
  ["panel", "描述信息"],
  [
    "picker",
    "展示顶部栏",
    async ({ room, of }) => {
      const column = of("van-picker-column").first();
      await visible(column);
      await room.getByText("宁波").first().click();
      await expect(of("van-picker-column__item--selected").first()).toHaveText("宁波");
    },
  ],
  [
    "popup",
    "弹出位置",
    async ({ room }) => {
      await room.getByText("展示弹出层").click();
      await visible(room.getByText("内容", { exact: true }).filter({ visible: true }).first());
    },
  ],
  ["progress", "样式定制"],
  [
    "radio",
    "单选框",
    async ({ room, of }) => {
      await room.getByText("单选框 2").first().click();
      await expect(of("van-radio__icon--round").nth(1)).toHaveClass(/checked/);
    },
  ],
  [
    "rate",
    "自定义图标",
    async ({ of }) => {
      const first = of("van-rate").first().locator("[class*='van-rate__icon--full']");
      await expect(first).toHaveCount(3);
      await of("van-rate__icon").nth(4).click();
      await expect(first).toHaveCount(5);
    },
  ],
  [
    "search",
    "事件监听",
    async ({ room }) => {
      const box = room.locator("wx-input input").first();
      await box.fill("梨");
      await expect(box).toHaveValue("梨");
    },
  ],
  [
    "share-sheet",
    "显示分享面板",
    async ({ room }) => {
      await room.getByText("显示分享面板").first().click();
      await visible(room.getByText("立即分享给好友").filter({ visible: true }).first());
    },
  ],
  [
    "sidebar",
    "监听切换事件",
    async ({ room, of }) => {
      await room.getByText("标签名 2").click();
      await expect(of("van-sidebar-item--selected").filter({ hasText: "标签名 2" })).toHaveCount(1);
    },
  ],
  ["skeleton", "显示头像"],
  [
    "slider",
    "双滑块",
    async ({ of }, toasts) => {
      const one = of("van-slider").first();
      await one.click({ position: { x: 20, y: 1 } });
      await expect.poll(toasts).toContain("当前值");
    },
  ],
  [
    "stepper",
    "步长设置",
    async ({ room, of }) => {
      const box = room.locator("wx-input input").first();
      await expect(box).toHaveValue("1");
      await of("van-stepper__plus").first().click();
      await expect(box).toHaveValue("2");
    },
  ],
  [
    "steps",
    "下一步",
    async ({ room, of }) => {
      const done = of("van-step--finish");
      const before = await done.count();
      await touches(room.getByText("下一步"));
      await expect(done).not.toHaveCount(before);
    },
  ],
  ["sticky", "吸顶距离"],
  [
    "submit-bar",
    "提交订单",
    async ({ room }) => {
      await touches(room.getByText("提交订单").first());
      await visible(room.getByText("点击按钮"));
    },
  ],
  [
    "swipe-cell",
    "异步关闭",
    async ({ room, of, page }) => {
      const cell = of("van-swipe-cell").first();
      await draws(page, cell, { x: -90 });
      const gone = room.getByText("删除").first();
      await expect.poll(async () => ((await gone.boundingBox())?.x ?? 999) < 380).toBe(true);
    },
  ],
  [
    "switch",
    "禁用状态",
    async ({ of }) => {
      const first = of("van-switch").first();
      await expect(first).toHaveClass(/van-switch--on/);
      await first.click();
      await expect(first).not.toHaveClass(/van-switch--on/);
    },
  ],
  [
    "tab",
    "标签 1",
    async ({ room, of }) => {
      await room.getByText("标签 3").first().click();
      await expect(of("van-tab--active").first()).toContainText("标签 3");
    },
  ],
  [
    "tabbar",
    "标签",
    async ({ of }) => {
      await of("van-tabbar-item").nth(2).click();
      await expect(of("van-tabbar-item--active").first()).toBeVisible();
    },
  ],
  ["tag", "标签"],
  [
    "toast",
    "文字提示",
    async ({ room }) => {
      await touches(room.getByText("文字提示", { exact: true }).last());
      await visible(room.getByText("提示内容").filter({ visible: true }).first());
    },
  ],
  [
    "transition",
    "Fade",
    async ({ room, of }) => {
      await room.getByText("Fade", { exact: true }).click();
      await expect(of("van-transition")).not.toHaveCount(0);
    },
  ],
  [
    "tree-select",
    "单选模式",
    async ({ room, of }) => {
      await room.getByText("温州").first().click();
      await expect(of("van-tree-select__item--active").first()).toContainText("温州");
    },
  ],
  ["uploader", "文件预览"],
];

test("a library of components, vant-weapp: each has its words, and one touch changes what it should", async ({
  browser,
}) => {
  test.setTimeout(900_000);
  await plays(browser, join(named("youzan+vant-weapp"), "example"), async ({ begins, room, page, said, faults }) => {
    const wrong: string[] = [];
    const touched = { room, page, of: (name: string) => room.locator(`wx-page[data-top] [class*="${name}"]`) };
    const toasts = async () => JSON.stringify(await said());
    for (const [name, words, hand] of components) {
      await begins(`pages/${name}/index`);
      try {
        await expect(room.locator("wx-page[data-top]")).toContainText(words, { timeout: 5_000 });
        await expect.configure({ timeout: 4_000 })(room.locator("wx-page[data-top]")).toBeVisible();
        page.setDefaultTimeout(4_000);
        await hand?.(touched, toasts);
        const said = await faults();
        if (said.length > 0) wrong.push(`${name}: ${said[0]}`);
      } catch (error) {
        wrong.push(`${name}: ${String(error).slice(0, 700)}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** An app of webxdc as its folder has it: what its own script would zip. */
function appIn(name: string): Uint8Array {
  const root = existsSync(join(named(name), "dist/index.html")) ? join(named(name), "dist") : named(name);
  const kept = [...filesIn(root)].flatMap(([path, bytes]): readonly (readonly [string, Uint8Array])[] =>
    /^(?:README|LICENSE|webxdc\.|create-xdc|package|pnpm-lock|vite\.config|.*\.xdc$)/.test(path)
      ? []
      : [[path.replace(/^public\//, ""), bytes]],
  );
  return appOf({}, Object.fromEntries(kept));
}

test.describe("apps of webxdc, in a chat of three", () => {
  test.describe.configure({ mode: "serial", timeout: 180_000 });
  let people: readonly Page[] = [];
  familyOf("妈妈 Maya Ben 一家人", phone, (all) => {
    people = all;
  });
  const app = (page: Page) => page.frameLocator("[data-testid=program-frame]").frameLocator("iframe");
  const card = (page: Page) => page.getByTestId("program-card").last();
  const opensApp = async (page: Page, name: string) => {
    await expect(card(page)).toContainText(name);
    await card(page).getByTestId("program-open").click();
  };
  const closes = (page: Page) => page.getByTestId("program-close").click();
  async function shares(name: string, file: string): Promise<readonly [mum: Page, maya: Page, ben: Page]> {
    const [mum, maya, ben] = people;
    if (mum === undefined || maya === undefined || ben === undefined) throw new Error("three people");
    for (const page of people) await opens(page, "一家人");
    await sends(mum, file, appIn(name));
    return [mum, maya, ben];
  }

  test("poll: one asks, the other votes, the first reads 1", async () => {
    const [mum, maya] = await shares("webxdc+poll", "poll.xdc");
    for (const page of [mum, maya]) await opensApp(page, "poll");
    await app(mum).locator("#configureQuestion").fill("吃什么？");
    await app(mum).locator("#configureAnswer0").fill("饺子");
    await app(mum).locator("#configureAnswer1").fill("面");
    await app(mum).getByText("Create Poll").click();
    await expect(app(maya).locator("#votePage")).toContainText("吃什么？");
    await app(maya).locator("#voteCheckboxes input").first().check();
    await app(maya).locator("#votePage a.button").click();
    // Each vote that comes leads who did not vote back to the question.
    await expect(app(maya).locator("#resultsTotalVotes")).toHaveText("1");
    await expect(async () => {
      await app(mum).getByText("View Results").click({ timeout: 2_000 });
      await expect(app(mum).locator("#resultsTotalVotes")).toHaveText("1", { timeout: 1_000 });
    }).toPass();
    for (const page of [mum, maya]) await closes(page);
  });

  test("tictactoe: offered, joined, five moves, the same board for both, and for a third who opens it later", async () => {
    const [mum, maya, ben] = await shares("webxdc+tictactoe", "tictactoe.xdc");
    for (const page of [mum, maya]) await opensApp(page, "tictactoe");
    await app(mum).getByText("Create new game offer").click();
    await app(maya).locator(".game-offer").click();
    const cell = (page: Page, at: number) => app(page).locator(".board > div > div").nth(at);
    const moves = [
      [mum, 0],
      [maya, 3],
      [mum, 1],
      [maya, 4],
      [mum, 2],
    ] as const;
    for (const [page, at] of moves) {
      await expect(app(page).locator(".board.myturn")).toBeVisible();
      await cell(page, at).click();
      await expect(cell(page, at)).toHaveClass(/circle|cross/);
    }
    const boardOf = async (page: Page) =>
      app(page)
        .locator(".board > div > div")
        .evaluateAll((all) => all.slice(0, 9).map((one) => one.className));
    const [o, x, none] = ["circle", "cross", ""];
    const drawn = [o, o, o, x, x, none, none, none, none];
    for (const page of [mum, maya]) {
      await expect.poll(() => boardOf(page)).toEqual(drawn);
      await expect(app(page).getByText("won")).toBeVisible();
    }
    await opensApp(ben, "tictactoe");
    await app(ben).locator(".game-entry").filter({ hasText: "won" }).click();
    await expect.poll(() => boardOf(ben)).toEqual(drawn);
    for (const page of [mum, maya, ben]) await closes(page);
  });

  test("draw: there is ink, and it is sent into the chat as a picture", async () => {
    const [mum, maya] = await shares("webxdc+draw", "draw.xdc");
    await opensApp(mum, "draw");
    const canvas = app(mum).locator("canvas.drawing-board-canvas");
    await expect(canvas).toBeVisible();
    const ink = () =>
      canvas.evaluate((one: HTMLCanvasElement) => {
        const { data } = one.getContext("2d")?.getImageData(0, 0, one.width, one.height) ?? { data: [] };
        let dark = 0;
        for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 255) < 128 && (data[at + 3] ?? 0) > 0) dark += 1;
        return dark;
      });
    const before = await ink();
    const box = await canvas.boundingBox();
    if (box === null) throw new Error("no canvas");
    await mum.mouse.move(box.x + 60, box.y + 80);
    await mum.mouse.down();
    for (let step = 1; step <= 12; step += 1) await mum.mouse.move(box.x + 60 + step * 12, box.y + 80 + step * 10);
    await mum.mouse.up();
    await expect.poll(ink).toBeGreaterThan(before + 50);
    await app(mum).locator("#menu-btn").click();
    await app(mum).locator("#share-menuitem").click();
    await expect(mum.getByTestId("program-wants")).toBeVisible();
    await mum.getByTestId("program-yes").click();
    await closes(mum);
    await expect(maya.getByText("draw.png").or(maya.locator("[data-testid=bubble] img").last()).first()).toBeVisible();
  });

  test("webxdc-test: no red line but the cache, and its counters go from 1 to 2", async () => {
    const [mum] = await shares("webxdc+webxdc-test", "test.xdc");
    const inside = app(mum);
    /** What the app writes in red, by the card in which it stands. */
    const red = () =>
      inside
        .locator("body")
        .evaluate((body) =>
          [...body.querySelectorAll<HTMLElement>(".red, strong[style*='color: red']")]
            .filter((one) => one.style.display !== "none")
            .map((one) => `${one.closest(".card")?.id} ${one.parentElement?.textContent?.replace(/\s+/g, " ").trim()}`),
        );
    for (const times of ["1", "2"]) {
      await opensApp(mum, "test");
      await expect(inside.locator("#updates-ok")).toBeAttached();
      await expect(inside.locator("#updates-error")).toBeHidden();
      await expect(inside.locator("#localStorage_storageCounter")).toHaveText(times);
      await expect(inside.locator("#previous-runs")).toHaveText(String(Number(times) - 1));
      await expect(inside.locator("#current-run")).toHaveText("1");
      await expect(inside.locator("#indexeddb-counter")).toHaveText("1");
      // It says so where there is none; in a frame of nobody's the browser gives no answer to it.
      expect((await red()).filter((one) => !one.includes("CacheStorage"))).toEqual([]);
      await closes(mum);
    }
  });

  test("editor with Yjs: both write at once without a network, and have the same after", async () => {
    const [mum, maya] = await shares("webxdc+yjs_editor", "editor.xdc");
    for (const page of [mum, maya]) await opensApp(page, "editor");
    const text = (page: Page) => app(page).locator(".ProseMirror");
    await text(mum).click();
    await mum.keyboard.type("first ");
    await app(mum).locator("#sync").click();
    await expect(text(maya)).toContainText("first");
    for (const page of [mum, maya]) await page.context().setOffline(true);
    for (const [page, words] of [
      [mum, "of mum "],
      [maya, "of maya "],
    ] as const) {
      await text(page).click();
      await page.keyboard.type(words);
      await app(page).locator("#sync").click();
    }
    for (const page of [mum, maya]) await page.context().setOffline(false);
    for (const page of [mum, maya]) {
      await expect(text(page)).toContainText("of mum", { timeout: 60_000 });
      await expect(text(page)).toContainText("of maya", { timeout: 60_000 });
    }
    expect(await text(mum).textContent()).toBe(await text(maya).textContent());
    for (const page of [mum, maya]) await closes(page);
  });
});
