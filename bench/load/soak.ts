/**
 * Soak: people in groups write at a steady rate while connections end and come back all the time, as telephones do. In
 * the end everybody is there again, and must have all that was ever said in their group, once.
 */

import { textBytes } from "../envelope.ts";
import { cpuSeconds, rssBytes } from "../process.ts";
import { createGroup } from "./groups.ts";
import type { SoakJob, SoakResult } from "./jobs.ts";
import { acknowledgeSteadily, Member } from "./members.ts";
import { greet, type Person, signIn } from "./people.ts";
import { people, registerAll, signInAll } from "./register.ts";
import { Sender } from "./sender.ts";

const awayMsMax = 4_000;
const tickMs = 20;
const samplesMax = 600;
const drainMsMax = 30_000;

type Device = {
  readonly person: Person;
  readonly member: Member;
  readonly group: number;
  signIns: number;
  away: boolean;
};

export async function runSoak(job: SoakJob): Promise<SoakResult> {
  const { server, membersPerGroup } = job;
  const everybody = await people(server, job.groups * membersPerGroup);
  await registerAll(server, everybody);
  const peers = await signInAll(server, everybody);
  const senders: Sender[] = [];
  const devices: Device[] = [];
  for (let g = 0; g < job.groups; g++) {
    const { peer } = await greet(server.url);
    const from = g * membersPerGroup;
    const group = await createGroup(g, everybody.slice(from, from + membersPerGroup), peer);
    senders.push(new Sender(peer, g, { ...group, members: 0 }, textBytes));
    for (let i = from; i < from + membersPerGroup; i++) {
      const member = new Member(peers[i] as (typeof peers)[number], group.list, () => undefined);
      devices.push({ person: everybody[i] as Person, member, group: g, signIns: 1, away: false });
    }
  }
  const stopAcks = acknowledgeSteadily(devices.map(({ member }) => member));
  const { leaves, failed, rss, cpu } = await mixed(job, senders, devices);
  const missing = () =>
    devices.reduce((sum, { member, group }) => sum + Math.max(0, accepted(senders[group]) - member.received), 0);
  const untilMs = performance.now() + drainMsMax;
  while (missing() > 0 && performance.now() < untilMs) await Bun.sleep(50);
  stopAcks();
  const received = devices.reduce((sum, { member }) => sum + member.received, 0);
  return {
    posts: senders.reduce((sum, { completed }) => sum + completed, 0),
    pushes: received,
    leaves,
    serverCpuSeconds: cpu,
    rss,
    faults: {
      refused: senders.reduce((sum, { refused }) => sum + refused, 0),
      lost: missing(),
      repeated: devices.reduce((sum, { member }) => sum + member.repeated, 0),
      disconnected: failed + [...senders, ...devices.map(({ member }) => member)].filter(({ closed }) => closed).length,
    },
  };
}

function accepted(sender: Sender | undefined): number {
  return (sender?.posted ?? 0) - (sender?.refused ?? 0);
}

async function mixed(job: SoakJob, senders: readonly Sender[], devices: readonly Device[]) {
  const { pid, url } = job.server;
  const rss: SoakResult["rss"][number][] = [];
  const returning = new Set<Promise<void>>();
  let [posts, leaves, failed] = [0, 0, 0];
  const cpuBefore = cpuSeconds(pid);
  const startedMs = performance.now();
  const passed = () => (performance.now() - startedMs) / 1_000;

  async function leaveAndReturn(device: Device): Promise<void> {
    device.away = true;
    device.member.leave();
    await Bun.sleep(Math.random() * awayMsMax);
    try {
      device.member.back(await signIn(url, device.person, device.signIns));
    } catch {
      failed++;
    }
    device.signIns++;
    device.away = false;
  }

  while (passed() < job.seconds) {
    for (; posts < passed() * job.postsPerSecond; posts++)
      (senders[Math.floor(Math.random() * senders.length)] as Sender).postOnce(performance.now());
    for (; leaves < passed() * job.leavesPerSecond; leaves++) {
      const device = devices[Math.floor(Math.random() * devices.length)] as Device;
      if (device.away) continue;
      const done: Promise<void> = leaveAndReturn(device).finally(() => returning.delete(done));
      returning.add(done);
    }
    if (rss.length < (passed() / job.seconds) * samplesMax) rss.push({ atSeconds: passed(), bytes: rssBytes(pid) });
    await Bun.sleep(tickMs);
  }
  await Promise.all(returning);
  return { leaves, failed, rss, cpu: cpuSeconds(pid) - cpuBefore };
}
