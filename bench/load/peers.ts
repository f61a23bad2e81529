/**
 * Peers: groups whose members are at several servers. All is posted at the first, as its own people do; it passes the
 * posts on to the others, and nothing counts that did not reach every member at every server.
 */
import { utf8 } from "@yanshu/wire";
import { cpuSeconds } from "../process.ts";
import { createGate } from "./groups.ts";
import type { PeersFillJob, PeersFillResult, PeersJob, PeersResult, ServerTarget } from "./jobs.ts";
import { begin, drained, faultsOf, measure } from "./measured.ts";
import { acknowledgeSteadily, Member } from "./members.ts";
import type { Peer } from "./peer.ts";
import { greet, makePerson, type Person } from "./people.ts";
import { people, registerAll, signInAll } from "./register.ts";
import { Sender } from "./sender.ts";

const drainMsMax = 60_000;
const meetMsMax = 20_000;
/** Those of one server have other keys and addresses than those of the next. */
const peopleApart = 100_000;
/** In a fill: another gate than those of the run before, on the same disk. */
const fillGate = 1_000_000;
const fillInFlight = 64;

type At = {
  readonly server: ServerTarget;
  readonly name: string;
  readonly everybody: readonly Person[];
  readonly peers: readonly Peer[];
};

export async function runPeers(job: PeersJob): Promise<PeersResult> {
  const perServer = job.groups * job.membersPerServer;
  const all = await Promise.all(job.servers.map((server, place) => inhabited(server, place, perServer)));
  const [gateHome] = all as [At, ...At[]];
  await Promise.all(all.slice(1).map(({ name }) => meets(gateHome.server, name)));
  const members: Member[] = [];
  const senders: Sender[] = [];
  const arrived = ({ sender, sequence }: { sender: number; sequence: number }) =>
    senders[sender]?.arrived(sequence, performance.now());
  for (let g = 0; g < job.groups; g++) {
    const from = g * job.membersPerServer;
    const here = all.map(({ name, everybody, peers }) => ({
      name,
      everybody: everybody.slice(from, from + job.membersPerServer),
      peers: peers.slice(from, from + job.membersPerServer),
    }));
    const { peer } = await greet(gateHome.server.url);
    const entries = here.flatMap(({ name, everybody }) => everybody.map(({ address }) => ({ server: name, address })));
    const group = await createGate(g, await farList(peer, entries), entries.length, peer);
    for (const one of here.flatMap(({ peers }) => peers)) members.push(new Member(one, undefined, arrived));
    for (let i = 0; i < job.sendersPerGroup; i++) {
      const posting = i === 0 ? peer : (await greet(gateHome.server.url)).peer;
      senders.push(new Sender(posting, senders.length, group, job.envelopeBytes));
    }
  }
  const stopAcks = acknowledgeSteadily(members);
  const stopPosting = begin(job, senders);
  await Bun.sleep(job.warmUpMs);
  const talk = { members, senders };
  const measured = await measure(job.measureMs, talk, () => job.servers.map(({ pid }) => cpuSeconds(pid)));
  stopPosting();
  for (const sender of senders) sender.stop();
  await drained(talk, drainMsMax);
  stopAcks();
  return { ...measured, faults: faultsOf(talk, job.servers.length * job.membersPerServer) };
}

/** Posts for somebody who is not there, until all are on the disk of the server that takes them. */
export async function runPeersFill(job: PeersFillJob): Promise<PeersFillResult> {
  const startedMs = performance.now();
  const { peer } = await greet(job.server.url);
  const { address } = makePerson("bench", peopleApart, job.awayServer);
  const list = await farList(peer, [{ server: job.awayServer, address }]);
  const sender = new Sender(peer, 0, await createGate(fillGate, list, 0, peer), job.envelopeBytes);
  while (sender.posted < job.messages || sender.inFlight > 0) {
    while (sender.posted < job.messages && sender.inFlight < fillInFlight) sender.postOnce(performance.now());
    await Bun.sleep(1);
    if (sender.refused > 0 || sender.closed) throw new Error("a message for a server that is away was refused");
  }
  return { seconds: (performance.now() - startedMs) / 1_000 };
}

async function inhabited(server: ServerTarget, place: number, count: number): Promise<At> {
  const { peer, greeting } = await greet(server.url);
  peer.close();
  const from = place * peopleApart;
  const everybody = await people(server, from + count, from);
  await registerAll(server, everybody);
  return { server, name: greeting.domain, everybody, peers: await signInAll(server, everybody) };
}

async function farList(
  peer: Peer,
  entries: readonly { readonly server: string; readonly address: Person["address"] }[],
) {
  const { hash, refused } = await peer.call("uploadFarList", { entries });
  if (refused.length > 0) throw new Error(`a list was not taken for ${refused.length} servers`);
  return hash;
}

/** A client of the one asks for the other's card: from then on they know each other. */
async function meets({ url }: ServerTarget, name: string): Promise<void> {
  const socket = new WebSocket(url.replace(/\/ws$/, "/tunnel"));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} was not met`)), meetMsMax);
    socket.onopen = () => socket.send(utf8(name) as Uint8Array<ArrayBuffer>);
    socket.onmessage = () => {
      clearTimeout(timer);
      resolve();
    };
    socket.onclose = ({ code }) => reject(new Error(`${name} was not met (${code})`));
  });
  socket.onclose = null;
  socket.close();
}
