/**
 * Abuse: a server as it is shipped, under all that an attacker without an account, and one with some, can do at once,
 * while two people write.
 *
 * On a machine that others use too the wall's clock tells of them as well. So what is promised of the event loop is CPU
 * time: no turn in which its thread works for more than fifty milliseconds. How long a turn waited for the disk or a
 * lock, and how late it was on the wall's clock, is told beside it, and the same of a process that does nothing but
 * sync a page now and then. What the pair waits for is told beside what a pair of another server waits for, which
 * nobody attacks, on the same machine at the same time.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openSqliteLog } from "@yanshu/server";
import { withFolder } from "../folder.ts";
import type { Inside } from "../inside.ts";
import type { AbuseKind, AbuseResult, ServerTarget, TrafficJob } from "../load/jobs.ts";
import { runLoad } from "../load.ts";
import { cpuSeconds, rssBytes } from "../process.ts";
import { type Row, row } from "../rows.ts";
import { withServerOn } from "../server.ts";
import { type Conditions, type Scenario, unlessQuick } from "./scenario.ts";
import { faultRow } from "./traffic-rows.ts";

const goals = { rssMiB: { atMost: 256 }, pairMs: { atMost: 50 }, loopMs: { atMost: 50 }, none: { atMost: 0 } };
const limitMs = 120_000;
const sampleMs = 250;
const mebi = 2 ** 20;
/** Who turned. The two who write have the numbers before. */
const turned = [2, 3, 4, 5, 6, 7];
/** Who deletes the account. */
const leaver = 8;
/** Of the sorts of handlers, those that took longest at once. */
const slowestShown = 12;

const ended = "abuse: the process ended";
const residentMost = "abuse: server RSS, at most";
const pairSlowest = "abuse: the pair, delivered, p99";
const turnLongest = "abuse: CPU time of one turn of the event loop, at most";
const notGone = "abuse: deleted accounts whose vault is still on the disk";
const promised = [ended, residentMost, pairSlowest, turnLongest];

export const abuse: Scenario = {
  name: "abuse",
  isLong: true,
  promises: promised,
  about:
    "the server as shipped, with its limits; from sixteen places and an IPv6 /48, and with six accounts, everything at once: unfinished messages, frames and uploads, unread downloads and claims, tokens named seventy times or made up, unsigned entries, counts and switches of large vaults, an account of 300 MB that is deleted, lists of one address, unknown calls, gates of nobody; meanwhile two people write ten messages a second; ten minutes, or as long as --abuse-seconds says",
  run: (conditions) =>
    withFolder(async (folder) => {
      await withServerOn(folder, "raised", (server) =>
        runLoad({ kind: "register", server, people: turned.length, from: turned[0] as number }, limitMs),
      );
      await runLoad({ kind: "vaults", folder, members: turned, segments: segmentsOf(conditions) }, limitMs);
      const rows: Row[] = [];
      const { abuseApartSeconds: apartSeconds } = conditions.lasting;
      if (apartSeconds > 0)
        for (const kind of conditions.abuseKinds) rows.push(...(await apart(folder, kind, apartSeconds, conditions)));
      return [...rows, ...(await together(folder, conditions))];
    }),
};

function segmentsOf({ quick }: Conditions): number {
  return quick ? 5_000 : 300_000;
}

async function together(folder: string, conditions: Conditions): Promise<readonly Row[]> {
  const seconds = conditions.quick ? 15 : conditions.lasting.abuseSeconds;
  const goal = <G>(one: G) => unlessQuick(conditions, one);
  const { abuseKinds: kinds } = conditions;
  const { did, loadCpuSeconds, pairs, cpu, inside, idle, most, counts } = await flooded(
    { folder, kinds, seconds, segments: segmentsOf(conditions), options: conditions.abuseOptions },
    async (server, flooding) => {
      const quiet = await runLoad(pair(server, conditions.quick ? 2 : 20), limitMs);
      // Beside it a server that nobody attacks, for as long: what the machine itself adds for everybody.
      const beside = (calm: ServerTarget) => runLoad(pair(calm, seconds), seconds * 1_000 + limitMs);
      const [, under, calm] = await Promise.all([
        flooding(),
        runLoad(pair(server, seconds), seconds * 1_000 + limitMs),
        withFolder((apartFolder) => withServerOn(apartFolder, "asShipped", beside)),
      ]);
      return { quiet, under, calm };
    },
  );
  const { quiet, under, calm } = pairs;
  const leaving = kinds.includes("deletions") ? [row(notGone, vaultsLeaving(folder), "vaults", goal(goals.none))] : [];
  return [
    row(ended, Number(!most.isAlive), "times", goals.none),
    row(residentMost, most.bytes / mebi, "MiB", goal(goals.rssMiB)),
    row("abuse: of this JavaScript's heap", inside.memory.heapUsed / mebi, "MiB"),
    row("abuse: of this bytes outside of the heap", inside.memory.external / mebi, "MiB"),
    row("abuse: the pair, accepted, p50", under.acceptP50Ms, "ms"),
    row("abuse: the pair, accepted, p99", under.acceptP99Ms, "ms", goal(goals.pairMs)),
    row(pairSlowest, under.deliverP99Ms, "ms", goal(goals.pairMs)),
    row("abuse: the same before, delivered, p99", quiet.deliverP99Ms, "ms"),
    row("abuse: a pair meanwhile, of a server beside that nobody attacks, accepted, p99", calm.acceptP99Ms, "ms"),
    row("abuse: the same, delivered, p99", calm.deliverP99Ms, "ms"),
    row("abuse: the pair's p99 beyond that one's", under.deliverP99Ms - calm.deliverP99Ms, "ms"),
    row(turnLongest, inside.longestCpuMs, "ms", goal(goals.loopMs)),
    row("abuse: turns with more than 50 ms of CPU time", inside.over50Cpu, "times"),
    row("abuse: one turn waited for the disk or a lock, at most", inside.longestWaitedMs, "ms"),
    row("abuse: turns that waited for more than 50 ms", inside.over50Waited, "times"),
    row("abuse: an idle process that syncs a page waited, at most", idle.longestWaitedMs, "ms"),
    row("abuse: its turns that waited for more than 50 ms", idle.over50Waited, "times"),
    row("abuse: one turn had no processor, at most", inside.longestQueuedMs, "ms"),
    row("abuse: event loop late on the wall's clock, at most", inside.longestMs, "ms"),
    row("abuse: an idle process' event loop late, at most", idle.longestMs, "ms"),
    row("abuse: event loop late for more than 50 ms", inside.over50, "times"),
    row("abuse: an idle process' event loop late for more than 50 ms", idle.over50, "times"),
    ...ofLongestTurn("abuse", inside),
    ...slowest(inside),
    faultRow("abuse: the pair,", under),
    row("abuse: server's share of a core", cpu / seconds, "cores"),
    row("abuse: load generator's share of a core", loadCpuSeconds / seconds, "cores"),
    row("abuse: refused as too often", counts["refusedFloods"] ?? Number.NaN, "requests"),
    row("abuse: closed because they did not read", counts["slowReaders"] ?? Number.NaN, "sockets"),
    row("abuse: lists in memory, at the end", (counts["listBytes"] ?? Number.NaN) / mebi, "MiB"),
    row("abuse: database, at the end", (counts["bytes"] ?? Number.NaN) / mebi, "MiB"),
    row("abuse: lasted", seconds / 60, "min"),
    ...leaving,
    // Each must have been done, or the run says nothing of it.
    ...kinds
      .flatMap((kind) => counted[kind])
      .map((what) => row(`abuse: ${what}`, did[what] ?? 0, "times", { atLeast: 1 })),
  ];
}

/** How many vaults are to leave that have not yet; the server does not run. */
function vaultsLeaving(folder: string): number {
  const log = openSqliteLog(join(folder, "yanshu.db"));
  try {
    return log.features.backup.withPassed().length;
  } finally {
    log.close();
  }
}

/** One flood by itself, on a server that just began: which of them needs memory, and which the event loop. */
async function apart(
  folder: string,
  kind: AbuseKind,
  seconds: number,
  conditions: Conditions,
): Promise<readonly Row[]> {
  const options = conditions.abuseOptions;
  const flood = { folder, kinds: [kind], seconds, segments: segmentsOf(conditions), options };
  const { inside, most, cpu } = await flooded(flood, (_server, flooding) => flooding());
  return [
    row(`abuse, ${kind} alone: server RSS, at most`, most.bytes / mebi, "MiB"),
    row(`abuse, ${kind} alone: of this JavaScript's heap`, inside.memory.heapUsed / mebi, "MiB"),
    row(`abuse, ${kind} alone: of this bytes outside of the heap`, inside.memory.external / mebi, "MiB"),
    row(`abuse, ${kind} alone: CPU time of one turn, at most`, inside.longestCpuMs, "ms"),
    row(`abuse, ${kind} alone: one turn waited, at most`, inside.longestWaitedMs, "ms"),
    ...ofLongestTurn(`abuse, ${kind} alone`, inside),
    row(`abuse, ${kind} alone: server's share of a core`, cpu / seconds, "cores"),
  ];
}

type Flooding = {
  readonly folder: string;
  readonly kinds: readonly AbuseKind[];
  readonly seconds: number;
  /** Of the vault of the one who deletes the account. */
  readonly segments: number;
  /** Of the server. */
  readonly options: readonly string[];
};

/** @param work begins the floods when it will, and is there for as long. */
async function flooded<T>(
  { folder, kinds, seconds, segments, options }: Flooding,
  work: (server: ServerTarget, flooding: () => Promise<void>) => Promise<T>,
) {
  if (kinds.includes("deletions")) {
    // Anew each time: who deleted the account has none any more.
    await withServerOn(folder, "raised", (server) =>
      runLoad({ kind: "register", server, people: 1, from: leaver }, limitMs),
    );
    await runLoad({ kind: "vaults", folder, members: [leaver], segments }, limitMs);
  }
  const [insideFile, idleFile] = [join(folder, "inside.json"), join(folder, "idle.json")];
  return withServerOn(
    folder,
    "asShipped",
    async (server) => {
      const stopIdle = startIdle(folder, idleFile);
      const watch = watchMemory(server.pid);
      let [cpu, done]: [number, AbuseResult] = [0, { did: {}, loadCpuSeconds: 0 }];
      const pairs = await work(server, async () => {
        cpu = cpuSeconds(server.pid);
        done = await runLoad(
          { kind: "abuse", server, members: turned, leaver, seconds, kinds },
          seconds * 1_000 + limitMs,
        );
        cpu = cpuSeconds(server.pid) - cpu;
      });
      const most = watch();
      const counts = (await (await fetch(server.countsUrl)).json()) as Readonly<Record<string, number>>;
      stopIdle();
      const told = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Inside;
      return { ...done, pairs, cpu, inside: told(insideFile), idle: told(idleFile), most, counts };
    },
    { insideFile, options },
  );
}

/**
 * A process that does nothing but put four kibibytes on the disk ten times a second: how late its event loop is the
 * machine makes it, and for how long the disk. @returns what ends it.
 */
function startIdle(folder: string, file: string): () => void {
  const preload = join(import.meta.dirname, "..", "inside.ts");
  const program = `
    const { fdatasyncSync, openSync, writeSync } = require("node:fs");
    const file = openSync(${JSON.stringify(join(folder, "idle.bin"))}, "w");
    setInterval(() => {
      writeSync(file, Buffer.alloc(4_096), 0, 4_096, 0);
      fdatasyncSync(file);
    }, 100);`;
  const child = Bun.spawn([process.execPath, "--preload", preload, "-e", program], {
    stdout: "ignore",
    stderr: "inherit",
    env: { ...process.env, BENCH_INSIDE: file },
  });
  return () => child.kill();
}

/** What the event loop was longest at, by what it was for. */
function slowest({ handlers }: Inside): readonly Row[] {
  return Object.entries(handlers)
    .sort(([, a], [, b]) => b.longestMs - a.longestMs)
    .slice(0, slowestShown)
    .map(([name, { longestMs }]) => row(`abuse: longest CPU time of one: ${name}`, longestMs, "ms"));
}

/** What the longest turn of the event loop was for: a sum of many, or one that takes long. */
function ofLongestTurn(flood: string, { longestTurn }: Inside): readonly Row[] {
  return Object.entries(longestTurn)
    .sort(([, a], [, b]) => b - a)
    .filter(([, ms]) => ms >= 1)
    .map(([name, ms]) => row(`${flood}: CPU time of the longest turn: ${name}`, ms, "ms"));
}

/** What each flood counts. */
const counted: Readonly<Record<AbuseKind, readonly string[]>> = {
  messages: ["unfinished messages"],
  uploads: ["unfinished uploads"],
  downloads: ["unread downloads"],
  claims: ["entries of a list that is claimed", "unread claims"],
  tokens: ["tokens named seventy times", "forged tokens"],
  lists: ["lists of one address"],
  calls: ["unknown calls"],
  gates: ["gates of nobody"],
  entries: ["unsigned entries"],
  frames: ["unfinished frames"],
  counts: ["counts of all that is kept"],
  switches: ["vaults switched"],
  deletions: ["accounts deleted"],
};

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
function watchMemory(pid: number): () => { readonly bytes: number; readonly isAlive: boolean } {
  let [bytes, isAlive] = [0, true];
  const timer = setInterval(() => {
    try {
      bytes = Math.max(bytes, rssBytes(pid));
    } catch {
      isAlive = false;
    }
  }, sampleMs);
  return () => {
    clearInterval(timer);
    return { bytes, isAlive };
  };
}
