/**
 * Processes: several servers of one machine that share a port (docs/spec/delivery.md DS98), over one PostgreSQL: what
 * each connection takes when there are very many, and whether two of them do more than one.
 */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { hasNats } from "@yanshu/server/nats";
import { hasPostgres } from "@yanshu/server/postgres";
import { fromBase64Url, toHex } from "@yanshu/wire";
import { Machines } from "../cluster/machines.ts";
import { traffic } from "../cluster/plays.ts";
import type { GatherResult } from "../load/jobs.ts";
import { beginLoad, runLoad } from "../load.ts";
import { openFilesMax, rssBytes } from "../process.ts";
import { type Row, row } from "../rows.ts";
import { type Conditions, type Scenario, unlessQuick } from "./scenario.ts";

const goal = { atMost: 3 };
const crowdedProcesses = 4;
const limitMs = 1_200_000;
const settledMs = 12_000;
/** As many as one transaction takes (DS16). */
const callsAtOnce = 512;
/** Sockets that do not come to each process in the same number, and what it has open besides. */
const otherFiles = 800;
const addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"];

export const processes: Scenario = {
  name: "processes",
  isLong: true,
  about:
    "four processes over one PostgreSQL share a port, and 76,000 devices sign in and wait, or as many as this machine has ports and open files for; then pair, 200 devices in groups of two, against one, two and three processes on one port",
  run: async (conditions) => {
    if (!hasPostgres || !hasNats) throw new Error("processes needs PostgreSQL and NATS: postgresql, nats-server");
    return [...(await crowded(conditions)), ...(await pairs(conditions.quick))];
  },
};

async function crowded(conditions: Conditions): Promise<readonly Row[]> {
  const { quick } = conditions;
  const { people, why } = quick ? { people: 200, why: undefined } : room();
  if (why !== undefined) console.log(`processes: ${people} devices and not 76,000: ${why}`);
  const host = onlyLoopback() ? "0.0.0.0" : "127.0.0.1";
  const machines = await Machines.begin({ gateways: crowdedProcesses, sharePort: true, host });
  try {
    return rowsOf(people, await gathered(machines, people, quick ? 100 : settledMs), conditions);
  } finally {
    await machines.end();
  }
}

function rowsOf(
  people: number,
  { before, some, all, parts, shares }: Gathered,
  conditions: Conditions,
): readonly Row[] {
  const sum = (of: "tried" | "received" | "disconnected") => parts.reduce((total, part) => total + part[of], 0);
  const further = (all.bytes - some.bytes) / (all.people - some.people) / 1_024;
  return [
    row("processes: RSS a connection", (all.bytes - before) / people / 1_024, "KiB", unlessQuick(conditions, goal)),
    row(`processes: RSS a connection beyond the first ${some.people.toLocaleString("en")}`, further, "KiB"),
    row(
      "processes: connections",
      people - sum("disconnected"),
      "connections",
      unlessQuick(conditions, { atLeast: 76_000 }),
    ),
    row("processes: at the process with fewest", Math.min(...shares), "connections"),
    row("processes: at the process with most", Math.max(...shares), "connections"),
    row("processes: RSS of all with nobody", before / 2 ** 20, "MiB"),
    row("processes: RSS of all with all", all.bytes / 2 ** 20, "MiB"),
    row("processes: signing all in", Math.max(...parts.map(({ connectSeconds }) => connectSeconds)), "s"),
    row(`processes: posts that ${sum("tried")} of them received`, sum("received"), "posts", { atLeast: sum("tried") }),
  ];
}

type Gathered = Awaited<ReturnType<typeof gathered>>;

/** How many this machine has ports and open files for, and what stops it from having more. */
function room(): { readonly people: number; readonly why: string | undefined } {
  const [first = 0, last = 0] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split("\t").map(Number);
  const bounds = [
    { people: 76_000, why: undefined },
    {
      people: (last - first - otherFiles) * (onlyLoopback() ? addresses.length : 1),
      why: `${last - first} local ports to each address; in a network of its own, with loopback alone, there are ${addresses.length} addresses (unshare --net)`,
    },
    {
      people: (openFilesMax(process.pid) - otherFiles) * crowdedProcesses,
      why: "a process may open no more files (ulimit -n)",
    },
  ];
  return bounds.reduce((least, one) => (one.people < least.people ? one : least));
}

/**
 * Where nobody else can come from, the servers may listen on every address. Whatever those stand on: alone with `lo`, a
 * browser calls itself offline.
 */
function onlyLoopback(): boolean {
  const all = Object.values(networkInterfaces()).flatMap((these) => these ?? []);
  return all.every(({ address }) => address.startsWith("127.") || address === "::1");
}

async function gathered(machines: Machines, people: number, settleMs: number) {
  const [url = ""] = machines.urls;
  const token = fromBase64Url(readFileSync(join(machines.data, "registration-token"), "utf8").trim());
  const server = { url, pid: 0, countsUrl: "", registrationToken: toHex(token ?? new Uint8Array()) };
  await runLoad({ kind: "register", server, people, atOnce: crowdedProcesses * callsAtOnce }, limitMs);
  await machines.restart();
  await Bun.sleep(settleMs);
  const rss = (moment: string) => machines.pids.reduce((sum, pid) => sum + rssBytes(pid, moment), 0);
  const before = rss("nobody");
  const there = async () => (await machines.counts()).map(({ signedIn }) => signedIn ?? 0);
  const loads: Load[] = [];
  const some = await come(0, Math.ceil(people / 10), "some");
  const all = await come(some.people, people, "all");
  const shares = await there();
  for (const { enough } of loads) enough();
  return { before, some, all, shares, parts: await Promise.all(loads.map(({ result }) => result)) };

  /** Has more of them sign in, from as many processes, and looks once they only wait. */
  async function come(from: number, to: number, moment: string) {
    const each = Math.ceil((to - from) / crowdedProcesses);
    for (let n = 0; n < crowdedProcesses; n++) {
      const urls = onlyLoopback() ? [url.replace("127.0.0.1", addresses[n] as string)] : [url];
      const [first, end] = [from + n * each, Math.min(to, from + (n + 1) * each)];
      loads.push(beginLoad({ kind: "gather", urls, from: first, to: end }, limitMs));
    }
    const failed = Promise.all(loads.map(({ result }) => result)).then(() => undefined);
    for (let sum = 0; sum < to; await Promise.race([Bun.sleep(500), failed]))
      sum = (await there()).reduce((a, b) => a + b, 0);
    await Bun.sleep(settleMs);
    return { people: to, bytes: rss(moment) };
  }
}

type Load = { readonly enough: () => void; readonly result: Promise<GatherResult> };

async function pairs(quick: boolean): Promise<readonly Row[]> {
  const shape = { pairs: quick ? 4 : 100, writersPerPair: 2, crowds: 0, membersPerCrowd: 0, writersPerCrowd: 0 };
  const rows: Row[] = [];
  for (const gateways of quick ? [2] : [1, 2, 3]) {
    const machines = await Machines.begin({ gateways, sharePort: true });
    try {
      const played = await traffic(machines, "pair", shape, quick ? 1 : 10);
      const name = `processes: pair, ${gateways} ${gateways === 1 ? "process" : "processes"}`;
      rows.push(
        row(`${name}, messages a second`, played.messagesPerSecond, "messages/s"),
        row(`${name}, messages a CPU-second of them`, played.messagesPerCpuSecond, "messages/CPU-s"),
        row(`${name}, until both have it, p50`, played.p50Ms, "ms"),
        row(`${name}, lost, doubled`, played.lost + played.doubled, "messages", { atMost: 0 }),
      );
    } finally {
      await machines.end();
    }
  }
  return rows;
}
