/** Fuzz: a million inputs for everything that reads bytes of others (docs/spec/simulation.md SIM12). */
import { chanceFrom, decodersOf, harvest, fuzz as play } from "@yanshu/testing";
import { row } from "../rows.ts";
import type { Scenario } from "./scenario.ts";

const seed = 1;
const megabyte = 1 << 20;

export const fuzz: Scenario = {
  name: "fuzz",
  isLong: true,
  about:
    "every decoder of frames, letters, MLS, codes, handles, files, vaults and recovery records; noise and changed valid encodings",
  run: async ({ quick }) => {
    const decoders = await decodersOf(await harvest(seed));
    await play(decoders, 5_000, chanceFrom(seed)); // So that what is only loaded does not count as grown.
    const before = heldBytes();
    let most = before;
    const { inputs, accepted, crashes, slowestMs } = await play(
      decoders,
      quick ? 10_000 : 1_000_000,
      chanceFrom(seed + 1),
      () => {
        most = Math.max(most, heldBytes());
      },
    );
    for (const crash of crashes) console.log(`CRASH ${crash}`);
    return [
      row("fuzz: inputs", inputs, "inputs"),
      row("fuzz: still valid after a change", accepted, "inputs"),
      row("fuzz: crashes", crashes.length, "crashes", { atMost: 0 }),
      row("fuzz: the slowest input", slowestMs, "ms", { atMost: 1_000 }),
      row("fuzz: greatest growth of memory", (most - before) / megabyte, "MiB", { atMost: 64 }),
    ];
  },
};

function heldBytes(): number {
  Bun.gc(true);
  return process.memoryUsage.rss();
}
