/** What of a view's value crosses from the worker to the page. */
import { expect, test } from "bun:test";
import { leanOf, wholeOf } from "./lean.ts";

const post = (id: string) => Object.freeze({ id, likes: [] as readonly string[] });

test("[WE310] of a list whose items stay, those that changed cross alone, and the page keeps its objects of the others", () => {
  const [a, b, c] = [post("a"), post("b"), post("c")];
  const told: unknown[] = [];
  let [sent, shown]: [unknown, unknown] = [undefined, undefined];
  const tell = (value: unknown) => {
    const lean = structuredClone(leanOf(value, sent));
    told.push(lean.value);
    sent = value;
    shown = wholeOf(lean, shown);
    expect(shown).toEqual(value);
    return (shown as { posts: readonly object[] }).posts;
  };
  const first = tell({ posts: [a, b, c], gaps: [], isLooking: false });
  const liked = post("b liked");
  const second = tell({ posts: [a, liked, c], gaps: [], isLooking: true });
  expect(told[1]).toEqual({ posts: [{ id: "b liked", likes: [] }], gaps: [], isLooking: true });
  expect([0, 1, 2].filter((at) => second[at] === first[at])).toEqual([0, 2]);
  // One that came on top, one that went, another order, one that is there twice.
  const fresh = post("d");
  const third = tell({ posts: [fresh, c, a, a], gaps: [] });
  expect(third[1]).toBe(second[2] as object);
  expect(third[2]).toBe(second[0] as object);
  expect(third[3]).toBe(second[0] as object);
  expect(tell({ posts: [], gaps: [] })).toEqual([]);
  expect(tell({ posts: [a], gaps: [] })).toEqual([{ id: "a", likes: [] }]);
});

test("[WE310] what is not frozen, or is no list of before, crosses whole", () => {
  const open = { id: "a" };
  const [one, list] = [post("a"), [post("b")]];
  const kinds: readonly (readonly [unknown, unknown])[] = [
    [{ posts: [open] }, { posts: [open] }],
    [{ posts: ["text", 1, null] }, { posts: ["text", 1, null] }],
    [{ posts: [one] }, undefined],
    [{ posts: [one] }, { others: [one] }],
    [{ posts: [one] }, { posts: one }],
    [list, list],
    [undefined, { posts: [one] }],
    [new Map([["posts", one]]), new Map([["posts", one]])],
  ];
  for (const [value, before] of kinds) expect(leanOf(value, before)).toEqual({ value });
});
