/**
 * Fan-out: one group of 500 people who are all there. One post makes 500 pushes and 500 acknowledgements.
 */
import type { TrafficJob } from "../load/jobs.ts";
import { runLoad } from "../load.ts";
import { rawBytes } from "../raw.ts";
import { row } from "../rows.ts";
import { withServer } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";
import { commonRows } from "./traffic-rows.ts";

const goals = { pushesPerCpuSecond: { atLeast: 100_000 }, syncsPerMessage: { atMost: 0.1 } };

export const fanout: Scenario = {
  name: "fanout",
  about:
    "one group of 500 signed-in devices, of which 32 post 300-byte envelopes, each one at a time; all 500 acknowledge",
  run: (conditions) =>
    withServer(async (server) => {
      const job: TrafficJob = {
        kind: "traffic",
        server,
        groups: 1,
        membersPerGroup: conditions.quick ? 20 : 500,
        sendersPerGroup: conditions.quick ? 4 : 32,
        inFlightPerSender: 1,
        envelopeBytes: rawBytes,
        warmUpMs: conditions.quick ? 100 : 4_000,
        measureMs: conditions.quick ? 500 : 10_000,
      };
      const result = await runLoad(job, 120_000);
      const perCpuSecond = result.pushes / result.serverCpuSeconds;
      return [
        row(
          "fanout: pushes per server CPU-second",
          perCpuSecond,
          "pushes/CPU-s",
          unlessQuick(conditions, goals.pushesPerCpuSecond),
        ),
        row("fanout: pushes a second", result.pushes / result.seconds, "pushes/s"),
        row("fanout: server CPU-seconds per million", 1e6 / perCpuSecond, "CPU-s"),
        row("fanout: messages a second", result.posts / result.seconds, "messages/s"),
        row(
          "fanout: syncs a message",
          result.syncs / result.posts,
          "syncs",
          unlessQuick(conditions, goals.syncsPerMessage),
        ),
        row("fanout: share of raw echo", perCpuSecond / conditions.raw.echoPerCpuSecond, "of raw"),
        ...commonRows("fanout", result),
      ];
    }),
};
