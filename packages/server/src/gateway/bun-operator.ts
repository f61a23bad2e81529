/**
 * The operator's port, on loopback only: counts as JSON, and at `/metrics` in Prometheus's text format
 * (docs/spec/delivery.md DS35, DS80).
 */
import type { Server as BunServer } from "bun";
import type { Faults } from "../core/faults.ts";
import { LogAwayError } from "../log/log.ts";
import type { Counts } from "../operator/counts.ts";
import { metricsText, type ProcessCounts } from "../operator/metrics.ts";
import { pathOf } from "./path.ts";

export function listenOperator(
  port: number,
  countsNow: () => Counts & ProcessCounts,
  faults: Faults,
): BunServer<undefined> {
  return Bun.serve({
    port,
    hostname: "127.0.0.1",
    development: false,
    fetch: ({ url }) => {
      const counts = countsNow();
      if (pathOf(url) !== "/metrics") return Response.json(known(counts));
      return new Response(metricsText(counts), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      });
    },
    // Without its database the server does not know its counts: 503.
    error: (error) => {
      if (!(error instanceof LogAwayError)) faults.caught("the operator's port", error);
      return new Response("unavailable\n", { status: 503 });
    },
  });
}

/** Leaves out counts that are not known, such as free space where no disk is watched. */
function known<T extends Readonly<Record<string, number>>>(counts: T): Partial<T> {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => Number.isFinite(value))) as Partial<T>;
}
