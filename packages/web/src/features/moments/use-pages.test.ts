import { expect, test } from "bun:test";
import type { MomentRange, MomentView } from "@yanshu/client";
import { isMoreWanted, readPages } from "./use-pages.ts";

const post = (id: string, atMs: number) => ({ id, atMs }) as MomentView;
const page = (...posts: MomentView[]) => ({ posts, hasMore: true });
const cut = { atMs: 1, id: "b" };

test("[WE268] the first page stands until the longer one is read, and a page that is far stands as it was", () => {
  const held = new Map<number, ReturnType<typeof page>>();
  const asked: MomentRange[] = [];
  const answers = new Map([["20 ", page(post("a", 2), post("b", 1))]]);
  const look = (range: MomentRange) => {
    asked.push(range);
    return answers.get(`${range.limit} ${range.before?.id ?? ""}`);
  };
  expect(readPages(look, [], undefined, held).head?.posts.length).toBe(2);
  // The second page begins, and neither it nor the longer first one is here.
  const waiting = readPages(look, [cut], 0, held);
  expect(waiting.head?.posts.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(waiting.others).toEqual([undefined]);
  answers.set("40 ", page(post("a", 2), post("b", 1), post("c", 0)));
  answers.set("20 b", page(post("c", 0)));
  const there = readPages(look, [cut], 0, held);
  expect([there.head?.posts.length, there.others[0]?.posts.length]).toEqual([3, 1]);
  // Far below nothing of it is looked at.
  asked.length = 0;
  expect(readPages(look, [cut], 9, held).others[0]?.posts.length).toBe(1);
  expect(asked).toEqual([{ limit: 40 }]);
});

test("[WE268] [WE123] two pages are read ahead of who scrolls, and none of who only opens Moments", () => {
  expect(isMoreWanted(undefined, 0)).toBe(false);
  expect([0, 1, 2].map((pages) => isMoreWanted(0, pages))).toEqual([true, true, false]);
  expect(isMoreWanted(3, 4)).toBe(true);
  expect(isMoreWanted(3, 5)).toBe(false);
});
