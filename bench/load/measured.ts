/**
 * Measured: how posts begin, what is counted of them while they last, and what did not come in the end. Nothing is
 * counted that did not reach every member.
 */
import { Histogram } from "../histogram.ts";
import type { Faults, TrafficJob } from "./jobs.ts";
import type { Member } from "./members.ts";
import type { Latencies, Sender } from "./sender.ts";

const measuredMsMax = 15_000;

export type Talk = { readonly members: readonly Member[]; readonly senders: readonly Sender[] };

/** So many on the way at once, or so many a second whatever became of those before. @returns what ends it. */
export function begin(
  { postsPerSecond, inFlightPerSender }: Pick<TrafficJob, "postsPerSecond" | "inFlightPerSender">,
  senders: readonly Sender[],
): () => void {
  if (postsPerSecond === undefined) {
    for (const sender of senders) sender.begin(inFlightPerSender);
    return () => undefined;
  }
  const msPerPost = 1_000 / postsPerSecond;
  const startedMs = performance.now();
  let posted = 0;
  const timer = setInterval(() => {
    // Late ones count from when they were due, so that a slow server, or a slow generator, is seen.
    for (; startedMs + posted * msPerPost <= performance.now(); posted++)
      (senders[posted % senders.length] as Sender).postOnce(startedMs + posted * msPerPost);
  }, 1);
  return () => clearInterval(timer);
}

/** @param cpu seconds of each process that is looked at. */
export async function measure(measureMs: number, { members, senders }: Talk, cpu: () => readonly number[]) {
  const latencies: Latencies = { accept: new Histogram(), deliver: new Histogram() };
  for (const sender of senders) sender.latencies = latencies;
  const before = snapshot();
  await Bun.sleep(measureMs);
  // A short window may lie within one stall of a busy machine: it goes on until something was measured.
  const isMeasured = () =>
    completed() > before.posts && Object.values(latencies).every((one) => !Number.isNaN(one.quantileMs(0.5)));
  for (const endMs = performance.now() + measuredMsMax; !isMeasured() && performance.now() < endMs; )
    await Bun.sleep(10);
  const after = snapshot();
  for (const sender of senders) sender.latencies = undefined;
  return {
    seconds: (after.ms - before.ms) / 1_000,
    cpuSeconds: after.cpu.map((seconds, place) => seconds - (before.cpu[place] ?? 0)),
    posts: after.posts - before.posts,
    pushes: after.pushes - before.pushes,
    acceptP50Ms: latencies.accept.quantileMs(0.5),
    acceptP99Ms: latencies.accept.quantileMs(0.99),
    deliverP50Ms: latencies.deliver.quantileMs(0.5),
    deliverP99Ms: latencies.deliver.quantileMs(0.99),
  };

  function completed() {
    return senders.reduce((sum, sender) => sum + sender.completed, 0);
  }

  function snapshot() {
    return {
      ms: performance.now(),
      cpu: cpu(),
      posts: completed(),
      pushes: members.reduce((sum, member) => sum + member.received, 0),
    };
  }
}

/** Until all that was posted has come, or so long. */
export async function drained({ members, senders }: Talk, msMax: number): Promise<void> {
  const untilMs = performance.now() + msMax;
  while (senders.some((sender) => sender.inFlight > 0) && performance.now() < untilMs) await Bun.sleep(10);
  // What would come twice comes now.
  await Bun.sleep(100);
  for (const member of members) member.acknowledge();
}

export function acceptedOf(senders: readonly Sender[]): number {
  return senders.reduce((sum, sender) => sum + sender.posted - sender.refused, 0);
}

/** @param reached of each post: the members who are there. */
export function faultsOf({ members, senders }: Talk, reached: number): Faults {
  const expected = acceptedOf(senders) * reached;
  const received = members.reduce((sum, member) => sum + member.received, 0);
  return {
    refused: senders.reduce((sum, sender) => sum + sender.refused, 0),
    lost: Math.max(0, expected - received),
    repeated: members.reduce((sum, member) => sum + member.repeated, 0) + Math.max(0, received - expected),
    disconnected: [...members, ...senders].filter(({ closed }) => closed).length,
  };
}
