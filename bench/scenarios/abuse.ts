/**
 * Abuse: a server as it is shipped, under all that an attacker without an account, and one with some, can do at once, while two people write.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withFolder } from "../folder.ts";
import type { ServerTarget, TrafficJob } from "../load/jobs.ts";
import { runLoad } from "../load.ts";
import type { LoopWatch } from "../loop-watch.ts";
import { cpuSeconds, rssBytes } from "../process.ts";
import { row } from "../rows.ts";
import { withServerOn } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";
import { faultRow } from "./traffic-rows.ts";

const goals = { rssMiB: { atMost: 256 }, pairMs: { atMost: 50 }, loopMs: { atMost: 50 }, none: { atMost: 0 } };
const limitMs = 120_000;
const sampleMs = 250;
/** Who turned. The two who write have the numbers before. */
const turned = [2, 3, 4, 5, 6, 7];

export const abuse: Scenario = {
  name: "abuse",
  isLong: true,
  about:
    "the server as shipped, with its limits; from sixteen places and an IPv6 /48, and with six accounts, everything at once: unfinished messages, frames and uploads, unread downloads and claims, tokens named seventy times or made up, unsigned entries, counts and switches of large vaults, lists of one address, unknown calls, gates of nobody; meanwhile two people write ten messages a second; ten minutes, or as long as --abuse-seconds says",
  run: (conditions) =>
    withFolder(async (folder) => {
      const seconds = conditions.quick ? 15 : conditions.lasting.abuseSeconds;
      const loopFile = join(folder, "loop.json");
      await withServerOn(folder, "raised", (server) =>
        runLoad({ kind: "register", server, people: turned.length, from: turned[0] as number }, limitMs),
      );
      const segments = conditions.quick ? 5_000 : 300_000;
      await runLoad({ kind: "vaults", folder, members: turned, segments }, limitMs);
      return withServerOn(
        folder,
        "asShipped",
        async (server) => {
          const quiet = await runLoad(pair(server, conditions.quick ? 2 : 20), limitMs);
          const watch = watchMemory(server.pid);
          const cpuBefore = cpuSeconds(server.pid);
          const flood = runLoad({ kind: "abuse", server, members: turned, seconds }, seconds * 1_000 + limitMs);
          const under = await runLoad(pair(server, seconds), seconds * 1_000 + limitMs);
          const { did, loadCpuSeconds } = await flood;
          const cpu = cpuSeconds(server.pid) - cpuBefore;
          const { mostBytes, isAlive } = watch();
          const loop = JSON.parse(readFileSync(loopFile, "utf8")) as LoopWatch;
          const counts = (await (await fetch(server.countsUrl)).json()) as Readonly<Record<string, number>>;
          return [
            row("abuse: the process ended", Number(!isAlive), "times", goals.none),
            row("abuse: server RSS, at most", mostBytes / 2 ** 20, "MiB", unlessQuick(conditions, goals.rssMiB)),
            row("abuse: the pair, accepted, p50", under.acceptP50Ms, "ms"),
            row("abuse: the pair, accepted, p99", under.acceptP99Ms, "ms", unlessQuick(conditions, goals.pairMs)),
            row("abuse: the pair, delivered, p99", under.deliverP99Ms, "ms", unlessQuick(conditions, goals.pairMs)),
            row("abuse: the same before, delivered, p99", quiet.deliverP99Ms, "ms"),
            row("abuse: event loop still, at most", loop.longestMs, "ms", unlessQuick(conditions, goals.loopMs)),
            row("abuse: of this the process worked", loop.longestWorkedMs, "ms"),
            row("abuse: event loop still for more than 50 ms", loop.over50, "times"),
            row("abuse: of these the process worked as long", loop.over50Worked, "times"),
            faultRow("abuse: the pair,", under),
            row("abuse: server's share of a core", cpu / seconds, "cores"),
            row("abuse: load generator's share of a core", loadCpuSeconds / seconds, "cores"),
            row("abuse: refused as too often", counts["refusedFloods"] ?? Number.NaN, "requests"),
            row("abuse: closed because they did not read", counts["slowReaders"] ?? Number.NaN, "sockets"),
            row("abuse: lists in memory, at the end", (counts["listBytes"] ?? Number.NaN) / 2 ** 20, "MiB"),
            row("abuse: database, at the end", (counts["bytes"] ?? Number.NaN) / 2 ** 20, "MiB"),
            row("abuse: lasted", seconds / 60, "min"),
            // Each must have been done, or the run says nothing of it.
            ...floods.map((what) => row(`abuse: ${what}`, did[what] ?? 0, "times", { atLeast: 1 })),
          ];
        },
        loopFile,
      );
    }),
};

const floods = [
  "entries of a list that is claimed",
  "unfinished messages",
  "unfinished frames",
  "unfinished uploads",
  "unread downloads",
  "unread claims",
  "tokens named seventy times",
  "forged tokens",
  "unsigned entries",
  "counts of all that is kept",
  "vaults switched",
  "lists of one address",
  "unknown calls",
  "gates of nobody",
];

function pair(server: ServerTarget, seconds: number): TrafficJob {
  return {
    kind: "traffic",
    server,
    groups: 1,
    membersPerGroup: 2,
    sendersPerGroup: 2,
    inFlightPerSender: 1,
    postsPerSecond: 10,
    envelopeBytes: 557, // A text of five letters.
    warmUpMs: 1_000,
    measureMs: seconds * 1_000,
  };
}

/** @returns what tells the most that there was, and ends it. */
function watchMemory(pid: number): () => { readonly mostBytes: number; readonly isAlive: boolean } {
  let [mostBytes, isAlive] = [0, true];
  const timer = setInterval(() => {
    try {
      mostBytes = Math.max(mostBytes, rssBytes(pid));
    } catch {
      isAlive = false;
    }
  }, sampleMs);
  return () => {
    clearInterval(timer);
    return { mostBytes, isAlive };
  };
}
