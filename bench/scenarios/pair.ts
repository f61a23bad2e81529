/**
 * Pair: two people write to each other, a hundred times over, and a thousand times. Every message is answered after its
 * sync, reaches the other and its author (the list never leaves the author out), and is acknowledged by both.
 */
import { textBytes } from "../envelope.ts";
import type { TrafficJob } from "../load/jobs.ts";
import { runLoad } from "../load.ts";
import { row } from "../rows.ts";
import { withServer } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";
import { commonRows, faultRow, latencyRows } from "./traffic-rows.ts";

const goals = { messagesPerCpuSecond: { atLeast: 30_000 }, syncsPerMessage: { atMost: 0.1 } };
const limitMs = 120_000;

export const pair: Scenario = {
  name: "pair",
  about:
    "200 signed-in devices in 100 groups of two; everybody posts messages of five letters (envelopes of 557 bytes), two on the way at once, and all are pushed to both and acknowledged; 'many' is 2,000 devices, one on the way each; 'light' is 10 devices, one on the way each",
  run: async (conditions) => {
    const shape = {
      kind: "traffic",
      membersPerGroup: 2,
      sendersPerGroup: 2,
      envelopeBytes: textBytes,
      warmUpMs: conditions.quick ? 100 : 4_000,
      measureMs: conditions.quick ? 500 : 10_000,
    } as const;
    const run = (load: Pick<TrafficJob, "groups" | "inFlightPerSender">) =>
      withServer((server) => runLoad({ ...shape, ...load, server }, limitMs));
    const full = await run({ groups: conditions.quick ? 4 : 100, inFlightPerSender: 2 });
    const many = await run({ groups: conditions.quick ? 8 : 1_000, inFlightPerSender: 1 });
    const light = await run({ groups: conditions.quick ? 2 : 5, inFlightPerSender: 1 });
    const perCpuSecond = full.posts / full.serverCpuSeconds;
    const { echoPerCpuSecond: echo, insertPerCpuSecond: insert } = conditions.raw;
    const echoAndInsert = 1 / (1 / echo + 1 / insert);
    const goal = unlessQuick(conditions, goals.messagesPerCpuSecond);
    return [
      row("pair: durable messages per server CPU-second", perCpuSecond, "messages/CPU-s", goal, echoAndInsert),
      row("pair: durable messages a second", full.posts / full.seconds, "messages/s"),
      row("pair: server CPU-seconds per million", 1e6 / perCpuSecond, "CPU-s"),
      row("pair: syncs a message", full.syncs / full.posts, "syncs", unlessQuick(conditions, goals.syncsPerMessage)),
      ...commonRows("pair", full),
      row(
        "pair: many, messages per server CPU-second",
        many.posts / many.serverCpuSeconds,
        "messages/CPU-s",
        goal,
        echoAndInsert,
      ),
      ...commonRows("pair: many,", many),
      row("pair: light, messages per server CPU-second", light.posts / light.serverCpuSeconds, "messages/CPU-s"),
      row("pair: light, syncs a message", light.syncs / light.posts, "syncs"),
      ...latencyRows("pair: light,", light),
      faultRow("pair: light,", light),
    ];
  },
};
