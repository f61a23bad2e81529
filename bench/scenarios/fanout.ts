/**
 * Fan-out: one group of 500 people who are all there. One post makes 500 pushes and 500 acknowledgements.
 *
 * Measured again with every fifth of them away, for whom each post is kept; and with one sender alone, because the
 * runtime sends what waits for one socket together: many posts at once are what a busy server sees, and one post at a
 * time is what it costs when nothing can be shared.
 */
import { textBytes } from "../envelope.ts";
import type { TrafficJob, TrafficResult } from "../load/jobs.ts";
import { runLoad } from "../load.ts";
import { bareRoom } from "../raw.ts";
import { type Goal, type Row, row } from "../rows.ts";
import { withServer } from "../server.ts";
import { type Conditions, type Scenario, unlessQuick } from "./scenario.ts";
import { commonRows, faultRow, latencyRows } from "./traffic-rows.ts";

const goals = {
  pushesPerCpuSecond: { atLeast: 300_000 },
  withSomeAway: { atLeast: 150_000 },
  alone: { atLeast: 100_000 },
  syncsPerMessage: { atMost: 0.1 },
  talking: 11,
  /** Where the runtime's bare server leaves no room for that (docs/decisions/0128). */
  talkingOfBare: 1.3,
};
/** As a client does while messages follow one another (docs/spec/sync.md SY53). */
const ackTogetherMs = 1_000;
const limitMs = 120_000;

export const fanout: Scenario = {
  name: "fanout",
  about:
    "one group of 500 signed-in devices, of which 32 post messages of five letters (envelopes of 557 bytes), each one at a time; all 500 acknowledge; with 'a fifth away' 100 of them are not connected, and some come back for all of it; 'alone' is one sender, one post at a time; 'five a second' is a room that talks, whose devices acknowledge once a second, beside the same with each message acknowledged by itself",
  run: async (conditions) => {
    const shape = {
      kind: "traffic",
      groups: 1,
      membersPerGroup: conditions.quick ? 20 : 500,
      inFlightPerSender: 1,
      envelopeBytes: textBytes,
      warmUpMs: conditions.quick ? 100 : 4_000,
      measureMs: conditions.quick ? 500 : 10_000,
    } as const;
    const run = (load: Pick<TrafficJob, "sendersPerGroup" | "offlinePerGroup" | "postsPerSecond" | "ackMs">) =>
      withServer((server) => runLoad({ ...shape, ...load, server }, limitMs));
    const full = await run({ sendersPerGroup: conditions.quick ? 4 : 32 });
    const offlinePerGroup = shape.membersPerGroup / 5;
    const away = await run({ sendersPerGroup: conditions.quick ? 4 : 32, offlinePerGroup });
    const alone = await run({ sendersPerGroup: 1 });
    const talking = { sendersPerGroup: 1, postsPerSecond: conditions.quick ? 50 : 5 };
    const together = await run({ ...talking, ackMs: ackTogetherMs });
    const each = await run(talking);
    const bare = await bareRoom(shape.membersPerGroup, shape.measureMs);
    const talkingMax = Math.max(goals.talking, goals.talkingOfBare * bare);
    return [
      pushRow(conditions, "fanout: pushes per server CPU-second", full, goals.pushesPerCpuSecond),
      row("fanout: pushes a second", full.pushes / full.seconds, "pushes/s"),
      row("fanout: server CPU-seconds per million", perMillion(full), "CPU-s"),
      row("fanout: messages a second", full.posts / full.seconds, "messages/s"),
      row("fanout: syncs a message", full.syncs / full.posts, "syncs", unlessQuick(conditions, goals.syncsPerMessage)),
      ...commonRows("fanout", full),
      pushRow(conditions, "fanout: a fifth away, pushes per server CPU-second", away, goals.withSomeAway),
      ...commonRows("fanout: a fifth away,", away),
      pushRow(conditions, "fanout: alone, pushes per server CPU-second", alone, goals.alone),
      row("fanout: alone, pushes a second", alone.pushes / alone.seconds, "pushes/s"),
      ...latencyRows("fanout: alone,", alone),
      faultRow("fanout: alone,", alone),
      row(
        "fanout: five a second, server CPU-seconds per million",
        perMillion(together),
        "CPU-s",
        unlessQuick(conditions, { atMost: talkingMax }),
        bare,
      ),
      row("fanout: five a second, if each message were acknowledged by itself", perMillion(each), "CPU-s"),
      ...latencyRows("fanout: five a second,", together),
      faultRow("fanout: five a second,", together),
    ];
  },
};

function perMillion({ serverCpuSeconds, pushes }: TrafficResult): number {
  return (1e6 * serverCpuSeconds) / pushes;
}

function pushRow(conditions: Conditions, name: string, result: TrafficResult, goal: Goal): Row {
  const perCpuSecond = result.pushes / result.serverCpuSeconds;
  return row(name, perCpuSecond, "pushes/CPU-s", unlessQuick(conditions, goal), conditions.raw.echoPerCpuSecond);
}
