/**
 * That the benchmark measures: a small run against the real server, as `npm run bench -- pair --quick` does.
 * Nothing here looks at how fast it was.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultConfig } from "@yanshu/server";
import { feedHome } from "./browser/feed/home.ts";
import { withFolder } from "./folder.ts";
import { Histogram } from "./histogram.ts";
import { parseCommand } from "./main.ts";
import { firstOutgoing, freePort } from "./ports.ts";
import { raisedConfig } from "./raised-server.ts";
import { reportText } from "./report.ts";
import { type Row, row, verdict } from "./rows.ts";
import { levelled, slope } from "./scenarios/soak.ts";

const pairFigures = [
  "pair: durable messages per server CPU-second",
  "pair: durable messages a second",
  "pair: server CPU-seconds per million",
  "pair: accepted, p50",
  "pair: accepted, p99",
  "pair: delivered, p50",
  "pair: delivered, p99",
  "pair: server RSS",
  "pair: syncs a message",
  "raw: echoed frames per server CPU-second",
  "raw: inserted rows per CPU-second",
];

test("[DS16] the quick pair scenario yields every figure and loses, repeats or refuses nothing", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "rows.json");
    const args = [join(import.meta.dirname, "main.ts"), "pair", "--quick", "--json", file];
    const child = Bun.spawn([process.execPath, ...args], { stdout: "ignore", stderr: "inherit", timeout: 60_000 });
    expect(await child.exited).toBe(0);
    const rows = JSON.parse(readFileSync(file, "utf8")) as readonly Row[];
    for (const name of pairFigures) expect(rows.find((item) => item.name === name)?.value).toBeGreaterThan(0);
    const faults = rows.find(({ name }) => name === "pair: refused, lost, repeated, disconnected");
    expect(faults).toEqual({ name: faults?.name ?? "", value: 0, unit: "faults", goal: "<= 0", ok: true });
  });
}, 90_000);

test("the player of Channels is measured without the app around it: its page and its service worker are built alone", async () => {
  await withFolder(async (folder) => {
    const home = await feedHome(folder, [import.meta.path], 1);
    try {
      const asked = ["/", "/sw.js"].map(async (path) => (await fetch(`${home.origin}${path}`)).status);
      expect(await Promise.all(asked)).toEqual([200, 200]);
    } finally {
      await home.stop();
    }
  });
}, 60_000);

test("what rises and falls every ten minutes has no slope, and what grows by a tenth of that has its own", () => {
  const later = (bytesAt: (seconds: number) => number) => {
    const points = Array.from({ length: 600 }, (_, n) => ({ atSeconds: n * 6, bytes: bytesAt(n * 6) }));
    return slope(levelled(points, 600).filter(({ atSeconds }) => atSeconds >= 1_800));
  };
  const tooth = (seconds: number) => seconds % 600;
  expect(later(tooth)).toBeCloseTo(0, 3);
  expect(later((seconds) => tooth(seconds) + seconds / 10)).toBeCloseTo(0.1, 3);
});

test("a row that missed its goal, or was not measured, is not ok", () => {
  expect(row("pushes", 99_999, "1/s", { atLeast: 100_000 }).ok).toBe(false);
  expect(row("pushes", 100_000, "1/s", { atLeast: 100_000 }).ok).toBe(true);
  expect(row("syncs", 0.11, "syncs", { atMost: 0.1 }).ok).toBe(false);
  expect(row("syncs", 0.1, "syncs", { atMost: 0.1 })).toMatchObject({ goal: "<= 0.1", ok: true });
  expect(row("latency", Number.NaN, "ms").ok).toBe(false);
});

test("what a scenario promises is told as passed only where it was measured and met", () => {
  const rows = [row("rss", 232, "MiB", { atMost: 256 }), row("turn", 51, "ms", { atMost: 50 }), row("p99", 9, "ms")];
  expect(verdict(rows, ["rss", "turn", "p99", "ended"])).toEqual([
    "PASS rss: 232 MiB, goal <= 256",
    "FAIL turn: 51 ms, goal <= 50",
    "FAIL p99: 9 ms, goal none",
    "FAIL ended: not measured",
  ]);
});

test("a server's port is none that the kernel may give to a connection of the load meanwhile", () => {
  const ports = Array.from({ length: 500 }, freePort);
  expect(Math.max(...ports)).toBeLessThan(firstOutgoing());
  expect(new Set(ports).size).toBe(ports.length);
});

test("a limit that is raised for the benchmark is above the one that is shipped", () => {
  for (const name of ["peerRowsPerMinute", "peerBacklogBytes", "peerBacklogBytesAll"] as const)
    expect([name, raisedConfig[name] > defaultConfig[name]]).toEqual([name, true]);
});

test("a quantile is right to two percent", () => {
  const histogram = new Histogram();
  for (let ms = 1; ms <= 1_000; ms++) histogram.add(ms);
  expect(Math.abs(histogram.quantileMs(0.5) / 500 - 1)).toBeLessThan(0.021);
  expect(Math.abs(histogram.quantileMs(0.99) / 990 - 1)).toBeLessThan(0.021);
  expect(new Histogram().quantileMs(0.5)).toBeNaN();
});

test("a run that broke off and went on later tells which commit each part is of", () => {
  const part = (name: string, commit: string) => ({ name, about: name, rows: [], commit });
  expect(reportText("bench", [part("raw", "a1"), part("pair", "a1")])).toContain("- commit: a1\n");
  const both = reportText("bench", [part("raw", "a1"), part("pair", "a1"), part("soak", "b2")]);
  expect(both).toContain("- commit: a1 (`raw`, `pair`); b2 (`soak`)\n");
  expect(both).toContain("- missed goals: none\n");
});

test("a report names the goals that were missed before any table", () => {
  const rows = [
    row("disk: a stored message", 443.6, "bytes", { atMost: 400 }),
    row("disk: left", 0, "", { atMost: 0 }),
  ];
  const text = reportText("bench", [{ name: "disk", about: "disk", rows, commit: "a1" }]);
  expect(text.split("\n## ")[0]).toContain("- missed goals: disk: a stored message\n");
});

test("a wrong command is refused with what is wrong", () => {
  expect(parseCommand(["--fast"])).toBe("unknown option --fast");
  expect(parseCommand(["--json"])).toBe("--json needs the name of a file");
  expect(parseCommand(["trio"])).toStartWith("unknown scenario trio; there are ");
  expect(parseCommand(["pair", "--quick"])).toMatchObject({ quick: true, chosen: [{ name: "pair" }] });
  expect(parseCommand(["calls-relay"])).toMatchObject({ chosen: [{ name: "calls-relay" }] });
  const moments = parseCommand(["moments*"]);
  expect(typeof moments === "string" ? [] : moments.chosen.map(({ name }) => name)).toEqual([
    "moments",
    "moments-browser",
    "moments-post",
    "moments-seen",
    "moments-back",
  ]);
  for (const args of [[], ["--all"]]) {
    const command = parseCommand(args);
    const names = typeof command === "string" ? [] : command.chosen.map(({ name }) => name);
    expect([names.includes("calls"), names.includes("calls-relay")]).toEqual([true, false]);
  }
});
