/** Items that say the same stay the same objects. */
import { expect, test } from "bun:test";
import type { TimelineItem } from "@yanshu/client";
import { keptItems } from "./kept.ts";

function says(id: string, text: string, picture = Uint8Array.of(1, 2, 3)): TimelineItem {
  return {
    id,
    order: Number(id),
    atMs: 0,
    from: { account: "ma", name: "妈妈", isMe: false, face: { seal: "妈", pigment: 1, picture } },
    mine: false,
    state: "sent",
    body: { kind: "text", text },
  };
}

test("[WE5] what a view tells again unchanged is not drawn again", () => {
  const before = [says("1", "好"), says("2", "早"), says("3", "在吗")];
  expect(keptItems(before, structuredClone(before))).toBe(before);
  const told = [...structuredClone(before.slice(1)), says("4", "在")];
  expect(keptItems(before, told).map((item) => before.includes(item))).toEqual([true, true, false]);
});

test("[WE5] any change makes an item another one: words, state, a face that joins or goes, one byte of a picture", () => {
  const [old] = [says("1", "好")];
  const same = keptItems([old], [structuredClone(old)]);
  expect(same[0]).toBe(old);
  for (const told of [
    says("1", "好的"),
    { ...old, state: "failed" as const },
    { ...old, reactions: [] },
    { ...old, isEdited: true },
    says("1", "好", Uint8Array.of(1, 2, 4)),
    says("1", "好", Uint8Array.of(1, 2)),
  ])
    expect(keptItems([old], [told])[0]).toBe(told);
  const faced = { ...old, reactions: [{ emoji: "👍", people: [], mine: false }] };
  expect(keptItems([faced], [old])[0]).toBe(old);
});
