/** Room in the recovery record (docs/spec/vault.md VA45). */
import { expect, test } from "bun:test";
import { partsWithRoom } from "./record-room.ts";

const parts = (kind: string, count: number, bytes: number) => Array.from({ length: count }, () => ({ kind, bytes }));
const counted = (given: ReturnType<typeof parts>, room: number) => {
  const kinds = partsWithRoom(given, room).map(({ kind }) => kind);
  return ["a", "b", "c"].map((kind) => kinds.filter((one) => one === kind).length);
};

test("[VA45] where all has room, all of it stands there", () => {
  expect(counted([...parts("a", 5, 10), ...parts("b", 5, 10)], 100)).toEqual([5, 5, 0]);
  expect(partsWithRoom([], 100)).toEqual([]);
});

test("[VA45] a kind of which there is more than has room takes none from the others, and has all that they leave", () => {
  const few = [...parts("a", 2, 10), ...parts("c", 3, 10)];
  expect(counted([...parts("b", 10_000, 10), ...few], 100)).toEqual([2, 5, 3]);
  expect(counted([...parts("b", 10_000, 10), ...parts("c", 10_000, 10), ...parts("a", 2, 10)], 100)).toEqual([2, 4, 4]);
});

test("[VA45] the first of a kind stand there, and one that is too large by itself keeps none of the others out", () => {
  const [first, last, whole] = [
    { kind: "a", bytes: 60 },
    { kind: "a", bytes: 40 },
    { kind: "a", bytes: 100 },
  ];
  expect(partsWithRoom([first, whole, last], 100)).toEqual([first, last]);
  const endless = { kind: "a", bytes: Number.POSITIVE_INFINITY };
  expect(partsWithRoom([endless, first, ...parts("b", 4, 10)], 100)).toEqual([first, ...parts("b", 4, 10)]);
});
