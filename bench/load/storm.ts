/**
 * Storm: everybody comes back at the same moment, as after a server's restart, and nobody waits for another.
 */
import { Histogram } from "../histogram.ts";
import { cpuSeconds, rssBytes } from "../process.ts";
import type { StormJob, StormResult } from "./jobs.ts";
import { acknowledgeSteadily, Member } from "./members.ts";
import { signIn } from "./people.ts";
import { people } from "./register.ts";

const syncMsMax = 60_000;
const sampleMs = 50;

export async function runStorm(job: StormJob): Promise<StormResult> {
  const everybody = await people(job.server, job.people);
  const { pid, url } = job.server;
  const rssBefore = rssBytes(pid);
  let rssMost = rssBefore;
  const sampling = setInterval(() => {
    rssMost = Math.max(rssMost, rssBytes(pid));
  }, sampleMs);
  const synced = new Histogram();
  const members: Member[] = [];
  const stopAcks = acknowledgeSteadily(members);
  let errors = 0;
  let done = 0;
  let lastMs = 0;
  const cpuBefore = cpuSeconds(pid);
  const startedMs = performance.now();
  const come = async (person: (typeof everybody)[number]) => {
    try {
      const peer = await signIn(url, person, 1);
      const member = new Member(peer, undefined, () => {
        if (member.received !== job.messagesEach) return;
        lastMs = performance.now() - startedMs;
        synced.add(lastMs);
        done++;
      });
      members.push(member);
    } catch {
      errors++;
    }
  };
  await Promise.all(everybody.map(come));
  while (done + errors < job.people && performance.now() - startedMs < syncMsMax) await Bun.sleep(20);
  await Bun.sleep(500);
  clearInterval(sampling);
  stopAcks();
  for (const member of members) errors += member.repeated + Number(member.closed);
  errors += members.filter(({ received }) => received !== job.messagesEach).length;
  return {
    seconds: lastMs / 1_000,
    syncedP50Ms: synced.quantileMs(0.5),
    syncedP99Ms: synced.quantileMs(0.99),
    serverCpuSeconds: cpuSeconds(pid) - cpuBefore,
    rssBefore,
    rssMost,
    errors,
  };
}
