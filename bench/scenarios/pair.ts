/**
 * Pair: two people write to each other, a hundred times over. Every message is answered after its
 * sync, reaches the other and its author (the list never leaves the author out), and is acknowledged by both.
 */
import type { TrafficJob } from "../load/jobs.ts";
import { runLoad } from "../load.ts";
import { rawBytes } from "../raw.ts";
import { row } from "../rows.ts";
import { withServer } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";
import { commonRows } from "./traffic-rows.ts";

const goals = { messagesPerCpuSecond: { atLeast: 15_000 }, syncsPerMessage: { atMost: 0.1 } };

export const pair: Scenario = {
  name: "pair",
  about:
    "200 signed-in devices in 100 groups of two; everybody posts 300-byte envelopes, two on the way at once, and all are pushed to both and acknowledged",
  run: (conditions) =>
    withServer(async (server) => {
      const job: TrafficJob = {
        kind: "traffic",
        server,
        groups: conditions.quick ? 4 : 100,
        membersPerGroup: 2,
        sendersPerGroup: 2,
        inFlightPerSender: 2,
        envelopeBytes: rawBytes,
        warmUpMs: conditions.quick ? 100 : 4_000,
        measureMs: conditions.quick ? 500 : 10_000,
      };
      const result = await runLoad(job, 120_000);
      const perCpuSecond = result.posts / result.serverCpuSeconds;
      const { echoPerCpuSecond: echo, insertPerCpuSecond: insert } = conditions.raw;
      return [
        row(
          "pair: durable messages per server CPU-second",
          perCpuSecond,
          "messages/CPU-s",
          unlessQuick(conditions, goals.messagesPerCpuSecond),
        ),
        row("pair: durable messages a second", result.posts / result.seconds, "messages/s"),
        row("pair: server CPU-seconds per million", 1e6 / perCpuSecond, "CPU-s"),
        row(
          "pair: syncs a message",
          result.syncs / result.posts,
          "syncs",
          unlessQuick(conditions, goals.syncsPerMessage),
        ),
        row("pair: share of one raw echo and one raw insert", perCpuSecond / (1 / (1 / echo + 1 / insert)), "of raw"),
        ...commonRows("pair", result),
      ];
    }),
};
