import { expect, test } from "bun:test";
import { wholeWithin } from "./answers.ts";

test("[CH86] the app ends an answer that is longer than was asked for", async () => {
  const ends: string[] = [];
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new Uint8Array(1_000)),
    cancel: () => void ends.push("over"),
  });
  const bounds = { bytesMax: 5_000, msMax: 30_000 };
  await expect(wholeWithin(new Response(endless), bounds)).rejects.toThrow("longer than was asked for");
  expect(ends).toEqual(["over"]);
  expect((await wholeWithin(new Response(new Uint8Array(5_000)), bounds)).length).toBe(5_000);
  expect((await wholeWithin(new Response(null), bounds)).length).toBe(0);
});
