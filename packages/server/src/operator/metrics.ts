/**
 * Metrics: the counts of DS35 in Prometheus's format (docs/spec/delivery.md DS80). They have no labels, so that no
 * number can be attributed to a person.
 */
import type { Metric } from "../feature.ts";
import { allFeatures } from "../log/feature-tables.ts";
import type { Counts, FeatureCounts } from "./counts.ts";

export type ProcessCounts = {
  readonly rssBytes: number;
  readonly cpuMs: number;
  /** Since the start: sockets closed because they did not read (docs/spec/delivery.md DS126). */
  readonly slowReaders: number;
  /** Over the last minute: how long the event loop was blocked (docs/spec/delivery.md DS116). */
  readonly eventLoopDelayP99Ms: number;
  readonly eventLoopDelayMaxMs: number;
};

export function processCounts(): Pick<ProcessCounts, "rssBytes" | "cpuMs"> {
  const { user, system } = process.cpuUsage();
  return { rssBytes: process.memoryUsage.rss(), cpuMs: Math.round((user + system) / 1_000) };
}

/** The metric of every count of the core. A count without one is a type error here. */
const coreMetrics: { readonly [N in Exclude<keyof (Counts & ProcessCounts), keyof FeatureCounts>]: Metric } = {
  connections: { name: "connections", kind: "gauge", help: "Open sockets." },
  signedIn: { name: "signed_in", kind: "gauge", help: "Devices that are signed in." },
  outstanding: {
    name: "outstanding",
    kind: "gauge",
    help: "Messages that connected devices have not all acknowledged.",
  },
  lists: { name: "lists", kind: "gauge", help: "Lists of addresses in memory." },
  listBytes: { name: "lists_bytes", kind: "gauge", help: "What they take there." },
  slowReaders: {
    name: "slow_readers_total",
    kind: "counter",
    help: "Sockets that were closed because they did not read what they were sent.",
  },
  accounts: { name: "accounts", kind: "gauge", help: "Accounts in the database." },
  devices: { name: "devices", kind: "gauge", help: "Devices in the database." },
  bytes: { name: "database_bytes", kind: "gauge", help: "Size of the database." },
  posts: { name: "posts_total", kind: "counter", help: "Posts that were taken." },
  pushes: { name: "pushes_total", kind: "counter", help: "Messages that were pushed to devices." },
  commits: { name: "commits_total", kind: "counter", help: "Transactions on disk." },
  commitFailures: { name: "commit_failures_total", kind: "counter", help: "Transactions that failed." },
  faults: { name: "faults_total", kind: "counter", help: "Exceptions that ended a call, a connection or a task." },
  failedWrites: { name: "failed_writes_total", kind: "counter", help: "Writes for which the disk had no room." },
  freeBytes: { name: "disk_free_bytes", kind: "gauge", help: "Free on the disk of the data folder." },
  damage: { name: "database_damage", kind: "gauge", help: "Faults that were found in the database's file." },
  eventLoopDelayP99Ms: {
    name: "event_loop_delay_p99_seconds",
    kind: "gauge",
    help: "How long nothing else was done at a time, of a hundred times the longest but one, within the last minute.",
    unit: 1 / 1_000,
  },
  eventLoopDelayMaxMs: {
    name: "event_loop_delay_max_seconds",
    kind: "gauge",
    help: "The longest within the last minute.",
    unit: 1 / 1_000,
  },
  tight: { name: "disk_full", kind: "gauge", help: "1 while nothing is taken that makes the disk fuller." },
  remakeLackingBytes: {
    name: "remake_lacking_bytes",
    kind: "gauge",
    help: "What the disk lacks for making tables anew, without which deleted bytes may stay in the file.",
  },
  refusedFloods: { name: "refused_floods_total", kind: "counter", help: "Requests that were refused as too many." },
  cameInvited: { name: "registered_invited_total", kind: "counter", help: "Accounts that came by an invitation." },
  cameByStanding: {
    name: "registered_standing_total",
    kind: "counter",
    help: "Accounts that came by the standing invitation.",
  },
  cameByMembers: { name: "registered_members_total", kind: "counter", help: "Accounts that came by a member's link." },
  rssBytes: { name: "resident_memory_bytes", kind: "gauge", help: "Memory of the process." },
  cpuMs: { name: "cpu_seconds_total", kind: "counter", help: "CPU time of the process.", unit: 1 / 1_000 },
};

const metrics = Object.assign({ ...coreMetrics }, ...allFeatures.map(({ metrics: of = {} }) => of)) as {
  readonly [N in keyof (Counts & ProcessCounts)]: Metric;
};

/** In the text format, version 0.0.4. */
export function metricsText(counts: Counts & ProcessCounts): string {
  return Object.entries(metrics)
    .filter(([key]) => Number.isFinite(counts[key as keyof typeof metrics])) // What is not known is not told.
    .map(([key, { name, kind, help, unit = 1 }]) => {
      const value = counts[key as keyof typeof metrics] * unit;
      return `# HELP yanshu_${name} ${help}\n# TYPE yanshu_${name} ${kind}\nyanshu_${name} ${value}\n`;
    })
    .join("");
}
