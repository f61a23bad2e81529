/**
 * Traffic: groups in which members post and everybody receives, their own echo included.
 *
 * Each group is set up as a client would: a list, a gate by a signed creating post, and from then on
 * application posts with the epoch's token. Nothing is counted that did not reach every member.
 */
import { Histogram } from "../histogram.ts";
import { cpuSeconds, rssBytes } from "../process.ts";
import { readSyncs } from "./counts.ts";
import { createGroup } from "./groups.ts";
import type { TrafficJob, TrafficResult } from "./jobs.ts";
import { acknowledgeSteadily, Member } from "./members.ts";
import type { Peer } from "./peer.ts";
import { greet, type Person, signIn } from "./people.ts";
import { people, registerAll, signInAll } from "./register.ts";
import { type Group, type Latencies, Sender } from "./sender.ts";

const drainMsMax = 15_000;
/** How many of those who were away come back at the end, to see that what was kept for them is whole. */
const returningMax = 3;
const closingMs = 500;

type Away = { readonly person: Person; readonly group: Group; readonly senders: readonly Sender[] };
type World = {
  readonly members: readonly Member[];
  readonly senders: readonly Sender[];
  readonly away: readonly Away[];
};

export async function runTraffic(job: TrafficJob): Promise<TrafficResult> {
  const startedMs = performance.now();
  const world = await setUp(job);
  const setUpSeconds = (performance.now() - startedMs) / 1_000;
  const stopAcks = acknowledgeSteadily(world.members, job.ackMs);
  const stopPosting = begin(job, world.senders);
  await Bun.sleep(job.warmUpMs);
  const measured = await measure(job, world);
  stopPosting();
  for (const sender of world.senders) sender.stop();
  await drained(world);
  stopAcks();
  const missed = await missedByReturning(job, world);
  return { ...measured, setUpSeconds, faults: faultsOf(job, world, missed) };
}

/** So many on the way at once, or so many a second whatever became of those before. @returns what ends it. */
function begin(job: TrafficJob, senders: readonly Sender[]): () => void {
  if (job.postsPerSecond === undefined) {
    for (const sender of senders) sender.begin(job.inFlightPerSender);
    return () => undefined;
  }
  const msPerPost = 1_000 / job.postsPerSecond;
  const startedMs = performance.now();
  let posted = 0;
  const timer = setInterval(() => {
    // Late ones count from when they were due, so that a slow server, or a slow generator, is seen.
    for (; startedMs + posted * msPerPost <= performance.now(); posted++)
      (senders[posted % senders.length] as Sender).postOnce(startedMs + posted * msPerPost);
  }, 1);
  return () => clearInterval(timer);
}

async function measure(job: TrafficJob, { members, senders }: World) {
  const latencies: Latencies = { accept: new Histogram(), deliver: new Histogram() };
  const syncsBefore = await readSyncs(job.server.countsUrl);
  for (const sender of senders) sender.latencies = latencies;
  const before = snapshot();
  await Bun.sleep(job.measureMs);
  // A short window may lie within one stall of a busy machine: it goes on until something was measured.
  const isMeasured = () =>
    completed() > before.posts && Object.values(latencies).every((one) => !Number.isNaN(one.quantileMs(0.5)));
  for (const endMs = performance.now() + drainMsMax; !isMeasured() && performance.now() < endMs; ) await Bun.sleep(10);
  const after = snapshot();
  for (const sender of senders) sender.latencies = undefined;
  const syncs = (await readSyncs(job.server.countsUrl)) - syncsBefore;
  return {
    seconds: (after.ms - before.ms) / 1_000,
    serverCpuSeconds: after.serverCpu - before.serverCpu,
    loadCpuSeconds: after.loadCpu - before.loadCpu,
    serverRssBytes: rssBytes(job.server.pid),
    posts: after.posts - before.posts,
    pushes: after.pushes - before.pushes,
    syncs,
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
      serverCpu: cpuSeconds(job.server.pid),
      loadCpu: cpuSeconds(process.pid),
      posts: completed(),
      pushes: members.reduce((sum, member) => sum + member.received, 0),
    };
  }
}

async function setUp(job: TrafficJob): Promise<World> {
  const { membersPerGroup, sendersPerGroup, offlinePerGroup = 0 } = job;
  const everybody = await people(job.server, job.groups * membersPerGroup);
  await registerAll(job.server, everybody);
  const peers = await signInAll(job.server, everybody);
  const members: Member[] = [];
  const senders: Sender[] = [];
  const away: Away[] = [];
  const arrived = ({ sender, sequence }: { sender: number; sequence: number }) =>
    senders[sender]?.arrived(sequence, performance.now());
  for (let g = 0; g < job.groups; g++) {
    const from = g * membersPerGroup;
    const offlineFrom = from + membersPerGroup - offlinePerGroup;
    const posting: Peer[] = [];
    for (let i = 0; i < sendersPerGroup; i++) posting.push((await greet(job.server.url)).peer);
    const inGroup = everybody.slice(from, from + membersPerGroup);
    const group = await createGroup(g, inGroup, posting[0] as Peer);
    for (const peer of peers.slice(from, offlineFrom)) members.push(new Member(peer, group.list, arrived));
    for (const peer of peers.slice(offlineFrom, from + membersPerGroup)) peer.close();
    const reached = { ...group, members: membersPerGroup - offlinePerGroup };
    const groupSenders = posting.map((peer, i) => new Sender(peer, senders.length + i, reached, job.envelopeBytes));
    senders.push(...groupSenders);
    for (const person of everybody.slice(offlineFrom, from + membersPerGroup))
      away.push({ person, group, senders: groupSenders });
  }
  if (away.length > 0) await Bun.sleep(closingMs);
  return { members, senders, away };
}

/** Some who were away sign in again. @returns how much of what was said meanwhile does not come. */
async function missedByReturning(job: TrafficJob, { away }: World): Promise<number> {
  let missed = 0;
  for (const { person, group, senders } of away.slice(0, returningMax)) {
    const expected = acceptedOf(senders);
    const member = new Member(await signIn(job.server.url, person, 1), group.list, () => undefined);
    const stopAcks = acknowledgeSteadily([member]);
    const untilMs = performance.now() + drainMsMax;
    while (member.received < expected && performance.now() < untilMs) await Bun.sleep(10);
    stopAcks();
    missed += Math.max(0, expected - member.received) + member.repeated;
  }
  return missed;
}

function acceptedOf(senders: readonly Sender[]): number {
  return senders.reduce((sum, sender) => sum + sender.posted - sender.refused, 0);
}

async function drained({ members, senders }: World): Promise<void> {
  const untilMs = performance.now() + drainMsMax;
  while (senders.some((sender) => sender.inFlight > 0) && performance.now() < untilMs) await Bun.sleep(10);
  // What would come twice comes now.
  await Bun.sleep(100);
  for (const member of members) member.acknowledge();
}

function faultsOf(job: TrafficJob, { members, senders }: World, missed: number): TrafficResult["faults"] {
  const expected = acceptedOf(senders) * (job.membersPerGroup - (job.offlinePerGroup ?? 0));
  const received = members.reduce((sum, member) => sum + member.received, 0);
  return {
    refused: senders.reduce((sum, sender) => sum + sender.refused, 0),
    lost: Math.max(0, expected - received) + missed,
    repeated: members.reduce((sum, member) => sum + member.repeated, 0) + Math.max(0, received - expected),
    disconnected: [...members, ...senders].filter(({ closed }) => closed).length,
  };
}
