/**
 * Start: how long from the command until the server greets a client, and what it takes while nobody is there.
 */
import { withFolder } from "../folder.ts";
import { rssBytes } from "../process.ts";
import { type Row, row } from "../rows.ts";
import { startServer } from "../server.ts";
import type { Scenario } from "./scenario.ts";

export const start: Scenario = {
  name: "start",
  about:
    "the server from its sources with an empty folder, and again with the folder of the start before; the middle of several",
  run: async ({ quick }) => {
    const fresh: number[] = [];
    const again: number[] = [];
    const rss: number[] = [];
    for (let i = 0; i < (quick ? 1 : 5); i++)
      await withFolder(async (folder) => {
        const first = await startServer(folder, "asShipped");
        fresh.push(first.greetedMs);
        await Bun.sleep(quick ? 100 : 1_500);
        rss.push(rssBytes(first.pid) / 2 ** 20);
        await first.stop();
        const second = await startServer(folder, "asShipped");
        again.push(second.greetedMs);
        await second.stop();
      });
    return [
      row("start: first greeting, empty folder", middle(fresh), "ms"),
      row("start: first greeting, same folder", middle(again), "ms"),
      row("start: idle RSS", middle(rss), "MiB"),
    ] satisfies readonly Row[];
  },
};

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
