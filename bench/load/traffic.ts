/**
 * Traffic: groups in which members post and everybody receives, their own echo included.
 *
 * Each group is set up as a client would: a list, a gate by a signed creating post, and from then on
 * application posts with the epoch's token. Nothing is counted that did not reach every member.
 */
import {
  encodeParts,
  encodePost,
  gateBytes,
  gateIdOf,
  idBytes,
  type PostHeader,
  postHashOf,
  tokenHashOf,
} from "@yanshu/wire";
import { Histogram } from "../histogram.ts";
import { cpuSeconds, rssBytes } from "../process.ts";
import { readSyncs } from "./counts.ts";
import type { TrafficJob, TrafficResult } from "./jobs.ts";
import { acknowledgeSteadily, Member } from "./members.ts";
import type { Peer } from "./peer.ts";
import { derive, greet, keyPair, type Person, sha256, signed } from "./people.ts";
import { people, registerAll, signInAll } from "./register.ts";
import { type Group, type Latencies, Sender } from "./sender.ts";

const drainMsMax = 15_000;

type World = { readonly members: readonly Member[]; readonly senders: readonly Sender[] };

export async function runTraffic(job: TrafficJob): Promise<TrafficResult> {
  const startedMs = performance.now();
  const world = await setUp(job);
  const setUpSeconds = (performance.now() - startedMs) / 1_000;
  const stopAcks = acknowledgeSteadily(world.members);
  for (const sender of world.senders) sender.begin(job.inFlightPerSender);
  await Bun.sleep(job.warmUpMs);
  const measured = await measure(job, world);
  for (const sender of world.senders) sender.stop();
  await drained(world);
  stopAcks();
  return { ...measured, setUpSeconds, faults: faultsOf(job, world) };
}

async function measure(job: TrafficJob, { members, senders }: World) {
  const latencies: Latencies = { accept: new Histogram(), deliver: new Histogram() };
  const syncsBefore = await readSyncs(job.server.countsUrl);
  for (const sender of senders) sender.latencies = latencies;
  const before = snapshot();
  await Bun.sleep(job.measureMs);
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

  function snapshot() {
    return {
      ms: performance.now(),
      serverCpu: cpuSeconds(job.server.pid),
      loadCpu: cpuSeconds(process.pid),
      posts: senders.reduce((sum, sender) => sum + sender.completed, 0),
      pushes: members.reduce((sum, member) => sum + member.received, 0),
    };
  }
}

async function setUp(job: TrafficJob): Promise<World> {
  const everybody = await people(job.server, job.groups * job.membersPerGroup);
  await registerAll(job.server, everybody);
  const peers = await signInAll(job.server, everybody);
  const members: Member[] = [];
  const senders: Sender[] = [];
  const arrived = ({ sender, sequence }: { sender: number; sequence: number }) =>
    senders[sender]?.arrived(sequence, performance.now());
  for (let g = 0; g < job.groups; g++) {
    const from = g * job.membersPerGroup;
    const posting: Peer[] = [];
    for (let i = 0; i < job.sendersPerGroup; i++) posting.push((await greet(job.server.url)).peer);
    const group = await createGroup(g, everybody.slice(from, from + job.membersPerGroup), posting[0] as Peer);
    for (const peer of peers.slice(from, from + job.membersPerGroup))
      members.push(new Member(peer, group.list, arrived));
    for (const peer of posting) senders.push(new Sender(peer, senders.length, group, job.envelopeBytes));
  }
  return { members, senders };
}

/** The list, and the gate at epoch 1. The creating post's envelope goes to an address that nobody has. */
async function createGroup(index: number, members: readonly Person[], peer: Peer): Promise<Group> {
  const { hash: list } = await peer.call("uploadList", { addresses: members.map(({ address }) => address) });
  const founding = keyPair(derive("bench gate", index));
  const token = derive("bench token", index).slice(0, idBytes.token);
  const nowhere = derive("bench nowhere", index).slice(0, idBytes.address);
  const parts = encodeParts([{ target: { kind: "address", address: nowhere }, envelope: new Uint8Array(64) }]);
  const gate = gateIdOf(sha256, founding.publicKey);
  const unsigned: Extract<PostHeader, { mode: "create" }> = {
    mode: "create",
    gate,
    foundingKey: founding.publicKey,
    nextPostKey: keyPair(derive("bench post key", index)).publicKey,
    nextTokenHash: tokenHashOf(sha256, token),
    signature: new Uint8Array(idBytes.signature),
  };
  const signature = signed(founding, gateBytes(unsigned, postHashOf(sha256, parts)));
  const request = peer.nextRequest();
  await peer.post(request, encodePost(request, { ...unsigned, signature }, parts));
  return { gate, token, list, members: members.length };
}

async function drained({ members, senders }: World): Promise<void> {
  const untilMs = performance.now() + drainMsMax;
  while (senders.some((sender) => sender.inFlight > 0) && performance.now() < untilMs) await Bun.sleep(10);
  // What would come twice comes now.
  await Bun.sleep(100);
  for (const member of members) member.acknowledge();
}

function faultsOf(job: TrafficJob, { members, senders }: World): TrafficResult["faults"] {
  let expected = 0;
  for (const sender of senders) expected += sender.posted - sender.refused;
  expected *= job.membersPerGroup;
  const received = members.reduce((sum, member) => sum + member.received, 0);
  return {
    refused: senders.reduce((sum, sender) => sum + sender.refused, 0),
    lost: Math.max(0, expected - received),
    repeated: members.reduce((sum, member) => sum + member.repeated, 0) + Math.max(0, received - expected),
    disconnected: [...members, ...senders].filter(({ closed }) => closed).length,
  };
}
