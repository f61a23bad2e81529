import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MenuShelf, menuIn } from "./menu.ts";
import { messagesOf } from "./message.ts";
import { saidInTemplate } from "./said.ts";

const click = (name: string, key = "K") => ({ type: "click", name, key });

test("[PA13] a menu of WeChat’s is read; one that is none, or too large, is not", () => {
  const view = { type: "view", name: "网站", url: "https://clinic.example/" };
  expect(menuIn({ button: [click("天气"), { name: "更多", sub_button: [view, click("地址", "P")] }] })).toEqual({
    buttons: [
      { words: "天气", key: "K" },
      {
        words: "更多",
        below: [
          { words: "网站", url: "https://clinic.example/" },
          { words: "地址", key: "P" },
        ],
      },
    ],
  });
  const four = ["一", "二", "三", "四"].map((name) => click(name));
  const six = [...four, click("五"), click("六")];
  for (const button of [
    [],
    four,
    [click("")],
    [click("很".repeat(17))],
    [{ type: "click", name: "无" }],
    [{ type: "view", name: "坏", url: "nowhere" }],
    [{ name: "多", sub_button: six }],
    [{ name: "多", sub_button: [click("")] }],
    "x",
  ])
    expect(menuIn({ button })).toBeUndefined();
});

test("[PA13] each person is shown a menu once, also after the bridge began again, and is told when it goes", () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-menu-"));
  try {
    const shelf = new MenuShelf(folder);
    expect(shelf.dueFor("ann")).toBeUndefined();
    shelf.set({ button: [click("天气")] });
    expect(shelf.dueFor("ann")?.buttons).toHaveLength(1);
    shelf.isShownTo("ann");
    const again = new MenuShelf(folder);
    expect(again.dueFor("ann")).toBeUndefined();
    expect(again.dueFor("ben")?.buttons).toHaveLength(1);
    expect(again.current()).toEqual({ button: [click("天气")] });
    again.set(undefined);
    expect(again.dueFor("ann")).toEqual({ buttons: [] });
    // One who was never shown any has none to lose.
    expect(again.dueFor("cat")).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("[PA16] a press whose key no button has comes as words, and a menu that cannot be read is none", () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-menu-"));
  try {
    writeFileSync(join(folder, "bridge-menu.json"), "");
    const shelf = new MenuShelf(folder);
    expect(shelf.current()).toBeUndefined();
    shelf.set({ button: [click("天气", "W"), { name: "更多", sub_button: [click("地址", "P")] }] });
    const told = (key: string) =>
      messagesOf({ kind: "servicePress", words: "天气", key }, [], "天气", {
        isOfButton: (one) => shelf.hasKey(one),
        sceneOf: () => undefined,
      });
    expect(told("W")).toMatchObject([{ MsgType: "event", Event: "CLICK", EventKey: "W" }]);
    expect(told("P")).toMatchObject([{ MsgType: "event", Event: "CLICK", EventKey: "P" }]);
    // A key of another bot's menu, or of one that was taken away.
    expect(told("ADMIN")).toMatchObject([{ MsgType: "text", Content: "天气" }]);
    shelf.set(undefined);
    expect(told("W")).toMatchObject([{ MsgType: "text", Content: "天气" }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("[PA15] a template message is a form: the first row its title, rows with names, an https address", () => {
  const data = { first: { value: "挂号成功" }, 时间: { value: "周六" }, remark: { value: "带卡" } };
  const rows = [
    { name: "时间", words: "周六" },
    { name: "", words: "带卡" },
  ];
  expect(saidInTemplate({ data, url: "https://clinic.example/" })).toEqual([
    { kind: "form", form: { title: "挂号成功", rows, url: "https://clinic.example/" } },
  ]);
  expect(saidInTemplate({ data, url: "javascript:x" })).toEqual([{ kind: "form", form: { title: "挂号成功", rows } }]);
  expect(saidInTemplate({ data: {} })).toEqual([]);
  const many = Object.fromEntries(Array.from({ length: 14 }, (_, n) => [`r${n}`, { value: `${n}` }]));
  const [form, rest] = saidInTemplate({ data: many }) ?? [];
  expect(form).toMatchObject({ form: { title: "通知" } });
  expect(form?.kind === "form" && form.form.rows.length).toBe(12);
  expect(rest).toEqual({ kind: "text", text: "12\n13" });
});
