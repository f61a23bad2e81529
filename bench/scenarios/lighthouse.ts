/**
 * Lighthouse: what Google's auditor says of the chat list of somebody who lives here, as a slow phone would have it.
 * It runs on Node and looks at the benchmark's own Chromium; it asks no other host.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { binOf, nodePath } from "../../tools/setup.mjs";
import type { Chromium } from "../browser/chromium.ts";
import { atChats, withLongChat } from "../browser/long-chat.ts";
import { withFolder } from "../folder.ts";
import { row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const messages = 500;
const categories = ["performance", "accessibility"] as const;
const limitMs = 180_000;

type Report = {
  readonly runtimeError?: { readonly message: string };
  readonly categories: Readonly<Record<(typeof categories)[number], { readonly score: number | null }>>;
  readonly audits: Readonly<Record<string, { readonly numericValue?: number; readonly score: number | null }>>;
};

export const lighthouse: Scenario = {
  name: "lighthouse",
  about:
    "Lighthouse 12 on the chat list of a signed-in profile, with its own slow phone (4 times slower, slow 4G, simulated)",
  run: async (conditions) => {
    const report = await withLongChat(messages, async (chat) => {
      await (await atChats(chat)).close();
      return audit(chat.chromium, chat.origin);
    });
    const score = (name: (typeof categories)[number]) => (report.categories[name].score ?? Number.NaN) * 100;
    const ms = (name: string) => report.audits[name]?.numericValue ?? Number.NaN;
    return [
      row("lighthouse: performance", score("performance"), "of 100", unlessQuick(conditions, { atLeast: 95 })),
      row("lighthouse: accessibility", score("accessibility"), "of 100", unlessQuick(conditions, { atLeast: 100 })),
      row("lighthouse: first contentful paint", ms("first-contentful-paint"), "ms"),
      row("lighthouse: largest contentful paint", ms("largest-contentful-paint"), "ms"),
      row("lighthouse: total blocking time", ms("total-blocking-time"), "ms"),
      row("lighthouse: layout shift", ms("cumulative-layout-shift"), "shift"),
    ];
  },
};

function audit({ port }: Chromium, url: string): Promise<Report> {
  return withFolder(async (folder) => {
    const file = join(folder, "report.json");
    const child = Bun.spawn(
      [
        nodePath,
        binOf("lighthouse", "cli/index.js"),
        url,
        `--port=${port}`,
        `--only-categories=${categories.join(",")}`,
        "--disable-storage-reset", // Who lives here is in the storage.
        "--no-enable-error-reporting",
        "--output=json",
        `--output-path=${file}`,
        "--quiet",
      ],
      { stdout: "ignore", stderr: "inherit", timeout: limitMs },
    );
    await child.exited;
    if (!existsSync(file)) throw new Error("Lighthouse wrote no report");
    const report = JSON.parse(readFileSync(file, "utf8")) as Report;
    if (report.runtimeError !== undefined) throw new Error(report.runtimeError.message);
    const lost = Object.entries(report.audits).filter(([, { score }]) => score !== null && score < 0.9);
    if (lost.length > 0) console.log(`Lighthouse would have better: ${lost.map(([name]) => name).join(", ")}`);
    return report;
  });
}
