/**
 * Traffic: groups in which members post and everybody receives, their own echo included.
 *
 * Each group is set up as a client would: a list, a gate by a signed creating post, and from then on
 * application posts with the epoch's token. Nothing is counted that did not reach every member.
 */
import { cpuSeconds, mainThreadCpuSeconds, rssBytes } from "../process.ts";
import { readSyncs } from "./counts.ts";
import { createGroup } from "./groups.ts";
import type { TrafficJob, TrafficResult } from "./jobs.ts";
import { acceptedOf, begin, drained, faultsOf, measure, type Talk } from "./measured.ts";
import { acknowledgeSteadily, Member } from "./members.ts";
import type { Peer } from "./peer.ts";
import { greet, type Person, signIn } from "./people.ts";
import { people, registerAll, signInAll } from "./register.ts";
import { type Group, Sender } from "./sender.ts";

const drainMsMax = 15_000;
/** How many of those who were away come back at the end, to see that what was kept for them is whole. */
const returningMax = 3;
const closingMs = 500;

type Away = { readonly person: Person; readonly group: Group; readonly senders: readonly Sender[] };
type World = Talk & { readonly away: readonly Away[] };

export async function runTraffic(job: TrafficJob): Promise<TrafficResult> {
  const startedMs = performance.now();
  const world = await setUp(job);
  const setUpSeconds = (performance.now() - startedMs) / 1_000;
  const stopAcks = acknowledgeSteadily(world.members, job.ackMs);
  const stopPosting = begin(job, world.senders);
  await Bun.sleep(job.warmUpMs);
  const syncsBefore = await readSyncs(job.server.countsUrl);
  const { pid } = job.server;
  const cpu = () => [cpuSeconds(pid), cpuSeconds(process.pid), mainThreadCpuSeconds(pid)];
  const { cpuSeconds: spent, ...measured } = await measure(job.measureMs, world, cpu);
  const [serverCpuSeconds = Number.NaN, loadCpuSeconds = Number.NaN, mainCpuSeconds = Number.NaN] = spent;
  const syncs = (await readSyncs(job.server.countsUrl)) - syncsBefore;
  const serverRssBytes = rssBytes(pid);
  stopPosting();
  for (const sender of world.senders) sender.stop();
  await drained(world, drainMsMax);
  stopAcks();
  const missed = await missedByReturning(job, world);
  const faults = faultsOf(world, job.membersPerGroup - (job.offlinePerGroup ?? 0));
  return {
    ...measured,
    serverCpuSeconds,
    mainCpuSeconds,
    loadCpuSeconds,
    serverRssBytes,
    syncs,
    setUpSeconds,
    faults: { ...faults, lost: faults.lost + missed },
  };
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
