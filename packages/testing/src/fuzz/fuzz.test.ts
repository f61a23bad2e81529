/**
 * Everything that reads bytes of others, and a bounded set of bytes that nobody sent in good faith; a million are in
 * bench.
 */
import { beforeAll, expect, test } from "bun:test";
import { MalformedError } from "@yanshu/wire";
import { chanceFrom } from "../world/chance.ts";
import { type Corpus, harvest } from "./corpus.ts";
import { type Decoder, decodersOf, opensNothing } from "./decoders.ts";
import { fuzz } from "./fuzz.ts";

const inputs = 40_000;
const slowMsMax = 1_000;

let decoders: readonly Decoder[] = [];
beforeAll(async () => {
  const corpus: Corpus = await harvest(701);
  decoders = await decodersOf(corpus);
}, 60_000);

test("[WI7] every decoder begins with encodings that real clients made", () => {
  const without = decoders.filter(({ seeds, name }) => seeds.length === 0 && !opensNothing.has(name));
  expect(without.map(({ name }) => name)).toEqual([]);
  expect(decoders.length).toBeGreaterThan(50);
});

test("[SIM12] [WI7] [WI2] [GR3] noise and changed encodings are read or refused by every decoder, soon, and nothing else happens", async () => {
  const found = await fuzz(decoders, inputs, chanceFrom(702));
  expect(found.crashes).toEqual([]);
  expect(found.inputs).toBe(inputs);
  expect(found.accepted).toBeGreaterThan(inputs / 100); // Changes that leave it valid: it is not refused at once.
  expect(found.slowestMs).toBeLessThan(slowMsMax);
}, 60_000);

test("[SIM12] a decoder that throws anything but a refusal is found, with the bytes", async () => {
  const broken: Decoder = {
    name: "broken",
    seeds: [Uint8Array.of(1, 2, 3)],
    every: 1,
    read: (bytes) => {
      if (bytes[0] === 1) throw new RangeError("out of bounds");
      throw new MalformedError("refused");
    },
  };
  const { crashes } = await fuzz([broken], 200, chanceFrom(703));
  expect(crashes[0]).toMatch(/^broken: RangeError: out of bounds at 01/);
});
