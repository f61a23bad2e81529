import { expect, test } from "bun:test";
import fc from "fast-check";
import { chainText, parseChain } from "./chain-text.ts";

test("[AC11] a list that was written by hand is known for one, with its title, note and lines", () => {
  expect(parseChain("#接龙\n周日聚餐\n老地方，十点\n1. 妈妈 1 位\n2. 爸爸 2 位\n3、Maya（素）")).toEqual({
    title: "周日聚餐",
    note: "老地方，十点",
    seeds: ["妈妈 1 位", "爸爸 2 位", "Maya（素）"],
  });
  expect(parseChain("接龍：水果團購\n１．")).toBeUndefined();
  expect(parseChain("接龙 买橙子\n1 . 外婆 两箱\n要甜的")).toEqual({
    title: "买橙子",
    note: "",
    seeds: ["外婆 两箱 要甜的"],
  });
  expect(parseChain("谁要车位\n1) 王\n2) 李\n3) 赵")?.seeds).toEqual(["王", "李", "赵"]);
});

test("[AC11] what only has numbers in it is not taken for a list", () => {
  for (const text of ["今晚 7 点", "1. 买菜", "1. 买菜\n2. 做饭", "会议：\n1. 预算\n3. 其他\n4. 散会", "3.14 是圆周率"])
    expect(parseChain(text)).toBeUndefined();
});

test("[AC11] a list that is copied out is read back as it was", () => {
  const line = fc.stringMatching(/^[一-鿿a-z]{1,12}$/u);
  fc.assert(
    fc.property(line, fc.array(line, { minLength: 1, maxLength: 20 }), (title, seeds) => {
      expect(parseChain(chainText({ title, note: "", lines: seeds.map((text) => ({ text })) }))).toEqual({
        title,
        note: "",
        seeds,
      });
    }),
  );
});
