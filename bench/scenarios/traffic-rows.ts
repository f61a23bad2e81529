/**
 * Traffic rows: what `pair` and `fanout` have in common.
 */
import type { TrafficResult } from "../load/jobs.ts";
import { type Row, row } from "../rows.ts";

/** Latencies, memory, who was the bottleneck, and what must not have happened. */
export function commonRows(scenario: string, result: TrafficResult): readonly Row[] {
  const { seconds } = result;
  const name = scenario.includes(":") ? scenario : `${scenario}:`;
  return [
    ...latencyRows(name, result),
    row(`${name} server RSS`, result.serverRssBytes / 2 ** 20, "MiB"),
    row(`${name} server's share of a core`, result.serverCpuSeconds / seconds, "cores"),
    row(`${name} load generator's share of a core`, result.loadCpuSeconds / seconds, "cores"),
    row(`${name} setting up`, result.setUpSeconds, "s"),
    faultRow(name, result),
  ];
}

/** Accepted: until the author was answered. Delivered: until each member had it, the author included. */
export function latencyRows(name: string, result: TrafficResult): readonly Row[] {
  return [
    row(`${name} accepted, p50`, result.acceptP50Ms, "ms"),
    row(`${name} accepted, p99`, result.acceptP99Ms, "ms"),
    row(`${name} delivered, p50`, result.deliverP50Ms, "ms"),
    row(`${name} delivered, p99`, result.deliverP99Ms, "ms"),
  ];
}

export function faultRow(name: string, { faults }: Pick<TrafficResult, "faults">): Row {
  const { refused, lost, repeated, disconnected } = faults;
  const count = refused + lost + repeated + disconnected;
  return row(`${name} refused, lost, repeated, disconnected`, count, "faults", { atMost: 0 });
}
