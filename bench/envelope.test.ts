/** The messages that scenarios speak of are as large as those that a client sends. */
import { expect, test } from "bun:test";
import { longTextBytes, textBytes } from "./envelope.ts";
import { envelopeOf } from "./load/crowd.ts";

test("[GR8] a benchmark's message is as large as the envelope of a real one", async () => {
  expect((await envelopeOf("hello")).length).toBe(textBytes);
  expect((await envelopeOf("晚上八点吃饭")).length).toBe(textBytes);
  expect((await envelopeOf("a".repeat(300))).length).toBe(longTextBytes);
});
