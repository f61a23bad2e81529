import { expect, test } from "bun:test";
import { PieceQueue } from "./piece-queue.ts";

test("[CA220] pieces that nobody plays do not pile up: beyond eight the newest alone stays, and goes on from there", () => {
  const queue = new PieceQueue<number>();
  const played = () => {
    const all: number[] = [];
    for (; queue.next !== undefined; queue.drop()) all.push(queue.next);
    return all;
  };
  for (let n = 1; n <= 8; n++) queue.add(n);
  expect(played()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  for (let n = 1; n <= 10_000; n++) queue.add(n);
  // 9,993 was the ninth, and the last that cleared the queue.
  expect(played()).toEqual([9_993, 9_994, 9_995, 9_996, 9_997, 9_998, 9_999, 10_000]);
  for (let n = 1; n <= 9; n++) queue.add(n);
  expect(played()).toEqual([9]);
});
