/**
 * Rate: a steady stream of messages that does not wait for the server, and how late they are with the other.
 */
import { textBytes } from "../envelope.ts";
import { runLoad } from "../load.ts";
import { row } from "../rows.ts";
import { withServer } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";
import { commonRows, faultRow } from "./traffic-rows.ts";

const goals = { deliveredMs: { atMost: 25 }, perSecond: { atLeast: 4_950 }, fewMs: { atMost: 5 } };
const warmUpMs = 4_000;

export const rate: Scenario = {
  name: "rate",
  isLong: true,
  about:
    "5,000 messages of five letters (envelopes of 557 bytes) a second between 200 devices in groups of two, whatever became of those before, for a minute or as long as --seconds says, and then 200 a second; a latency counts from when a message was due",
  run: async (conditions) => {
    const measureMs = conditions.quick ? 1_000 : conditions.lasting.rateSeconds * 1_000;
    const run = (postsPerSecond: number) =>
      withServer((server) =>
        runLoad(
          {
            kind: "traffic",
            server,
            groups: conditions.quick ? 10 : 100,
            membersPerGroup: 2,
            sendersPerGroup: 2,
            inFlightPerSender: 0,
            postsPerSecond,
            envelopeBytes: textBytes,
            warmUpMs: conditions.quick ? 200 : warmUpMs,
            measureMs,
          },
          measureMs + 120_000,
        ),
      );
    const result = await run(conditions.quick ? 200 : 5_000);
    const few = await run(200);
    return [
      row("rate: sender to receiver, p99", result.deliverP99Ms, "ms", unlessQuick(conditions, goals.deliveredMs)),
      row(
        "rate: messages a second",
        result.posts / result.seconds,
        "messages/s",
        unlessQuick(conditions, goals.perSecond),
      ),
      row("rate: measured for", result.seconds, "s"),
      row("rate: messages per server CPU-second", result.posts / result.serverCpuSeconds, "messages/CPU-s"),
      row("rate: syncs a message", result.syncs / result.posts, "syncs"),
      ...commonRows("rate", result),
      row("rate: 200 a second, accepted, p99", few.acceptP99Ms, "ms", unlessQuick(conditions, goals.fewMs)),
      row("rate: 200 a second, sender to receiver, p99", few.deliverP99Ms, "ms"),
      faultRow("rate: 200 a second,", few),
    ];
  },
};
